"""Who did what is held against the posts of the rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.caseflow.monitor.conftest import having
from tests.journeys.kit import Journey

REVISIT = "performed_by(revisit, bureau.officer)"


@pytest.fixture
def closed(guichi) -> Journey:
    return guichi.does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")


def opened(line):
    return line.kind == "task_opened" and line.details["element"] == "revisit"


def done(line):
    return line.kind == "task_completed" and line.details["element"] == "revisit"


def test_a_task_that_opened_for_another_role_is_found(closed, watched):
    forged = watched.altered(closed, lambda line: having(line, role="supervisor") if opened(line) else line)
    assert watched.broken(closed, forged) == {REVISIT: "other_role"}


def test_a_revisit_by_the_rated_unit_is_found(closed, watched):
    rated = watched.lines(closed)[0].details["unit"]
    forged = watched.altered(closed, lambda line: having(line, unit=rated) if opened(line) else line)
    assert watched.broken(closed, forged) == {REVISIT: "other_office"}


def test_a_task_that_no_person_did_is_found(closed, watched):
    forged = watched.altered(closed, lambda line: replace(line, actor_id=None) if done(line) else line)
    assert watched.broken(closed, forged) == {REVISIT: "by_nobody"}


def test_an_effect_under_another_topic_is_found(closed, watched):
    forged = watched.altered(closed, lambda line: having(line, topic="tell_rater")
                             if line.details.get("topic") == "open_file" else line)
    assert watched.broken(closed, forged) == {"carries_out(open_file, open_file)": "effect_not_recorded"}
