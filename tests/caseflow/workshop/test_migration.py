"""Running cases under a new version: what follows the state, what stays, what is refused, and what is told."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from caseflow.cases import clock as deadline_changes
from caseflow.cases import steps as cases
from caseflow.engine.migrate import KEEP, RESTART
from caseflow.errors import (
    CannotMove,
    CaseflowError,
    ConcurrentUpdate,
    InvalidInput,
    NotFound,
    NothingChanged,
    PermissionDenied,
    VersionReplaced,
)
from caseflow.health import doctor
from caseflow.models import Case, DeadlineEntry, ProcessInstance, Timer, WorkItem, db, transaction
from caseflow.moments import SHANGHAI
from caseflow.processes import deployed
from caseflow.workshop import deployment, impact, migration
from tests.ground import at_once, deploy, entries, open_item, person
from tests.journeys.kit import Journey

pytestmark = pytest.mark.usefixtures("with_powers")

LIMIT = b"working_days(2, since=received_at)"
SHORTER = (LIMIT, b"working_days(1, since=received_at)")
RECTIFY = (b'<bpmn:timerEventDefinition id="rectify_due_timer">\n          '
           b'<bpmn:timeDate xsi:type="bpmn:tFormalExpression">working_days(%d, since=received_at)')
SOONER = (RECTIFY % 5, RECTIFY % 4)
SET_ANEW = {"rectify_due": RESTART}
RENAMED = ("联系并核实".encode(), "联系核实".encode())
LEDGER = (b"open_ledger", b"begin_ledger")
RESTARTED = {"first_response_due": RESTART}


def migrate(journey, digest, choices=None, actor=None, seen=None):
    with transaction():
        return migration.migrate(journey.case_id, digest, choices or {}, actor or person(
            f"{journey.regulation.key}.approver"), journey.now, seen=seen)


def timer(journey):
    return db.session.scalars(select(Timer).where(
        Timer.case_id == journey.case_id, Timer.status == "pending")).one()


def preview(journey, digest):
    found, = migration.preview([journey.case_id], deployed.by_digest(digest), journey.now)
    return found


def refused(call):
    with pytest.raises(CannotMove) as refusal:
        call()
    db.session.rollback()
    return [(obstacle.code, obstacle.element) for obstacle in refusal.value.obstacles]


@pytest.mark.both_databases
def test_a_timer_is_kept_or_set_anew_and_the_case_goes_on_to_its_end(guichi, app, session, clock):
    kept, anew = guichi, Journey(app, clock, "guichi").bad_review()
    kept.time_passes(hours=3)
    digest = deploy("guichi", clock, SHORTER, RENAMED)
    migrate(kept, digest, {"first_response_due": KEEP})
    migrate(anew, digest, RESTARTED)
    assert (kept.due("first_response"), anew.due("first_response")) == ("2026-03-04", "2026-03-03")
    assert open_item(anew.case_id).name == "联系核实" and kept.case().step == "联系核实"
    for journey in (kept, anew):
        assert db.session.get(ProcessInstance, journey.case_id).definition == digest
        journey.healthy()
        journey.until("2026-03-05")
        assert journey.effects() == ["open_file", "escalate"]
        journey.does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")
        journey.closed_as("closed_resolved")


@pytest.mark.both_databases
def test_the_journal_tells_from_which_version_to_which_with_which_choice(guichi, session, clock):
    digest = deploy("guichi", clock, SHORTER)
    before = timer(guichi).token
    migrate(guichi, digest, RESTARTED)
    told, = entries(guichi.case_id, "case_migrated")
    details = json.loads(told.details)
    assert told.actor == person("guichi.approver").name
    assert (details["from_number"], details["to_number"], details["to"]) == (1, 2, digest)
    assert details["choices"] == RESTARTED
    assert details["timers"] == [["first_response_due", "restarted", before, timer(guichi).token]]


def test_the_preview_says_what_the_move_does(guichi, session, clock):
    digest = deploy("guichi", clock, SHORTER)
    found = preview(guichi, digest)
    due, = found.timers
    assert (found.obstacles, found.places, due.element, due.how, due.changed) == (
        (), ("first_response",), "first_response_due", "kept", True)
    assert due.due_at == guichi.due_at("first_response")
    migrate(guichi, digest, RESTARTED, seen=found.version)
    assert guichi.due_at("first_response") == due.due_new
    assert migration.preview([guichi.case_id], deployed.by_digest(digest), guichi.now) == []


def test_a_rule_that_differs_wants_a_choice(guichi, session, clock):
    digest = deploy("guichi", clock, SHORTER)
    assert refused(lambda: migrate(guichi, digest)) == [("choice", "first_response_due")]
    with pytest.raises(InvalidInput):
        migrate(guichi, digest, {"first_response_due": "perhaps"})


def test_a_case_on_a_step_that_is_gone_stays_and_says_why(guichi, session, clock):
    guichi.does("first_response", outcome="complex")
    digest = deploy("guichi", clock, LEDGER)
    assert [o.code for o in preview(guichi, digest).obstacles] == ["gone"]
    before = db.session.get(Case, guichi.case_id).version
    assert refused(lambda: migrate(guichi, digest)) == [("gone", "open_ledger")]
    assert db.session.get(Case, guichi.case_id).version == before


@pytest.fixture
def rectifying(guichi, session):
    """Guichi on Monday, 2 March: to be put right within five working days, by the 9th."""
    guichi.does("first_response", outcome="simple")
    session.rollback()
    return guichi


def agreed(journey) -> str:
    db.session.rollback()
    return open_item(journey.case_id).agreed_at.astimezone(SHANGHAI).date().isoformat()


def test_an_extension_stays_granted_when_its_deadline_is_set_anew(rectifying, clock):
    lead = person("guichi.bureau.supervisor")
    with transaction():
        deadline_changes.extend(rectifying.case_id, timer(rectifying).token, 3, lead, "情况复杂", rectifying.now)
    digest = deploy("guichi", clock, SOONER)
    found, = (one for one in preview(rectifying, digest).timers if one.changed)
    assert found.due_at == rectifying.due_at("rectify")
    migrate(rectifying, digest, SET_ANEW)
    assert (rectifying.due("rectify"), agreed(rectifying)) == ("2026-03-06", "2026-03-11")   # four, and three more
    assert found.due_new == rectifying.due_at("rectify")
    kept = db.session.scalars(select(DeadlineEntry).where(
        DeadlineEntry.case_id == rectifying.case_id, DeadlineEntry.token == timer(rectifying).token)).one()
    assert (kept.kind, kept.amount, kept.reason) == ("extended", 3, "情况复杂")
    rectifying.healthy()


def test_time_that_a_clock_stood_still_is_carried_to_the_deadline_set_anew(rectifying, clock):
    lead = person("guichi.bureau.supervisor")
    with transaction():
        deadline_changes.stop(rectifying.case_id, lead, "awaiting_rater", "等待材料", rectifying.now)
    digest = deploy("guichi", clock, SOONER)
    assert refused(lambda: migrate(rectifying, digest, SET_ANEW)) == [("stopped", "rectify_due")]
    rectifying.time_passes(days=2)
    with transaction():
        deadline_changes.restart(rectifying.case_id, lead, "材料已补齐", rectifying.now)
    migrate(rectifying, digest, SET_ANEW)
    assert (rectifying.due("rectify"), agreed(rectifying)) == ("2026-03-06", "2026-03-10")
    rectifying.healthy()


def test_a_stopped_clock_stays_stopped_when_its_timer_is_kept(rectifying, clock):
    with transaction():
        deadline_changes.stop(
            rectifying.case_id, person("guichi.bureau.supervisor"), "awaiting_rater", "等待材料", clock())
    migrate(rectifying, deploy("guichi", clock, SOONER), {"rectify_due": KEEP})
    assert timer(rectifying).clock_stopped and open_item(rectifying.case_id).clock_stopped
    rectifying.healthy()


def test_a_task_that_changes_hands_is_free_at_its_new_office(guichi, session, clock):
    with transaction() as session_:
        session_.get(WorkItem, open_item(guichi.case_id).id).assignee_id = person("guichi.dept1.officer").user_id
    guichi.does("first_response", outcome="resolved")
    item = open_item(guichi.case_id)
    revisit = 'name="满意度回访" camunda:candidateGroups="bureau.'.encode()
    digest = deploy("guichi", clock, (revisit + b"officer", revisit + b"supervisor"))
    migrate(guichi, digest)
    db.session.refresh(item)
    assert (item.role, item.unit_id, item.assignee_id) == ("supervisor", item.unit_id, None)
    guichi.healthy()


def test_one_return_stays_one_return_across_versions(hainan, session, clock):
    """HN-15."""
    hainan.does("verify").does("contact_rater").does("first_response", outcome="resolved")
    hainan.does("revisit", revisit_result="unsatisfied")
    assert hainan.open_tasks() == ["rehandle"]
    migrate(hainan, deploy("hainan", clock, ("重新办理".encode(), "再次办理".encode())))
    hainan.does("rehandle")
    hainan.does("revisit", revisit_result="unsatisfied")
    hainan.closed_as("closed_unsatisfied")
    assert hainan.effects().count("return_for_rehandling") == 1


def test_only_approvers_of_the_regulation_migrate(guichi, session, clock):
    digest = deploy("guichi", clock, SHORTER)
    with pytest.raises(PermissionDenied):
        migrate(guichi, digest, RESTARTED, person("guichi.designer"))
    for username in ("hainan.approver", "guichi.dept1.officer"):
        with pytest.raises(NotFound):
            migrate(guichi, digest, RESTARTED, person(username))


def test_cases_move_to_the_current_version_and_back_with_it(guichi, session, clock):
    first = deployed.row_of("guichi_rectification").digest
    with pytest.raises(NothingChanged):
        migrate(guichi, first)
    second = deploy("guichi", clock, SHORTER)
    migrate(guichi, second, RESTARTED)
    with pytest.raises(VersionReplaced):
        migrate(guichi, first, RESTARTED)
    with transaction():
        deployment.rollback("guichi_rectification", first, "新期限有误", person("guichi.approver"), clock())
    assert migration.cases_of("guichi_rectification") == [guichi.case_id]
    migrate(guichi, first, RESTARTED)
    assert guichi.due("first_response") == "2026-03-04"
    guichi.healthy()


def test_what_was_previewed_before_the_case_went_on_is_previewed_again(guichi, session, clock):
    digest = deploy("guichi", clock, SHORTER)
    seen = preview(guichi, digest).version
    guichi.does("first_response", outcome="simple")
    with pytest.raises(ConcurrentUpdate):
        migrate(guichi, digest, RESTARTED, seen=seen)


@pytest.mark.both_databases
def test_of_a_move_and_a_completion_at_once_neither_is_half_done(app, guichi, session, clock):
    digest = deploy("guichi", clock, SHORTER)
    item, officer, approver = open_item(guichi.case_id).id, person("guichi.dept1.officer"), person("guichi.approver")

    def complete():
        with transaction():
            cases.complete_task(item, officer, {"outcome": "resolved", "note": "已核实"}, "t", clock())

    at_once(app, lambda: migrate(guichi, digest, {"first_response_due": KEEP}, approver), complete)
    db.session.rollback()
    assert doctor.examine(clock()) == []
    assert db.session.get(ProcessInstance, guichi.case_id).definition == digest or guichi.open_tasks() == ["revisit"]


def test_a_batch_tells_of_each_case_and_moves_what_can_be_moved(app, guichi, session, clock):
    other = Journey(app, clock, "guichi").bad_review()
    other.does("first_response", outcome="complex")
    digest = deploy("guichi", clock, SHORTER, LEDGER)
    told, numbers = {}, {journey.case_id: journey.case().number for journey in (guichi, other)}
    assert list(migration.numbers_of("guichi_rectification").items()) == list(numbers.items())
    for case_id in migration.cases_of("guichi_rectification"):
        try:
            with transaction():
                migration.migrate(case_id, digest, RESTARTED, person("guichi.approver"), clock())
            told[case_id] = "moved"
        except CaseflowError as refusal:
            told[case_id] = str(refusal)
    assert told == {guichi.case_id: "moved", other.case_id: "open_ledger: gone"}
    assert migration.cases_of("guichi_rectification") == [other.case_id]


def test_the_impact_tells_where_cases_stand_which_can_move_and_which_deadlines_change(app, guichi, session, clock):
    stuck = Journey(app, clock, "guichi").bad_review()
    stuck.does("first_response", outcome="complex")
    digest = deploy("guichi", clock, SHORTER, LEDGER)
    found = impact.assess("guichi_rectification", deployed.by_digest(digest), clock())
    assert (found.total, found.examined, found.can_move, found.complete) == (2, 2, 1, True)
    steps = {step.element: (step.name, step.open_cases, step.can_move) for step in found.steps}
    assert steps == {"first_response": ("联系并核实", 1, 1), "open_ledger": ("建立台账", 1, 0)}
    (obstacle, number), = next(step for step in found.steps if step.element == "open_ledger").cannot
    assert (obstacle.code, obstacle.name, number) == ("gone", "建立台账", 1)
    change, = found.deadlines
    assert (change.number, change.before, found.changed) == (
        guichi.case().number, guichi.due_at("first_response"), 1)
    assert change.after < change.before


def test_the_impact_on_many_cases_says_how_many_were_looked_at(app, guichi, session, clock, monkeypatch):
    for _ in range(4):
        Journey(app, clock, "guichi").bad_review()
    digest = deploy("guichi", clock, SHORTER)
    monkeypatch.setattr(impact, "BATCH", 2)
    found = impact.assess("guichi_rectification", deployed.by_digest(digest), clock(), limit=3)
    assert (found.total, found.examined, found.complete, found.steps[0].open_cases) == (5, 3, False, 5)
