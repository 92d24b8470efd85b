"""What a form asks is held against what was answered, and against the contacts in the journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.caseflow.monitor.conftest import having
from tests.journeys.kit import Journey


@pytest.fixture
def closed(guichi) -> Journey:
    guichi.does("first_response", outcome="resolved", feedback_channel="phone")
    return guichi.does("revisit", revisit_result="satisfied", revisit_channel="phone")


def answering(watched, journey, element, filled=None, **answers):
    """The journal in which this task was answered otherwise."""
    def change(line):
        if line.kind != "task_completed" or line.details["element"] != element:
            return line
        told = {name: value for name, value in {**line.details["answers"], **answers}.items() if value is not None}
        return having(line, answers=told, filled=line.details["filled"] if filled is None else filled)

    return watched.altered(journey, change)


def broken(watched, journey, element, filled=None, **answers):
    return watched.broken(journey, answering(watched, journey, element, filled, **answers))


def test_a_text_that_the_article_asks_and_nobody_wrote_is_found(closed, watched):
    found = broken(watched, closed, "first_response", filled=["findings"])
    assert [(rule.partition("“")[0], code) for rule, code in found.items()] == [
        ("asks(first_response, measures", "not_answered")]


def test_a_choice_that_nobody_made_is_found(closed, watched):
    found = broken(watched, closed, "revisit", revisit_channel=None)
    assert set(found.values()) == {"not_answered"} and len(found) == 1


def test_an_answer_that_the_article_does_not_know_is_found(closed, watched):
    found = broken(watched, closed, "revisit", revisit_result="delighted")
    assert [code for rule, code in found.items() if rule.startswith("answers(revisit, revisit_result")] == [
        "answered_otherwise"]


def test_a_contact_logged_by_another_way_than_the_answer_says_is_found(closed, watched):
    found = broken(watched, closed, "revisit", revisit_channel="sms")
    assert set(found.values()) == {"contact_not_logged"}
    assert sorted(rule.partition("(")[0] for rule in found) == ["contacts", "offers"]


def test_a_contact_that_was_made_before_the_task_was_open_is_none(closed, watched):
    def a_day_before(line):
        return replace(having(line, at="2026-03-01T01:00:00+00:00"), at=line.at - timedelta(days=1)) if (
            line.kind == "contact_attempted") else line

    assert set(watched.broken(closed, watched.altered(closed, a_day_before)).values()) == {"contact_not_logged"}


def test_a_rater_who_left_a_number_is_not_one_who_left_none(guichi, watched):
    guichi.does("first_response", outcome="resolved").cannot_be_reached("revisit")
    guichi.does("revisit", revisit_result="unreachable", unreachable_reason="no_answer", attempts=3)
    assert watched.broken(guichi) == {}
    found = broken(watched, guichi, "revisit", unreachable_reason="no_contact", attempts=None)
    assert "contact_not_logged" in found.values()


def test_too_few_attempts_are_found(guichi, watched):
    guichi.does("first_response", outcome="resolved").cannot_be_reached("revisit")
    guichi.does("revisit", revisit_result="unreachable", unreachable_reason="no_answer", attempts=3)
    found = broken(watched, guichi, "revisit", attempts=2)
    assert [code for rule, code in found.items() if rule.startswith("asks(revisit, attempts")] == ["answered_too_low"]


def test_a_promise_beyond_the_longest_and_one_of_today_are_found(app, clock, installed, watched):
    journey = Journey(app, clock, "hefei").bad_review().does("first_response", outcome="complex")
    journey.does("open_ledger", rectify_by="2026-03-20").does("rectify_ledger")
    journey.does("revisit", revisit_result="satisfied")
    assert watched.broken(journey) == {}
    late, today = (broken(watched, journey, "open_ledger", rectify_by=day) for day in ("2027-03-20", "2026-03-02"))
    assert late["within(open_ledger, rectify_by, ledger_longest) <= 20 working_days"] == "date_too_late"
    assert today["after_today(open_ledger, rectify_by)"] == "date_not_after"


def test_a_satisfied_rater_whose_newest_level_is_bad_is_found(hainan, watched):
    hainan.does("verify").does("contact_rater").does("first_response", outcome="resolved")
    hainan.does("revisit", revisit_result="satisfied", newest_level="satisfied")
    assert watched.broken(hainan) == {}
    found = broken(watched, hainan, "revisit", newest_level="dissatisfied")
    assert found == {"refuses(revisit, newest_level, [dissatisfied, very_dissatisfied], revisit_result=satisfied)":
                     "answered_together"}


def test_a_contact_is_not_missed_in_a_journal_from_before_contacts_had_to_be_logged(closed, watched):
    old = watched.altered(closed, lambda line: None if line.kind == "contact_attempted" else having(line, filled=None))
    report = watched.judged(closed, old)
    assert not report.broken
    assert {one.code for one in report.checked if one.rule.check.startswith("offers(revisit")} == {"not_in_journal"}
