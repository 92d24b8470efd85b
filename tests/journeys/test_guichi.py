"""Guichi (贵四最办〔2020〕5号): every branch of its rectification, in the words of the text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.both_databases


def test_a_simple_problem_is_contacted_in_two_rectified_in_five_and_revisited_in_five_working_days(journey):
    case = journey("guichi").bad_review()
    assert case.effects() == ["open_file"]          # GC-2(一): filed and fed back the same day
    bureau = case.regulation.units["bureau"].name
    assert case.notices("file_opened") == {("区市场监管局", "officer"), (bureau, "officer")}
    assert (case.open_tasks(), case.unit_of("first_response")) == (["first_response"], "responsible")
    assert case.due("first_response") == "2026-03-04"    # received Monday 2 March
    case.does("first_response", outcome="simple")
    assert (case.open_tasks(), case.due("rectify")) == (["rectify"], "2026-03-09")
    case.does("rectify")
    assert (case.unit_of("revisit"), case.due("revisit")) == ("bureau", "2026-03-09")
    case.does("revisit", revisit_result="satisfied").closed_as("closed_resolved")
    assert case.done() == ["first_response", "rectify", "revisit"]


def test_what_is_clear_is_put_right_at_once(journey):
    case = journey("guichi").bad_review().does("first_response", outcome="resolved")
    assert case.open_tasks() == ["revisit"]
    case.does("revisit", revisit_result="satisfied").closed_as("closed_resolved")


def test_a_complex_problem_gets_a_ledger_and_fifteen_working_days(journey):
    case = journey("guichi").bad_review().does("first_response", outcome="complex")
    assert case.open_tasks() == ["open_ledger"]
    case.does("open_ledger")
    assert case.due("rectify_complex") == "2026-03-23"
    case.does("rectify_complex").does("revisit", revisit_result="satisfied").closed_as("closed_resolved")


def test_a_demand_without_legal_basis_is_explained(journey):
    case = journey("guichi").bad_review().does("first_response", outcome="no_legal_basis")
    assert case.open_tasks() == ["explain"]
    case.does("explain").does("revisit", revisit_result="satisfied").closed_as("closed_explained")


def test_whoever_stays_dissatisfied_is_not_asked_to_come_again(journey):
    case = journey("guichi").bad_review().does("first_response", outcome="resolved")
    case.does("revisit", revisit_result="unsatisfied").closed_as("closed_unsatisfied")


def test_whoever_cannot_be_reached_is_recorded_as_such(journey):
    case = journey("guichi").bad_review().does("first_response", outcome="resolved")
    case.cannot_be_reached("revisit").does("revisit", revisit_result="unreachable").closed_as("closed_unreachable")


def test_a_deadline_fires_after_its_last_second_and_never_before(journey):
    case = journey("guichi").bad_review()
    due = case.due_at("first_response")
    assert due == datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC)
    case.until("2026-03-04")
    assert case.timers("fired") == []
    case.time_passes(seconds=1)
    assert case.timers("fired") == ["first_response_due"]


def test_lateness_is_reported_upwards_and_the_case_goes_on(journey):
    case = journey("guichi").bad_review().time_passes(days=4)
    bureau = case.regulation.units["bureau"].name
    assert case.notices("overdue") == {("区市场监管局", "supervisor"), (bureau, "supervisor")}
    assert (case.open_tasks(), case.due("first_response")) == (["first_response"], "2026-03-04")
    case.time_passes(days=30)
    assert case.timers("fired") == ["first_response_due"]       # once, not again
    case.does("first_response", outcome="simple").does("rectify").does("revisit", revisit_result="satisfied")
    case.closed_as("closed_resolved")


def test_each_task_has_its_own_deadline_and_all_of_them_escalate(journey):
    case = journey("guichi").bad_review().does("first_response", outcome="complex")
    case.time_passes(days=60).does("open_ledger").time_passes(days=60)
    case.does("rectify_complex").time_passes(days=60).does("revisit", revisit_result="satisfied")
    assert case.timers("fired") == ["open_ledger_due", "rectify_complex_due", "revisit_due"]
    case.closed_as("closed_resolved")


@pytest.mark.parametrize("steps", [[], [("first_response", {"outcome": "simple"})],
                                   [("first_response", {"outcome": "resolved"})]])
def test_an_appeal_that_is_upheld_ends_the_handling_wherever_it_stands(journey, steps):
    case = journey("guichi").bad_review()
    for task, answers in steps:
        case.does(task, **answers)
    assert case.messages() == ["appeal_upheld"]
    case.message("appeal_upheld").closed_as("rating_voided")
    assert (case.case().status, case.case().rating.voided_at) == ("voided", case.now)


def test_every_step_is_in_the_journal(journey):
    case = journey("guichi").bad_review().does("first_response", outcome="resolved")
    case.time_passes(days=20).does("revisit", revisit_result="satisfied")
    assert case.kinds() == [
        "rating_received", "case_opened", "timer_set", "task_opened", "effect_applied",
        "contact_attempted", "task_completed", "timer_set", "task_opened",
        "timer_fired", "effect_applied", "contact_attempted", "task_completed", "case_closed"]


def test_the_national_holidays_count_for_no_deadline(journey, clock):
    clock.set(datetime(2026, 2, 13, 2, 0, tzinfo=UTC))
    case = journey("guichi").bad_review()
    assert case.due("first_response") == "2026-02-24"     # 14 February is a working Saturday, then the holidays
    case.time_passes(hours=1).does("first_response", outcome="simple")
    assert case.due("rectify") == "2026-02-27"
    assert case.due_at("rectify") - case.now > timedelta(days=13)
