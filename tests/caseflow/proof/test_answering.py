"""What is asked is answered by whoever is asked: in words where words are meant, and not filled in beforehand."""

from __future__ import annotations

from copy import deepcopy

import pytest

from caseflow.proof import Powers, Rule, prove
from tests.caseflow.proof.diagrams import CAM, Diagram
from tests.caseflow.proof.judge import judged

GUICHI = ("guichi", "rectification")


def reason(diagram: Diagram, check: str) -> str:
    """Why the diagram breaks this rule, as a code; "" when it keeps it."""
    rules, powers = [Rule(check, "GC-2(二)", "确保回访率100%")], Powers(parameters={"work_order_longest": 20})
    [result] = prove(judged(diagram).definition, rules, powers=powers).results
    return result.code


def with_type(name: str, kind: str, *choices: str) -> Diagram:
    diagram = Diagram(*GUICHI)
    field = diagram.field("first_response", name)
    for part in [*field.iter(f"{CAM}value", f"{CAM}constraint")]:
        if part.get("name") != "required" or part.tag == f"{CAM}value":
            part.getparent().remove(part)
    field.set("type", kind)
    for number, choice in enumerate(choices):
        diagram.add(field, f'<camunda:value id="c{number}" name="{choice}"/>')
    return diagram


@pytest.mark.parametrize(("kind", "choices"), [
    ("boolean", ()), ("enum", ("属实", "不属实")), ("long", ()), ("date", ())])
def test_what_is_to_be_written_is_not_ticked_chosen_or_counted(kind, choices):
    assert reason(with_type("findings", kind, *choices), "asks(first_response, findings)") == "question_kind"


def test_one_line_is_as_good_as_several():
    assert reason(with_type("findings", "string"), "asks(first_response, findings)") == ""


@pytest.mark.parametrize(("config", "code"), [("1", "question_narrow"), ("19", "question_narrow"), ("20", "")])
def test_a_text_has_room_for_what_it_is_asked_for(config, code):
    diagram = Diagram(*GUICHI).constrain("first_response", "findings", "maxlength", config)
    assert reason(diagram, "asks(first_response, findings)") == code


def test_a_rule_says_that_a_choice_a_date_a_number_or_a_yes_is_asked():
    shipped = Diagram(*GUICHI)
    assert reason(shipped, "asks(rectify, feedback_channel, as=choice)") == ""
    assert reason(shipped, "asks(rectify, feedback_channel)") == "question_kind"
    assert reason(shipped, "asks(rectify, measures, as=choice)") == "question_kind"
    assert reason(shipped, "asks(revisit, attempts, unreachable_reason=no_answer, as=number)") == ""
    assert reason(with_type("findings", "date"), "asks(first_response, findings, as=date)") == ""
    assert reason(with_type("findings", "boolean"), "asks(first_response, findings, as=yes_no)") == ""
    assert reason(with_type("findings", "unit"), "asks(first_response, findings, as=unit)") == ""


def test_a_choice_among_one_is_none():
    diagram = with_type("findings", "enum", "已核实")
    assert reason(diagram, "asks(first_response, findings, as=choice)") == "question_single"


def test_a_field_is_called_what_the_rule_says():
    diagram = Diagram(*GUICHI)
    diagram.field("first_response", "findings").set("label", "天气")
    assert reason(diagram, "asks(first_response, findings“核实”)") == "question_renamed"
    assert reason(diagram, "asks(first_response, findings)") == ""
    diagram.field("first_response", "findings").set("label", "核实的经过和结果")
    assert reason(diagram, "asks(first_response, findings“核实”)") == ""
    diagram.field("revisit", "revisit_result").set("label", "天气")
    assert reason(diagram, "answers(revisit, revisit_result“回访”, [satisfied, unsatisfied, unreachable])") == (
        "question_renamed")


@pytest.mark.parametrize(("task", "name", "default", "check"), [
    ("revisit", "revisit_result", "satisfied",
     "answers(revisit, revisit_result, [satisfied, unsatisfied, unreachable])"),
    ("revisit", "revisit_channel", "phone", "offers(revisit, revisit_channel, [phone], revisit_result=satisfied)"),
    ("first_response", "findings", "情况属实", "asks(first_response, findings)"),
    ("revisit", "attempts", "3", "asks(revisit, attempts, unreachable_reason=no_answer, least=3)"),
])
def test_nobody_finds_an_answer_already_given(task, name, default, check):
    diagram = Diagram(*GUICHI)
    diagram.field(task, name).set("defaultValue", default)
    assert reason(diagram, check) == "question_preset"


def test_every_visit_offers_what_the_rule_names():
    diagram = Diagram("hainan", "rectification")
    diagram.say("revisit", "revisit_result", "first_visit_only", "unsatisfied")
    check = "answers(revisit, revisit_result, [satisfied, unsatisfied, unreachable])"
    assert reason(diagram, check) == "choice_first_only"


def test_no_other_form_asks_again_for_an_answer_that_decides():
    diagram = Diagram(*GUICHI)
    again = diagram.field("revisit", "revisit_result")
    form = next(diagram.node("rectify").iter(f"{CAM}formData"))
    form.append(deepcopy(again))
    answered = "answers(revisit, revisit_result, [satisfied, unsatisfied, unreachable])"
    assert reason(diagram, answered) == "asked_elsewhere"
    both = answered.replace("(revisit,", "([revisit, rectify],")
    assert reason(diagram, both) == ""


def test_no_other_form_sets_again_a_day_that_is_bounded():
    diagram = Diagram("hainan", "rectification")
    form = next(diagram.node("verify").iter(f"{CAM}formData"))
    diagram.add(form, '<camunda:formField id="rectify_by" label="办理期限" type="date"/>')
    assert reason(diagram, "within(dispatch, rectify_by, work_order_longest) <= 20 working_days") == "asked_elsewhere"


@pytest.mark.parametrize(("weakened", "check"), [
    ("rectify_by > today() or received_at < today()", "after_today(dispatch, rectify_by)"),
    ("rectify_by > today() or business_level == 'province'", "after_today(dispatch, rectify_by)"),
    ("rectify_by >= today()", "after_today(dispatch, rectify_by)"),
    ("rectify_by <= working_days('work_order_longest') or days_between(today(), rectify_by) > 900",
     "within(dispatch, rectify_by, work_order_longest) <= 20 working_days"),
    ("rectify_by <= working_days('work_order_longest') or days_between(received_at, rectify_by) > 400",
     "within(dispatch, rectify_by, work_order_longest) <= 20 working_days"),
])
def test_a_rule_of_a_form_that_lets_something_through_is_none(weakened, check):
    rule = "rule" if "after" in check else "rule_2"
    diagram = Diagram("hainan", "rectification").say("dispatch", "rectify_by", rule, weakened)
    assert reason(diagram, check) in ("date_unbounded", "date_not_ahead")


def test_what_a_form_lacks_is_shown_with_the_shortest_way_to_its_task():
    diagram = Diagram(*GUICHI)
    diagram.field("revisit", "revisit_result").set("defaultValue", "satisfied")
    rules = [Rule("answers(revisit, revisit_result, [satisfied, unsatisfied, unreachable])", "GC-2(二)", "回访率100%")]
    [result] = prove(judged(diagram).definition, rules).results
    assert result.code == "question_preset"
    assert [(step.kind, step.element) for step in result.path] == [("start", ""), ("complete", "first_response")]
