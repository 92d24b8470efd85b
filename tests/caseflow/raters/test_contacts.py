"""The rater's contact: who may see it, for which reason, and what is recorded of it."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.models import Unit, WorkItem, db, transaction
from caseflow.moments import day_of
from caseflow.people import branches
from caseflow.raters import contacts
from caseflow.work import tasks
from tests.ground import colleague, entries, newcomer, open_item, person
from tests.journeys.kit import Journey


@pytest.fixture
def officer(guichi, session):
    return person("guichi.dept1.officer")


@pytest.fixture
def item(guichi, session):
    return open_item(guichi.case_id).id


def reveal(journey: Journey, actor, reason="联系评价人核实情况"):
    with transaction():
        return contacts.reveal(journey.case_id, actor, reason, journey.now)


def test_who_has_an_open_task_may_see_the_rater_s_contact(guichi, officer):
    assert reveal(guichi, officer) == ("卫建国", "13900009029")
    for onlooker in ("guichi.bureau.officer", "guichi.dept1.supervisor", "guichi.auditor"):
        with pytest.raises(PermissionDenied):
            reveal(guichi, person(onlooker))
    for stranger in ("hainan.platform.officer", "guichi.admin"):
        with pytest.raises(NotFound):
            reveal(guichi, person(stranger))


def test_who_has_passed_the_task_on_sees_the_contact_no_more(guichi, officer, session):
    guichi.does("first_response", outcome="resolved")
    with pytest.raises(PermissionDenied):
        reveal(guichi, officer)
    assert reveal(guichi, person("guichi.bureau.officer"))
    guichi.does("revisit", revisit_result="satisfied")
    with pytest.raises(PermissionDenied):
        reveal(guichi, person("guichi.bureau.officer"))


def test_a_task_that_a_colleague_has_taken_opens_no_contact(guichi, item, officer, clock, session):
    other = colleague(session.get(WorkItem, item))
    with transaction():
        tasks.claim(item, officer, clock())
    with pytest.raises(PermissionDenied):
        reveal(guichi, other)


def test_in_hainan_only_12345_sees_the_contact(hainan, session):
    hainan.does("verify").does("contact_rater")
    assert hainan.open_tasks() == ["first_response"]
    agency = next(person(f"hainan.dept{n}.officer") for n in (1, 2, 3)
                  if person(f"hainan.dept{n}.officer").holds("officer", hainan.case().unit_id))
    with pytest.raises(PermissionDenied):
        reveal(hainan, agency)
    assert reveal(hainan, person("hainan.platform.officer")) == ("卫建国", "13900009029")


@pytest.mark.both_databases
def test_a_branch_sees_the_raters_of_its_own_area_and_of_no_other(hainan, clock, session):
    """HN-11, HN-14."""
    for office, own, other in ((1, "platform_city", "platform_sanya"), (3, "platform_sanya", "platform_city")):
        case = Journey(hainan.app, clock, "hainan").bad_review(office=office)
        session.rollback()
        assert reveal(case, person(f"hainan.{own}.officer")) == ("卫建国", "13900009029")
        with pytest.raises(NotFound):
            reveal(case, person(f"hainan.{other}.officer"))


@pytest.mark.both_databases
@pytest.mark.parametrize("followed", [True, False])
def test_a_branch_that_was_followed_or_ended_meanwhile_keeps_what_it_has_open_and_no_more(hainan, session, followed):
    case = Journey(hainan.app, hainan.clock, "hainan").bad_review(office=3).does("verify")
    session.rollback()
    before, after = person("hainan.platform_sanya.officer"), person("hainan.platform.officer")
    with transaction():
        sanya = next(one for one in branches.all_of("hainan") if one.unit.key == "platform_sanya")
        branches.end(sanya, day_of(case.now), case.now)
        new = _new_branch(sanya, day_of(case.now) + timedelta(days=1), case.now) if followed else None
    after = newcomer("san", ("officer", new)) if followed else after
    case.clock.advance(days=1)
    assert case.open_tasks() == ["contact_rater"] and reveal(case, before)      # what it has open it still does
    case.does("contact_rater").does("first_response", outcome="resolved")
    revisit, = case.open_tasks()
    assert open_item(case.case_id).unit_id in after.visible_units
    with pytest.raises(PermissionDenied):
        reveal(case, before)
    assert reveal(case, after) == ("卫建国", "13900009029")
    assert case.does(revisit, revisit_result="satisfied").open_tasks() == []


def _new_branch(like, first_day, now):
    """Another unit is the branch of the same area from a day on; its id."""
    new = Unit(regulation="hainan", code="11460200MB0000999", name="12345三亚新分平台", level="city",
               area_code=like.area_code, active=True)
    db.session.add(new)
    db.session.flush()
    branches.add(new, like.kind, first_day, now)
    return new.id


def test_nobody_sees_the_contact_once_the_case_is_closed(hainan, session):
    hainan.does("verify").does("contact_rater").does("first_response", outcome="resolved")
    revisit, = hainan.open_tasks()
    hainan.cannot_be_reached(revisit).does(revisit, revisit_result="unreachable").closed_as("closed_unreachable")
    with pytest.raises(PermissionDenied):
        reveal(hainan, person("hainan.platform.officer"))


@pytest.mark.parametrize(("reason", "code"), [("", "required"), (" 想 ", "required"), ("长" * 201, "too_long")])
def test_the_contact_is_shown_for_a_reason_only(guichi, officer, reason, code):
    with pytest.raises(InvalidInput) as refused:
        reveal(guichi, officer, reason)
    assert refused.value.fields == {"reason": code}
    assert entries(guichi.case_id, "contact_revealed") == []


def test_showing_the_contact_is_in_the_journal_without_the_contact(guichi, officer):
    reveal(guichi, officer)
    entry, = entries(guichi.case_id, "contact_revealed")
    assert (entry.actor_id, orjson.loads(entry.details)) == (officer.user_id, {"reason": "联系评价人核实情况"})
