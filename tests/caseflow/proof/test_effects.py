"""No path of an accepted drawing leads to an effect that lacks what it needs."""

from __future__ import annotations

import pytest

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition as engine
from caseflow.engine.definition import Definition
from caseflow.install import tried_kinds
from caseflow.law import regulations
from caseflow.proof import UNKNOWN, Bounds, Fault, Need, Wanted, prove
from caseflow.proof.reasons import CODES
from caseflow.workshop import proving
from caseflow.workshop.agreement import disagreements
from tests.caseflow.proof.breaking_forms import CHECKED
from tests.caseflow.proof.diagrams import Diagram, shipped
from tests.caseflow.proof.judge import shipped_definition
from web import sentences

HIDDEN = {      # place, process, task, field → when it is shown instead
    ("hainan", "rectification", "revisit", "newest_level"): "revisit_result == 'unsatisfied'",
    ("qijiang", "appeal", "review", "reasons"): "decision == 'dismissed'",
    ("qijiang", "appeal", "review", "duty_failed"): "decision == 'upheld'",
    ("hainan", "appeal", "ask_rater", "newest_level"): "rater_reply == 'keeps'",
}


@pytest.fixture(autouse=True)
def kinds():
    tried_kinds.read()


def drawn(diagram: Diagram) -> Definition:
    return engine.load({f"{diagram.process}.bpmn": diagram.source()}, trusted=True, topics=TOPICS)


def faults(diagram: Diagram) -> tuple[Fault, ...]:
    return proving.prove(regulations.get(diagram.key), drawn(diagram)).faults


def hidden(key: str, process: str, task: str, field: str, when: str = "", *, whole: bool = False) -> Diagram:
    """The field is shown with some answers only, and no rule holds it any more: the gate takes such a form. `when`
    asks for one of its own (CHECKED) first."""
    diagram = unruled(Diagram(key, process, whole=whole), task, field)
    if when:
        diagram.ask_before(task, field, CHECKED)
    return diagram.show_when(task, field, when or HIDDEN[key, process, task, field])


def unruled(diagram: Diagram, task: str, field: str) -> Diagram:
    """Without the rules of a field."""
    for part in list(diagram.field(task, field).iter("{*}property")):
        if part.get("id").startswith("rule"):
            part.getparent().remove(part)
    return diagram


def told(diagram: Diagram) -> set[tuple[str, str, str]]:
    """(code, element, field) of each fault."""
    return {(fault.code, fault.element, fault.facts.get("field", "")) for fault in faults(diagram)}


@pytest.mark.parametrize(("key", "process"), shipped())
def test_every_effect_of_the_shipped_diagrams_has_what_it_needs(key, process):
    assert proving.prove(regulations.get(key), shipped_definition(key, process)).faults == ()


def test_the_newest_rating_that_the_revisit_hides_is_found_with_the_path():
    found = faults(hidden("hainan", "rectification", "revisit", "newest_level"))
    [fault] = [one for one in found if one.element == "record_newest_rating"]
    assert (fault.code, fault.facts["field"]) == ("effect_value_missing", "newest_level")
    assert fault.path[-1].element == "revisit" and fault.path[-1].values["revisit_result"] == "satisfied"
    assert "record_newest_rating" in fault.path[-1].passed
    assert sentences.of(fault) == (
        "走到“记录最新评价”时，系统操作 record_newest_rating 要用的“newest_level”（评价人最新的评价等级）"
        "还没有填，案件会停在这里；"
        "请让前面的表单在这条路上问这一项，设为必填，不要让它不出现。")


@pytest.mark.parametrize(("key", "process", "task", "field"), HIDDEN)
def test_a_value_that_is_hidden_on_the_way_is_found(key, process, task, field):
    assert ("effect_value_missing", field) in {
        (code, name) for code, _, name in told(hidden(key, process, task, field))}


@pytest.mark.parametrize(("key", "process", "task", "field"), [
    *HIDDEN, ("guichi", "appeal", "correct", "provincial_no"), ("qijiang", "appeal", "review", "opinion")])
def test_a_value_that_may_be_left_out_is_found(key, process, task, field):
    diagram = Diagram(key, process).constrain(task, field, "required", None)
    assert ("effect_value_missing", field) in {(code, name) for code, _, name in told(diagram)}


