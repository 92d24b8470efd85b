"""The jobs: what is due fires once, oldest first, and a case that cannot be moved keeps nobody back."""

from __future__ import annotations

import logging
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select, update

from caseflow.cases import incidents, steps
from caseflow.health import watchdog
from caseflow.models import (
    Case,
    Heartbeat,
    Incident,
    JournalEntry,
    Notice,
    OutboxMessage,
    ProcessInstance,
    Timer,
    TimerFiring,
    WorkItem,
    db,
    transaction,
)
from caseflow.work import worklist
from scheduler import jobs, side_jobs
from tests.ground import at_once, entries, open_item, person, reached
from tests.journeys.kit import Journey
from web.app import clock as web_clock


@pytest.fixture
def guichi(installed, app, clock):
    """A bad review whose first response is due on Wednesday 4 March at 23:59:59."""
    return Journey(app, clock, "guichi").bad_review()


def due_now(journey, seconds=1):
    """Set the clock to so many seconds after the case's earliest deadline."""
    with journey.app.app_context():
        due = db.session.get(Case, journey.case_id).next_due
    journey.clock.set(due + timedelta(seconds=seconds))
    return due


def fired(session) -> list[tuple[int, int]]:
    """(case, token) of every timer that fired."""
    session.rollback()
    return list(map(tuple, session.execute(select(TimerFiring.case_id, TimerFiring.token))))


def spoil(journey) -> bytes:
    """Make the case's state unreadable; returns what it was."""
    with journey.app.app_context(), transaction() as session:
        instance = session.get(ProcessInstance, journey.case_id)
        kept, instance.state = instance.state, b"spoilt"
        return kept


def whole(journey) -> None:
    """Every invariant holds once the messages have left."""
    side_jobs.deliver_notices()
    journey.healthy()


# --- firing -------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_the_longest_overdue_case_fires_first(guichi, session, clock):
    others = []
    for _ in range(2):
        clock.advance(days=-4)
        others.append(Journey(guichi.app, clock, "guichi").bad_review().case_id)
    clock.advance(days=30)
    assert jobs.fire_due_cases() == 3
    order = select(JournalEntry.stream).where(JournalEntry.kind == "timer_fired").order_by(JournalEntry.id)
    assert list(session.scalars(order)) == [f"case:{case}" for case in (others[1], others[0], guichi.case_id)]


@pytest.mark.both_databases
def test_a_timer_fires_after_the_last_second_that_is_in_time_and_never_before(guichi, session):
    due = due_now(guichi, 0)
    for early in (-3600, -1, 0, 0.999):
        guichi.clock.set(due + timedelta(seconds=early))
        assert (steps.due_cases(guichi.now), fired(session)) == ([], []), early
        assert (jobs.fire_due_cases(), fired(session)) == (0, []), early
    guichi.clock.set(due + timedelta(seconds=1))
    assert jobs.fire_due_cases() == 1
    assert session.query(TimerFiring).one().fired_at == guichi.now
    whole(guichi)


@pytest.mark.machine_clock
@pytest.mark.both_databases
def test_the_database_s_clock_says_what_is_due(guichi, session):
    del guichi.app.config["CASEFLOW_CLOCK"]
    for minutes, count in ((1, 0), (-1, 1)):
        due = web_clock.real() + timedelta(minutes=minutes)
        with transaction():
            session.execute(update(Timer).values(due_at=due))
            session.execute(update(Case).values(next_due=due, next_try=due))
        assert jobs.fire_due_cases() == count


def test_a_firing_brings_its_effects_with_it_and_happens_once(guichi, session):
    due_now(guichi, 90)
    assert (jobs.fire_due_cases(), jobs.fire_due_cases()) == (1, 0)
    entry, = entries(guichi.case_id, "timer_fired")
    assert orjson.loads(entry.details)["lag_seconds"] == 90
    side_jobs.deliver_notices()
    assert guichi.notices("overdue") == {("区市场监管局", "supervisor"),
                                         (guichi.regulation.units["bureau"].name, "supervisor")}
    assert guichi.open_tasks() == ["first_response"]
    whole(guichi)


