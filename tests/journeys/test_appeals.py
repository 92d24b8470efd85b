"""Appeals from filing to their ends, beside the rectification they are about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from caseflow import errors
from caseflow.appeals import finding
from caseflow.cases import ledger, steps
from caseflow.errors import InvalidForm, NotImpartial, TaskNotOpen
from caseflow.health import doctor
from caseflow.law import regulations
from caseflow.models import AppliedEffect, AssessmentRecord, NewestRating, db, transaction
from tests.ground import deploy, newcomer, open_item

pytestmark = pytest.mark.both_databases
STAFF, OFFICER = "qijiang.dept1.staff", "{}.dept1.officer"
LONG_ENOUGH = "证据清楚，足以认定。"


def appealed(journey, **kinds):
    """A bad review in Qijiang that is being handled, and the appeal of the rated person."""
    case = journey("qijiang").bad_review().does("assign")
    return case, case.appeal(STAFF, **kinds)


def test_qijiang_upholds_an_appeal_and_the_rating_is_voided(journey):
    case, appeal = appealed(journey)
    assert (appeal.open_tasks(), appeal.unit_of("ask_rater")) == (["ask_rater"], "office")
    appeal.asks_rater()
    assert (appeal.open_tasks(), appeal.unit_of("review")) == (["review"], "office")       # QJ-6
    assert appeal.case().number.startswith("QJ-S-2026-")
    appeal.does("review", decision="upheld", finding="mistaken", reasons=LONG_ENOUGH)
    assert appeal.case().status == "closed"
    appeal.closed_as("appeal_upheld")
    case.closed_as("rating_voided")
    assert (case.case().status, case.case().rating.voided_at) == ("voided", case.now)
    assert {role for _, role in appeal.notices("appeal_upheld")} == {"appellant", "supervisor"}


def test_qijiang_dismisses_an_appeal_and_the_rectification_goes_on_with_its_clock(journey):
    case, appeal = appealed(journey)
    due = case.due("first_response")
    appeal.does("review", decision="dismissed", duty_failed=False, reasons=LONG_ENOUGH).closed_as("appeal_dismissed")
    assert (case.open_tasks(), case.due("first_response"), case.case().rating.voided_at) == (
        ["first_response"], due, None)
    with case.app.app_context():
        assert db.session.scalars(select(AssessmentRecord)).all() == []


def test_a_verified_failure_of_duty_is_recorded_for_the_annual_assessment(journey):
    _, appeal = appealed(journey)
    with pytest.raises(InvalidForm) as refused:
        appeal.does("review", decision="dismissed", duty_failed=True, opinion="", reasons=LONG_ENOUGH)
    assert refused.value.fields == {"opinion": "required"}
    appeal.does("review", decision="dismissed", duty_failed=True, reasons=LONG_ENOUGH).closed_as("appeal_dismissed")
    with appeal.app.app_context():
        record = db.session.scalars(select(AssessmentRecord)).one()                        # QJ-18
        assert (record.staff_no, record.year, record.article) == ("S001", 2026, "QJ-18")
        assert record.consequences == "points_deducted,award_ineligible"


@pytest.mark.parametrize("place, by", [
    ("qijiang", STAFF), ("hainan", "hainan.dept2.officer"), ("guichi", "guichi.dept1.officer")])
def test_an_appeal_is_sent_back_for_evidence_once_and_not_again(journey, place, by):
    case = journey(place).bad_review(office=1 if place == "hainan" else 0)
    appeal = case.appeal(by)
    if place == "guichi":
        appeal.does("verify", verification="confirmed", reasons=LONG_ENOUGH)
    if place == "hainan":
        appeal.does("examine", examination=LONG_ENOUGH)
    appeal.does("review", decision="more_evidence", reasons=LONG_ENOUGH)
    assert appeal.open_tasks() == ["supplement"]
    appeal.does("supplement", addition="补上窗口录像。")
    assert appeal.open_tasks() == ["review"]
    with pytest.raises(InvalidForm) as refused:
        appeal.does("review", decision="more_evidence", reasons=LONG_ENOUGH)
    assert refused.value.fields == {"decision": "not_a_choice"}
    appeal.does("review", decision="dismissed", reasons=LONG_ENOUGH)
    appeal.closed_as("appeal_dismissed")


def test_evidence_that_does_not_come_is_not_waited_for(journey):
    _, appeal = appealed(journey)
    appeal.does("review", decision="more_evidence", reasons=LONG_ENOUGH)
    assert appeal.due("supplement") == "2026-03-09"
    appeal.time_passes(days=10)
    assert appeal.open_tasks() == ["review"]
    with pytest.raises(InvalidForm):
        appeal.does("review", decision="more_evidence", reasons=LONG_ENOUGH)
    appeal.does("review", decision="upheld", finding="malicious", reasons=LONG_ENOUGH).closed_as("appeal_upheld")


def test_an_appeal_is_upheld_on_no_ground_that_the_text_does_not_give(journey, monkeypatch):
    _, appeal = appealed(journey)
    real = regulations.get
    narrowed = replace(real("qijiang"), appeal=replace(real("qijiang").appeal, grounds=("malicious",)))
    monkeypatch.setattr(regulations, "get", lambda key: narrowed if key == "qijiang" else real(key))
    with pytest.raises(InvalidForm) as refused:     # as under a version whose form still offers it
        appeal.does("review", decision="upheld", finding="mistaken", reasons=LONG_ENOUGH)
    assert refused.value.fields == {"finding": "no_ground"} and appeal.open_tasks() == ["review"]
    appeal.does("review", decision="upheld", finding="malicious", reasons=LONG_ENOUGH).closed_as("appeal_upheld")


def test_supplying_evidence_is_the_appellants_own_task(journey):
    _, appeal = appealed(journey)
    appeal.does("review", decision="more_evidence", reasons=LONG_ENOUGH)
    with appeal.app.app_context():
        item = open_item(appeal.case_id)
        other = newcomer("another", ("staff", item.unit_id))
        assert item.assignee.username == STAFF
        with pytest.raises(errors.NotFound), transaction():
            steps.complete_task(item.id, other, {"addition": "x"}, "token-of-another", appeal.now)


def test_who_is_rated_appeals_or_belongs_to_the_rated_unit_cannot_review(journey):
    _, appeal = appealed(journey)
    appeal.asks_rater()
    with appeal.app.app_context():
        item = open_item(appeal.case_id)
        conflicted = newcomer("both", ("reviewer", item.unit_id), ("officer", item.case.unit_id))
        with pytest.raises(NotImpartial) as refused, transaction():
            steps.complete_task(item.id, conflicted, {
                "decision": "upheld", "finding": "mistaken", "reasons": LONG_ENOUGH}, "t" * 20, appeal.now)
        assert refused.value.details == {"reason": "rated_unit"}
    assert appeal.open_tasks() == ["review"]


def test_withdrawing_ends_the_appeal_until_it_is_decided(journey):
    case, appeal = appealed(journey)
    appeal.withdrawn(STAFF).withdrawn(STAFF).closed_as("closed_withdrawn")
    assert case.open_tasks() == ["first_response"]
    with case.app.app_context():
        row = finding.of_case(appeal.case_id)
        assert (row.withdrawn_at, row.decision) == (case.now, None)


def test_what_is_decided_cannot_be_withdrawn(journey):
    _, appeal = appealed(journey)
    appeal.does("review", decision="dismissed", duty_failed=False, reasons=LONG_ENOUGH)
    with pytest.raises(TaskNotOpen):
        appeal.withdrawn(STAFF)


def test_an_appeal_upheld_after_the_rectification_ended_still_voids_the_rating(journey):
    case, appeal = appealed(journey)
    case.does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied").does("track")
    case.closed_as("closed_resolved")
    appeal.does("review", decision="upheld", finding="malicious", reasons=LONG_ENOUGH).closed_as("appeal_upheld")
    assert (case.case().outcome, case.case().rating.voided_at) == ("closed_resolved", case.now)
    assert case.kinds()[-1] == "message_noted"


def test_an_appeal_upheld_before_the_review_is_passed_on_ends_the_case_at_once(journey):
    case = journey("qijiang").bad_review()
    assert case.open_tasks() == ["assign"]
    case.appeal(STAFF).does("review", decision="upheld", finding="mistaken", reasons=LONG_ENOUGH)
    assert case.closed_as("rating_voided").case().rating.voided_at == case.now             # QJ-18
    assert "message_noted" not in case.kinds()


# A version of Qijiang's diagram whose first task waits for no decision.
DEAF = (('<bpmn:message id="message_appeal_upheld" name="appeal_upheld" />',
         '<bpmn:message id="message_appeal_upheld" name="appeal_upheld" /><bpmn:message id="message_x" name="x" />'),
        ('id="appeal_upheld_before_message" messageRef="message_appeal_upheld"',
         'id="appeal_upheld_before_message" messageRef="message_x"'))


def test_a_version_that_waits_later_hears_of_the_decision_when_it_does(journey):
    case = journey("qijiang")
    with case.app.app_context():
        deploy("qijiang", case.clock, *DEAF)
    case.bad_review().appeal(STAFF).does("review", decision="upheld", finding="mistaken", reasons=LONG_ENOUGH)
    assert (case.open_tasks(), case.kinds()[-1]) == (["assign"], "message_noted")
    assert case.does("assign").case().outcome == "rating_voided"
    with case.app.app_context():        # and the monitor finds what the proof says of this version
        assert {(found.code, found.facts["article"], found.facts["reason"]) for found in doctor.examine(case.now)} == {
            ("law_broken", "QJ-18", "message_not_awaited")}


def test_it_hears_of_a_rating_that_was_replaced_as_well(journey):
    case = journey("qijiang")
    with case.app.app_context():
        deploy("qijiang", case.clock, *DEAF, ('name="appeal_upheld" />', 'name="rating_replaced" />'))
    case.bad_review()
    with case.app.app_context(), transaction():
        db.session.add_all([
            NewestRating(rating_id=case.case().rating_id, case_id=case.case_id, token=999, level="satisfied",
                         recorded_at=case.now),
            AppliedEffect(case_id=case.case_id, token=999, topic="replace_rating", applied_at=case.now)])
    case.does("assign")
    assert (case.open_tasks(), case.messages()) == ([], [])


@pytest.mark.parametrize("office, platform, bureau", [
    (0, "platform", "service_office"), (1, "platform_city", "bureau_haikou"), (2, "platform_city", "bureau_haikou"),
    (3, "platform_sanya", "bureau_sanya")])
def test_hainan_reviews_by_the_platform_and_the_approval_bureau_of_the_area(journey, office, platform, bureau):
    appeal = journey("hainan").bad_review(office=office).appeal(f"hainan.dept{office + 1}.officer")
    assert (appeal.open_tasks(), appeal.unit_of("ask_rater")) == (["ask_rater"], platform)    # HN-14
    appeal.asks_rater()
    assert (appeal.open_tasks(), appeal.unit_of("examine")) == (["examine"], platform)     # HN-5
    appeal.does("examine", examination=LONG_ENOUGH)
    assert (appeal.open_tasks(), appeal.unit_of("review")) == (["review"], bureau)
    appeal.does("review", decision="upheld", finding="untrue", reasons=LONG_ENOUGH).closed_as("appeal_upheld")


def test_hainan_replaces_a_mistaken_rating_by_the_newest(journey):
    case = journey("hainan").bad_review()
    appeal = case.appeal("hainan.dept1.officer").asks_rater("mistaken", newest_level="satisfied")
    appeal.does("examine", examination=LONG_ENOUGH)
    appeal.does("review", decision="mistaken", reasons=LONG_ENOUGH).closed_as("rating_corrected")     # HN-14
    case.closed_as("rating_corrected")
    with case.app.app_context():
        newest = db.session.scalars(select(NewestRating)).one()
        assert (newest.level, newest.rating_id) == ("satisfied", case.case().rating_id)
        assert (case.case().status, case.case().rating.voided_at) == ("closed", None)
        assert ledger.ledger_facts([case.case_id], case.now)[case.case_id].level == "satisfied"


def test_an_appeal_is_found_mistaken_only_where_the_rater_has_said_so(journey):
    appeal = journey("hainan").bad_review().appeal("hainan.dept1.officer")
    with pytest.raises(InvalidForm) as refused:
        appeal.asks_rater("mistaken", newest_level="dissatisfied")                         # HN-14: no bad one
    assert refused.value.details["fields"] == {"newest_level": "rule_broken"}
    appeal.asks_rater("keeps").does("examine", examination=LONG_ENOUGH)
    with pytest.raises(InvalidForm) as refused:
        appeal.does("review", decision="mistaken", reasons=LONG_ENOUGH)
    assert refused.value.details["fields"] == {"decision": "rule_broken"}
    appeal.does("review", decision="dismissed", reasons=LONG_ENOUGH).closed_as("appeal_dismissed")


def test_hainan_ends_the_case_of_a_voided_rating_at_its_first_step(journey):
    case = journey("hainan").bad_review(office=1)
    assert case.open_tasks() == ["verify"]
    case.appeal("hainan.dept2.officer", ground="untrue").does("examine", examination=LONG_ENOUGH).does(
        "review", decision="upheld", finding="untrue", reasons=LONG_ENOUGH)
    case.closed_as("rating_voided")                                                        # HN-17


def test_guichi_corrects_through_the_provincial_system_with_its_number(journey):
    case = journey("guichi").bad_review()
    appeal = case.appeal("guichi.dept1.officer", ground="malicious")
    assert (appeal.open_tasks(), appeal.unit_of("verify")) == (["verify"], "responsible")
    appeal.does("verify", verification="confirmed", reasons=LONG_ENOUGH)
    assert (appeal.open_tasks(), appeal.unit_of("ask_rater")) == (["ask_rater"], "bureau")
    appeal.asks_rater()
    assert appeal.unit_of("review") == "bureau"
    appeal.does("review", decision="upheld", finding="malicious", reasons=LONG_ENOUGH)
    assert (case.open_tasks(), appeal.open_tasks()) == (["first_response"], ["correct"])
    appeal.does("correct", provincial_no="AH-2026-000123").closed_as("appeal_upheld")      # GC-2(三)
    case.closed_as("rating_voided")
    with case.app.app_context():
        assert finding.of_case(appeal.case_id).reference == "AH-2026-000123"


def test_guichi_does_not_report_what_the_department_cannot_verify(journey):
    appeal = journey("guichi").bad_review().appeal("guichi.dept1.officer")
    appeal.does("verify", verification="refuted", reasons=LONG_ENOUGH).closed_as("appeal_dismissed")
    with appeal.app.app_context():
        assert finding.of_case(appeal.case_id).decision == "dismissed"
