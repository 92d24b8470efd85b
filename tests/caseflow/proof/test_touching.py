"""What of a regulation bears on a rule is found by what the rule says and names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from caseflow.law import regulations
from caseflow.proof import Rule
from tests.caseflow.proof import touching
from tests.caseflow.proof.judge import shipped_definition


def touched(place: str, process: str, check: str, article: str = "GC-2(二)", reading: str = "") -> list[str]:
    return touching.of(Rule(check, article, "", reading), regulations.get(place), process,
                       shipped_definition(place, process))


def test_every_kind_of_key_that_rests_on_an_article_says_what_it_touches():
    found = {touching.kind(key) for one in regulations.all_regulations().values() for key, _ in touching.keys(one)}
    assert touching.TOUCHES.keys() == found


@pytest.mark.parametrize("check, keys", [
    ("deadline(rectify) <= 5 working_days since=received_at", {"clock", "extension", "ladder"}),
    ("deadline(first_response) <= 2 working_days since=received_at", {"ladder"}),     # nothing is agreed beside it
    ("asks(revisit, attempts, unreachable_reason=no_answer, least=3)", {"unreachable"}),
    ("performed_by(rectify, responsible.officer)", {"supervision.refusal", "supervision.duplicates"}),
    ("reachable(closed_resolved)", set()),
    ("message_ends(appeal_upheld, during=[revisit], outcome=rating_voided)", {"appeal"}),
])
def test_a_power_touches_the_rules_about_what_it_can_change(check, keys):
    found = touched("guichi", "rectification", check)
    assert {key.partition("]")[0][2:] for key in found if "milestones" not in key} == keys


def test_a_step_without_a_limit_may_wait_and_an_office_by_area_is_named():
    found = touched("hainan", "rectification", "performed_by(revisit, branch.officer)", "HN-5")
    assert {"`[waiting]`（HN-14）", "`[branches.branch]`（HN-14）"} <= set(found)


def test_a_reading_is_named_by_its_key_and_what_no_text_gives_as_not_offered():
    found = touched("guichi", "rectification", "deadline(explain) <= 5 working_days", reading="explain_limit")
    assert "`[parameters.explain_limit]`" in found and "`[extension]`（不提供）" in found


def test_a_power_that_is_switched_on_is_not_called_unoffered():
    guichi = regulations.get("guichi")
    given = replace(guichi, extension=replace(guichi.extension, by="lead"))
    rule = Rule("deadline(rectify) <= 5 working_days", "GC-2(二)", "")
    assert "`[extension]`" in touching.of(rule, given, "rectification", shipped_definition("guichi", "rectification"))
