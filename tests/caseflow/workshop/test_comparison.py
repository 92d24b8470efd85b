"""What lies between two versions of a process, element by element and in words."""

from __future__ import annotations

import pytest

from caseflow.engine import definition as engine
from caseflow.law import regulations
from caseflow.workshop.comparison import Comparison, compare, compare_files
from web.sentences.comparison import sentence

SOURCE = regulations.files("guichi")["rectification.bpmn"].decode()
OFFICES = {key: unit.name for key, unit in regulations.get("guichi").units.items()}


def edited(*edits: tuple[str, str]) -> Comparison:
    """The comparison of the shipped drawing with itself after each first occurrence was replaced."""
    text = SOURCE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return compare_files({"a.bpmn": SOURCE.encode()}, {"a.bpmn": text.encode()}, OFFICES)


def said(comparison: Comparison) -> list[str]:
    return [sentence(change) for change in (*comparison.added, *comparison.removed, *comparison.changed)]


CHANGES = {
    "a limit": (("working_days(2, since=received_at)", "working_days(3, since=received_at)"),
                "“联系并核实”的时限 2 个工作日 → 3 个工作日（自收到评价起）"),
    "a limit's start": (("working_days(2, since=received_at)", "working_days(2)"),
                        "“联系并核实”的时限：自收到评价起 2 个工作日 → 自本环节开始起 2 个工作日"),
    "a limit nobody can read": (("working_days(2, since=received_at)", "whenever()"),
                                "“联系并核实”的时限：自收到评价起 2 个工作日 → whenever()"),
    "a performer": (('candidateGroups="bureau.officer"', 'candidateGroups="responsible.officer"'),
                    "人工任务“满意度回访”的办理者：区数据资源管理局（政务服务管理局） 经办人 → 承办单位 经办人"),
    "a name": (('name="满意度回访"', 'name="回访"'), "人工任务“满意度回访”的名称：满意度回访 → 回访"),
    "a condition": (("outcome == 'complex'", "outcome != 'simple'"),
                    "从“核实结果？”到“建立台账”的流向的条件：outcome == 'complex' → outcome != 'simple'"),
    "where a flow leads": (('sourceRef="by_outcome" targetRef="explain"', 'sourceRef="by_outcome" targetRef="rectify"'),
                           "从“核实结果？”到“解释说明”的流向改接到“整改并反馈”"),
    "a default": (('default="flow_by_outcome_rectify"', 'default="flow_by_outcome_explain"'),
                  "排他网关“核实结果？”的默认走向：“整改并反馈” → “解释说明”"),
    "what a timer does": (('cancelActivity="false" attachedToRef="rectify"', 'attachedToRef="rectify"'),
                          "“整改并反馈”的边界事件“收到后5个工作日”：到时只上报，环节继续 → 到时终止该环节"),
    "an effect": (('camunda:topic="escalate"', 'camunda:topic="open_file"'),
                  "系统任务“逾期上报”的系统操作：escalate → open_file"),
    "a field": (('label="核实情况" type="text"', 'label="核实情况" type="string"'),
                "人工任务“联系并核实”的表单项“核实情况”的类型：text → string"),
    "a bound": (('name="min" config="3"', 'name="min" config="1"'),
                "人工任务“满意度回访”的表单项“已联系次数”的最小值：3 → 1"),
    "a choice": (('<camunda:value id="in_person" name="当面" />', ""),
                 "人工任务“联系并核实”的表单项“联系方式”的选项：删去 当面"),
    "a field added": (('<camunda:formField id="plan"', '<camunda:formField id="cause" label="原因" type="text" />'
                       '<camunda:formField id="plan"'), "人工任务“建立台账”的表单增加了“原因”（选填）"),
    "the lane": (("<bpmn:flowNodeRef>explain</bpmn:flowNodeRef>", ""),
                 "人工任务“解释说明”去掉了泳道：“承办单位（差评涉及部门）”"),
    "an instruction": (("按台账中的办法完成整改，并把结果告诉评价人。收到差评后15个工作日内完成。", "尽快。"),
                       "人工任务“复杂事项整改”的办理说明：按台账中的办法完成整改，并把结果告诉评价人。"
                       "收到差评后15个工作日内完成。 → 尽快。"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_said_in_a_sentence(what):
    edit, told = CHANGES[what]
    assert said(edited(edit)) == [told]


def test_the_same_drawing_has_no_difference_with_itself():
    assert not edited(("<bpmn:process", "<bpmn:process")).differs


def test_an_element_that_is_drawn_elsewhere_has_only_moved():
    comparison = edited(('<dc:Bounds x="765"', '<dc:Bounds x="766"'))
    assert [change.element for change in comparison.moved] == ["flow_by_outcome_open_ledger"]
    assert said(comparison) == [] and comparison.differs


def test_an_element_with_another_id_is_another_element():
    comparison = edited(('<bpmn:endEvent id="explain_escalated"', '<bpmn:endEvent id="explained_late"'))
    assert said(comparison) == ["增加了结束事件“已上报”", "删去了结束事件“已上报”"]
    assert comparison.marks == {"explained_late": "added", "explain_escalated": "removed"}


def test_a_new_task_says_who_does_it():
    task = '<bpmn:userTask id="extra" name="再核" camunda:candidateGroups="bureau.officer" />'
    comparison = edited(('<bpmn:userTask id="rectify"', task + '<bpmn:userTask id="rectify"'))
    assert said(comparison) == ["增加了人工任务“再核”（办理者：区数据资源管理局（政务服务管理局） 经办人）"]


def test_definitions_are_compared_with_what_they_call_and_nothing_is_all_new():
    process = engine.load(regulations.files("guichi"), trusted=True, process_id="guichi_rectification")
    assert not compare(process, process).differs
    first = compare(None, process)
    assert {*process.elements} <= {change.element for change in first.added} and not first.changed
