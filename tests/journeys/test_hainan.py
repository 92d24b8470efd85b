"""Hainan (2020): every branch of its rectification; a case is returned for rehandling at most once (HN-15)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from caseflow.errors import InvalidForm, StepFailed
from caseflow.models import AppliedEffect, NewestRating, db, transaction

pytestmark = pytest.mark.both_databases

PROVINCE, CITY = 0, 1


def dispatched(journey, office):
    """A bad review that 12345 has sent to the agency as an electronic work order (HN-14)."""
    case = journey("hainan")
    offices = sorted(range(3), key=lambda n: case.regulation.responsible_units[n].level != "province")
    case.bad_review(office=offices[office])
    task = "dispatch" if office == PROVINCE else "dispatch_city"
    assert (case.open_tasks(), case.unit_of(task)) == ([task], "platform" if office == PROVINCE else "platform_city")
    return case.does(task, work_order_no="HN-1", cause="attitude", rectify_by="2026-03-20")


def newest(case):
    with case.app.app_context():
        return list(db.session.scalars(select(NewestRating.level).order_by(NewestRating.id)))


def test_provincial_business_goes_through_the_provincial_platform(journey):
    case = dispatched(journey, PROVINCE)
    assert (case.unit_of("first_response"), case.due("first_response")) == ("responsible", "2026-03-20")
    case.does("first_response", outcome="rectify")
    assert case.due("rectify") == "2026-03-20"
    case.does("rectify")
    assert case.unit_of("revisit") == "platform"
    case.does("revisit", revisit_result="satisfied", newest_level="satisfied").closed_as("closed_resolved")
    assert newest(case) == ["satisfied"]                     # HN-15: the newest rating is recorded


def test_city_business_goes_through_the_city_branch(journey):
    case = dispatched(journey, CITY).does("first_response", outcome="resolved")
    assert case.unit_of("revisit_city") == "platform_city"
    case.does("revisit_city", revisit_result="satisfied", newest_level="satisfied").closed_as("closed_resolved")


def test_a_demand_that_cannot_be_met_is_explained(journey):
    case = dispatched(journey, PROVINCE).does("first_response", outcome="explain").does("explain")
    case.does("revisit", revisit_result="satisfied", newest_level="basically_satisfied")
    case.closed_as("closed_explained")


def test_a_mistaken_rating_is_replaced_by_the_newest(journey):
    case = dispatched(journey, PROVINCE).does("first_response", outcome="mistaken")
    case.does("revisit", revisit_result="satisfied", newest_level="very_satisfied").closed_as("rating_corrected")
    assert newest(case) == ["very_satisfied"]


def test_whoever_cannot_be_reached_is_recorded_as_such(journey):
    case = dispatched(journey, PROVINCE).does("first_response", outcome="resolved")
    case.cannot_be_reached("revisit").does("revisit", revisit_result="unreachable").closed_as("closed_unreachable")


def unsatisfied(case, task="revisit"):
    return case.does(task, revisit_result="unsatisfied", newest_level="dissatisfied")


@pytest.mark.parametrize(("office", "revisit"), [(PROVINCE, "revisit"), (CITY, "revisit_city")])
def test_a_dissatisfied_rater_brings_the_case_back_once_and_only_once(journey, office, revisit):
    case = unsatisfied(dispatched(journey, office).does("first_response", outcome="resolved"), revisit)
    assert (case.open_tasks(), case.due("rehandle")) == (["rehandle"], "2026-03-09")
    unsatisfied(case.does("rehandle"), revisit).closed_as("closed_unsatisfied")
    assert case.effects().count("return_for_rehandling") == 1
    assert newest(case)[-1] == "dissatisfied"


@pytest.mark.parametrize(("result", "level"), [
    ("satisfied", "very_dissatisfied"), ("satisfied", "dissatisfied"), ("unsatisfied", "very_satisfied"),
    ("unsatisfied", "basically_satisfied")])
def test_a_revisit_does_not_contradict_the_newest_rating(journey, result, level):
    case = dispatched(journey, PROVINCE).does("first_response", outcome="resolved")
    with pytest.raises(InvalidForm) as refused:
        case.does("revisit", revisit_result=result, newest_level=level)
    assert refused.value.fields == {"newest_level": "rule_broken"}
    assert case.open_tasks() == ["revisit"]


def test_a_mistaken_rating_is_not_corrected_to_a_bad_one(journey):
    case = dispatched(journey, CITY).does("first_response", outcome="mistaken")
    with pytest.raises(InvalidForm):
        case.does("revisit_city", revisit_result="satisfied", newest_level="very_dissatisfied")


def test_a_satisfied_revisit_records_how_the_rectification_went(journey):
    case = dispatched(journey, PROVINCE).does("first_response", outcome="resolved")
    with pytest.raises(InvalidForm) as refused:
        case.does("revisit", revisit_result="satisfied", newest_level="satisfied", opinion=None)
    assert refused.value.fields == {"opinion": "required"}


def test_the_last_word_of_a_rater_stays_recorded_when_the_second_revisit_reaches_nobody(journey):
    case = dispatched(journey, PROVINCE).does("first_response", outcome="resolved")
    case.does("revisit", revisit_result="unsatisfied", newest_level="very_dissatisfied").does("rehandle")
    case.cannot_be_reached("revisit").does("revisit", revisit_result="unreachable").closed_as("closed_unreachable")
    assert newest(case) == ["very_dissatisfied"]


def test_a_returned_case_can_end_well(journey):
    case = unsatisfied(dispatched(journey, PROVINCE).does("first_response", outcome="explain").does("explain"))
    case.does("rehandle").does("revisit", revisit_result="satisfied", newest_level="satisfied")
    case.closed_as("closed_resolved")


def test_the_second_visit_of_a_task_has_a_fresh_deadline(journey):
    case = dispatched(journey, PROVINCE).does("first_response", outcome="resolved")
    case = unsatisfied(case.time_passes(days=30)).time_passes(days=30)
    assert case.timers("fired") == ["rehandle_due"]
    case.does("rehandle").does("revisit", revisit_result="satisfied", newest_level="satisfied")
    case.closed_as("closed_resolved")


def test_a_second_return_is_refused_even_if_a_diagram_asked_for_it(journey):
    case = dispatched(journey, PROVINCE).does("first_response", outcome="resolved")
    earlier = AppliedEffect(case_id=case.case_id, token=10**6, topic="return_for_rehandling", applied_at=case.now)
    with case.app.app_context(), transaction() as session:
        session.add(earlier)
    with pytest.raises(StepFailed, match="at most once"):
        unsatisfied(case)
    assert case.open_tasks() == ["revisit"]


def test_an_appeal_that_is_upheld_ends_the_handling(journey):
    case = unsatisfied(dispatched(journey, PROVINCE).does("first_response", outcome="resolved"))
    case.message("appeal_upheld").closed_as("rating_voided")
