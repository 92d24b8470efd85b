"""A deadline moves in one place; the tasks it guards, the case and the scheduler follow it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow.casefile import holding
from caseflow.casefile.agreed import TimerAgreed
from caseflow.casefile.facts import TimerDated
from caseflow.cases import advance, due, steps
from caseflow.errors import LateReasonMissing
from caseflow.law import regulations
from caseflow.models import Case, Timer, db, transaction
from caseflow.people.permissions import SYSTEM
from tests.ground import deploy, open_item, person, reached
from tests.journeys.kit import Journey


def move(journey, days: int, *, agreed: bool = False):
    """Move the case's one deadline by so many days, or agree on that moment beside it; the moment."""
    with transaction():
        case = holding.hold(journey.case_id)
        timer, = case.timers.values()
        moment = timer.due_at + timedelta(days=days)
        fact = TimerAgreed(timer.token, moment, True) if agreed else TimerDated(
            timer.token, moment, True, "national:test")
        advance.keep(case, [fact], SYSTEM, journey.now)
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


@pytest.mark.both_databases
def test_what_is_agreed_beside_a_deadline_is_shown_by_its_task_and_moves_neither_case_nor_scheduler(guichi, session):
    due = guichi.due_at("first_response")
    moment = move(guichi, 3, agreed=True)
    timer, item, case = session.query(Timer).one(), open_item(guichi.case_id), session.get(Case, guichi.case_id)
    assert (timer.due_at, timer.agreed_at, timer.clock_stopped, timer.status) == (due, moment, True, "pending")
    assert (item.due_at, item.agreed_at, item.clock_stopped) == (due, moment, True)
    assert (case.next_due, case.next_try) == (due, due)


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


FIRST = {"outcome": "simple", "contact_channel": "phone", "findings": "属实。"}


def marked(timer: str, mark: str) -> tuple[str, str]:
    """That timer of Guichi's rectification with a mark."""
    source = regulations.files("guichi")["rectification.bpmn"].decode()
    drawn = source[source.index(f'<bpmn:boundaryEvent id="{timer}"'):]
    drawn = drawn[:drawn.index("</camunda:properties>")]
    return drawn, f'{drawn}<camunda:property name="limit" value="{mark}" />'


def another(name: str, host: str, days: int, mark: str = "") -> tuple[str, str]:
    """One more timer at an activity of it, so many working days after the receipt."""
    properties = ("<bpmn:extensionElements><camunda:properties>"
                  f'<camunda:property name="limit" value="{mark}" /></camunda:properties></bpmn:extensionElements>')
    beside = "appeal_upheld" if host == "handling" else "rectify_due"
    where = f'<bpmn:boundaryEvent id="{beside}" '
    source = regulations.files("guichi")["rectification.bpmn"].decode()
    assert where in source
    return where, (
        f'<bpmn:boundaryEvent id="{name}" name="{name}" cancelActivity="false" attachedToRef="{host}">'
        f'{properties if mark else ""}<bpmn:timerEventDefinition id="{name}_t"><bpmn:timeDate>working_days({days}, '
        'since=received_at)</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:boundaryEvent>'
        f'<bpmn:endEvent id="{name}_end" name="{name}" />'
        f'<bpmn:sequenceFlow id="flow_{name}" sourceRef="{name}" targetRef="{name}_end" />{where}')


@pytest.mark.both_databases
def test_a_reminder_before_and_a_rung_after_the_statutory_limit_are_no_due_dates(app, installed, session, clock):
    deploy("guichi", clock, another("soon", "first_response", 1, "reminder"), another("rung", "first_response", 10),
           marked("first_response_due", "statutory"))
    journey = Journey(app, clock, "guichi").bad_review()
    session.rollback()
    timers = {timer.element: timer.due_at for timer in session.scalars(select(Timer))}
    statutory = open_item(journey.case_id).due_at
    assert timers["soon"] < statutory == timers["first_response_due"] < timers["rung"]
    journey.time_passes(days=5)
    session.rollback()
    assert set(session.scalars(select(Timer.element).where(Timer.status == "fired"))) == {"soon", "first_response_due"}
    reached(journey.case_id, "guichi.dept1.officer", journey.now)
    item = open_item(journey.case_id)
    assert item.due_at == statutory and steps.is_late(item, journey.now)
    with pytest.raises(LateReasonMissing), transaction():
        steps.complete_task(item.id, person("guichi.dept1.officer"), FIRST, "t1", journey.now)


def test_under_a_drawing_without_marks_the_first_limit_to_end_counts_and_stays(app, installed, session, clock):
    """Such a version was deployed before several timers had to be marked."""
    deploy("guichi", clock, another("rung", "first_response", 10), deployed=True)
    journey = Journey(app, clock, "guichi").bad_review()
    statutory = open_item(journey.case_id).due_at
    journey.time_passes(days=5)
    assert journey.due_at("first_response") == statutory < journey.now


@pytest.mark.both_databases
def test_a_task_begun_after_the_limit_around_it_is_over_is_late_from_the_beginning(app, installed, session, clock):
    deploy("guichi", clock, another("all_due", "handling", 1, "statutory"), marked("revisit_due", "reminder"))
    journey = Journey(app, clock, "guichi").bad_review()
    session.rollback()
    statutory = session.scalars(select(Timer.due_at).where(Timer.element == "all_due")).one()
    journey.time_passes(days=3)
    journey.does("first_response", outcome="resolved")
    assert journey.due_at("revisit") == statutory < journey.now


def test_following_a_case_in_which_nothing_moved_writes_nothing(guichi, session):
    before = open_item(guichi.case_id).due_at
    with transaction():
        case = holding.hold(guichi.case_id)
        due.follow(case, SYSTEM, guichi.now)
        assert not case.noted
    assert open_item(guichi.case_id).due_at == before
