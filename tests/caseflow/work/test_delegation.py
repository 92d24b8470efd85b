"""A taken task is handed to a colleague of the same post, seen by both, and comes back."""

from __future__ import annotations

import json

import pytest

from caseflow.errors import AlreadyClaimed, Conflict, InvalidInput, NotFound, PermissionDenied
from caseflow.models import User, WorkItem, db, transaction
from caseflow.notices import inbox, outbox
from caseflow.work import delegation, tasks
from tests.ground import at_once, colleague, entries, newcomer, open_item, person, unit
from tests.journeys.kit import Journey

pytestmark = pytest.mark.both_databases


@pytest.fixture
def guichi(installed, app, clock, session):
    return Journey(app, clock, "guichi").bad_review()


@pytest.fixture
def officer(guichi):
    """Who has taken the first response."""
    officer = person("guichi.dept1.officer")
    with transaction():
        tasks.claim(open_item(guichi.case_id).id, officer, guichi.now)
    return officer


@pytest.fixture
def helper(guichi, officer):
    return colleague(open_item(guichi.case_id), "helper")


def hand(guichi, actor, to, note="我去开会，请先联系评价人。"):
    with transaction():
        delegation.delegate(open_item(guichi.case_id).id, actor, to.user_id, note, guichi.now)


def back(guichi, operation, actor, *words):
    with transaction():
        operation(open_item(guichi.case_id).id, actor, *words, guichi.now)


def assignee(guichi):
    db.session.rollback()
    return open_item(guichi.case_id).assignee_id


def told(guichi, actor):
    """The kinds of the notices that are for this person alone, oldest first."""
    with transaction():
        outbox.deliver_waiting(guichi.now)
    return [notice.kind for notice in reversed(outbox.for_actor(actor)) if notice.user_id]


def test_whoever_it_goes_to_gets_a_notice_and_nobody_else(guichi, officer, helper):
    third = colleague(open_item(guichi.case_id), "third")
    hand(guichi, officer, helper)
    assert (told(guichi, officer), told(guichi, helper), told(guichi, third)) == ([], ["delegated"], [])
    assert inbox.unread(helper) == inbox.unread(third) + 1
    back(guichi, delegation.give_back, helper, "打过了")
    hand(guichi, officer, helper)
    back(guichi, delegation.take_back, officer)
    assert told(guichi, officer) == ["given_back"]
    assert told(guichi, helper) == ["delegated", "delegated", "taken_back"]
    with pytest.raises(NotFound):
        inbox.find(outbox.for_actor(helper)[0].id, third)
    moved = newcomer("moved", ("officer", unit("guichi", "bureau").id))
    assert outbox.addressed_to(moved) and told(guichi, moved) == []


def test_the_colleague_has_the_task_and_both_see_it(guichi, officer, helper):
    hand(guichi, officer, helper)
    assert assignee(guichi) == helper.user_id
    seen, = delegation.handed_over_by(officer)
    assert (seen.to_name, seen.note) == ("helper", "我去开会，请先联系评价人。")
    assert delegation.of_item(open_item(guichi.case_id)) == seen and delegation.handed_over_by(helper) == []
    details = json.loads(entries(guichi.case_id, "task_delegated")[0].details)
    assert details["to"] == helper.user_id and "note" not in details
    guichi.healthy()


def test_it_is_given_back_to_whom_it_came_from(guichi, officer, helper):
    hand(guichi, officer, helper)
    back(guichi, delegation.give_back, helper, "已联系，等您定夺。")
    assert assignee(guichi) == officer.user_id and delegation.handed_over_by(officer) == []
    assert len(entries(guichi.case_id, "task_given_back")) == 1
    hand(guichi, officer, helper)        # and may be handed over again
    assert assignee(guichi) == helper.user_id


def test_it_goes_to_the_office_when_the_other_has_left(guichi, officer, helper):
    hand(guichi, officer, helper)
    with transaction():
        db.session.get(User, officer.user_id).active = False
    back(guichi, delegation.give_back, helper, "")
    assert assignee(guichi) is None


def test_it_can_be_taken_back(guichi, officer, helper):
    hand(guichi, officer, helper)
    back(guichi, delegation.take_back, officer)
    assert assignee(guichi) == officer.user_id and len(entries(guichi.case_id, "task_taken_back")) == 1
    for again in ((delegation.take_back,), (delegation.give_back, "")):
        with pytest.raises(Conflict):
            back(guichi, again[0], officer, *again[1:])


def test_taking_and_giving_back_at_once_ends_it_once(guichi, officer, helper, app):
    hand(guichi, officer, helper)
    answers = at_once(app, lambda: back(guichi, delegation.take_back, officer),
                      lambda: back(guichi, delegation.give_back, helper, ""))
    assert sum(answer is None for answer in answers) == 1 and assignee(guichi) == officer.user_id
    assert len(entries(guichi.case_id, "task_taken_back")) + len(entries(guichi.case_id, "task_given_back")) == 1


def test_what_was_handed_to_oneself_is_not_handed_on(guichi, officer, helper):
    third = colleague(open_item(guichi.case_id), "third")
    hand(guichi, officer, helper)
    with pytest.raises(InvalidInput) as refused:
        hand(guichi, helper, third)
    assert refused.value.fields == {"to": "delegated"}


def test_only_ones_own_taken_task_is_handed_over_and_only_to_a_colleague(guichi, officer, helper, session):
    item = open_item(guichi.case_id)
    with pytest.raises(AlreadyClaimed):
        hand(guichi, helper, officer)
    with pytest.raises(PermissionDenied):
        hand(guichi, person("guichi.bureau.officer"), helper)
    with pytest.raises(NotFound):
        hand(guichi, person("hefei.dept1.officer"), helper)
    supervisor = newcomer("boss", ("supervisor", item.unit_id))
    for other in (officer, supervisor, person("guichi.bureau.officer")):
        with pytest.raises(InvalidInput) as refused:
            hand(guichi, officer, other)
        assert refused.value.fields == {"to": "not_a_colleague"}
    with pytest.raises(InvalidInput) as refused:
        hand(guichi, officer, helper, " ")
    assert refused.value.fields == {"note": "required"}
    assert session.get(WorkItem, item.id).assignee_id == officer.user_id


def test_a_task_that_went_another_way_is_handed_over_anew(guichi, officer, helper):
    hand(guichi, officer, helper)
    item = open_item(guichi.case_id).id
    with transaction():
        tasks.release(item, helper, guichi.now)
    assert delegation.handed_over_by(officer) == []
    with transaction():
        tasks.claim(item, officer, guichi.now)
    hand(guichi, officer, helper)
    assert [seen.to_id for seen in delegation.handed_over_by(officer)] == [helper.user_id]
