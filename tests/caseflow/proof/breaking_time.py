"""Edits that let the time of a limited step pass unseen. Each operator says why its edits are breaches.

A step is limited when a timer escalates at its border. The limit counts from the receipt, or (revisit, rehandling, what
a form sets) from when the step before is done: only what stands after that is in front of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.caseflow.proof.diagrams import CAM, B, Diagram, Edit

WAIT = '<bpmn:userTask id="extra_wait" name="内部会商" camunda:candidateGroups="{}"><bpmn:extensionElements>' \
       '<camunda:properties><camunda:property name="article" value="GC-2(二)"/></camunda:properties>' \
       "</bpmn:extensionElements></bpmn:userTask>"
TIMED = WAIT + '<bpmn:boundaryEvent id="extra_over" attachedToRef="extra_wait" cancelActivity="false">' \
    '<bpmn:timerEventDefinition id="extra_over_timer"><bpmn:timeDate>{}</bpmn:timeDate></bpmn:timerEventDefinition>' \
    '</bpmn:boundaryEvent><bpmn:serviceTask id="extra_escalate" name="逾期上报" camunda:type="external" ' \
    'camunda:topic="escalate"/><bpmn:endEvent id="extra_escalated"/>' \
    '<bpmn:sequenceFlow id="extra_over_1" sourceRef="extra_over" targetRef="extra_escalate"/>' \
    '<bpmn:sequenceFlow id="extra_over_2" sourceRef="extra_escalate" targetRef="extra_escalated"/>'
PAUSE = '<bpmn:intermediateCatchEvent id="extra_pause" name="等一等">' \
        '<bpmn:timerEventDefinition id="extra_pause_timer">' \
        "<bpmn:timeDate>working_days(60)</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"


def wait_before(diagram: Diagram) -> Iterator[Edit]:
    """A task without a limit stands in front of a limited step: nobody hears that the step is late."""
    for step in limited(diagram):
        yield step, diagram.again().put_before(step, "extra_wait", "extra_wait", WAIT.format(_post(diagram, step)))
    for task in in_front(diagram):
        yield f"after {task}", diagram.again().insert(
            task, "extra_wait", "extra_wait", WAIT.format(_post(diagram, task)))


def pause_before(diagram: Diagram) -> Iterator[Edit]:
    """The case stands still for sixty working days in front of a limited step."""
    for step in limited(diagram):
        yield step, diagram.again().put_before(step, "extra_pause", "extra_pause", PAUSE)
    for task in in_front(diagram):
        yield f"after {task}", diagram.again().insert(task, "extra_pause", "extra_pause", PAUSE)


def late_before(diagram: Diagram) -> Iterator[Edit]:
    """The task in front has a limit, but one that takes longer, or all of the time of the step that follows."""
    for step, text in limited(diagram).items():
        found = re.match(r"working_days\((\d+)", text)
        for days in (found[1], 30) if found else (30,):
            xml = TIMED.format(_post(diagram, step), f"working_days({days})")
            yield f"{step}: {days}", diagram.again().put_before(step, "extra_wait", "extra_wait", xml)


def limited(diagram: Diagram) -> dict[str, str]:
    """User task → the expression of the timer that escalates at its border."""
    found = {}
    for event, text in diagram.timers():
        node = diagram.node(event)
        if node.get("cancelActivity") == "false" and "promise" not in event:
            found[node.get("attachedToRef")] = text
    return found


def in_front(diagram: Diagram, begun: str = "") -> list[str]:
    """The user tasks after which the time of a limited step runs; `begun`: only such time as began with the receipt."""
    steps = limited(diagram)
    counted = {step for step, text in steps.items() if "since=received_at" in text}
    then = {task for task in diagram.users() if (steps.keys() - counted) & _behind(diagram, task, stop=True)}
    return [task for task in diagram.users() if (counted & _behind(diagram, task, stop=False)) or task in then
            if not (begun and task in then)]


def _behind(diagram: Diagram, task: str, *, stop: bool) -> set[str]:
    """What follows a task; `stop`: only as far as the next task or effect."""
    waiting, seen = [task], set()
    while waiting:
        for flow in diagram.flows_from(waiting.pop()):
            target = flow.get("targetRef")
            if target not in seen:
                seen.add(target)
                if not stop or diagram.node(target).tag == f"{B}exclusiveGateway":
                    waiting.append(target)
                inner = diagram.node(target).find(f"{B}startEvent")
                waiting += [] if inner is None else [inner.get("id")]
    return seen


def _post(diagram: Diagram, task: str) -> str:
    return diagram.node(task).get(f"{CAM}candidateGroups")


OPERATORS: tuple[Callable[[Diagram], Iterator[Edit]], ...] = (wait_before, pause_before, late_before)
