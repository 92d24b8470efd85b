"""A rating leaves the count by the steps that an article names, and for its reasons alone."""

from __future__ import annotations

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition as engine
from caseflow.proof import HOLDS, VIOLATED, Proof, Rule, prove
from tests.caseflow.proof.diagrams import Diagram

FINDING = "voids_only(void_rating, finding=[malicious, mistaken])"
STEP = '<bpmn:serviceTask id="extra" name="不采纳" camunda:type="external" camunda:topic="{}"/>'


def proven(diagram: Diagram, *checks: str) -> Proof:
    definition = engine.load({"d.bpmn": diagram.source()}, trusted=True, topics=TOPICS)
    return prove(definition, [Rule(text, "GC-2(三)", "") for text in checks])


def test_a_rating_is_voided_and_replaced_by_no_step_that_no_rule_names():
    for topic in ("void_rating", "replace_rating"):
        diagram = Diagram("guichi", "rectification").insert("revisit", "extra", "extra", STEP.format(topic))
        [result] = proven(diagram, "voids_only(void_rating)").results
        assert (result.verdict, result.code, result.element, result.facts["topic"]) == (
            VIOLATED, "voids_elsewhere", "extra", topic)
        assert result.path[-1].element == "revisit"
        assert [one.verdict for one in proven(diagram, "voids_only(void_rating)", "voids_only(extra)").results] == [
            HOLDS, HOLDS]


def test_a_rating_is_voided_on_the_grounds_of_the_article_alone():
    assert proven(Diagram("guichi", "appeal"), FINDING).results[0].verdict == HOLDS
    diagram = Diagram("guichi", "appeal")
    diagram.add(diagram.field("review", "finding"), '<camunda:value id="other" name="其他"/>')
    [result] = proven(diagram, FINDING).results
    assert (result.verdict, result.code, result.element) == (VIOLATED, "voids_without_answer", "void_rating")
    assert {"decision": "upheld", "finding": "other"}.items() <= {
        name: value for step in result.path for name, value in step.values.items()}.items()


def test_a_rating_is_not_voided_while_no_ground_was_found():
    diagram = Diagram("guichi", "appeal").constrain("review", "finding", "required", None)
    assert proven(diagram, FINDING).results[0].code == "voids_without_answer"