def test_a_case_whose_deadline_was_moved_away_is_not_claimed_again_and_again(guichi, session):
    due_now(guichi)
    with transaction():
        later = guichi.now + timedelta(days=3)
        session.execute(update(Timer).values(due_at=later))
    assert jobs.fire_due_cases() == 0
    case = session.get(Case, guichi.case_id)
    assert (case.next_due, case.next_try, steps.due_cases(guichi.now)) == (later, later, [])


@pytest.mark.both_databases
def test_two_schedulers_at_once_fire_each_timer_exactly_once(guichi, session, clock):
    due = due_now(guichi)
    clock.advance(days=-1)
    several = [Journey(guichi.app, clock, "guichi").bad_review().case_id for _ in range(39)] + [guichi.case_id]
    with transaction():
        session.execute(update(Timer).values(due_at=due))
        session.execute(update(Case).values(next_due=due, next_try=due))
    clock.set(due + timedelta(seconds=1))
    session.rollback()
    counts = at_once(guichi.app, jobs.fire_due_cases, jobs.fire_due_cases)
    assert sum(counts) == 40, counts
    assert sorted(case for case, _ in fired(session)) == sorted(several)
    told = select(OutboxMessage.case_id).where(OutboxMessage.kind == "overdue")
    assert sorted(session.scalars(told)) == sorted(several * 2)
    whole(guichi)


@pytest.mark.both_databases
def test_a_person_and_the_scheduler_at_once_leave_a_whole_case(guichi, session):
    due_now(guichi)
    item, officer = open_item(guichi.case_id).id, person("guichi.dept1.officer")
    reached(guichi.case_id, "guichi.dept1.officer", guichi.now)
    session.rollback()

    def complete():
        with transaction():
            answers = {"outcome": "resolved", "feedback_channel": "phone", "measures": "当场补办。", "findings": "属实"}
            return steps.complete_task(item, officer, answers, "t", guichi.now, "等待材料").element

    done, _ = at_once(guichi.app, complete, jobs.fire_due_cases)
    assert done == "first_response"
    assert guichi.open_tasks() == ["revisit"]
    whole(guichi)


# --- failing ------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_case_that_fails_waits_longer_each_time_and_is_parked_at_the_fifth(guichi, session):
    kept = spoil(guichi)
    due_now(guichi)
    for failures, pause in enumerate((30, 60, 120, 240), 1):
        assert (jobs.fire_due_cases(), session.get(Case, guichi.case_id).attempts) == (0, failures)
        guichi.clock.advance(seconds=pause)
        jobs.fire_due_cases()
        assert session.get(Case, guichi.case_id).attempts == failures, "the pause is not over"
        guichi.clock.advance(seconds=1)
    jobs.fire_due_cases()
    incident = session.query(Incident).one()
    assert incident.kind == "step_failed" and len(entries(guichi.case_id, "incident_raised")) == 1
    supervisor = person("guichi.bureau.supervisor")
    assert [case.id for _, case in incidents.incidents(supervisor)] == [guichi.case_id]
    assert worklist.counts(supervisor, guichi.now)["incidents"] == 1
    _let_go(guichi, session, incident, kept)


def _let_go(guichi, session, incident, kept) -> None:
    """With the cause removed, a resolved incident lets the case go on where it was."""
    guichi.clock.advance(days=1)
    assert (jobs.fire_due_cases(), fired(session)) == (0, [])
    with transaction():
        session.get(ProcessInstance, guichi.case_id).state = kept
        incidents.resolve_incident(incident.id, person("guichi.bureau.supervisor"), guichi.now)
    assert (jobs.fire_due_cases(), len(fired(session))) == (1, 1)
    whole(guichi)


