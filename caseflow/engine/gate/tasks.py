"""Who does a step and what it means: tasks, messages, lanes, the drawing, and the limits of the process."""

from __future__ import annotations

import re
from collections.abc import Collection

from lxml import etree

from caseflow.engine.gate.dialect import SNAKE
from caseflow.engine.gate.findings import Findings, printable
from caseflow.engine.gate.graph import scopes, steps
from caseflow.engine.gate.names import EVENTS, camunda, children, extension, tag
from caseflow.engine.values import REMINDER, STATUTORY

MAX_STEPS = 200
MAX_NESTING = 4
PERFORMER = re.compile(r"[a-z][a-z0-9_]*\.(officer|supervisor|reviewer|staff)")
PROCESS_ID = re.compile(r"[a-z][a-z0-9]*_[a-z0-9_]+")
ARTICLE, LIMIT = "article", "limit"


def check_process(root: etree._Element, process: etree._Element, topics: Collection[str], findings: Findings) -> None:
    """Everything about the steps of a process that is not its flow: performers, effects, events, lanes, the drawing.

    `topics` are the registered effects. At most MAX_STEPS (200) steps, sub-processes MAX_NESTING (4) deep.
    """
    found = process.get("id") or ""
    if not PROCESS_ID.fullmatch(found):
        findings.add("process_id", process, found=printable(found)[:64])
    if process.get("isExecutable") != "true":
        findings.add("process_executable", process)
    _check_limits(process, findings)
    for node in steps(process):
        _check_step(node, topics, findings)
    _check_timers(process, findings)
    _check_messages(root, process, findings)
    _check_lanes(process, findings)
    _check_participants(root, process, findings)
    _check_drawing(root, process, findings)


def _check_limits(process: etree._Element, findings: Findings) -> None:
    count = len(steps(process))
    if count > MAX_STEPS:
        findings.add("steps_limit", process, count=count)
    for scope in scopes(process):
        depth = sum(1 for outer in scope.iterancestors() if tag(outer) == "bpmn:subProcess")
        if tag(scope) == "bpmn:subProcess" and depth == MAX_NESTING:
            findings.add("nesting_limit", scope)


def _check_step(node: etree._Element, topics: Collection[str], findings: Findings) -> None:
    properties = _properties(node, findings)
    kind = tag(node)
    if kind != "bpmn:userTask" and extension(node, "camunda:formData"):
        findings.add("element_not_allowed", node, found="camunda:formData")
    if kind == "bpmn:userTask":
        _check_user_task(node, properties, findings)
    elif kind == "bpmn:serviceTask":
        _check_service_task(node, topics, findings)
    elif kind in EVENTS:
        _check_event(node, findings)


def _properties(node: etree._Element, findings: Findings) -> dict[str, str]:
    """The camunda:properties of a step: `article`, and at a border with a timer `limit`."""
    found: dict[str, str] = {}
    known = (ARTICLE, LIMIT) if _is_deadline(node) else (ARTICLE,)
    for holder in extension(node, "camunda:properties"):
        for entry in children(holder, "camunda:property"):
            name, value = entry.get("name") or "", (entry.get("value") or "").strip()
            if name not in known or name in found or not value or len(value) > 120:
                findings.add("property_name", entry, found=printable(name)[:64])
            elif name == LIMIT and value not in (STATUTORY, REMINDER):
                findings.add("limit_value", node, found=printable(value)[:64])
            found[name] = value
    return found


def _is_deadline(node: etree._Element) -> bool:
    return tag(node) == "bpmn:boundaryEvent" and bool(children(node, "bpmn:timerEventDefinition"))


def _check_timers(process: etree._Element, findings: Findings) -> None:
    """Of several timers at an activity that are more than reminders, one is marked as the statutory limit."""
    by_host: dict[str, list[etree._Element]] = {}
    for node in steps(process):
        if _is_deadline(node) and _limit(node) != REMINDER:
            by_host.setdefault(node.get("attachedToRef") or "", []).append(node)
    for timers in by_host.values():
        marked = sum(_limit(timer) == STATUTORY for timer in timers)
        if len(timers) > 1 and marked != 1:
            code = "limit_repeated" if marked else "limit_unmarked"
            findings.add(code, timers[-1], found=tuple(timer.get("name") or timer.get("id") or "" for timer in timers))


