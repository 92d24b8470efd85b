"""Bad reviews that say the same are linked, stay cases of their own, and are filled in together."""

from __future__ import annotations

from uuid import uuid4

import pytest

from caseflow.cases import steps
from caseflow.errors import ConcurrentUpdate, InvalidForm, InvalidInput, LateReasonMissing, NotFound, PermissionDenied
from caseflow.models import Case, Submission, WorkItem, db, transaction
from caseflow.supervision import duplicates
from tests.ground import entries, open_item, person, reached, rows
from tests.journeys.kit import Journey

LEAD, OFFICER, REASON = "guichi.bureau.supervisor", "guichi.dept1.officer", "同一评价人、同一件事"
ANSWERS = {"outcome": "simple", "contact_channel": "phone", "findings": "已核实，情况属实。"}


@pytest.fixture
def three(guichi, app, clock) -> list[Journey]:
    """Three bad reviews of one rater about one unit, who was reached about each."""
    reviews = [guichi, *(Journey(app, clock, "guichi").bad_review() for _ in range(2))]
    with app.app_context():
        for review in reviews:
            reached(review.case_id, OFFICER, review.now)
    return reviews


def link(case, of, username=LEAD, reason=REASON):
    with transaction():
        return duplicates.link(case.case_id, of.case_id, person(username), reason, case.now).id


def complete(*journeys, token=None, answers=None, late_reason="") -> steps.Receipt:
    items = [open_item(journey.case_id).id for journey in journeys]
    return complete_items(items, journeys[0], token or uuid4().hex, answers or ANSWERS, late_reason)


def complete_items(items, journey, token, answers=ANSWERS, late_reason=""):
    with transaction():
        return duplicates.complete(items, person(OFFICER), answers, token, journey.now, late_reason)


def together(journey) -> list[int]:
    db.session.rollback()
    return [item.case_id for item in duplicates.together(open_item(journey.case_id), person(OFFICER))]


@pytest.mark.both_databases
def test_linked_cases_stay_open_and_are_filled_in_together_each_with_its_own_record(three, session):
    first, second, third = three
    due = [journey.due_at("first_response") for journey in three]
    assert link(second, first) == link(second, first)               # twice stands once
    link(third, first)
    assert [journey.due_at("first_response") for journey in three] == due
    assert together(second) == [first.case_id, third.case_id]
    token = uuid4().hex
    items = [open_item(journey.case_id).id for journey in (second, first, third)]
    receipt = complete_items(items, first, token)
    assert complete_items(items, first, token) == receipt           # the same form again changes nothing
    assert [journey.open_tasks() for journey in three] == [["rectify"]] * 3
    assert [len(entries(journey.case_id, "task_completed")) for journey in three] == [1] * 3
    assert session.query(Submission).count() == 3
    for journey in three:
        journey.healthy()
    reached(first.case_id, OFFICER, first.now)
    complete(first, answers={"measures": "已整改", "feedback": "已反馈"} | filled(first))
    first.does("revisit", revisit_result="satisfied")
    assert (first.case().status, second.open_tasks(), third.open_tasks()) == ("closed", ["rectify"], ["rectify"])


def filled(journey) -> dict:
    with journey.app.app_context():
        return journey._filled(journey._item("rectify"), {})


def test_all_are_completed_or_none(three, session):
    first, second, _ = three
    link(second, first)
    before = rows()
    with pytest.raises(InvalidForm):
        complete(first, second, answers={"outcome": "simple"})
    first.clock.advance(days=4)
    with pytest.raises(LateReasonMissing):
        complete(first, second)
    assert rows() == before
    complete(first, second, late_reason="等待材料")
    assert [journey.open_tasks() for journey in (first, second)] == [["rectify"]] * 2


def test_what_is_not_linked_or_not_at_the_same_step_is_not_done_along(three, session):
    first, second, third = three
    link(second, first)
    with pytest.raises(ConcurrentUpdate):
        complete(first, third)
    item = open_item(second.case_id).id
    with transaction():
        duplicates.unlink(second.case_id, person(LEAD), "不是一件事", second.now)
    with transaction():
        duplicates.unlink(second.case_id, person(LEAD), "不是一件事", second.now)       # again changes nothing
    with pytest.raises(ConcurrentUpdate):
        complete_items([open_item(first.case_id).id, item], first, uuid4().hex)
    link(second, first)
    first.does("first_response", outcome="resolved")
    assert together(second) == []
    assert [len(entries(journey.case_id, kind)) for journey in (first, second)
            for kind in ("duplicate_linked", "duplicate_unlinked")] == [2, 1, 2, 1]


def test_only_supervisors_of_the_lead_office_link_what_is_alike(three, session, app, clock):
    first, second, third = three
    before = rows()
    for username, refusal in (("guichi.dept1.supervisor", PermissionDenied),
                              ("guichi.bureau.officer", PermissionDenied), ("hefei.center.supervisor", NotFound)):
        with pytest.raises(refusal):
            link(second, first, username)
    with pytest.raises(InvalidInput):
        link(first, first)
    with pytest.raises(InvalidInput) as refused:
        link(second, first, reason=" ")
    assert refused.value.fields == {"reason": "required"} and rows() == before
    elsewhere = Journey(app, clock, "guichi").bad_review(office=1)
    stranger = Journey(app, clock, "guichi").bad_review(real_name=False)
    for other in (elsewhere, stranger):
        with pytest.raises(InvalidInput) as refused:
            link(second, other)
        assert refused.value.fields == {"of": "not_alike"}
    assert [case.id for case in duplicates.alike(session.get(Case, second.case_id))] == [first.case_id, third.case_id]
    link(second, first)
    for case, of in ((first, third), (third, second), (second, third)):      # no chains
        with pytest.raises(InvalidInput) as refused:
            link(case, of)
        assert refused.value.fields == {"of": "linked"}
    assert session.query(WorkItem).filter_by(status="open").count() == 5
