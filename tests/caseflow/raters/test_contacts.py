"""The rater's contact: who may see it, for which reason, and what is recorded of it."""

from __future__ import annotations

import orjson
import pytest

from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.models import WorkItem, transaction
from caseflow.raters import contacts
from caseflow.work import tasks
from tests.ground import colleague, entries, open_item, person
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
