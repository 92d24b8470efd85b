"""The table of branches: which unit serves which area, who may change it, what is journaled."""

from __future__ import annotations

from datetime import date, timedelta

import orjson
import pytest
from sqlalchemy import select

from caseflow.errors import AdministrationRefused, InvalidInput, NotFound, PermissionDenied
from caseflow.health import doctor
from caseflow.law import regulations
from caseflow.models import JournalEntry, Unit, db, transaction
from caseflow.moments import day_of
from caseflow.people import branches, units
from tests.ground import person, unit

pytestmark = pytest.mark.both_databases


@pytest.fixture
def admin(hainan, session):
    return person("hainan.admin")


def serves(journey, key, on=None):
    """Office → key of the unit that serves this unit."""
    session_units = {one.id: one for one in db.session.scalars(select(Unit))}
    keys = {one.key: one.id for one in session_units.values() if one.regulation == "hainan" and one.key}
    day = on or day_of(journey.now)
    found = branches.serving(unit("hainan", key).id, regulations.get("hainan"), keys, day)
    return {office: session_units[number].key or session_units[number].name for office, number in found.items()}


@pytest.mark.parametrize("key, platform, bureau", [
    ("market_supervision", "platform", "service_office"), ("haikou_housing", "platform_city", "bureau_haikou"),
    ("qiongshan_service_bureau", "platform_city", "bureau_haikou"),
    ("sanya_housing", "platform_sanya", "bureau_sanya")])
def test_a_unit_is_served_by_the_branch_of_the_nearest_area(hainan, session, key, platform, bureau):
    assert serves(hainan, key) == {"branch": platform, "approval_bureau": bureau}


def test_a_branch_of_its_own_comes_before_that_of_the_area_above(hainan, session, admin):
    with transaction():
        own = units.add("hainan", "QSP", "12345琼山分平台", "district", hainan.now, area_code="460107000000")
        branches.add(own, "branch", day_of(hainan.now), hainan.now, admin)
    assert serves(hainan, "qiongshan_service_bureau")["branch"] == "12345琼山分平台"
    assert serves(hainan, "haikou_housing")["branch"] == "platform_city"


def test_a_branch_serves_from_its_first_day_to_its_last(hainan, session, admin):
    today = day_of(hainan.now)
    haikou = next(one for one in branches.all_of("hainan") if one.unit.key == "platform_city")
    with transaction():
        branches.end(haikou, today + timedelta(days=5), hainan.now, admin)
    assert serves(hainan, "haikou_housing", today + timedelta(days=5))["branch"] == "platform_city"
    assert serves(hainan, "haikou_housing", today + timedelta(days=6))["branch"] == "platform"
    assert serves(hainan, "haikou_housing", date(2019, 1, 1))["branch"] == "platform"


def test_the_next_task_goes_to_the_branch_that_was_made_meanwhile(hainan, session, admin):
    case = hainan.bad_review(office=2)
    session.rollback()
    with transaction():
        own = units.add("hainan", "QSP", "12345琼山分平台", "district", hainan.now, area_code="460107000000")
        branches.add(own, "branch", day_of(hainan.now), hainan.now, admin)
    case.does("verify")
    session.rollback()
    assert case._item("contact_rater").unit.name == "12345琼山分平台"


def test_each_change_is_in_the_journal_of_the_system(hainan, session, admin):
    with transaction():
        own = units.add("hainan", "QSP", "12345琼山分平台", "district", hainan.now, area_code="460107000000")
        branch = branches.add(own, "sub_platform", day_of(hainan.now), hainan.now, admin)
        branches.end(branch, day_of(hainan.now), hainan.now, admin)
    added, ended = session.scalars(select(JournalEntry).where(
        JournalEntry.kind.in_(("branch_added", "branch_ended"))).order_by(JournalEntry.id))
    assert orjson.loads(added.details) == {
        "branch": branch.id, "unit": own.id, "kind": "sub_platform", "level": "district", "area": "460107000000",
        "first_day": day_of(hainan.now).isoformat()}
    assert orjson.loads(ended.details)["last_day"] == day_of(hainan.now).isoformat()


def test_an_area_has_one_branch_of_an_office_at_a_time_whatever_its_kind(hainan, session, admin):
    other = unit("hainan", "platform_sanya")
    with pytest.raises(AdministrationRefused) as refused, transaction():
        branches.add(other, "sub_platform", day_of(hainan.now), hainan.now, admin, level="city",
                     area_code="460100000000")
    assert refused.value.details == {"reason": "branch_there"}


