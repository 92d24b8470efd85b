"""Every limit ended when the calendar says, and whoever was late was told of: else it is found."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from caseflow.cases import calendar_change
from caseflow.models import transaction
from caseflow.monitor import times
from caseflow.people.permissions import SYSTEM
from caseflow.proof import UNKNOWN
from tests.caseflow.monitor.conftest import having
from tests.journeys.kit import Journey

FIRST, RECTIFY = (f"deadline({task}) <= {days} working_days since=received_at"
                  for task, days in (("first_response", 2), ("rectify", 5)))
TOLD = "escalates(first_response, to=supervisor)"
COVERED = "covered(first_response) <= 2 working_days since=received_at"
EVIDENCE = "deadline(supplement) <= 5 working_days"


def fired(line, element="first_response_due"):
    return line.kind == "timer_fired" and line.details["element"] == element


def test_a_case_that_was_late_and_told_of_is_lawful(late, watched):
    assert watched.broken(late) == {}


def test_a_late_task_of_which_nobody_was_told_is_found(guichi, watched):
    guichi.clock.advance(days=4)        # and the scheduler does nothing
    guichi.does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")
    assert watched.broken(guichi) == {TOLD: "late_untold", COVERED: "passed_unseen"}


def test_what_is_late_by_less_than_the_scheduler_s_rounds_is_not_held_against_anybody(guichi, watched):
    guichi.clock.set(guichi.due_at("first_response") + times.ROUNDS)
    guichi.does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")
    assert watched.broken(guichi) == {}


def test_a_firing_without_its_escalation_is_found(late, watched):
    silent = watched.altered(late, lambda line: None if line.details.get("topic") == "escalate" else line)
    assert watched.broken(late, silent) == {TOLD: "fired_untold", COVERED: "passed_unseen"}


def test_a_due_moment_moved_in_the_journal_itself_is_found(late, watched):
    def moved(line):
        if line.details.get("element") == "rectify_due":
            return having(line, due_at="2026-03-20T15:59:59+00:00")
        return line

    assert watched.broken(late, watched.altered(late, moved)) == {RECTIFY: "due_otherwise"}


def test_a_limit_that_counts_from_another_day_is_found(late, watched):
    def later(line):
        if line.details.get("element") == "rectify_due":
            return having(line, since="2026-03-04T01:00:00+00:00", due_at="2026-03-11T15:59:59+00:00")
        return line

    assert watched.broken(late, watched.altered(late, later)) == {RECTIFY: "since_otherwise"}


def test_a_limit_that_is_longer_than_the_rule_s_is_found(late, watched):
    def longer(line):
        if line.details.get("element") == "rectify_due":
            return having(line, amount=7, due_at="2026-03-11T15:59:59+00:00")
        return line

    assert watched.broken(late, watched.altered(late, longer)) == {RECTIFY: "limit_too_long"}


def test_a_limit_of_which_there_is_no_entry_is_found(late, watched):
    without = watched.altered(late, lambda line: None if line.details.get("element") == "rectify_due" else line)
    assert watched.broken(late, without)[RECTIFY] == "limit_missing"
    assert [one.code for one in watched.judged(late, without).strays] == ["timer_not_set"]


def test_a_deadline_that_fired_before_its_time_is_found(late, watched):
    early = watched.altered(late, lambda line: type(line)(
        line.seq, line.at - timedelta(days=2), line.actor_id, line.kind, line.details) if fired(line) else line)
    assert watched.broken(late, early)[FIRST] == "fired_before"


def test_by_another_calendar_nothing_is_said_to_hold_or_to_be_broken(late, watched):
    def moved(line):
        if line.details.get("element") == "rectify_due":
            return having(line, due_at="2026-03-20T15:59:59+00:00", calendar="national:2025r1+guichi:-")
        return line

    report = watched.judged(late, watched.altered(late, moved))
    assert {one.rule.check: (one.verdict, one.code) for one in report.checked if one.code} == {
        RECTIFY: (UNKNOWN, "other_calendar")}


def test_a_date_that_was_promised_is_held_against_the_answer(app, clock, installed, watched):
    journey = Journey(app, clock, "hefei").bad_review().does("first_response", outcome="complex")
    journey.does("open_ledger", rectify_by="2026-03-20").does("rectify_ledger")
    journey.does("revisit", revisit_result="satisfied")
    assert watched.broken(journey) == {}
    other = watched.altered(journey, lambda line: having(line, since="2026-03-24", due_at="2026-03-24T15:59:59+00:00")
                            if line.kind == "timer_set" and line.details["unit"] == "date" else line)
    assert watched.broken(journey, other)["deadline(rectify_ledger) <= rectify_by"] == "since_otherwise"


def test_a_task_done_after_the_limit_that_ends_it_is_found(guichi, watched):
    appeal = guichi.appeal("guichi.dept1.officer").does("verify", verification="confirmed")
    appeal.does("review", decision="more_evidence")
    appeal.clock.advance(days=20)       # and the scheduler does nothing
    appeal.does("supplement").does("review", decision="dismissed")
    assert watched.broken(appeal) == {"gives_up(supplement)": "done_after_end"}


def test_lateness_that_a_notice_withdrew_is_none(app, clock, installed, session, watched):
    clock.set(datetime(2026, 12, 25, 1, tzinfo=UTC))
    journey = Journey(app, clock, "guichi").bad_review().does("first_response", outcome="simple")
    journey.until("2027-01-05", at=time(9)).does("rectify")
    days = [["2027-01-01", "off"], ["2027-01-04", "off"], ["2027-05-01", "off"], ["2027-10-01", "off"],
            ["2027-10-02", "off"], ["2027-10-03", "off"]]
    with transaction():
        calendar_change.import_notice("national", 2027, days, "国务院办公厅的通知", clock(), SYSTEM)
    journey.does("revisit", revisit_result="satisfied")
    report = watched.judged(journey)
    assert "lateness_withdrawn" in journey.kinds()
    assert (report.broken, report.strays, report.followed) == ((), (), True)