def _limit(node: etree._Element) -> str:
    entries = (entry for holder in extension(node, "camunda:properties")
               for entry in children(holder, "camunda:property"))
    return next(((entry.get("value") or "").strip() for entry in entries if entry.get("name") == LIMIT), "")


def _check_user_task(node: etree._Element, properties: dict[str, str], findings: Findings) -> None:
    performer = camunda(node, "candidateGroups")
    if not performer:
        findings.add("performer_missing", node)
    elif not PERFORMER.fullmatch(performer):
        findings.add("performer_form", node, found=printable(performer)[:64])
    elif performer == "responsible.reviewer":
        findings.add("performer_partial", node)
    documented = any((text.text or "").strip() for text in children(node, "bpmn:documentation"))
    if not (node.get("name") or "").strip() and not documented:
        findings.add("name_missing", node, tag="bpmn:userTask")
    if ARTICLE not in properties:
        findings.add("article_missing", node)


def _check_service_task(node: etree._Element, topics: Collection[str], findings: Findings) -> None:
    if camunda(node, "type") != "external":
        findings.add("service_type", node)
    topic = camunda(node, "topic") or ""
    if topic not in topics:
        findings.add("topic_unknown", node, found=printable(topic)[:64], known=tuple(sorted(topics)))


def _check_event(node: etree._Element, findings: Findings) -> None:
    timers = children(node, "bpmn:timerEventDefinition")
    kinds = timers + children(node, "bpmn:messageEventDefinition")
    if not kinds:
        findings.add("element_missing", node, found=("bpmn:timerEventDefinition", "bpmn:messageEventDefinition"))
    elif len(kinds) > 1:
        findings.add("element_repeated", node, found="bpmn:eventDefinition")
    for timer in timers:
        if not children(timer, "bpmn:timeDate"):
            findings.add("element_missing", timer, found="bpmn:timeDate")


def _check_messages(root: etree._Element, process: etree._Element, findings: Findings) -> None:
    known = {message.get("id") for message in children(root, "bpmn:message")}
    for message in children(root, "bpmn:message"):
        name = message.get("name") or ""
        if not SNAKE.fullmatch(name):
            findings.add("message_name", message, found=printable(name)[:64])
    for definition in process.iter("{*}messageEventDefinition"):
        wanted = definition.get("messageRef")
        if wanted is not None and wanted not in known:
            findings.add("message_unknown", definition, found=printable(wanted)[:64])


def _check_lanes(process: etree._Element, findings: Findings) -> None:
    free = {node.get("id") for node in steps(process)}
    for lane_set in children(process, "bpmn:laneSet"):
        for lane in children(lane_set, "bpmn:lane"):
            if not (lane.get("name") or "").strip():
                findings.add("name_missing", lane, tag="bpmn:lane")
            for reference in children(lane, "bpmn:flowNodeRef"):
                name = (reference.text or "").strip()
                if name not in free:
                    findings.add("lane_reference", reference, found=printable(name)[:64])
                free.discard(name)


def _check_participants(root: etree._Element, process: etree._Element, findings: Findings) -> None:
    free = {process.get("id")}
    for collaboration in children(root, "bpmn:collaboration"):
        for participant in children(collaboration, "bpmn:participant"):
            name = participant.get("processRef")
            if name is not None and name not in free:
                findings.add("participant_process", participant, found=printable(name)[:64])
            free.discard(name)


def _check_drawing(root: etree._Element, process: etree._Element, findings: Findings) -> None:
    """What is drawn exists, and, in a file with a drawing, what exists is drawn."""
    diagrams = children(root, "bpmndi:BPMNDiagram")
    if not diagrams:
        return
    known = {node.get("id") for node in root.iter("{*}*") if str(node.tag).rpartition("}")[0].endswith("/MODEL")}
    drawn = set()
    for diagram in diagrams:
        for shape in diagram.iter("{*}BPMNShape", "{*}BPMNEdge", "{*}BPMNPlane"):
            name = shape.get("bpmnElement")
            drawn.add(name)
            if name not in known:
                findings.add("shape_element", shape, found=printable(name or "")[:64])
    for node in [*steps(process), *process.iter("{*}sequenceFlow")]:
        if node.get("id") not in drawn:
            findings.add("not_drawn", node, found=printable(node.get("id") or "")[:64])