@pytest.mark.parametrize("wrong, field", [
    ({"kind": "embassy"}, "kind"), ({"level": "planet"}, "level"), ({"area_code": "46"}, "area_code"),
    ({"area_code": "46010x000000"}, "area_code")])
def test_what_is_no_kind_level_or_area_is_refused(hainan, session, admin, wrong, field):
    given = {"kind": "branch", "level": "city", "area_code": "460300000000", **wrong}
    office, kind = unit("hainan", "platform_sanya"), given.pop("kind")
    with pytest.raises(InvalidInput) as refused, transaction():
        branches.add(office, kind, day_of(hainan.now), hainan.now, admin, **given)
    assert list(refused.value.fields) == [field]


def test_a_closed_unit_becomes_no_branch(hainan, session, admin):
    with transaction():
        closed = units.add("hainan", "QSP", "12345琼山分平台", "district", hainan.now, area_code="460107000000")
        units.set_active(closed, False, hainan.now)
    with pytest.raises(AdministrationRefused), transaction():
        branches.add(closed, "branch", day_of(hainan.now), hainan.now, admin)


@pytest.mark.parametrize(("level", "area_code"), [
    ("city", "110100000000"), ("province", "340000000000"), ("district", "341702000000")])
def test_no_area_beyond_the_regulation_has_a_branch(hainan, session, admin, level, area_code):
    with pytest.raises(AdministrationRefused) as refused, transaction():
        branches.add(unit("hainan", "platform_sanya"), "branch", day_of(hainan.now), hainan.now, admin, level=level,
                     area_code=area_code)
    assert refused.value.details == {"reason": "area_outside"}


@pytest.mark.both_databases
def test_a_unit_is_not_closed_while_it_is_a_branch_and_a_closed_one_serves_nobody(hainan, session, admin):
    today = day_of(hainan.now)
    with transaction():
        own = units.add("hainan", "QSP", "12345琼山分平台", "district", hainan.now, area_code="460107000000")
        branch = branches.add(own, "branch", today, hainan.now, admin)
    with pytest.raises(AdministrationRefused) as refused, transaction():
        units.set_active(own, False, hainan.now, admin)
    assert refused.value.details == {"reason": "unit_is_branch"}
    with transaction():
        branches.end(branch, today, hainan.now, admin)
        units.set_active(own, False, hainan.now + timedelta(days=1), admin)
    keys = dict(session.execute(select(Unit.key, Unit.id).where(Unit.key.is_not(None))).all())
    district = session.scalar(select(Unit.id).where(Unit.area_code.startswith("460107"), Unit.active))
    found = branches.serving(district, regulations.get("hainan"), keys, today)
    assert found["branch"] == keys["platform_city"]


def test_a_branch_ends_today_at_the_earliest(hainan, session, admin):
    haikou = next(one for one in branches.all_of("hainan") if one.unit.key == "platform_city")
    with pytest.raises(InvalidInput) as refused, transaction():
        branches.end(haikou, day_of(hainan.now) - timedelta(days=1), hainan.now, admin)
    assert refused.value.fields == {"last_day": "early"}


def test_a_branch_that_was_followed_by_another_is_not_drawn_out_beside_it(hainan, session, admin):
    today = day_of(hainan.now)
    haikou = next(one for one in branches.all_of("hainan") if one.unit.key == "platform_city")
    with transaction():
        branches.end(haikou, today + timedelta(days=5), hainan.now, admin)
        branches.add(unit("hainan", "platform_sanya"), "branch", today + timedelta(days=6), hainan.now, admin,
                     level="city", area_code="460100000000")
    with pytest.raises(AdministrationRefused), transaction():
        branches.end(haikou, today + timedelta(days=6), hainan.now, admin)


def test_only_system_administrators_of_the_place_change_the_table(hainan, session):
    office, today = unit("hainan", "platform_sanya"), day_of(hainan.now)
    for username, refusal in (("hainan.security", PermissionDenied), ("hainan.platform.supervisor", PermissionDenied),
                              ("guichi.admin", NotFound)):
        with pytest.raises(refusal), transaction():
            branches.add(office, "branch", today, hainan.now, person(username), level="district",
                         area_code="460202000000")


def test_the_doctor_names_an_area_that_has_units_and_no_branch(hainan, session):
    with transaction():
        units.add("hainan", "QH1", "琼海市住建局", "district", hainan.now, area_code="469002000000")
    found = [complaint for complaint in doctor.examine(hainan.now) if complaint.code == "area_without_branch"]
    assert [(one.facts["area"], one.facts["units"], one.facts["unit"]) for one in found] == [
        ("469002", 1, "12345省平台"), ("469002", 1, "省政务服务管理办公室")]
