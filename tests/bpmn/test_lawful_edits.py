"""What a designer does to a diagram on an ordinary day passes the gate, and the changed diagram runs to its end."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from lxml import etree

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition
from caseflow.engine.gate.names import NAMESPACES
from tests.caseflow.engine.driver import Driver

PREFIXES = {prefix: namespace for namespace, prefix in NAMESPACES.items()}
DECLARED = " ".join(f'xmlns:{prefix}="{namespace}"' for prefix, namespace in PREFIXES.items())
B = f"{{{PREFIXES['bpmn']}}}"
SOURCE = (Path(definition.__file__).parents[2] / "bpmn" / "guichi" / "rectification.bpmn").read_text(encoding="utf-8")
ARTICLE = '<camunda:properties><camunda:property name="article" value="GC-2"/></camunda:properties>'
FORM = """<camunda:formData><camunda:formField id="new_line" label="文号" type="string" defaultValue="无"/>
<camunda:formField id="new_yes" label="是否" type="boolean"/>
<camunda:formField id="new_day" label="日期" type="date" defaultValue="2026-03-09"/>
<camunda:formField id="new_number" label="人数" type="long"><camunda:validation>
<camunda:constraint name="min" config="-5"/><camunda:constraint name="max" config="5"/></camunda:validation>
</camunda:formField><camunda:formField id="new_kind" label="种类" type="enum" defaultValue="a">
<camunda:value id="a" name="甲"/><camunda:value id="b" name="乙"/></camunda:formField>
<camunda:formField id="new_more" label="说明" type="text"><camunda:properties>
<camunda:property id="visible_when" value="new_kind == 'b'"/></camunda:properties></camunda:formField>
</camunda:formData>"""
CALLED = f"""<bpmn:definitions {DECLARED} id="called" targetNamespace="urn:x">
<bpmn:process id="guichi_called" isExecutable="true"><bpmn:startEvent id="called_begin"/>
<bpmn:userTask id="called_task" name="被调用" camunda:candidateGroups="responsible.officer"/>
<bpmn:endEvent id="called_end"/><bpmn:sequenceFlow id="c1" sourceRef="called_begin" targetRef="called_task"/>
<bpmn:sequenceFlow id="c2" sourceRef="called_task" targetRef="called_end"/></bpmn:process></bpmn:definitions>"""


def user(name, form=""):
    return (f'<bpmn:userTask id="{name}" name="新任务" camunda:candidateGroups="responsible.officer">'
            f"<bpmn:extensionElements>{form}{ARTICLE}</bpmn:extensionElements></bpmn:userTask>")


def flows(*pairs):
    return "".join(f'<bpmn:sequenceFlow id="Flow_{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs)


def when(source, target, condition):
    return (f'<bpmn:sequenceFlow id="Flow_{source}_{target}" sourceRef="{source}" targetRef="{target}">'
            f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>'
            "</bpmn:sequenceFlow>")


def timer(name, host, expression, stops="false"):
    return (f'<bpmn:boundaryEvent id="{name}" attachedToRef="{host}" cancelActivity="{stops}">'
            f'<bpmn:timerEventDefinition id="Timer_{name}"><bpmn:timeDate>{expression}</bpmn:timeDate>'
            "</bpmn:timerEventDefinition></bpmn:boundaryEvent>")


def inserted(xml, first, last):
    """The diagram with these elements between the first task and what followed it; incoming and outgoing left out."""
    root = etree.fromstring(SOURCE.encode())
    for name in ("incoming", "outgoing"):
        for node in list(root.iter(B + name)):
            node.getparent().remove(node)
    scope = root.find(f".//{B}userTask[@id='first_response']").getparent()
    scope.find(f"{B}sequenceFlow[@sourceRef='first_response']").set("sourceRef", last)
    scope.extend(list(etree.fromstring(f"<all {DECLARED}>{xml}{flows(('first_response', first))}</all>")))
    return etree.tostring(root, encoding="unicode")


def without(pattern):
    return re.sub(pattern, "", SOURCE, flags=re.DOTALL)


BRANCHES = [("split", "ra"), ("split", "rb"), ("ra", "join"), ("rb", "join")]
GATES = '<bpmn:parallelGateway id="split"/><bpmn:parallelGateway id="join"/>'
INSIDE = ('<bpmn:subProcess id="Activity_1"><bpmn:startEvent id="sb"/>' + user("inner")
          + '<bpmn:endEvent id="se"/>' + flows(("sb", "inner"), ("inner", "se")) + "</bpmn:subProcess>")
EDITS = {
    "nothing": SOURCE,
    "a name in English with signs": SOURCE.replace('name="联系并核实"', 'name="Call &lt;rater&gt; &amp; check"'),
    "a name of two lines": SOURCE.replace('name="联系并核实"', 'name="联系&#10;并核实"'),
    "a lane": SOURCE.replace("</bpmn:laneSet>", '<bpmn:lane id="Lane_1" name="监督"/></bpmn:laneSet>'),
    "a note": SOURCE.replace(
        "</bpmn:process>", '<bpmn:textAnnotation id="Note_1"><bpmn:text>按“2、5、15”办</bpmn:text>'
        '</bpmn:textAnnotation><bpmn:association id="Link_1" associationDirection="None" sourceRef="open_file" '
        'targetRef="Note_1"/></bpmn:process>'),
    "a group": SOURCE.replace("</bpmn:process>", '<bpmn:group id="Group_1" categoryValueRef="Value_1"/></bpmn:process>'
                              '<bpmn:category id="Category_1"><bpmn:categoryValue id="Value_1" value="一"/>'
                              "</bpmn:category>"),
    "colours": SOURCE.replace('bioc:stroke="#9a3412"', 'bioc:stroke="#831311" bioc:fill="#ffcdd2"'),
    "other limits": re.sub(r"working_days\(\d+", "working_days(9", SOURCE),
    "no drawing": without(r"<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>"),
    "no links in the steps": without(r"<bpmn:(incoming|outgoing)>[^<]*</bpmn:\1>"),
    "no pool": without(r"<bpmn:collaboration.*?</bpmn:collaboration>|<bpmn:laneSet.*?</bpmn:laneSet>"
                       r"|<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>"),
    "another prefix": SOURCE.replace("bpmn:", "model:").replace("xmlns:bpmn=", "xmlns:model="),
    "another prefix for Camunda": SOURCE.replace("camunda:", "cam:").replace("xmlns:camunda=", "xmlns:cam="),
    "lines ended as on Windows": "\ufeff" + SOURCE.replace("\n", "\r\n"),
    "all on one line": re.sub(r">\s+<", "><", SOURCE),
    "a task": inserted(user("extra"), "extra", "extra"),
    "a task with a whole form": inserted(user("extra", FORM), "extra", "extra"),
    "an effect": inserted('<bpmn:serviceTask id="tell" camunda:type="external" camunda:topic="remind"/>',
                          "tell", "tell"),
    "a deadline": inserted(user("extra") + timer("late", "extra", "calendar_days(3)") + '<bpmn:endEvent id="told"/>'
                           + flows(("late", "told")), "extra", "extra"),
    "a limit that gives up": inserted(
        user("extra") + timer("over", "extra", "hours(5)", "true") + '<bpmn:exclusiveGateway id="met"/>'
        + flows(("extra", "met"), ("over", "met")), "extra", "met"),
    "a pause": inserted(
        '<bpmn:intermediateCatchEvent id="pause"><bpmn:timerEventDefinition><bpmn:timeDate>end_of_day()'
        "</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>", "pause", "pause"),
    "a review in two branches": inserted(GATES + user("ra") + user("rb") + flows(*BRANCHES), "split", "join"),
    "branches of which one has a deadline": inserted(
        GATES + user("ra") + user("rb") + timer("late", "ra", "hours(2)") + '<bpmn:endEvent id="told"/>'
        + flows(*BRANCHES, ("late", "told")), "split", "join"),
    "a choice by the new form": inserted(
        user("extra", FORM) + user("only_b") + '<bpmn:exclusiveGateway id="which" default="Flow_which_met"/>'
        '<bpmn:exclusiveGateway id="met"/>' + flows(("extra", "which"), ("which", "met"), ("only_b", "met"))
        + when("which", "only_b", "new_kind == 'b' or (new_number &gt; 2 and not new_yes) or new_day &lt; today()"),
        "extra", "met"),
    "a loop with an end": inserted(
        user("extra", FORM) + '<bpmn:exclusiveGateway id="which" default="Flow_which_met"/>'
        '<bpmn:exclusiveGateway id="met"/>' + flows(("extra", "which"), ("which", "met"))
        + when("which", "extra", "new_yes and visits('extra') &lt; 3"), "extra", "met"),
    "a sub-process": inserted(INSIDE, "Activity_1", "Activity_1"),
    "a sub-process with a deadline": inserted(
        INSIDE + timer("late", "Activity_1", "working_days(10)") + '<bpmn:endEvent id="told"/>'
        + flows(("late", "told")), "Activity_1", "Activity_1"),
    "a call": inserted('<bpmn:callActivity id="call" calledElement="guichi_called"/>', "call", "call"),
}


def value(field, chance):
    return {"enum": lambda: chance.choice(field.choices)[0], "boolean": lambda: chance.random() < 0.5,
            "date": lambda: "2026-03-10",
            "long": lambda: chance.randint(field.minimum or 0, field.maximum or 5)}[field.type]()


def run_to_the_end(process, chance):
    """Whatever is open is done in a random order until the case has ended."""
    case = Driver(process)
    for _ in range(80):
        if case.last.ended:
            return
        element = chance.choice(case.open * 3 + case.timers)
        if element in case.timers:
            case.later(hours=1)
            case.fire(element)
        else:
            form = [field for field in process.user_tasks[element].form if field.decides]
            case.complete(element, **{field.id: value(field, chance) for field in form})
    raise AssertionError("the case goes round for ever")


@pytest.mark.parametrize("edit", EDITS)
def test_an_ordinary_edit_is_accepted_and_runs(edit):
    assert edit == "nothing" or EDITS[edit] != SOURCE
    files = {"rectification.bpmn": EDITS[edit].encode(), "called.bpmn": CALLED.encode()}
    process = definition.load(files, trusted=True, process_id="guichi_rectification", topics=TOPICS)
    for seed in range(3):
        run_to_the_end(process, random.Random(seed))
