"""A deadline moves in one place; the tasks it guards, the case and the scheduler follow it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from caseflow.casefile import holding
from caseflow.casefile.facts import TimerDated
from caseflow.cases import advance, due
from caseflow.models import Case, Timer, db, transaction
from caseflow.people.permissions import SYSTEM
from tests.ground import open_item


def move(journey, days: int, *, stopped: bool = False):
    """Move the case's one deadline by so many days; its new moment."""
    with transaction():
        case = holding.hold(journey.case_id)
        timer, = case.timers.values()
        moment = timer.due_at + timedelta(days=days)
        dated = TimerDated(timer.token, moment, True, stopped, "national:test")
        advance.keep(case, [dated], SYSTEM, journey.now)
        due.follow(case, SYSTEM, journey.now)
        holding.save(case)
    db.session.rollback()
    return moment


@pytest.mark.both_databases
def test_a_moved_deadline_is_shown_by_its_timer_its_task_its_case_and_the_scheduler(guichi, session):
    moment = move(guichi, 3)
    timer, item, case = session.query(Timer).one(), open_item(guichi.case_id), session.get(Case, guichi.case_id)
    assert (timer.due_at, timer.provisional, timer.calendar, timer.status) == (moment, True, "national:test", "pending")
    assert (item.due_at, item.due_provisional, item.clock_stopped) == (moment, True, False)
    assert (case.next_due, case.next_try) == (moment, moment)


def test_a_deadline_that_stands_still_is_due_nowhere_and_keeps_where_it_stood(guichi, session):
    moment = move(guichi, 0, stopped=True)
    timer, item, case = session.query(Timer).one(), open_item(guichi.case_id), session.get(Case, guichi.case_id)
    assert (timer.due_at, timer.status) == (moment, "stopped")
    assert (item.due_at, item.clock_stopped, case.next_due, case.next_try) == (None, True, None, None)


def test_a_pause_after_a_failure_outlasts_an_earlier_deadline_and_a_parked_case_is_not_tried(guichi, session):
    pause = guichi.due_at("first_response") + timedelta(days=9)
    with transaction():
        case = session.get(Case, guichi.case_id)
        case.attempts, case.next_try = 2, pause
    moment = move(guichi, 1)
    case = session.get(Case, guichi.case_id)
    assert (case.next_due, case.next_try) == (moment, pause)
    with transaction():
        case = session.get(Case, guichi.case_id)
        case.attempts, case.next_try, case.incident = 5, None, True
    assert (move(guichi, 1), session.get(Case, guichi.case_id).next_try) == (moment + timedelta(days=1), None)


def test_following_a_case_in_which_nothing_moved_writes_nothing(guichi, session):
    before = open_item(guichi.case_id).due_at
    with transaction():
        case = holding.hold(guichi.case_id)
        due.follow(case, SYSTEM, guichi.now)
        assert not case.noted
    assert open_item(guichi.case_id).due_at == before
