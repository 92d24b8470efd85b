"""What is said of reaching the rater is borne out by the log of contacts, and of not reaching them, too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition as engine
from caseflow.law import regulations
from caseflow.proof import VIOLATED, Rule
from caseflow.workshop import proving
from tests.caseflow.proof.diagrams import Diagram
from tests.caseflow.proof.judge import shipped_definition

GUICHI = ("guichi", "rectification")


def judged(text: str, diagram: Diagram | None = None, **changes):
    """What becomes of one rule in Guichi."""
    regulation = replace(regulations.get("guichi"), rules={"rectification": (Rule(text, "GC-2(二)", ""),)}, **changes)
    definition = shipped_definition(*GUICHI) if diagram is None else engine.load(
        {"r.bpmn": diagram.source()}, trusted=True, topics=TOPICS)
    [result] = proving.prove(regulation, definition).results
    return result


def test_every_way_of_reaching_the_rater_that_is_offered_is_held_against_the_log():
    assert judged("contacts([rectify, explain], feedback_channel)").verdict == "holds"
    diagram = Diagram(*GUICHI)
    diagram.add(diagram.field("rectify", "feedback_channel"), '<camunda:value id="questionnaire" name="网上问卷"/>')
    result = judged("contacts([rectify, explain], feedback_channel)", diagram)
    assert (result.verdict, result.code, result.element, result.facts["value"]) == (
        VIOLATED, "contact_unlogged", "rectify", "网上问卷")
    assert judged("contacts(rectify, feedback_channel, alone=questionnaire)", diagram).verdict == "holds"


@pytest.mark.parametrize("rule", ["contacts(rectify, measures)", "contacts(rectify, called)",
                                  "contacts(first_response, outcome)"])
def test_a_field_that_is_not_held_against_the_log_is_no_contact(rule):
    assert judged(rule).code == "contact_not_asked"


def test_a_contact_that_is_asked_under_another_name_is_found():
    diagram = Diagram(*GUICHI)
    diagram.field("first_response", "contact_channel").set("id", "contacted_how")
    assert judged("contacts(first_response, contact_channel)", diagram).code == "contact_not_asked"


def test_that_a_rater_was_not_reached_takes_as_many_attempts_as_the_rule_says():
    rule, unreachable = "tried(revisit, 3, 2)", regulations.get("guichi").unreachable
    assert judged(rule).verdict == "holds"
    for found in (replace(unreachable, attempts=2), replace(unreachable, days=1)):
        result = judged(rule, unreachable=found)
        assert result.code == "tried_too_little"
        assert (result.facts["attempts"], result.facts["days"]) == (found.attempts, found.days)
    assert judged(rule, unreachable=replace(unreachable, attempts=4, days=3)).verdict == "holds"


def test_without_a_rule_on_unreachable_raters_nothing_is_held_against_the_log():
    assert judged("tried(revisit, 3, 2)", unreachable=None).code == "tried_unlogged"


def test_a_form_on_which_nobody_can_be_called_unreachable_is_found():
    assert judged("tried(open_ledger, 3, 2)").code == "tried_nowhere"