def test_a_case_that_fails_keeps_no_other_back(guichi, session, clock, caplog):
    clock.advance(hours=1)
    others = [Journey(guichi.app, clock, "guichi").bad_review().case_id for _ in range(3)]
    spoil(guichi)
    clock.advance(days=10)
    assert jobs.fire_due_cases() == 3
    assert sorted(case for case, _ in fired(session)) == others
    assert f"case {guichi.case_id} could not be moved" in caplog.text


def test_a_failure_leaves_nothing_of_the_step(guichi, session):
    spoil(guichi)
    due_now(guichi)
    jobs.fire_due_cases()
    assert fired(session) == [] and entries(guichi.case_id, "timer_fired") == []
    assert guichi.timers() != [] and guichi.timers("fired") == []


# --- the other jobs -----------------------------------------------------------------------------------------------


def test_messages_become_notices(guichi, session):
    assert session.query(Notice).count() == 0
    assert side_jobs.deliver_notices() == session.query(Notice).count() == 2
    assert side_jobs.deliver_notices() == 0


def test_a_bad_rating_whose_case_was_not_opened_gets_it_later(guichi, session):
    assert jobs.open_missing_cases() == 0
    with transaction():
        session.execute(update(Case).values(kind="other"))     # as if it were none
    assert (jobs.open_missing_cases(), jobs.open_missing_cases()) == (1, 0)
    assert session.query(Case).filter_by(kind="rectification").one().number == "GC-2026-000002"


def test_a_process_shows_that_it_lives_how_much_it_fired_and_how_late(guichi, session):
    jobs.beat()
    row = session.get(Heartbeat, jobs.PROCESS)
    assert (row.beat_at, row.fired, row.lag_seconds) == (guichi.now, 0, 0)
    due_now(guichi, 7)
    jobs.fire_due_cases()
    assert (row.beat_at, row.fired, row.lag_seconds) == (guichi.now, 1, 7)
    guichi.clock.advance(seconds=10)
    jobs.beat()
    assert (row.beat_at, row.fired, row.lag_seconds) == (guichi.now, 1, 7)


def test_processes_that_ended_long_ago_are_forgotten(guichi, session):
    with transaction():
        for name, age in (("gone", timedelta(days=1, seconds=1)), ("late", timedelta(hours=23))):
            session.add(Heartbeat(process=name, beat_at=guichi.now - age))
    jobs.beat()
    assert set(session.scalars(select(Heartbeat.process))) == {"late", jobs.PROCESS}


@pytest.mark.both_databases
def test_the_jobs_of_one_process_share_its_heartbeat(guichi, session):
    session.rollback()
    assert at_once(guichi.app, *[lambda: jobs.beat(fired=1)] * 4) == [None] * 4
    assert session.get(Heartbeat, jobs.PROCESS).fired == 4


# --- watching -----------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_complaint_is_logged_when_it_begins_and_when_it_is_over_and_not_in_between(guichi, session, clock, caplog):
    caplog.set_level(logging.INFO, logger="caseflow.scheduler")
    side_jobs.deliver_notices()
    assert side_jobs.watch() == 0 and caplog.records == []
    with transaction():
        item = open_item(guichi.case_id)
        item.status, number = "cancelled", item.case.number
    for new in (1, 0):
        clock.advance(minutes=5)
        assert side_jobs.watch() == new
    with transaction():
        session.execute(update(WorkItem).values(status="open"))
    clock.advance(minutes=5)
    side_jobs.watch()
    assert [(record.levelname, record.getMessage().split("=")[0]) for record in caplog.records] == [
        ("ERROR", "complaint invisible_task case"), ("INFO", "complaint over invisible_task case")]
    assert all(number in record.getMessage() for record in caplog.records)


def test_a_round_that_another_process_has_made_is_not_made_again(guichi, session, clock, monkeypatch):
    assert side_jobs.watch() == 0
    monkeypatch.setattr(watchdog, "examine", lambda *_: pytest.fail("examined again"))
    clock.advance(minutes=1)
    assert side_jobs.watch() == 0
