"""How busy each step is and how long it takes: what is counted, and on which index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from caseflow.law import working_days
from caseflow.models import db
from caseflow.moments import SHANGHAI
from caseflow.processes import deployed
from caseflow.workshop import statistics
from caseflow.workshop.statistics import StepFigures
from tests.journeys.kit import Journey

HOURS = timedelta(hours=1)


def figures(guichi) -> dict[str, StepFigures]:
    process = deployed.current("guichi", "rectification")
    return statistics.of_process("guichi", process.process_id, process.user_tasks, guichi.clock())


@pytest.mark.parametrize(("begun", "completed", "hours"), [
    ((2026, 3, 2, 9), (2026, 3, 2, 11), 2),
    ((2026, 3, 6, 9), (2026, 3, 9, 9), 24),         # over a weekend
    ((2026, 3, 7, 9), (2026, 3, 9, 9), 9),          # begun on a Saturday
    ((2026, 2, 14, 20), (2026, 2, 15, 8), 4),       # a Saturday that was worked, then the Spring Festival
    ((2026, 3, 2, 9), (2026, 3, 2, 8), 0),
])
def test_only_working_days_count_as_working_time(begun, completed, hours, session):
    calendar = working_days.national()
    moments = (datetime(*moment, tzinfo=SHANGHAI).astimezone(UTC) for moment in (begun, completed))
    assert statistics.working_time(*moments, calendar) == hours * HOURS


@pytest.mark.both_databases
def test_open_and_late_tasks_and_the_time_they_take_are_told_by_step(guichi, session):
    other = Journey(guichi.app, guichi.clock, "guichi").bad_review(office=1)
    Journey(guichi.app, guichi.clock, "hainan").bad_review()
    guichi.clock.advance(hours=6)
    guichi.does("first_response", outcome="resolved")
    session.rollback()
    assert figures(guichi)["first_response"] == StepFigures(1, 0, 6 * HOURS, 1)
    assert figures(guichi)["revisit"] == StepFigures(1, 0)
    guichi.clock.advance(days=7)
    other.does("first_response", outcome="resolved")
    guichi.does("revisit", revisit_result="satisfied")
    session.rollback()
    counted = figures(guichi)
    assert counted["first_response"] == StepFigures(0, 0, (6 * HOURS + 6 * HOURS + 5 * 24 * HOURS) / 2, 2)
    assert (counted["revisit"].open, counted["revisit"].sample) == (1, 1)
    assert counted["rectify"] == StepFigures()
    guichi.clock.advance(days=30)
    assert figures(guichi)["revisit"].late == 1


def test_cases_are_counted_under_the_version_they_run_with(guichi, session):
    digest = deployed.current("guichi", "rectification").digest
    assert statistics.live_cases([digest, "0" * 64]) == {digest: 1, "0" * 64: 0}
    assert statistics.live_cases([]) == {}


def test_every_figure_is_found_on_an_index(guichi, session):
    asked = []

    def note(*call):
        asked.append(call[2:4])
    event.listen(db.engine, "before_cursor_execute", note)      # the engine is lent to other tests afterwards
    figures(guichi)
    statistics.live_cases([deployed.current("guichi", "rectification").digest])
    event.remove(db.engine, "before_cursor_execute", note)
    counting = [call for call in asked if "work_items" in call[0] or "process_instances" in call[0]]
    plans = [str(row[3]) for statement, values in counting
             for row in db.session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values)]
    assert any("ix_work_items_at_step (element=? AND unit_id=?" in line for line in plans)
    assert any("ix_process_instances_definition_ended_case_id (definition=? AND ended=?" in line for line in plans)
    assert not any("ix_work_items_status_assignee_id_due_at" in line for line in plans)
    assert [line for line in plans if line.startswith("SCAN work_items") or line.startswith("SCAN process_i")] == []


def test_running_cases_are_counted_by_version_and_those_that_are_over_are_not(guichi, session, app, clock):
    over = Journey(app, clock, "guichi").bad_review()
    over.does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")
    appeal = guichi.appeal("guichi.dept1.officer")
    digests = [deployed.row_of(f"guichi_{name}").digest for name in ("rectification", "appeal")]
    assert appeal.case().status == "open" and over.case().status == "closed"
    assert statistics.running_cases() == dict.fromkeys(digests, 1)
