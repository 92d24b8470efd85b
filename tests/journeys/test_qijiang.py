"""Qijiang (白头〔2023〕12号): every branch of its rectification."""

from __future__ import annotations

import pytest

from caseflow.errors import InvalidForm, OtherPersonNeeded

pytestmark = pytest.mark.both_databases


def forwarded(journey):
    """A bad review that the district office has forwarded to the responsible agency (QJ-14)."""
    case = journey("qijiang").bad_review()
    assert (case.open_tasks(), case.unit_of("assign")) == (["assign"], "office")
    return case.does("assign")


def test_the_office_forwards_the_agency_handles_and_revisits_and_the_office_tracks(journey):
    case = forwarded(journey)
    assert (case.unit_of("first_response"), case.due("first_response")) == ("responsible", "2026-03-09")
    case.does("first_response", outcome="complex", promise="五日内补发证照", promise_by="2026-03-09")
    assert case.due("rectify") == "2026-03-09"                # QJ-16: five working days
    case.does("rectify")
    assert case.unit_of("revisit") == "responsible"           # QJ-16: the handling agency revisits
    case.does("revisit", revisit_result="satisfied", revisit_channel="visit")
    assert case.unit_of("track") == "office"                  # QJ-14: the office tracks the revisit
    case.does("track", track_result="confirmed").closed_as("closed_resolved")


def test_a_promise_is_watched_on_its_day(journey):
    case = forwarded(journey).does("first_response", outcome="complex", promise="三日内补发", promise_by="2026-03-05")
    case.until("2026-03-05")
    assert case.timers("fired") == []
    case.time_passes(seconds=1)
    assert (case.timers("fired"), case.open_tasks()) == (["promise_due"], ["rectify"])
    assert case.effects()[-1] == "escalate"


def test_no_promise_is_later_than_the_fifth_working_day(journey):
    with pytest.raises(InvalidForm) as refused:
        forwarded(journey).does("first_response", outcome="complex", promise_by="2026-03-10")
    assert refused.value.fields == {"promise_by": "rule_broken"}


def test_after_the_fifth_working_day_only_today_can_be_promised(journey):
    case = forwarded(journey)
    case.time_passes(days=9)
    today = case.now.date().isoformat()
    with pytest.raises(InvalidForm):
        case.does("first_response", outcome="complex", promise_by="2026-03-12")
    case.does("first_response", outcome="complex", promise_by=today)
    assert case.open_tasks() == ["rectify"]


def test_what_is_simple_is_settled_on_the_spot(journey):
    case = forwarded(journey).does("first_response", outcome="resolved", resolution="ruled")
    case.does("revisit", revisit_result="satisfied").does("track", track_result="confirmed")
    case.closed_as("closed_resolved")


def test_what_cannot_be_solved_is_explained_patiently(journey):
    case = forwarded(journey).does("first_response", outcome="unsolvable").does("explain")
    case.does("revisit", revisit_result="satisfied").does("track", track_result="confirmed")
    case.closed_as("closed_explained")


@pytest.mark.parametrize(("result", "track", "outcome"), [
    ("unsatisfied", "confirmed", "closed_unsatisfied"), ("unreachable", "confirmed", "closed_unreachable"),
    ("satisfied", "contradicted", "closed_unsatisfied")])
def test_the_revisit_and_its_tracking_decide_how_the_case_closes(journey, result, track, outcome):
    case = forwarded(journey).does("first_response", outcome="resolved", resolution="explained")
    case = case.cannot_be_reached("revisit") if result == "unreachable" else case
    case.does("revisit", revisit_result=result).does("track", track_result=track).closed_as(outcome)


def test_a_forwarding_that_is_forgotten_is_reported_upwards(journey):
    case = journey("qijiang").bad_review().time_passes(days=10)
    assert (case.timers("fired"), case.open_tasks()) == (["assign_due"], ["assign"])
    assert {role for _, role in case.notices("overdue")} == {"supervisor"}


def test_qj_14_one_person_does_not_revisit_and_track_the_same_case(journey):
    case = journey("qijiang").bad_review(orgcode="11500222MB000091").does("assign")     # the office itself was rated
    assert case.unit_of("first_response") == "responsible"
    case.does("first_response", outcome="resolved", resolution="ruled").does("revisit", revisit_result="satisfied")
    with pytest.raises(OtherPersonNeeded):
        case.does("track", track_result="confirmed")
    assert case.open_tasks() == ["track"]


def test_an_appeal_that_is_upheld_ends_the_handling(journey):
    case = forwarded(journey).does("first_response", outcome="complex", promise="三日内补发证照")
    case.message("appeal_upheld").closed_as("rating_voided")
    assert case.case().rating.voided_at == case.now
