"""What a form does not take is not explored: rules that hold choices against each other narrow the answers."""

from __future__ import annotations

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition as engine
from caseflow.proof import Proof, Rule, prove
from tests.caseflow.engine.builder import Scope
from tests.caseflow.proof.diagrams import Diagram
from tests.caseflow.proof.judge import shipped_definition
from tests.caseflow.proof.test_effects import drawn, unruled

CONFIRMED = "only_if(rating_corrected, rater_reply=mistaken)"
RULE = ('<camunda:properties><camunda:property id="rule" value="{}"/><camunda:property id="rule_says" value="不可以"/>'
        "</camunda:properties>")
REQUIRED = '<camunda:validation><camunda:constraint name="required"/></camunda:validation>'
END = "</camunda:formField>"


def proven(definition: engine.Definition, *checks: str) -> Proof:
    return prove(definition, [Rule(text, "GC-2(二)", "") for text in checks])


def verdicts(rule: str, *checks: str) -> list[str]:
    """What holds of two branches, of which one says again what the form of the other is held against."""
    scope = Scope()
    scope.start()
    scope.user("first", said="boolean")
    scope.parallel("fork")
    scope.user("second", said="boolean")
    scope.user("third", done="boolean")
    scope.choice("which")
    scope.effect("tell", "remind")
    scope.choice("either")
    scope.parallel("join")
    scope.end()
    scope.flow("begin", "first", "fork", "second", "join", "done")
    scope.flow("fork", "third", "which")
    scope.flow("which", "tell", when="done")
    scope.flow("tell", "either")
    scope.flow("which", "either", default=True)
    scope.flow("either", "join", default=True)
    ruled, _, rest = scope.source().decode().rpartition(END)
    source = (ruled + (RULE.format(rule) if rule else "") + END + rest).replace(END, REQUIRED + END)
    definition = engine.load({"t.bpmn": source.encode()}, trusted=True, topics=TOPICS)
    return [result.verdict for result in proven(definition, *checks).results]


def test_answers_that_a_form_refuses_together_lead_nowhere():
    assert proven(shipped_definition("hainan", "appeal"), CONFIRMED).results[0].verdict == "holds"
    free = drawn(unruled(Diagram("hainan", "appeal"), "review", "decision"))
    [result] = proven(free, CONFIRMED).results
    assert result.verdict == "violated" and result.path[-1].values["decision"] == "mistaken"


def test_what_a_form_takes_goes_on_as_before():
    rules = ("reachable(rating_corrected)", "reachable(appeal_upheld)", "reachable(appeal_dismissed)", CONFIRMED)
    assert [result.verdict for result in proven(shipped_definition("hainan", "appeal"), *rules).results] == [
        "holds"] * 4


def test_a_rule_over_an_earlier_answer_counts_the_newest_of_all_branches():
    told = ("only_for(tell, said=true)", "before(tell, done)", "always_ends()")
    assert verdicts("not done or said", *told) == ["holds", "violated", "holds"]
    assert verdicts("", *told) == ["violated", "violated", "holds"]


def test_a_rule_over_days_and_numbers_narrows_nothing():
    hefei = proven(shipped_definition("hefei", "rectification"), "always_ends()")
    free = drawn(unruled(Diagram("hefei", "rectification"), "open_ledger", "rectify_by"))
    assert (hefei.states, hefei.moves) == (proven(free, "always_ends()").states, proven(free, "always_ends()").moves)
