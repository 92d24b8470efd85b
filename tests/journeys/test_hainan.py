"""Hainan (2020): every branch of its rectification in the order of the text (HN-14), by the offices of the area; a case
is returned for rehandling at most once (HN-15)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from caseflow.cases import ledger, steps
from caseflow.errors import InvalidForm, StepFailed
from caseflow.models import AppliedEffect, Case, NewestRating, User, db, transaction
from caseflow.people import permissions
from caseflow.people.permissions import actor_for
from caseflow.supervision import dispatches, reassign

pytestmark = pytest.mark.both_databases

PROVINCE, HAIKOU, QIONGSHAN, SANYA = range(4)
PLATFORMS = {PROVINCE: "platform", HAIKOU: "platform_city", QIONGSHAN: "platform_city", SANYA: "platform_sanya"}
EVERYWHERE = pytest.mark.parametrize("office", PLATFORMS)


def contacted(journey, office=PROVINCE):
    """A bad review that the department has verified and whose rater 12345 has reached (HN-14)."""
    case = journey("hainan").bad_review(office=office)
    assert (case.open_tasks(), case.unit_of("verify")) == (["verify"], "responsible")
    case.does("verify")
    assert (case.open_tasks(), case.unit_of("contact_rater")) == (["contact_rater"], PLATFORMS[office])
    return case.does("contact_rater")


def ordered(journey, office=PROVINCE, outcome="rectify"):
    """One that could not be solved on the spot: 12345 has made an electronic work order of it."""
    case = contacted(journey, office).does("first_response", outcome=outcome)
    assert (case.open_tasks(), case.unit_of("dispatch")) == (["dispatch"], PLATFORMS[office])
    return case.does("dispatch", matter="营业执照", cause="attitude", work_order_no="HN-1", rectify_by="2026-03-20")


def unsatisfied(case):
    return case.does("revisit", revisit_result="unsatisfied", newest_level="dissatisfied")


def satisfied(case):
    return case.does("revisit", revisit_result="satisfied", newest_level="satisfied")


def newest(case):
    with case.app.app_context():
        return list(db.session.scalars(select(NewestRating.level).order_by(NewestRating.id)))


def sees(case, username):
    with case.app.app_context():
        user = db.session.scalars(select(User).where(User.username == username)).one()
        return permissions.may_see(actor_for(user), db.session.get(Case, case.case_id))


@EVERYWHERE
def test_what_cannot_be_solved_on_the_spot_is_rectified_by_the_limit_of_its_work_order(journey, office):
    case = ordered(journey, office)
    assert (case.unit_of("rectify"), case.due("rectify")) == ("responsible", "2026-03-20")
    case.does("rectify")
    assert case.unit_of("revisit") == PLATFORMS[office]
    satisfied(case).closed_as("closed_resolved")
    assert newest(case) == ["satisfied"]                     # HN-15: the newest rating is recorded


@EVERYWHERE
def test_what_is_solved_on_the_spot_needs_no_work_order(journey, office):
    case = contacted(journey, office).does("first_response", outcome="resolved")
    assert (case.open_tasks(), case.unit_of("revisit")) == (["revisit"], PLATFORMS[office])
    satisfied(case).closed_as("closed_resolved")


def test_a_demand_that_cannot_be_met_is_explained_by_the_limit_of_its_work_order(journey):
    case = ordered(journey, outcome="explain")
    assert case.due("explain") == "2026-03-20"
    case.does("explain").does("revisit", revisit_result="satisfied", newest_level="basically_satisfied")
    case.closed_as("closed_explained")


def test_a_mistaken_rating_is_replaced_by_the_newest(journey):
    case = contacted(journey).does("first_response", outcome="mistaken")
    case.does("revisit", revisit_result="satisfied", newest_level="very_satisfied").closed_as("rating_corrected")
    assert newest(case) == ["very_satisfied"] * 2 and case.effects()[-1] == "replace_rating"
    assert (case.case().status, case.case().rating.voided_at) == ("closed", None)
    with case.app.app_context():
        assert ledger.ledger_facts([case.case_id], case.now)[case.case_id].level == "very_satisfied"    # HN-14


def test_who_is_not_reached_at_first_is_handled_all_the_same(journey):
    case = journey("hainan").bad_review().does("verify")
    case.cannot_be_reached("contact_rater").does("contact_rater", contact_result="unreachable", attempts=3)
    assert case.open_tasks() == ["first_response"]


def test_whoever_cannot_be_reached_is_recorded_as_such(journey):
    case = contacted(journey).does("first_response", outcome="resolved")
    case.cannot_be_reached("revisit").does("revisit", revisit_result="unreachable").closed_as("closed_unreachable")


@EVERYWHERE
def test_a_dissatisfied_rater_brings_the_case_back_once_and_only_once(journey, office):
    case = unsatisfied(contacted(journey, office).does("first_response", outcome="resolved"))
    assert (case.open_tasks(), case.due("rehandle")) == (["rehandle"], "2026-03-09")
    unsatisfied(case.does("rehandle")).closed_as("closed_unsatisfied")
    assert case.effects().count("return_for_rehandling") == 1
    assert newest(case)[-1] == "dissatisfied"


@pytest.mark.parametrize(("result", "level"), [
    ("satisfied", "very_dissatisfied"), ("satisfied", "dissatisfied"), ("unsatisfied", "very_satisfied"),
    ("unsatisfied", "basically_satisfied")])
def test_a_revisit_does_not_contradict_the_newest_rating(journey, result, level):
    case = contacted(journey).does("first_response", outcome="resolved")
    with pytest.raises(InvalidForm) as refused:
        case.does("revisit", revisit_result=result, newest_level=level)
    assert refused.value.fields == {"newest_level": "rule_broken"}
    assert case.open_tasks() == ["revisit"]


def test_a_mistaken_rating_is_not_corrected_to_a_bad_one(journey):
    case = contacted(journey, HAIKOU).does("first_response", outcome="mistaken")
    with pytest.raises(InvalidForm):
        case.does("revisit", revisit_result="satisfied", newest_level="very_dissatisfied")


def test_a_satisfied_revisit_records_how_the_rectification_went(journey):
    case = contacted(journey).does("first_response", outcome="resolved")
    with pytest.raises(InvalidForm) as refused:
        case.does("revisit", revisit_result="satisfied", newest_level="satisfied", opinion=None)
    assert refused.value.fields == {"opinion": "required"}


def test_the_last_word_of_a_rater_stays_recorded_when_the_second_revisit_reaches_nobody(journey):
    case = unsatisfied(contacted(journey).does("first_response", outcome="resolved")).does("rehandle")
    case.cannot_be_reached("revisit").does("revisit", revisit_result="unreachable").closed_as("closed_unreachable")
    assert newest(case) == ["dissatisfied"]


@pytest.mark.parametrize("day", ["2026-03-02", "2026-03-31"])
def test_the_limit_of_a_work_order_lies_within_twenty_working_days_from_tomorrow(journey, day):
    case = contacted(journey).does("first_response", outcome="rectify")
    with pytest.raises(InvalidForm) as refused:
        case.does("dispatch", rectify_by=day)
    assert refused.value.fields == {"rectify_by": "rule_broken"}
    case.does("dispatch", rectify_by="2026-03-30")
    assert case.due("rectify") == "2026-03-30"


def test_12345_does_not_say_that_it_reached_a_rater_whom_it_did_not_call(journey):
    case = journey("hainan").bad_review().does("verify")
    with case.app.app_context(), transaction(), pytest.raises(InvalidForm) as refused:
        item = case._item("contact_rater")
        steps.complete_task(item.id, case._person(item), {
            "contact_result": "reached", "contact_channel": "phone", "demand": "尽快办结。"}, "once", case.now)
    assert refused.value.fields == {"contact_channel": "not_contacted"}


def test_a_returned_case_can_end_well(journey):
    case = unsatisfied(ordered(journey, outcome="explain").does("explain"))
    satisfied(case.does("rehandle")).closed_as("closed_resolved")


def test_the_second_visit_of_a_task_has_a_fresh_deadline(journey):
    case = contacted(journey).does("first_response", outcome="resolved")
    case = unsatisfied(case.time_passes(days=30)).time_passes(days=30)
    assert case.timers("fired") == ["rehandle_due"]
    satisfied(case.does("rehandle")).closed_as("closed_resolved")


def test_a_second_return_is_refused_even_if_a_diagram_asked_for_it(journey):
    case = contacted(journey).does("first_response", outcome="resolved")
    earlier = AppliedEffect(case_id=case.case_id, token=10**6, topic="return_for_rehandling", applied_at=case.now)
    with case.app.app_context(), transaction() as session:
        session.add(earlier)
    with pytest.raises(StepFailed, match="at most once"):
        unsatisfied(case)
    assert case.open_tasks() == ["revisit"]


@pytest.mark.parametrize("done", [(), ("verify",), ("verify", "contact_rater")])
def test_an_appeal_that_is_upheld_ends_the_case_at_each_of_its_first_steps(journey, done):
    case = journey("hainan").bad_review()
    for task in done:
        case.does(task)
    case.message("appeal_upheld").closed_as("rating_voided")


def test_an_appeal_that_is_upheld_ends_the_rehandling(journey):
    case = unsatisfied(contacted(journey).does("first_response", outcome="resolved"))
    case.message("appeal_upheld").closed_as("rating_voided")


def test_a_branch_sees_the_cases_of_its_area_and_no_others(journey):
    case = contacted(journey, SANYA)
    assert sees(case, "hainan.platform_sanya.officer") and sees(case, "hainan.platform.officer")
    assert not sees(case, "hainan.platform_city.officer") and not sees(case, "hainan.platform_city.supervisor")
    assert not sees(case, "hainan.bureau_haikou.reviewer")


# --- a transfer to another area -----------------------------------------------------------------------------------


def transferred(case, task, office):
    """The open task of the responsible unit is handed to another department by the province's supervisor."""
    with case.app.app_context(), transaction():
        user = db.session.scalars(select(User).where(User.username == "hainan.platform.supervisor")).one()
        actor, item = actor_for(user), case._item(task)
        code = case.regulation.responsible_units[office].code
        unit = next(one for one in dispatches.candidates(item.case) if one.code == code)
        handover = reassign.begin([item.id], reassign.Target(unit), actor, "转错了单位", "", task, case.now)
        assert reassign.move(handover.id, [item.id], actor, case.now) == ["moved"]
        return handover.id, item.id, actor


