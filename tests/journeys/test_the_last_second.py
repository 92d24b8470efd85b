"""A due moment names the last second that is in time, to its end: nobody is late before it is over, everybody then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from caseflow.cases import ledger, steps
from caseflow.cases.ledger import CaseFilter
from caseflow.health import figures
from caseflow.law import calendars, regulations
from caseflow.models import db
from caseflow.supervision import board
from caseflow.supervision.board import Wanted
from caseflow.work import worklist
from caseflow.workshop import statistics
from tests.caseflow.proof.diagrams import Diagram
from tests.ground import deploy, open_item, person
from web.words import times

pytestmark = pytest.mark.both_databases
TASK = "first_response"
BEFORE = [timedelta(), timedelta(seconds=0.5), timedelta(seconds=1, microseconds=-1)]


def said_late(case) -> set[str]:
    """Who says of the case's one open task that it is late."""
    item, now, calendar = open_item(case.case_id), case.now, calendars.load("guichi")
    lead, officer = person("guichi.bureau.supervisor"), person("guichi.dept1.officer")
    said = {
        "form": steps.is_late(item, now),
        "badge": times.due_badge(now, item.due_at, calendar).level == "overdue",
        "worklist": worklist.my_work(officer, now=now, due="overdue").total,
        "worklist's figure": worklist.counts(officer, now)["overdue"],
        "board": board.items(lead, Wanted("late"), now).total,
        "board's figure": board.figures(lead, now)["late"],
        "load": sum(load.late for load in board.units(lead, now)),
        "ledger": ledger.ledger(lead, CaseFilter(overdue=True), now).total,
        "ledger's line": ledger.ledger_facts([case.case_id], now)[case.case_id].late,
        "process": statistics.of_process("guichi", "guichi_rectification", [TASK], now)[TASK].late,
        "metrics": figures.read(now).overdue_tasks,
        "scheduler": steps.due_cases(now),
    }
    db.session.rollback()
    return {who for who, answer in said.items() if answer}


def due_today(case) -> tuple[int, int]:
    officer, lead = person("guichi.dept1.officer"), person("guichi.bureau.supervisor")
    found = (worklist.my_work(officer, now=case.now, due="today").total, board.figures(lead, case.now)["today"])
    db.session.rollback()
    return found


@pytest.fixture
def case(journey, app, session):
    return journey("guichi").bad_review()


@pytest.mark.parametrize("after", BEFORE)
def test_nobody_is_late_before_the_last_second_is_over(case, after):
    case.clock.set(case.due_at(TASK) + after)
    assert said_late(case) == set() and due_today(case) == (1, 1)


def test_everybody_is_late_when_it_is_over(case):
    case.clock.set(case.due_at(TASK) + timedelta(seconds=1))
    assert len(said_late(case)) == 12 and due_today(case) == (0, 0)


@pytest.mark.parametrize(("after", "late"), [*((after, False) for after in BEFORE), (timedelta(seconds=1), True)])
def test_the_ledger_judges_what_was_done_by_the_same_second(case, after, late):
    case.clock.set(case.due_at(TASK) + after)
    case.does(TASK, outcome="resolved").does("revisit", revisit_result="satisfied")
    lead = person("guichi.bureau.supervisor")
    assert ledger.ledger(lead, CaseFilter(overdue=True), case.now).total == late
    assert ledger.ledger_facts([case.case_id], case.now)[case.case_id].late is late


@pytest.mark.parametrize("marked", [True, False])
def test_a_task_that_is_late_stays_so_whatever_later_timer_still_runs(journey, app, session, clock, marked):
    """Also under a drawing that marks no limit, as versions from before the marks do."""
    drawn = Diagram("guichi", "rectification", whole=True)
    drawn.mark("first_response_due", "statutory" if marked else "")
    drawn.add_later_timer(TASK)
    deploy("guichi", clock, (regulations.files("guichi")["rectification.bpmn"], drawn.source()), deployed=not marked)
    case = journey("guichi").bad_review()
    statutory = case.due_at(TASK)
    case.clock.set(statutory)
    assert said_late(case) == set() and due_today(case) == (1, 1)
    case.time_passes(seconds=1)
    fired, waiting = case.timers("fired"), case.timers()
    assert (fired, waiting, case.due_at(TASK)) == (["first_response_due"], ["extra_later"], statutory)
    assert len(said_late(case)) == 11 and due_today(case) == (0, 0)     # the scheduler has nothing to do until then
    case.does(TASK, outcome="resolved").does("revisit", revisit_result="satisfied")
    lead = person("guichi.bureau.supervisor")
    assert ledger.ledger(lead, CaseFilter(overdue=True), case.now).total == 1
