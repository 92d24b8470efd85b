"""Every breach that is planted in a case is found in its journal, and none where nothing was planted."""

from __future__ import annotations

import pytest

from caseflow.cases import steps
from caseflow.cases.effects import registry
from caseflow.install import random_people
from caseflow.monitor.judge import JUDGES, OF_THE_DRAWING
from caseflow.monitor.values import Line
from caseflow.proof import HOLDS, UNKNOWN
from caseflow.proof.vocabulary import VOCABULARY
from tests.caseflow.monitor.conftest import having
from tests.ground import deploy
from tests.journeys.kit import Journey

REVISITED = "every_closed_case_had(revisit, unless=rating_voided)"
INTO = "<bpmn:incoming>flow_"
TO_REVISIT = "followed_by(first_response, revisit, unless=rating_voided)"


@pytest.fixture
def unguarded(monkeypatch):
    """The guards of the forms, of persons and of contacts are gone."""
    monkeypatch.setattr(steps.unreachable, "require", lambda *_: None)
    monkeypatch.setattr(steps.impartiality, "require", lambda *_: None)
    monkeypatch.setattr(random_people, "log_contacts", lambda *_: None)


def test_a_lawful_case_keeps_every_rule_and_went_as_drawn(late, watched):
    report = watched.judged(late)
    assert {one.verdict for one in report.checked} == {HOLDS, "drawing"}
    assert (report.strays, report.followed, report.begun) == ((), True, True)
    assert [one.rule.check for one in report.checked if one.verdict != HOLDS] == [
        "reachable(closed_resolved)", "reachable(closed_explained)"]


def test_what_was_looked_at_is_told_by_the_numbers_of_the_entries(late, watched):
    lines = {line.seq: line.kind for line in watched.lines(late)}
    looked = {one.rule.check: [lines[seq] for seq in one.looked] for one in watched.judged(late).checked}
    assert looked["deadline(first_response) <= 2 working_days since=received_at"] == ["timer_set", "task_opened"]
    assert looked["escalates(first_response, to=supervisor)"] == [
        "timer_set", "task_opened", "timer_fired", "task_completed"]
    assert looked["carries_out(open_file, open_file)"] == ["effect_applied"]
    assert looked[REVISITED] == ["task_opened", "task_completed", "case_closed"]


def test_an_open_case_is_not_judged(guichi, watched):
    assert watched.judged(guichi) is None


def test_a_contact_that_was_ticked_and_never_made_is_found(guichi, unguarded, watched):
    guichi.does("first_response", outcome="resolved", feedback_channel="phone")
    guichi.does("revisit", revisit_result="satisfied")
    broken = watched.broken(guichi)
    assert set(broken.values()) == {"contact_not_logged"}
    assert sorted(rule.partition(",")[0] for rule in broken) == [
        "asks(first_response", "contacts(first_response", "contacts(revisit", "offers(revisit"]


def test_a_rater_called_unreachable_without_having_been_called_is_found(guichi, unguarded, watched):
    guichi.does("first_response", outcome="resolved", feedback_channel="other").does(
        "revisit", revisit_result="unreachable", unreachable_reason="no_answer", attempts=3)
    broken = watched.broken(guichi)
    told = {rule.partition(",")[0] for rule, code in broken.items() if code == "contact_not_logged"}
    assert told >= {"asks(revisit", "answers(revisit", "tried(revisit"}


WITHOUT = ((INTO + "rectify_handled</bpmn:incoming>", ""),
           (INTO + "revisit_handling_ended",
            INTO + "rectify_handled</bpmn:incoming>" + INTO + "revisit_handling_ended"),
           ('sourceRef="rectify" targetRef="handled"', 'sourceRef="rectify" targetRef="handling_ended"'))


def test_a_version_that_is_replaced_was_drawn_for_other_rules(app, clock, installed, watched):
    with app.app_context():
        deploy("guichi", clock, *WITHOUT)
    journey = Journey(app, clock, "guichi").bad_review().does("first_response", outcome="simple").does("rectify")
    assert watched.broken(journey)
    with app.app_context():
        deploy("guichi", clock, ('name="整改并反馈"', 'name="整改和反馈"'))
    report = watched.judged(journey)
    assert not report.broken
    assert {one.rule.check for one in report.checked if one.code == "other_rules"} == {
        REVISITED, TO_REVISIT, "followed_by(rectify, revisit, unless=rating_voided)"}