def test_a_value_asked_only_after_the_effect_is_found():
    diagram = Diagram("guichi", "appeal")
    [flow] = diagram.flows_from("record_reference")
    [first] = diagram.flows_to("correct")
    [between] = diagram.flows_from("correct")
    target = flow.get("targetRef")
    first.set("targetRef", "record_reference")
    flow.set("targetRef", "correct")
    between.set("targetRef", target)
    assert told(diagram) == {("effect_value_missing", "record_reference", "provincial_no")}


def test_a_value_that_no_form_asks_for_is_told_once():
    diagram = Diagram("guichi", "appeal").splice("correct")
    assert {finding.code for finding in disagreements(regulations.get("guichi"), drawn(diagram))} == {
        "effect_field_missing"}
    assert told(diagram) == set()


def test_grounds_of_a_failure_of_duty_are_wanted_only_where_one_was_verified():
    diagram = Diagram("qijiang", "appeal").show_when("review", "opinion", "duty_failed == True")
    assert told(diagram) == set()
    assert ("effect_value_missing", "dismiss_appeal", "opinion") in told(
        diagram.again().constrain("review", "opinion", "required", None))


@pytest.mark.parametrize(("process", "task", "field", "says"), [
    ("rectification", "revisit", "newest_level", "replace_rating"),
    ("appeal", "ask_rater", "newest_level", "replace_rating"),
])
def test_a_bad_rating_that_no_rule_of_the_form_keeps_from_replacing_another_is_found(process, task, field, says):
    diagram = unruled(Diagram("hainan", process), task, field)
    assert ("effect_value_refused", says, field) in told(diagram)


def test_a_mistake_that_the_rater_did_not_confirm_cannot_replace_the_rating():
    diagram = unruled(Diagram("hainan", "appeal"), "review", "decision")
    assert {("effect_value_refused", "replace_rating", "newest_level"),
            ("effect_value_missing", "replace_rating", "newest_level")} & told(diagram)


def test_a_rating_is_voided_by_an_appeal_only_once_it_was_upheld():
    diagram = Diagram("guichi", "appeal").splice("uphold_appeal")
    assert ("effect_too_early", "void_rating", "") in told(diagram)


@pytest.mark.parametrize(("key", "process", "flow", "element"), [
    ("hainan", "rectification", "rehandle", "return_for_rehandling"),
    ("guichi", "appeal", "more_evidence", "return_for_evidence"),
])
def test_what_is_possible_once_is_found_where_it_can_come_again(key, process, flow, element):
    diagram = Diagram(key, process)
    for name, text in diagram.conditions():
        if "visits" in text:
            diagram.set_text(name, "conditionExpression", text.split(" and visits")[0])
    for once in [node for node in diagram.root.iter("{*}property") if node.get("id") == "first_visit_only"]:
        once.getparent().remove(once)
    assert ("effect_again", element, "") in told(diagram)


def test_an_effect_of_appeals_is_refused_in_a_rectification():
    step = '<bpmn:serviceTask id="extra" name="驳回" camunda:type="external" camunda:topic="return_for_evidence"/>'
    diagram = Diagram("guichi", "rectification").insert("revisit", "extra", "extra", step)
    found = list(disagreements(regulations.get("guichi"), drawn(diagram)))
    assert [(finding.code, finding.element) for finding in found] == [
        ("effect_of_appeals", "extra"), ("effect_unruled", "extra")]
    assert "return_for_evidence" in sentences.of(found[0])


def test_a_rating_is_voided_in_no_process_whose_rules_name_no_step_for_it():
    step = '<bpmn:serviceTask id="extra" name="不采纳" camunda:type="external" camunda:topic="void_rating"/>'
    diagram = Diagram("hefei", "rectification").insert("revisit", "extra", "extra", step)
    found = list(disagreements(regulations.get("hefei"), drawn(diagram)))
    assert [(finding.code, finding.element) for finding in found] == [("effect_unruled", "extra")]
    assert "void_rating" in sentences.of(found[0])


def test_what_was_not_looked_at_wholly_is_never_said_to_have_all_it_needs():
    needs = [Need("record_newest_rating", (Wanted("newest_level"),))]
    definition = shipped_definition("hainan", "rectification")
    [fault] = prove(definition, (), Bounds(5, 5), needs=needs).faults
    assert (fault.verdict, fault.code) == (UNKNOWN, "too_many_states")
    assert prove(definition, (), needs=needs).holds


def test_the_facts_of_each_fault_are_those_of_its_code():
    for key, process, task, field in HIDDEN:
        for fault in faults(hidden(key, process, task, field)):
            assert set(fault.facts) == set(CODES[fault.code]) and sentences.of(fault)
