"""Each word of the vocabulary: a diagram that keeps it, one that breaks it, and the path that shows it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from caseflow.cases.effects.occasion import Occasion
from caseflow.cases.effects.registry import EFFECTS, TOPICS
from caseflow.engine import definition as engine
from caseflow.engine.values import EffectCall, Element
from caseflow.errors import ConfigurationError
from caseflow.law import regulations
from caseflow.proof import VIOLATED, VOCABULARY, Proof, Rule, check, prove
from caseflow.proof.limits import TELLS
from caseflow.proof.reasons import CODES
from caseflow.workshop import proving
from tests.caseflow.engine.builder import Scope
from tests.caseflow.engine.gate_diagrams import flat
from tests.caseflow.proof.diagrams import Diagram, shipped
from tests.caseflow.proof.judge import judged, shipped_definition
from tests.caseflow.proof.pieces import effect

GUICHI = ("guichi", "rectification")
SENTENCE = "确保回访率100%"


def proof(definition: engine.Definition, *checks: str) -> Proof:
    return prove(definition, [Rule(text, "GC-2(二)", SENTENCE) for text in checks])


def guichi(*checks: str) -> list[str]:
    return [result.verdict for result in proof(shipped_definition(*GUICHI), *checks).results]


def small(body: str) -> engine.Definition:
    return engine.load({"flat.bpmn": flat(body)}, trusted=True)


@pytest.mark.parametrize("place", regulations.all_regulations())
def test_the_shipped_diagrams_keep_every_rule_of_their_regulation(place):
    regulation = regulations.get(place)
    names = {name for key, name in shipped() if key == place}
    assert set(regulation.rules) == names
    for name in names:
        found = proving.prove(regulation, shipped_definition(place, name))
        assert found.complete and found.holds and found.broken == ()


BROKEN = {
    "at_most": "at_most(first_response, 0)",
    "every_closed_case_had": "every_closed_case_had(rectify)",
    "never": "never(explain, unless=closed_resolved)",
    "before": "before(open_ledger, rectify)",
    "at_start": "at_start(first_response)",
    "followed_by": "followed_by(rectify, open_ledger)",
    "leads": "leads(first_response, outcome=simple, to=open_ledger)",
    "concludes": "concludes(revisit_result=unsatisfied, outcomes=closed_resolved)",
    "only_if": "only_if(closed_unsatisfied, revisit_result=satisfied)",
    "message_ends": "message_ends(appeal_upheld, during=[rectify], outcome=closed_resolved)",
    "deadline": "deadline(rectify_complex) <= 14 working_days since=received_at",
    "covered": "covered(rectify_complex) <= 4 working_days since=received_at",
    "gives_up": "gives_up(rectify)",
    "only_for": "only_for(revisit, outcome=simple)",
    "after_message": "after_message(closed_resolved, appeal_upheld)",
}


@pytest.mark.parametrize("word", BROKEN)
def test_a_broken_rule_over_paths_comes_with_a_reason_and_a_path(word):
    definition = shipped_definition(*GUICHI)
    [result] = proof(definition, BROKEN[word]).results
    assert result.verdict == VIOLATED and set(result.facts) == set(CODES[result.code])
    assert [step.kind for step in result.path][:1] == ["start"]
    assert {element for step in result.path for element in step.passed} <= definition.elements.keys()


@pytest.mark.parametrize(("text", "code", "fact"), [
    ("performed_by(revisit, responsible.officer)", "wrong_post", ("wanted", "responsible.officer")),
    ("carries_out(open_file, remind)", "effect_missing", ("topic", "remind")),
    ("different_office(rectify, explain)", "same_unit", ("second", "解释说明")),
    ("different_person(rectify, explain)", "fallback_missing", ("second", "解释说明")),
    ("different_person(rectify, revisit)", "fallback_missing", ("first", "整改并反馈")),
    ("different_person(revisit, rectify, else=bureau.officer)", "fallback_missing", ("first", "满意度回访")),
    ("different_person(rectify, open_file, else=bureau.supervisor)", "not_a_user_task",
     ("name", "当日建档并通知承办单位")),
    ("offers(first_response, outcome, [resolved, refused])", "choice_missing", ("value", "refused")),
    ("answers(first_response, outcome, [resolved, simple, no_legal_basis])", "choice_too_many",
     ("value", "确有问题，较为复杂")),
    ("answers(first_response, outcome, [resolved, refused])", "choice_missing", ("value", "refused")),
    ("asks(rectify, price)", "question_optional", ("field", "price")),
    ("asks(revisit, attempts, least=4)", "minimum_too_low", ("least", 4)),
    ("asks(first_response, measures)", "question_hidden", ("label", "当场解决的措施和结果")),
    ("asks(first_response, measures, outcome=[resolved, simple])", "question_hidden",
     ("answer", {"field": "outcome", "label": "核实结果", "values": ("确有问题，简单事项",)})),
    ("offers(revisit, revisit_channel, [phone])", "question_hidden",
     ("answer", {"field": "revisit_result", "label": "回访结果", "values": ("联系不上",)})),
    ("asks(revisit, attempts, revisit_result=unreachable, as=number)", "question_hidden",
     ("answer", {"field": "unreachable_reason", "label": "联系不上的原因", "values": ("未留联系方式",)})),
    ("answers(revisit, unreachable_reason, [no_answer, no_contact])", "question_hidden", ("name", "满意度回访")),
    ("answers(revisit, revisit_result, [satisfied“不满意”, unsatisfied, unreachable])", "label_changed",
     ("found", "满意")),
    ("offers(revisit, revisit_channel, [sms“短消息”], revisit_result=satisfied)", "label_changed",
     ("wanted", "短消息")),
    ("asks(revisit, opinion, outcome=complex)", "question_hidden", ("name", "满意度回访")),
    ("asks(first_response, findings, outcome=quick)", "choice_missing", ("value", "quick")),
    ("asks(rectify, measures, price=high)", "field_nowhere", ("field", "price")),
    ("refuses(first_response, contact_channel, phone, outcome=complex)", "answers_together", ("value", "电话")),
    ("within(first_response, outcome, ledger_longest) <= 20 working_days", "date_unbounded",
     ("parameter", "ledger_longest")),
    ("after_today(first_response, outcome)", "date_not_ahead", ("label", "核实结果")),
    ("every_closed_case_had(second_revisit)", "step_missing", ("element", "second_revisit")),
    ("reachable(closed_quietly)", "end_missing", ("outcome", "closed_quietly")),
    ("message_ends(withdrawn, during=[rectify], outcome=rating_voided)", "message_missing", ("message", "withdrawn")),
    ("leads(rectify, outcome=simple, to=revisit)", "field_missing", ("field", "outcome")),
    ("deadline(open_file) <= 1 working_days", "not_a_user_task", ("name", "当日建档并通知承办单位")),
])
def test_what_is_wrong_without_walking_a_path_comes_with_its_facts(text, code, fact):
    [result] = proof(shipped_definition(*GUICHI), text).results
    assert (result.verdict, result.code) == (VIOLATED, code) and fact in result.facts.items()


def test_what_is_asked_with_one_answer_needs_not_be_asked_with_another():
    assert guichi("asks(first_response, findings)",
                  "asks(first_response, measures, outcome=resolved)",
                  "asks(first_response, contact_channel, outcome=[simple, complex], as=choice)",
                  "asks(revisit, attempts, unreachable_reason=no_answer, least=3)",
                  "asks(revisit, revisit_result, outcome=complex, as=choice)",
                  "asks([first_response, rectify], measures, outcome=resolved)") == ["holds"] * 6


def test_a_further_answer_needs_a_rule_that_says_where_it_leads():
    named = "answers(first_response, outcome, [resolved, simple, no_legal_basis])"
    led = "leads(first_response, outcome=complex, to=open_ledger, unless=rating_voided)"
    assert guichi(named, led) == ["holds", "holds"]
    assert guichi(named, "only_for(open_ledger, outcome=complex)") == ["violated", "holds"]
    assert guichi(named, "leads(first_response, outcome=complex, to=rectify)") == ["holds", "violated"]
    result = "answers(revisit, revisit_result, [satisfied, unreachable])"
    assert guichi(result, "concludes(revisit_result=unsatisfied, outcomes=[closed_unsatisfied, rating_voided])") == [
        "holds"] * 2


def test_what_an_article_lets_one_step_do_no_other_step_does():
    diagram = Diagram(*GUICHI).insert("rectify", "again", "again", effect("void_rating", "again"))
    definition = judged(diagram).definition
    [result] = proof(definition, "carries_out(void_rating, void_rating)").results
    assert (result.code, result.element) == ("effect_elsewhere", "again")
    both = proof(definition, "carries_out(void_rating, void_rating)", "carries_out(again, void_rating)")
    assert [result.verdict for result in both.results] == ["holds", "holds"]


def test_an_end_may_rest_on_one_of_several_answers():
    assert guichi("only_if(closed_explained, outcome=complex, revisit_result=satisfied)",
                  "only_if(closed_explained, outcome=complex, revisit_result=unsatisfied)") == ["holds", "violated"]
    [result] = proof(shipped_definition(*GUICHI), "only_if(closed_explained, outcome=complex)").results
    assert result.code == "ends_without_answer" and result.path


def test_an_answer_without_a_label_in_the_rule_may_be_called_otherwise():
    [verdict] = guichi("answers(revisit, revisit_result, [satisfied“满意”, unsatisfied, unreachable])")
    assert verdict == "holds"


def test_a_question_hidden_behind_one_that_may_be_left_open_is_not_asked():
    diagram = Diagram(*GUICHI).constrain("first_response", "outcome", "required", None)
    every = "outcome in ['resolved', 'simple', 'complex', 'no_legal_basis']"
    diagram.show_when("first_response", "findings", every)
    definition = engine.load({"r.bpmn": diagram.source()}, trusted=True, topics=TOPICS)
    [result] = proof(definition, "asks(first_response, findings)").results
    assert (result.code, result.facts["other"]) == ("question_hidden_unanswered", "核实结果")
    [result] = proof(definition, "asks(first_response, findings, outcome=[simple, complex])").results
    assert result.verdict == "holds"


def test_a_stuck_case_a_lost_date_and_an_endless_loop_break_always_ends():
    scope = Scope()
    scope.start()
    scope.user("asked", again="boolean")
    scope.choice("which")
    scope.end()
    scope.flow("begin", "asked", "which")
    scope.flow("which", "asked", when="again")
    scope.flow("which", "done", default=True)
    [result] = proof(engine.load({"e.bpmn": scope.source()}, trusted=True), "always_ends()").results
    assert result.verdict == VIOLATED and result.code == "endless_circle"
    assert [step.element for step in result.path] == ["", "asked"]
    diagram = Diagram("hefei", "rectification")
    field = diagram.field("open_ledger", "rectify_by")
    field.remove(field.find("{*}validation"))
    definition = engine.load({"r.bpmn": diagram.source()}, trusted=True, topics=TOPICS)
    [result] = proof(definition, "always_ends()").results
    assert result.verdict == VIOLATED and result.element == "rectify_ledger_due"
    assert [step.element for step in result.path] == ["", "first_response", "open_ledger"]


def test_a_way_back_that_is_counted_ends():
    counted = small("start b\nuser u\nxor g e\nend e\nflow b u\nflow u g\n"
                    "flow g u level == 'dissatisfied' and visits('u') &lt; 3\nflow g e")
    found = proof(counted, "always_ends()", "at_most(u, 3)", "at_most(u, 2)")
    assert [result.verdict for result in found.results] == ["holds", "holds", "violated"]


def test_a_rule_on_a_parallel_branch_holds_in_every_order():
    branches = small("start b\nand s\nuser u1\nuser u2\nand j\nuser v\nend e\nflow b s\nflow s u1\nflow s u2\n"
                     "flow u1 j\nflow u2 j\nflow j v\nflow v e")
    found = proof(branches, "always_ends()", "before(u1, v)", "before(u2, v)", "before(u1, u2)")
    assert [result.verdict for result in found.results] == ["holds", "holds", "holds", "violated"]


def test_a_stricter_limit_keeps_a_longer_one():
    assert guichi("deadline(first_response) <= 3 working_days since=received_at",
                  "deadline(first_response) <= 2 working_days",
                  "deadline(revisit) <= 5 working_days since=received_at",
                  "deadline(first_response) <= 2 calendar_days since=received_at",
                  "deadline(first_response) <= rectify_by") == ["holds", "holds", "violated", "violated", "violated"]


@pytest.mark.parametrize("text", [
    "", "always_ends", "always_ends(", "always_ends(x)", "allways_ends()", "at_most(a)", "at_most(a, b)",
    "at_most(1, 1)", "every_closed_case_had(a, unless=b, only=c)", "before(a, to=b, c)",
    "deadline(a)", "deadline(a) <= 0 working_days", "deadline(a) <= 5 weeks", "deadline(a) <= 5 working_days until=x",
    "covered(a)", "covered(a) <= 5 working_days", "covered(a, after=b) <= 5 working_days since=received_at",
    "covered(a) <= rectify_by", "deadline(a, after=b) <= 5 working_days",
    "always_ends() <= 5 working_days", "performed_by(a, officer)", "before(a.b, c)", "leads(a, to=b)",
    "leads(a, x=1, to=b)", "leads(a, x=y)", "leads(a, x=y, z=w, to=b)", "never(a, except=b)", "never(a, unless=[])",
    "different_person(a, b, else=officer)", "different_office(a, b, else=c.officer)",
    "asks(a, b, least=c)", "asks(a, b, c=d, e=f)", "asks(a, b, c=1)", "offers(a, b, c, least=1)",
    "answers(a“b”, c, [d])", "answers(a, b, [c], d=e“f”)", "asks(a“b”, c)", "asks(a, b, as=words)",
    "asks(a, b, as=text, least=3)", "performed_by(a“b”, c.officer)", "answers(a, b, [“c”])",
    "answers(a, b, [c“”])", "within(a, b, c)", "within(a, b, c) <= 5 calendar_days", "tried(a, 3)", "tried(a, b, 2)",
    "within(a, b, c) <= 5 working_days since=received_at", "extendable(a, 1)", "extendable(a, 1, 5, by=nobody)",
    "stoppable(a)", "voids_only()", "voids_only(a, b=c, d=e)", "contacts(a)", "contacts(a, b, c=d)",
    "at_most(a, 1) at_most(b, 1)",
    "before(A, b)", "never(a, unless=b, unless=c)", "message_ends([a, b], during=c, outcome=d)", "x" * 600,
])
def test_a_malformed_rule_is_a_configuration_error(text):
    with pytest.raises(ConfigurationError):
        check(text)


def test_every_word_is_used_by_a_regulation_and_stands_in_the_guide():
    used = {check(rule.check).name for regulation in regulations.all_regulations().values()
            for rules in regulation.rules.values() for rule in rules}
    guide = (regulations.folder() / "README.md").read_text(encoding="utf-8")
    assert used == set(VOCABULARY) - {"extendable", "stoppable"}     # no text gives these powers
    assert [word for word in VOCABULARY if f"`{word}(" not in guide] == []


def test_the_escalation_that_the_proof_relies_on_tells_these_roles():
    guichi = regulations.get("guichi")
    case, call = SimpleNamespace(id=1, number="GC-2026-000001"), EffectCall(1, "tell", "")
    for topic, roles in TELLS.items():
        occasion = Occasion(case, guichi, {"responsible": 1, guichi.lead: 2}, call, "", None)
        for told_of in (occasion, replace(occasion, reminder=Element("promise_due", "boundaryEvent", "承诺的日期"))):
            facts = EFFECTS[topic].apply(told_of).facts
            assert {(fact.unit_id, fact.role) for fact in facts} == {(unit, role) for unit in (1, 2) for role in roles}
