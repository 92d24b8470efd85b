"""Role × unit: what an actor is, and whose cases they look into."""

from __future__ import annotations

import pytest

from caseflow.errors import NotFound
from caseflow.models import Case, Unit, User, db, transaction
from caseflow.people import permissions
from caseflow.people.permissions import SYSTEM, actor_for
from tests.ground import newcomer, open_item, person, unit
from tests.journeys.kit import Journey


@pytest.fixture
def case(guichi, session):
    return session.get(Case, guichi.case_id)


@pytest.mark.parametrize("role", ["officer", "supervisor", "reviewer", "auditor"])
def test_these_roles_look_into_the_cases_of_their_unit(case, role):
    assert permissions.may_see(newcomer("new", (role, case.unit_id)), case)


@pytest.mark.parametrize("role", ["admin", "designer", "approver", "staff"])
def test_these_roles_look_into_no_cases(case, role):
    actor = newcomer("new", (role, case.unit_id))
    assert actor.visible_units == frozenset() and not permissions.may_see(actor, case)
    with pytest.raises(NotFound):
        permissions.require_see(actor, case)


@pytest.mark.both_databases
def test_supervisors_and_auditors_look_into_the_units_below_and_officers_do_not(guichi, session):
    government, bureau = unit("guichi", "government").id, unit("guichi", "bureau").id
    for role in ("supervisor", "auditor"):
        assert {government, bureau} < newcomer(role, (role, government)).visible_units
        assert newcomer(role + "2", (role, bureau)).visible_units == {bureau}
    assert newcomer("clerk", ("officer", government)).visible_units == {government}


def test_no_unit_of_another_place_is_ever_visible(guichi, session):
    for place in ("guichi", "hefei", "hainan", "qijiang"):
        for user in session.query(User).filter(User.username.startswith(place)):
            seen = session.query(Unit.regulation).filter(Unit.id.in_(actor_for(user).visible_units)).distinct()
            assert {regulation for regulation, in seen} <= {place}, user.username


def test_an_account_that_was_stopped_has_no_roles(guichi, case):
    with transaction() as session:
        session.query(User).filter_by(username="guichi.dept1.officer").one().active = False
    stopped = person("guichi.dept1.officer")
    assert (stopped.roles, stopped.visible_units) == (frozenset(), frozenset())
    assert not permissions.may_see(stopped, case) and not permissions.may_work(stopped, open_item(case.id))


def test_the_system_sees_every_case_and_does_no_task(case):
    assert permissions.may_see(SYSTEM, case) and SYSTEM.is_system
    assert not permissions.may_work(SYSTEM, open_item(case.id))


def test_a_task_is_of_one_role_at_one_unit(case, guichi):
    item = open_item(case.id)
    for role, unit_id, may in (
        ("officer", item.unit_id, True), ("supervisor", item.unit_id, False),
        ("officer", unit("guichi", "bureau").id, False), ("officer", unit("guichi", "government").id, False),
    ):
        actor = newcomer(f"{role}{unit_id}", (role, unit_id))
        assert permissions.may_work(actor, item) is may, (role, unit_id)
        item = open_item(case.id)


def test_who_supervises_a_case_is_supervisor_of_its_unit_of_the_lead_or_above(case, guichi):
    department = case.unit_id
    for username, may in (
        ("guichi.dept1.supervisor", True), ("guichi.bureau.supervisor", True), ("guichi.dept2.supervisor", False),
        ("guichi.dept1.officer", False), ("guichi.bureau.officer", False), ("hainan.platform.supervisor", False),
    ):
        assert permissions.may_supervise(person(username), case) is may, username
    assert permissions.may_supervise(newcomer("mayor", ("supervisor", unit("guichi", "government").id)), case)
    elsewhere = person("guichi.dept2.supervisor").roles | {("officer", department)}
    assert not permissions.may_supervise(newcomer("both", *elsewhere), db.session.get(Case, case.id))


def test_who_leads_is_supervisor_of_the_lead_office_or_above_it_and_of_its_place_alone(case):
    lead, city = unit("guichi", "bureau").id, unit("guichi", "government").id
    assert permissions.lead_of(case) == lead
    for username, may in (("guichi.bureau.supervisor", True), ("guichi.bureau.officer", False),
                          ("guichi.dept1.supervisor", False), ("hainan.platform.supervisor", False)):
        assert permissions.leads(person(username), case) is may, username
    assert permissions.leads(newcomer("mayor", ("supervisor", city)), case)
    assert permissions.led_by([lead, case.unit_id]) == {"guichi"}
    assert permissions.led_by([db.session.get(Case, case.id).unit_id]) == permissions.led_by([]) == frozenset()


def test_a_case_that_goes_to_another_office_becomes_visible_there(hainan, session):
    city = person("hainan.platform_city.officer")
    seen = [permissions.may_see(city, session.get(Case, hainan.case_id))]
    town = next(n for n, office in enumerate(hainan.regulation.responsible_units) if office.level != "province")
    other = Journey(hainan.app, hainan.clock, "hainan").bad_review(office=town)
    session.rollback()
    seen.append(permissions.may_see(city, session.get(Case, other.case_id)))
    provincial = hainan.regulation.responsible_units[0].level == "province"
    assert seen == ([False, True] if provincial else [True, True])
