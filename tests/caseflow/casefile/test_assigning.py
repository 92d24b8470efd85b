"""A task changes hands in one place: in hand at once, on the record as asked, and written with its case."""

from __future__ import annotations

import json

import pytest

from caseflow.casefile import assigning, holding
from caseflow.models import Case, WorkItem, db, transaction
from tests.ground import entries, open_item, person, unit
from tests.journeys.kit import Journey


@pytest.fixture
def officer(guichi, session):
    return person("guichi.dept1.officer")


def give(journey, *call, **options):
    with transaction():
        case = holding.hold_by_item(open_item(journey.case_id).id)
        item, = case.items.values()
        given = assigning.give(case, item, *call, **options)
        in_hand = case.items[item.token]
        holding.save(case)
    return given, in_hand


@pytest.mark.both_databases
def test_a_given_task_is_theirs_in_hand_and_in_its_row(guichi, officer, clock):
    given, in_hand = give(guichi, officer.user_id, officer, "task_claimed", clock())
    assert given == in_hand and given.assignee_id == open_item(guichi.case_id).assignee_id == officer.user_id
    entry, = entries(guichi.case_id, "task_claimed")
    assert json.loads(entry.details) == {"element": "first_response", "token": given.token}
    assert (entry.actor_id, entry.at) == (officer.user_id, clock())


def test_a_task_given_to_another_office_is_free_there_and_its_entry_says_what_the_caller_adds(guichi, officer, clock):
    other = unit("guichi", "bureau").id
    given, _ = give(guichi, None, officer, "task_reassigned", clock(), {"reason": "职责"}, unit_id=other)
    item = open_item(guichi.case_id)
    assert (item.unit_id, item.assignee_id) == (given.unit_id, given.assignee_id) == (other, None)
    entry, = entries(guichi.case_id, "task_reassigned")
    assert json.loads(entry.details) == {"element": "first_response", "token": given.token, "reason": "职责"}


def test_what_another_entry_tells_is_not_told_again(guichi, officer, clock):
    before = db.session.get(Case, guichi.case_id).journal_seq
    give(guichi, officer.user_id, officer, None, clock())
    assert db.session.get(Case, guichi.case_id).journal_seq == before
    assert open_item(guichi.case_id).assignee_id == officer.user_id


def test_the_open_tasks_of_many_cases_are_written_case_by_case_and_untouched_cases_stay_as_they_were(
        guichi, officer, app, clock):
    other = Journey(app, clock, "guichi").bad_review()
    db.session.rollback()
    versions = {case.id: case.version for case in db.session.query(Case)}
    with transaction():
        found = list(assigning.open_items(WorkItem.role == "officer"))
    assert [case.id for case, _ in found] == sorted({guichi.case_id, other.case_id})
    assert {case.id: case.version for case in db.session.query(Case)} == versions
    with transaction():
        for case, item in assigning.open_items(WorkItem.case_id == other.case_id):
            assigning.give(case, item, officer.user_id, officer, "task_claimed", clock())
    db.session.rollback()
    assert [open_item(journey.case_id).assignee_id for journey in (guichi, other)] == [None, officer.user_id]
