"""What a diagram tells people: its elements, who does them with which form, and in which order to read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from caseflow.engine.gate import fields_of
from caseflow.engine.gate.names import BPMN as MODEL
from caseflow.engine.gate.names import CAMUNDA, STEPS
from caseflow.engine.values import Element, UserTask

BPMN = f"{{{MODEL}}}"
CAM = f"{{{CAMUNDA}}}"
NODES = {step.removeprefix("bpmn:") for step in STEPS}


@dataclass
class Drawing:
    """Everything of a process and of what it calls, by element id. `outline` as in Definition.outline.

    `topics`: service task → camunda:topic. `messages`: event → the name of the message it waits for.
    """

    elements: dict[str, Element] = field(default_factory=dict)
    user_tasks: dict[str, UserTask] = field(default_factory=dict)
    topics: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    outline: tuple = ()


def read(trees: Mapping[str, etree._Element], process_id: str) -> Drawing:
    """The drawing of a process that gate and parser have accepted. `trees`: file name → root of the file."""
    return _Reader(trees).read(process_id)


class _Reader:
    def __init__(self, trees: Mapping[str, etree._Element]) -> None:
        self.drawing = Drawing()
        self.processes, self.lanes, self.messages = {}, {}, {}
        for tree in trees.values():
            self.processes |= {node.get("id"): node for node in tree.iter(f"{BPMN}process")}
            self.messages |= {node.get("id"): node.get("name") for node in tree.iter(f"{BPMN}message")}
            for reference in tree.iter(f"{BPMN}flowNodeRef"):
                self.lanes[(reference.text or "").strip()] = reference.getparent().get("name", "")

    def read(self, process_id: str) -> Drawing:
        self.drawing.outline = self._inside(self.processes[process_id], "", "", {process_id})
        return self.drawing

    def _inside(self, scope: etree._Element, parent: str, lane: str, open_calls: set[str]) -> tuple:
        """Read all of a process or subprocess; its outline."""
        outline = []
        for node in reading_order(scope):
            element = self._element(node, parent, lane)
            inside = ()
            if element.kind == "subProcess":
                inside = self._inside(node, element.id, element.lane, open_calls)
            elif element.kind == "callActivity" and node.get("calledElement") not in open_calls:
                called = node.get("calledElement")
                inside = self._inside(self.processes[called], element.id, element.lane, open_calls | {called})
            outline.append((element, inside))
        return tuple(outline)

    def _element(self, node: etree._Element, parent: str, lane: str) -> Element:
        properties = _properties(node)
        element = Element(
            id=node.get("id"),
            kind=node.tag.removeprefix(BPMN),
            name=node.get("name", ""),
            lane=self.lanes.get(node.get("id"), lane),
            parent=parent,
            article=properties.get("article", ""),
            documentation=(node.findtext(f"{BPMN}documentation") or "").strip(),
            attached_to=node.get("attachedToRef", ""),
            limit=properties.get("limit", ""),
        )
        self.drawing.elements[element.id] = element
        if element.kind == "userTask":
            unit, _, role = node.get(f"{CAM}candidateGroups", "").strip().rpartition(".")
            self.drawing.user_tasks[element.id] = UserTask(element, unit, role, fields_of(node))
        elif element.kind == "serviceTask":
            self.drawing.topics[element.id] = node.get(f"{CAM}topic", "")
        for message in node.iterfind(f"{BPMN}messageEventDefinition"):
            self.drawing.messages[element.id] = self.messages[message.get("messageRef")]
        return element


def topics_in(tree: etree._Element) -> set[str]:
    """The effects that the service tasks of a file name (camunda:topic); "" for one that names none."""
    return {task.get(f"{CAM}topic", "") for task in tree.iter(f"{BPMN}serviceTask")}


def flows_in(tree: etree._Element) -> dict[str, tuple[str, str]]:
    """The sequence flows of a file, those of its subprocesses too, by id: (source, target)."""
    found = tree.iter(f"{BPMN}sequenceFlow")
    return {flow.get("id"): (flow.get("sourceRef"), flow.get("targetRef")) for flow in found}


def reading_order(scope: etree._Element) -> list[etree._Element]:
    """The flow nodes of one process or subprocess along the flow, without going back round a loop.

    Each branch is told to its end or to the node where it meets another; an event at a border and what follows it
    come before what follows the activity. Flows from one node count in the order of the file.
    """
    nodes = {node.get("id"): node for node in scope if _kind(node) in NODES}
    onward: dict[str, list[str]] = {name: [] for name in nodes}
    for name, node in nodes.items():
        if node.get("attachedToRef") in nodes:
            onward[node.get("attachedToRef")].append(name)
    for flow in scope.iterfind(f"{BPMN}sequenceFlow"):
        if flow.get("sourceRef") in nodes and flow.get("targetRef") in nodes:
            onward[flow.get("sourceRef")].append(flow.get("targetRef"))
    starts = [name for name, node in nodes.items() if _kind(node) == "startEvent"]
    order: list[str] = []
    for start in starts + list(nodes):
        if start not in order:
            order += reversed(list(_finished(start, onward, set(order))))
    return [nodes[name] for name in order]


def _finished(start: str, onward: Mapping[str, list[str]], seen: set[str]) -> Iterator[str]:
    """The nodes in the order in which a depth-first walk leaves them; reversed, that is an order of reading."""
    seen.add(start)
    walk = [(start, iter(reversed(onward[start])))]
    while walk:
        name, rest = walk[-1]
        ahead = next((other for other in rest if other not in seen), None)
        if ahead is None:
            yield name
            walk.pop()
        else:
            seen.add(ahead)
            walk.append((ahead, iter(reversed(onward[ahead]))))


def _kind(node: etree._Element) -> str:
    return node.tag.removeprefix(BPMN) if isinstance(node.tag, str) else ""


def _properties(node: etree._Element) -> dict[str, str]:
    path = f"{BPMN}extensionElements/{CAM}properties/{CAM}property"
    return {item.get("name", ""): item.get("value", "") for item in node.iterfind(path)}