@pytest.mark.parametrize("before, after", [(HAIKOU, PROVINCE), (PROVINCE, HAIKOU), (HAIKOU, SANYA)])
def test_after_a_transfer_what_opens_next_is_the_branch_s_of_the_new_unit(journey, before, after):
    case = journey("hainan").bad_review(office=before)
    transferred(case, "verify", after)
    case.does("verify")
    assert case.unit_of("contact_rater") == PLATFORMS[after]
    case.does("contact_rater").does("first_response", outcome="resolved")
    assert case.unit_of("revisit") == PLATFORMS[after]


def test_of_an_unregistered_city_office_that_was_transferred_to_a_city_the_revisit_is_the_city_s(journey):
    case = journey("hainan").bad_review(orgcode="11460100MB099999", areaCode="460100000000")
    case.does("verify")
    assert case.unit_of("contact_rater") == "responsible"       # the provincial platform, in the unknown office's stead
    transferred(case.does("contact_rater"), "first_response", HAIKOU)
    assert case.does("first_response", outcome="resolved").unit_of("revisit") == "platform_city"


def test_a_branch_that_has_done_nothing_sees_a_transferred_case_no_more(journey):
    case = journey("hainan").bad_review(office=HAIKOU)
    assert sees(case, "hainan.platform_city.officer")
    handover, item, actor = transferred(case, "verify", SANYA)
    assert (sees(case, "hainan.platform_city.officer"), sees(case, "hainan.platform_sanya.officer")) == (False, True)
    with case.app.app_context(), transaction():
        assert reassign.undo(handover, [item], actor, case.now) == 1
    assert (sees(case, "hainan.platform_city.officer"), sees(case, "hainan.platform_sanya.officer")) == (True, False)
