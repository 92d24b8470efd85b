"""Hefei (2021): every branch of its rectification. The text knows no appeal and no second round."""

from __future__ import annotations

import pytest

from caseflow.errors import InvalidForm

pytestmark = pytest.mark.both_databases


def test_a_confirmed_problem_is_answered_in_one_and_rectified_in_five_working_days(journey):
    case = journey("hefei").bad_review()                      # Monday 2 March
    assert (case.open_tasks(), case.due("first_response")) == (["first_response"], "2026-03-03")
    case.does("first_response", outcome="confirmed", contact_channel="phone")
    assert (case.unit_of("rectify"), case.due("rectify")) == ("responsible", "2026-03-09")
    case.does("rectify")
    assert case.unit_of("revisit") == "center"
    case.does("revisit", revisit_result="satisfied", revisit_channel="questionnaire").closed_as("closed_resolved")


def test_what_can_be_solved_on_the_spot_needs_no_contact_later(journey):
    case = journey("hefei").bad_review().does("first_response", outcome="resolved")
    case.does("revisit", revisit_result="satisfied", revisit_channel="phone").closed_as("closed_resolved")


def test_what_is_solved_on_the_spot_says_what_was_done_and_how_the_rater_was_told(journey):
    case = journey("hefei").bad_review()
    with pytest.raises(InvalidForm) as refused:
        case.does("first_response", outcome="resolved", measures=None, feedback_channel=None)
    assert refused.value.fields == {"measures": "required", "feedback_channel": "required"}


@pytest.mark.parametrize(("day", "sentence"), [
    ("2026-03-02", "“整改期限”最早是明天，请改晚一些。"),
    ("2099-12-31", "“整改期限”最长是从今天起的20个工作日，请改早一些。")])
def test_the_ledger_takes_no_limit_before_tomorrow_nor_beyond_the_longest(journey, day, sentence):
    case = journey("hefei").bad_review().does("first_response", outcome="complex", contact_channel="phone")
    with pytest.raises(InvalidForm) as refused:
        case.does("open_ledger", rectify_by=day)
    assert refused.value.details["sentences"] == {"rectify_by": sentence}
    assert case.open_tasks() == ["open_ledger"]


def test_a_complex_problem_is_rectified_by_the_day_written_into_the_ledger(journey):
    case = journey("hefei").bad_review().does("first_response", outcome="complex", contact_channel="phone")
    case.does("open_ledger", rectify_by="2026-03-27")
    assert case.due("rectify_ledger") == "2026-03-27"
    case.until("2026-03-27")
    assert case.timers("fired") == []
    case.time_passes(seconds=1)
    assert case.timers("fired") == ["rectify_ledger_due"]
    case.does("rectify_ledger").does("revisit", revisit_result="satisfied").closed_as("closed_resolved")


def test_a_demand_without_legal_basis_is_explained(journey):
    case = journey("hefei").bad_review().does("first_response", outcome="no_legal_basis", contact_channel="phone")
    case.does("explain").does("revisit", revisit_result="satisfied").closed_as("closed_explained")


@pytest.mark.parametrize(("result", "outcome"), [
    ("unsatisfied", "closed_unsatisfied"), ("unreachable", "closed_unreachable")])
def test_the_revisit_decides_how_the_case_closes(journey, result, outcome):
    case = journey("hefei").bad_review().does("first_response", outcome="resolved")
    case = case.cannot_be_reached("revisit") if result == "unreachable" else case
    case.does("revisit", revisit_result=result).closed_as(outcome)


def test_no_message_ends_a_case_because_the_text_has_no_appeal(journey):
    assert journey("hefei").bad_review().messages() == []


def test_a_case_opened_past_the_two_years_of_validity_is_marked(journey):
    case = journey("hefei").bad_review()
    assert case.case().after_expiry is True                  # HF-18: valid to July 2023, after_expiry = "continue"