def test_a_revisit_that_a_version_leaves_out_is_found(app, clock, installed, watched):
    with app.app_context():
        deploy("guichi", clock, *WITHOUT)
    journey = Journey(app, clock, "guichi").bad_review().does("first_response", outcome="simple").does("rectify")
    assert watched.broken(journey) == {
        REVISITED: "not_passed", TO_REVISIT: "step_not_followed",
        "followed_by(rectify, revisit, unless=rating_voided)": "step_not_followed"}
    assert watched.judged(journey).strays == ()


def test_a_revisit_that_was_taken_out_of_the_journal_is_found(guichi, watched):
    guichi.does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")
    forged = watched.altered(guichi, lambda line: None if line.details.get("element") == "revisit" else line)
    report = watched.judged(guichi, forged)
    assert {REVISITED, TO_REVISIT} <= {one.rule.check for one in report.broken}
    assert "task_not_opened" in {stray.code for stray in report.strays} and not report.followed


@pytest.mark.parametrize("topic", ["void_rating", "open_file", "escalate"])
def test_an_effect_that_did_not_run_is_found(app, clock, installed, monkeypatch, watched, topic):
    true = registry.apply
    monkeypatch.setattr(registry, "apply", lambda occasion, applied: (
        () if occasion.call.topic == topic else true(occasion, applied)))
    journey = Journey(app, clock, "guichi").bad_review().until("2026-03-05").message("appeal_upheld")
    broken = watched.broken(journey)
    assert {"void_rating": "carries_out(void_rating, void_rating)", "open_file": "at_start(open_file)",
            "escalate": "escalates(first_response, to=supervisor)"}[topic] in broken
    assert [(one.code, one.facts["topic"]) for one in watched.judged(journey).strays] == [("effect_not_run", topic)]


def test_the_same_case_without_the_plant_is_lawful(guichi, watched):
    guichi.until("2026-03-05").message("appeal_upheld")
    assert watched.broken(guichi) == {} and watched.judged(guichi).strays == ()


def test_one_person_who_does_what_two_must_is_found(app, clock, installed, unguarded, watched):
    """The office itself was rated, so that its only officer had to be kept from tracking their own revisit."""
    journey = Journey(app, clock, "qijiang").bad_review(orgcode="11500222MB000091").does("assign")
    journey.does("first_response", outcome="unsolvable").does("explain")
    journey.does("revisit", revisit_result="satisfied", revisit_channel="phone")
    broken = watched.broken(journey.does("track", track_result="confirmed"))
    assert broken["different_person(revisit, track, else=office.supervisor)"] == "one_person"
    assert broken["different_office(revisit, track)"] == "one_office"


def test_two_persons_of_two_offices_are_lawful(app, clock, installed, watched):
    journey = Journey(app, clock, "qijiang").bad_review().does("assign").does("first_response", outcome="resolved")
    journey.does("revisit", revisit_result="satisfied").does("track", track_result="confirmed")
    assert watched.broken(journey) == {}


def test_a_message_that_a_case_passes_over_is_found(late, watched):
    first = next(line for line in watched.lines(late) if line.kind == "task_completed")
    noted = Line(first.seq, first.at, None, "message_noted", {"message": "appeal_upheld"})
    forged = [one for line in watched.lines(late) for one in ((noted, line) if line == first else (line,))]
    assert [code for rule, code in watched.broken(late, forged).items() if rule.startswith("message_ends")] == [
        "message_in_vain"]


def test_a_journal_from_before_says_which_rules_it_cannot_decide(late, watched):
    old = watched.altered(late, lambda line: having(line, variables=None, reachable=None, filled=None, calendar=None))
    report = watched.judged(late, old)
    unknown = {one.rule.check: one.code for one in report.checked if one.verdict == UNKNOWN}
    assert {(rule.partition("“")[0], code) for rule, code in unknown.items()} == {
        ("asks(first_response, findings", "not_in_journal"), ("asks(rectify, measures", "not_in_journal")}
    assert not report.broken and report.followed


def test_every_word_of_a_rule_has_a_judge_or_speaks_of_the_drawing():
    assert {*JUDGES, *OF_THE_DRAWING} == set(VOCABULARY)
