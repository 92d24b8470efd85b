"""Stopping and restarting the clock of a case, extending a deadline: what moves, who may, what is recorded."""

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
    NotFound,
    PermissionDenied,
)
from caseflow.health import doctor
from caseflow.law import regulations
from caseflow.law.calendars import load
from caseflow.models import Case, DeadlineEntry, OutboxMessage, Timer, db, transaction
from caseflow.work import worklist
from tests.ground import entries, newcomer, open_item, person, rows, unit

pytestmark = pytest.mark.usefixtures("with_powers")

REASON = "等待评价人补充材料"


@pytest.fixture
def lead(guichi, session):
    return person("guichi.bureau.supervisor")


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
def test_a_stopped_clock_moves_the_due_date_by_the_working_days_it_stood_still(guichi, lead, session):
    assert guichi.due("first_response") == "2026-03-04"     # Wednesday, two working days after Monday
    guichi.time_passes(days=1)
    stop(guichi, lead)
    item, case = open_item(guichi.case_id), session.get(Case, guichi.case_id)
    assert (item.due_at, item.clock_stopped, case.next_due, case.next_try) == (None, True, None, None)
    guichi.healthy()
    guichi.until("2026-03-10")                              # the Tuesday after: five working days stood still
    assert (guichi.timers("stopped"), guichi.timers("fired")) == (["first_response_due"], [])
    assert standing(guichi).remaining == 1
    due = restart(guichi, lead)
    assert guichi.due("first_response") == "2026-03-11" and timer(guichi).due_at == due
    session.rollback()
    case = session.get(Case, guichi.case_id)
    assert (case.next_due, case.next_try, open_item(guichi.case_id).clock_stopped) == (due, due, False)
    guichi.healthy().until("2026-03-12")
    assert guichi.timers("fired") == ["first_response_due"]
    guichi.healthy()


def test_a_stop_that_is_over_on_the_same_day_moves_nothing(guichi, lead):
    due = guichi.due_at("first_response")
    stop(guichi, lead)
    guichi.time_passes(hours=5)
    assert restart(guichi, lead) == due


def test_a_clock_stopped_on_the_last_day_ends_with_the_day_on_which_it_runs_again_or_the_next_working_day(
        guichi, lead):
    guichi.until("2026-03-04", at=time(10))
    stop(guichi, lead)
    guichi.until("2026-03-07")                              # a Saturday
    restart(guichi, lead)
    assert guichi.due("first_response") == "2026-03-09"
    now = standing(guichi)
    assert (now.given, now.extended, now.used, now.remaining) == (2, 1, 2, 1)   # the law's day counts as extended


@pytest.mark.both_databases
def test_what_was_done_is_on_the_record_with_category_and_reason(guichi, lead, session):
    stop(guichi, lead)
    restart(guichi, lead)
    kinds = [(row.kind, row.category, row.reason, row.amount, row.actor_id) for row in
             session.query(DeadlineEntry).order_by(DeadlineEntry.seq)]
    assert kinds == [("stopped", "awaiting_rater", REASON, 2, lead.user_id),
                     ("restarted", "", "材料已补齐", 0, lead.user_id)]
    assert [len(entries(guichi.case_id, kind)) for kind in ("clock_stopped", "clock_restarted")] == [1, 1]
    assert guichi.notices("clock_stopped") == {("区市场监管局", "officer")}


def test_only_the_supervisors_whom_the_regulation_names_may(guichi, lead, session):
    for username, refusal in (("guichi.dept1.officer", PermissionDenied), ("guichi.dept1.supervisor", PermissionDenied),
                              ("guichi.bureau.officer", PermissionDenied), ("hefei.center.supervisor", NotFound)):
        before = rows()
        with pytest.raises(refusal):
            stop(guichi, person(username))
        with pytest.raises(refusal):
            extend(guichi, person(username))
        assert rows() == before
    above = newcomer("above", ("supervisor", unit("guichi", "government").id))
    stop(guichi, above)


def test_a_stop_without_reason_or_with_an_unknown_category_is_refused(guichi, lead):
    for category, reason, fields in (("awaiting_rater", " ", {"reason": "required"}),
                                     ("holiday", REASON, {"category": "unknown"}),
                                     ("awaiting_rater", "长" * 201, {"reason": "too_long"}),
                                     ("awaiting_rater", "等\x00待", {"reason": "not_text"}),
                                     ("holiday", "等\x1b待", {"reason": "not_text", "category": "unknown"})):
        with pytest.raises(InvalidInput) as refused:
            stop(guichi, lead, category, reason)
        assert refused.value.fields == fields


def test_a_clock_cannot_be_stopped_twice_restarted_twice_or_when_its_time_is_over(guichi, lead):
    with pytest.raises(ClockNotStopped):
        restart(guichi, lead)
    stop(guichi, lead)
    with pytest.raises(ClockNotRunning):
        stop(guichi, lead)
    restart(guichi, lead)
    guichi.clock.advance(days=4)                            # over, and the scheduler has not come yet
    with pytest.raises(DeadlineOver):
        stop(guichi, lead)
    with pytest.raises(DeadlineOver):
        extend(guichi, lead)


