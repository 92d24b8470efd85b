"""Stopping and restarting the clock of a case, extending a deadline: what is agreed stands beside the statutory date,
which stays; who may, what is recorded."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from caseflow.cases import clock, clock_entries, steps
from caseflow.errors import (
    ClockNotRunning,
    ClockNotStopped,
    DeadlineOver,
    ExtensionsUsedUp,
    InvalidInput,
    LateReasonMissing,
    LimitStays,
    NotFound,
    PermissionDenied,
)
from caseflow.health import doctor
from caseflow.law import regulations
from caseflow.law.calendars import load
from caseflow.models import Case, DeadlineEntry, OutboxMessage, Timer, db, transaction
from caseflow.moments import SHANGHAI
from caseflow.work import worklist
from tests.ground import entries, newcomer, open_item, person, rows, unit
from tests.journeys.kit import Journey

pytestmark = pytest.mark.usefixtures("with_powers")

REASON = "等待评价人补充材料"


@pytest.fixture
def lead(guichi, session):
    return person("guichi.bureau.supervisor")


@pytest.fixture
def rectifying(guichi, session):
    """Guichi on Monday, 2 March: the simple matter is to be put right within five working days, by the 9th."""
    guichi.does("first_response", outcome="simple")
    assert guichi.due("rectify") == "2026-03-09"
    return guichi


def agreed(journey, task="rectify") -> str | None:
    """The day to which an open task was extended."""
    db.session.rollback()
    moment = open_item(journey.case_id, task).agreed_at
    return moment and moment.astimezone(SHANGHAI).date().isoformat()


def overdue(journey) -> int:
    return worklist.counts(person("guichi.dept1.officer"), journey.now)["overdue"]


def stop(journey, actor, category="awaiting_rater", reason=REASON):
    with transaction():
        clock.stop(journey.case_id, actor, category, reason, journey.now)


def restart(journey, actor, reason="材料已补齐"):
    with transaction():
        return clock.restart(journey.case_id, actor, reason, journey.now)


def extend(journey, actor, days=3, reason="情况复杂", token=None):
    with transaction():
        return clock.extend(
            journey.case_id, token or timer(journey).token, days, actor, reason, journey.now)


def timer(journey) -> Timer:
    db.session.rollback()
    return db.session.query(Timer).where(Timer.case_id == journey.case_id).order_by(Timer.token.desc()).first()


def standing(journey):
    place = regulations.get("guichi")
    row = timer(journey)
    return clock_entries.standing_of(
        row, clock_entries.of_case(journey.case_id)[row.token], place, load("guichi"), journey.now)


# --- stop and restart ---------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_stop_gives_another_date_beside_the_statutory_one_which_stays(rectifying, lead, session):
    due = rectifying.due_at("rectify")
    rectifying.time_passes(days=1)
    stop(rectifying, lead)
    item, case = open_item(rectifying.case_id), session.get(Case, rectifying.case_id)
    assert (item.due_at, item.agreed_at, item.clock_stopped) == (due, None, True)
    assert (case.next_due, case.next_try) == (due, due)
    rectifying.healthy().until("2026-03-05")                # the Thursday: two working days stood still
    assert standing(rectifying).remaining == 4
    moment = restart(rectifying, lead)
    assert (rectifying.due("rectify"), agreed(rectifying)) == ("2026-03-09", "2026-03-11")
    assert (timer(rectifying).due_at, timer(rectifying).agreed_at) == (due, moment)
    assert not open_item(rectifying.case_id).clock_stopped
    rectifying.healthy().until("2026-03-09")
    assert (rectifying.timers("fired"), overdue(rectifying)) == ([], 0)
    rectifying.time_passes(seconds=1)
    assert (rectifying.timers("fired"), overdue(rectifying)) == (["rectify_due"], 1)
    assert rectifying.effects().count("escalate") == 1
    assert (rectifying.due("rectify"), agreed(rectifying)) == ("2026-03-09", "2026-03-11")
    rectifying.healthy()


@pytest.mark.both_databases
def test_while_the_clock_stands_still_what_is_late_is_late_and_it_runs_on_from_the_restart(rectifying, lead, session):
    rectifying.time_passes(days=1)
    stop(rectifying, lead)
    rectifying.until("2026-03-12")
    assert (rectifying.timers("fired"), overdue(rectifying)) == (["rectify_due"], 1)
    assert (open_item(rectifying.case_id).clock_stopped, standing(rectifying).remaining) == (True, 4)
    rectifying.healthy()
    restart(rectifying, lead)
    assert (rectifying.due("rectify"), agreed(rectifying)) == ("2026-03-09", "2026-03-18")
    with pytest.raises(ClockNotRunning):
        stop(rectifying, lead)
    with pytest.raises(DeadlineOver):
        extend(rectifying, lead)
    item = open_item(rectifying.case_id)
    with pytest.raises(LateReasonMissing), transaction():
        steps.complete_task(item.id, person("guichi.dept1.officer"), rectifying._filled(item, {}), "t1", rectifying.now)
    rectifying.healthy()


def test_a_stop_that_is_over_on_the_same_day_leaves_no_other_date(rectifying, lead):
    due = rectifying.due_at("rectify")
    stop(rectifying, lead)
    rectifying.time_passes(hours=5)
    assert (restart(rectifying, lead), agreed(rectifying)) == (due, None)


def test_a_clock_stopped_on_the_last_day_ends_with_the_day_on_which_it_runs_again_or_the_next_working_day(
        rectifying, lead):
    rectifying.until("2026-03-09", at=time(10))
    stop(rectifying, lead)
    rectifying.until("2026-03-14")                          # a Saturday
    restart(rectifying, lead)
    assert agreed(rectifying) == "2026-03-16"
    now = standing(rectifying)
    assert (now.given, now.extended, now.used, now.remaining) == (5, 1, 5, 1)   # the law's day counts as extended


@pytest.mark.both_databases
def test_what_was_done_is_on_the_record_with_category_and_reason(rectifying, lead, session):
    stop(rectifying, lead)
    restart(rectifying, lead)
    kinds = [(row.kind, row.category, row.reason, row.amount, row.actor_id) for row in
             session.query(DeadlineEntry).order_by(DeadlineEntry.seq)]
    assert kinds == [("stopped", "awaiting_rater", REASON, 5, lead.user_id),
                     ("restarted", "", "材料已补齐", 0, lead.user_id)]
    assert [len(entries(rectifying.case_id, kind)) for kind in ("clock_stopped", "clock_restarted")] == [1, 1]
    assert rectifying.notices("clock_stopped") == {("区市场监管局", "officer")}


def test_only_the_supervisors_whom_the_regulation_names_may(rectifying, lead, session):
    for username, refusal in (("guichi.dept1.officer", PermissionDenied), ("guichi.dept1.supervisor", PermissionDenied),
                              ("guichi.bureau.officer", PermissionDenied), ("hefei.center.supervisor", NotFound)):
        before = rows()
        with pytest.raises(refusal):
            stop(rectifying, person(username))
        with pytest.raises(refusal):
            extend(rectifying, person(username))
        assert rows() == before
    above = newcomer("above", ("supervisor", unit("guichi", "government").id))
    stop(rectifying, above)


def test_a_stop_without_reason_or_with_an_unknown_category_is_refused(rectifying, lead):
    for category, reason, fields in (("awaiting_rater", " ", {"reason": "required"}),
                                     ("holiday", REASON, {"category": "unknown"}),
                                     ("awaiting_rater", "长" * 201, {"reason": "too_long"}),
                                     ("awaiting_rater", "等\x00待", {"reason": "not_text"}),
                                     ("holiday", "等\x1b待", {"reason": "not_text", "category": "unknown"})):
        with pytest.raises(InvalidInput) as refused:
            stop(rectifying, lead, category, reason)
        assert refused.value.fields == fields


def test_a_clock_cannot_be_stopped_twice_restarted_twice_or_when_its_time_is_over(rectifying, lead):
    with pytest.raises(ClockNotStopped):
        restart(rectifying, lead)
    stop(rectifying, lead)
    with pytest.raises(ClockNotRunning):
        stop(rectifying, lead)
    restart(rectifying, lead)
    rectifying.clock.advance(days=8)                        # over, and the scheduler has not come yet
    with pytest.raises(DeadlineOver):
        stop(rectifying, lead)
    with pytest.raises(DeadlineOver):
        extend(rectifying, lead)


def test_a_clock_can_be_stopped_and_extended_until_the_last_second_of_the_statutory_limit(rectifying, lead):
    rectifying.clock.set(timer(rectifying).due_at + timedelta(seconds=0.5))
    extend(rectifying, lead)
    stop(rectifying, lead)
    assert timer(rectifying).clock_stopped and standing(rectifying).remaining == 3
    assert list(doctor.deadlines_against_ledger(rectifying.now)) == []


@pytest.mark.both_databases
def test_a_task_done_after_its_limit_while_the_clock_stands_still_is_late_and_the_next_one_gets_that_time_beside(
        guichi, lead, session):
    guichi.does("first_response", outcome="complex").time_passes(days=1)
    stop(guichi, lead)
    guichi.time_passes(days=7)                              # five working days
    guichi.does("open_ledger")
    assert '"late":true' in entries(guichi.case_id, "task_completed")[-1].details
    assert [row.kind for row in session.query(DeadlineEntry).where(DeadlineEntry.kind == "ended")] == ["ended"]
    assert (guichi.due("rectify_complex"), agreed(guichi, "rectify_complex")) == ("2026-03-23", "2026-03-30")
    assert standing(guichi).extended == 5
    guichi.healthy().until("2026-03-24")
    assert "rectify_complex_due" in guichi.timers("fired")
    guichi.healthy()


def test_a_limit_that_counts_from_its_own_beginning_gets_nothing_for_an_earlier_stop(rectifying, lead):
    stop(rectifying, lead)
    rectifying.time_passes(days=1)
    restart(rectifying, lead)
    rectifying.does("rectify")
    assert (rectifying.due("revisit"), agreed(rectifying, "revisit")) == ("2026-03-10", None)
    assert standing(rectifying).extended == 0


# --- what stays the statute's alone -------------------------------------------------------------------------------


@pytest.mark.both_databases
@pytest.mark.parametrize("place", ["guichi", "hefei", "qijiang"])
def test_the_limit_of_the_first_contact_is_neither_extended_nor_stopped(place, app, installed, session, clock):
    """HF-14, QJ-16, GC-2(二)."""
    journey = Journey(app, clock, place).bad_review()
    if place == "qijiang":
        journey.does("assign")
    decider = person(f"{place}.{regulations.get(place).lead}.supervisor")
    due, before = journey.due_at("first_response"), rows()
    category = next(iter(regulations.get(place).clock.categories))
    for refused in (lambda: stop(journey, decider, category), lambda: extend(journey, decider)):
        with pytest.raises(LimitStays) as refusal:
            refused()
        assert refusal.value.details == {"reason": "contact"} and rows() == before
    assert (journey.due_at("first_response"), open_item(journey.case_id).agreed_at) == (due, None)


def test_a_limit_that_ends_its_task_is_neither_extended_nor_stopped(guichi, lead, session):
    appeal = guichi.appeal("guichi.dept1.officer")
    said = "核实情况写在附件里，供复核。"
    appeal.does("verify", verification="confirmed", reasons=said).does("review", decision="more_evidence", reasons=said)
    assert appeal.open_tasks() == ["supplement"]
    for refused in (lambda: stop(appeal, lead), lambda: extend(appeal, lead)):
        with pytest.raises(LimitStays) as refusal:
            refused()
        assert refusal.value.details == {"reason": "no_limit"}


# --- extension ----------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_an_extension_stands_beside_the_statutory_date_and_tells_who_is_in_contact_with_the_rater(
        rectifying, lead, session):
    due = rectifying.due_at("rectify")
    moment = extend(rectifying, lead, days=3)
    assert (rectifying.due_at("rectify"), agreed(rectifying)) == (due, "2026-03-12")
    assert (timer(rectifying).due_at, timer(rectifying).agreed_at) == (due, moment)
    assert session.get(Case, rectifying.case_id).next_due == due
    assert session.query(OutboxMessage).where(OutboxMessage.kind == "tell_rater_of_extension").count() == 1
    assert rectifying.notices("tell_rater_of_extension") == {("区市场监管局", "officer")}
    now = standing(rectifying)
    assert (now.given, now.extended, now.used, now.remaining) == (5, 3, 0, 8)
    rectifying.healthy()


def test_the_platform_tells_the_rater_where_it_alone_is_in_contact_with_them(hainan, session):
    hainan.does("verify").does("contact_rater").does("first_response", outcome="rectify")
    hainan.does("dispatch", rectify_by="2026-03-20")
    extend(hainan, person("hainan.platform.supervisor"), days=2)
    told = {name for name, _role in hainan.notices("tell_rater_of_extension")}
    assert unit("hainan", "platform").name in told
    assert session.get(Case, hainan.case_id).unit.name not in told
    assert (hainan.due("rectify"), agreed(hainan)) == ("2026-03-20", "2026-03-24")
    hainan.healthy()


def test_a_deadline_is_extended_no_more_often_and_no_longer_than_the_parameters_allow(rectifying, lead):
    for days in (0, 6, -1):
        with pytest.raises(InvalidInput) as refused:
            extend(rectifying, lead, days=days)
        assert refused.value.fields == {"days": "out_of_range"}
    extend(rectifying, lead)
    with pytest.raises(ExtensionsUsedUp):
        extend(rectifying, lead)
    with pytest.raises(NotFound):
        extend(rectifying, lead, token=9_999)


def test_a_stopped_deadline_may_be_extended_and_has_more_left_then(rectifying, lead):
    stop(rectifying, lead)
    assert extend(rectifying, lead, days=2) is None
    assert standing(rectifying).remaining == 7
    restart(rectifying, lead)
    assert (rectifying.due("rectify"), agreed(rectifying)) == ("2026-03-09", "2026-03-11")
    rectifying.healthy()


def test_whoever_does_the_task_may_ask_for_an_extension_and_nobody_else(rectifying, lead):
    officer = person("guichi.dept1.officer")
    with transaction():
        clock.ask_for_extension(rectifying.case_id, timer(rectifying).token, 2, officer, "等材料", rectifying.now)
    assert rectifying.notices("extension_asked") == {("区数据资源管理局（政务服务管理局）", "supervisor")}
    assert len(entries(rectifying.case_id, "extension_asked")) == 1
    with pytest.raises(PermissionDenied), transaction():
        clock.ask_for_extension(rectifying.case_id, timer(rectifying).token, 2, lead, "等材料", rectifying.now)


@pytest.mark.both_databases
@pytest.mark.parametrize("column", ["due_at", "agreed_at"])
def test_the_doctor_sees_a_date_that_the_drawing_or_the_ledger_does_not_say(rectifying, lead, session, column):
    extend(rectifying, lead)
    with transaction():
        row = session.query(Timer).where(Timer.case_id == rectifying.case_id, Timer.status == "pending").one()
        setattr(row, column, getattr(row, column) + timedelta(days=1))
        row.case.next_due = row.due_at
    wrong = {"due_at": "wrong_due_date", "agreed_at": "wrong_agreed_date"}[column]
    assert [complaint.code for complaint in doctor.examine(rectifying.now)] == [wrong]