def test_a_clock_can_be_stopped_and_extended_until_its_last_second_is_over(guichi, lead):
    guichi.clock.set(timer(guichi).due_at + timedelta(seconds=0.5))
    extend(guichi, lead)
    guichi.clock.set(timer(guichi).due_at + timedelta(seconds=0.5))
    stop(guichi, lead)
    assert timer(guichi).status == "stopped" and standing(guichi).remaining == 0
    assert list(doctor.deadlines_against_ledger(guichi.now)) == []



def test_a_task_done_while_the_clock_stands_still_is_in_time_and_the_next_limit_gets_that_time_too(guichi, lead):
    guichi.time_passes(days=1)
    stop(guichi, lead)
    guichi.time_passes(days=7)                              # five working days
    guichi.does("first_response", outcome="simple")
    assert guichi.due("rectify") == "2026-03-16"            # five working days from Monday the 2nd, and five more
    assert standing(guichi).extended == 5
    assert '"late":false' in entries(guichi.case_id, "task_completed")[0].details
    guichi.healthy().until("2026-03-13")
    assert guichi.timers("fired") == []


def test_a_limit_that_counts_from_its_own_beginning_gets_nothing_for_an_earlier_stop(guichi, lead):
    stop(guichi, lead)
    guichi.time_passes(days=1)
    restart(guichi, lead)
    guichi.does("first_response", outcome="resolved")
    assert (guichi.due("revisit"), standing(guichi).extended) == ("2026-03-10", 0)


# --- extension ----------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_an_extension_moves_the_due_date_and_tells_who_is_in_contact_with_the_rater(guichi, lead, session):
    due = extend(guichi, lead, days=3)
    assert guichi.due("first_response") == "2026-03-09" and timer(guichi).due_at == due
    assert session.get(Case, guichi.case_id).next_due == due
    assert session.query(OutboxMessage).where(OutboxMessage.kind == "tell_rater_of_extension").count() == 1
    assert guichi.notices("tell_rater_of_extension") == {("区市场监管局", "officer")}
    now = standing(guichi)
    assert (now.given, now.extended, now.used, now.remaining) == (2, 3, 0, 5)
    guichi.healthy()


def test_the_platform_tells_the_rater_where_it_alone_is_in_contact_with_them(hainan, session):
    hainan.does("verify").does("contact_rater").does("first_response", outcome="rectify")
    hainan.does("dispatch", rectify_by="2026-03-20")
    extend(hainan, person("hainan.platform.supervisor"), days=2)
    told = {name for name, _role in hainan.notices("tell_rater_of_extension")}
    assert unit("hainan", "platform").name in told
    assert session.get(Case, hainan.case_id).unit.name not in told
    assert hainan.due("rectify") == "2026-03-24"
    hainan.healthy()


def test_a_deadline_is_extended_no_more_often_and_no_longer_than_the_parameters_allow(guichi, lead):
    for days in (0, 6, -1):
        with pytest.raises(InvalidInput) as refused:
            extend(guichi, lead, days=days)
        assert refused.value.fields == {"days": "out_of_range"}
    extend(guichi, lead)
    with pytest.raises(ExtensionsUsedUp):
        extend(guichi, lead)
    with pytest.raises(NotFound):
        extend(guichi, lead, token=9_999)


def test_a_stopped_deadline_may_be_extended_and_has_more_left_then(guichi, lead):
    stop(guichi, lead)
    assert extend(guichi, lead, days=2) is None
    assert standing(guichi).remaining == 4
    restart(guichi, lead)
    assert guichi.due("first_response") == "2026-03-06"
    guichi.healthy()


def test_whoever_does_the_task_may_ask_for_an_extension_and_nobody_else(guichi, lead):
    officer = person("guichi.dept1.officer")
    with transaction():
        clock.ask_for_extension(guichi.case_id, timer(guichi).token, 2, officer, "等材料", guichi.now)
    assert guichi.notices("extension_asked") == {("区数据资源管理局（政务服务管理局）", "supervisor")}
    assert len(entries(guichi.case_id, "extension_asked")) == 1
    with pytest.raises(PermissionDenied), transaction():
        clock.ask_for_extension(guichi.case_id, timer(guichi).token, 2, lead, "等材料", guichi.now)


@pytest.mark.both_databases
def test_the_doctor_sees_a_due_date_that_its_ledger_does_not_say(guichi, lead, session):
    extend(guichi, lead)
    with transaction():
        row = session.query(Timer).where(Timer.case_id == guichi.case_id).one()
        row.due_at += timedelta(days=1)
        row.case.next_due = row.due_at
    assert [complaint.code for complaint in doctor.examine(guichi.now)] == ["wrong_due_date"]


def test_a_stopped_task_stands_last_in_the_worklist_and_is_not_overdue(guichi, lead, session):
    stop(guichi, lead)
    guichi.time_passes(days=30)
    officer = person("guichi.dept1.officer")
    assert worklist.counts(officer, guichi.now)["overdue"] == 0
    assert steps.due_cases(guichi.now) == []
