"""The shipped diagrams, cut open for edits: each edit starts from a fresh copy and ends in a file.

Lanes, the pool, the drawing and the links in the steps are left out, so that no edit is refused for leaving one of
them behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy, deepcopy
from functools import cache

from lxml import etree

from caseflow.engine.gate.names import NAMESPACES
from caseflow.law import regulations

PREFIXES = {prefix: namespace for namespace, prefix in NAMESPACES.items()}
B, CAM = f"{{{PREFIXES['bpmn']}}}", f"{{{PREFIXES['camunda']}}}"
DECLARED = " ".join(f'xmlns:{prefix}="{namespace}"' for prefix, namespace in PREFIXES.items())
LEFT_OUT = ("incoming", "outgoing", "laneSet", "collaboration", "textAnnotation", "association")
LATER = ('<bpmn:boundaryEvent id="extra_later" name="再次上报" attachedToRef="{0}" cancelActivity="false">'
         '<bpmn:timerEventDefinition id="extra_later_timer"><bpmn:timeDate>working_days(10, since=received_at)'
         '</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:endEvent id="extra_later_end"/>'
         '<bpmn:sequenceFlow id="extra_later_flow" sourceRef="extra_later" targetRef="extra_later_end"/>')
SIDE_TOPICS = {"escalate", "remind"}


@cache
def shipped() -> tuple[tuple[str, str], ...]:
    """(regulation, process) of every shipped diagram."""
    return tuple((key, file.removesuffix(".bpmn")) for key in regulations.all_regulations()
                 for file in regulations.files(key))


@cache
def _whole(key: str, process: str) -> etree._Element:
    return etree.fromstring(regulations.files(key)[f"{process}.bpmn"])


@cache
def _bare(key: str, process: str) -> etree._Element:
    root = deepcopy(_whole(key, process))
    for name in (*(B + name for name in LEFT_OUT), f"{{{PREFIXES['bpmndi']}}}BPMNDiagram"):
        for node in list(root.iter(name)):
            node.getparent().remove(node)
    return root


class Diagram:
    """One shipped diagram. `whole`: with its drawing and lanes. `law`: the text of regulation.toml it is under, None
    for the shipped one."""

    def __init__(self, key: str, process: str, *, whole: bool = False) -> None:
        self.key, self.process = key, process
        self.law: str | None = None
        self.root = deepcopy((_whole if whole else _bare)(key, process))
        self.called: dict[str, bytes] = {}

    def again(self) -> Diagram:
        """A copy as it stands now, to edit."""
        other = copy(self)
        other.root, other.called = deepcopy(self.root), dict(self.called)
        return other

    def settled(self) -> Diagram:
        """The same for one more edit: what this one brought along (ids with `extra`) is called `prior` from now on."""
        other = copy(self)
        other.root = etree.fromstring(self.source().replace(b"extra", b"prior"))
        other.called = {name.replace("extra", "prior"): text.replace(b"extra", b"prior")
                        for name, text in self.called.items()}
        return other

    def files(self) -> dict[str, bytes]:
        """The file, and those it calls."""
        return {f"{self.process}.bpmn": self.source(), **self.called}

    def under(self, law: str) -> Diagram:
        """The same drawing under another regulation.toml."""
        self.law = law
        return self

    def shipped_law(self) -> str:
        """The text of the regulation.toml beside it."""
        return (regulations.folder() / self.key / "regulation.toml").read_text(encoding="utf-8")

    def source(self) -> bytes:
        return etree.tostring(self.root, encoding="utf-8", xml_declaration=True)

    def all(self, *tags: str) -> list[etree._Element]:
        return list(self.root.iter(*(B + tag for tag in tags)))

    def node(self, name: str) -> etree._Element:
        return next(node for node in self.root.iter(f"{B}*") if node.get("id") == name)

    def users(self) -> list[str]:
        return [node.get("id") for node in self.all("userTask")]

    def effects(self) -> list[str]:
        return [node.get("id") for node in self.all("serviceTask")]

    def timers(self) -> list[tuple[str, str]]:
        """(boundary event, its expression)"""
        return [(date.getparent().getparent().get("id"), date.text) for date in self.all("timeDate")]

    def flows_from(self, name: str) -> list[etree._Element]:
        return [flow for flow in self.all("sequenceFlow") if flow.get("sourceRef") == name]

    def flows_to(self, name: str) -> list[etree._Element]:
        return [flow for flow in self.all("sequenceFlow") if flow.get("targetRef") == name]

    def boundaries(self, name: str) -> list[str]:
        return [node.get("id") for node in self.all("boundaryEvent") if node.get("attachedToRef") == name]

    def conditions(self) -> list[tuple[str, str]]:
        """(flow, its condition)"""
        return [(node.getparent().get("id"), node.text) for node in self.all("conditionExpression")]

    def deciding(self) -> list[str]:
        """Gateways with more than one way out."""
        return [node.get("id") for node in self.all("exclusiveGateway") if len(self.flows_from(node.get("id"))) > 1]

    def fields(self, task: str) -> Iterator[etree._Element]:
        return self.node(task).iter(CAM + "formField")

    def field(self, task: str, name: str) -> etree._Element:
        return next(field for field in self.fields(task) if field.get("id") == name)

    def set_text(self, name: str, tag: str, text: str) -> Diagram:
        """Write the condition of a flow or the time of an event."""
        next(self.node(name).iter(B + tag)).text = text
        return self

    def mark(self, event: str, limit: str) -> None:
        """Say which of an activity's timers this one is: statutory, reminder, or nothing."""
        node = self.node(event)
        for found in [one for one in node.iter(f"{CAM}property") if one.get("name") == "limit"]:
            found.getparent().remove(found)
        if limit:
            properties = next(node.iter(f"{CAM}properties"), None)
            if properties is None:
                properties = etree.SubElement(etree.SubElement(node, f"{B}extensionElements"), f"{CAM}properties")
                node.insert(0, properties.getparent())
            etree.SubElement(properties, f"{CAM}property", name="limit", value=limit)

    def say(self, task: str, name: str, key: str, text: str) -> Diagram:
        """Write a property of a field: its visible_when, first_visit_only, a rule of it."""
        node = self.field(task, name)
        properties = node.find(f"{CAM}properties")
        if properties is None:
            properties = etree.Element(f"{CAM}properties")
            node.insert(0, properties)
        for found in [one for one in properties if one.get("id") == key]:
            properties.remove(found)
        etree.SubElement(properties, f"{CAM}property", id=key, value=text)
        return self

    def shown_when(self, task: str, name: str) -> str:
        """When a field is shown: its visible_when, "" for always."""
        return next((one.get("value") for one in self.field(task, name).iter(f"{CAM}property")
                     if one.get("id") == "visible_when"), "")

    def show_when(self, task: str, name: str, expression: str) -> Diagram:
        """Show a field only then; always for ""."""
        node = self.field(task, name)
        for found in [one for one in node.iter(f"{CAM}property") if one.get("id") == "visible_when"]:
            found.getparent().remove(found)
        properties = node.find(f"{CAM}properties")
        if expression:
            self.say(task, name, "visible_when", expression)
        elif properties is not None and not len(properties):
            node.remove(properties)
        return self

    def ask_before(self, task: str, name: str, xml: str) -> Diagram:
        """Put a field of one's own into the form, before this one."""
        node = self.field(task, name)
        node.getparent().insert(node.getparent().index(node), etree.fromstring(f"<all {DECLARED}>{xml}</all>")[0])
        return self

    def constrain(self, task: str, name: str, constraint: str, config: str | None) -> Diagram:
        """Set a constraint of a field (required has no config); take it away for None."""
        node = self.field(task, name)
        for found in [one for one in node.iter(f"{CAM}constraint") if one.get("name") == constraint]:
            found.getparent().remove(found)
        if config is not None:
            validation = node.find(f"{CAM}validation")
            etree.SubElement(validation, f"{CAM}constraint", name=constraint, config=config)
        return self

    def add_later_timer(self, task: str) -> None:
        """One more timer at a task (`extra_later`), of ten working days from the receipt; nothing follows it."""
        self.add(self.node(task).getparent(), LATER.format(task))

    def drop(self, name: str) -> None:
        """Take out a node with its flows."""
        for flow in self.flows_from(name) + self.flows_to(name):
            flow.getparent().remove(flow)
        node = self.node(name)
        node.getparent().remove(node)

    def drop_event(self, name: str) -> Diagram:
        """Take out a boundary event with the side path behind it."""
        targets = [flow.get("targetRef") for flow in self.flows_from(name)]
        self.drop(name)
        while targets:
            target = targets.pop()
            if not self.flows_to(target):
                targets += [flow.get("targetRef") for flow in self.flows_from(target)]
                self.drop(target)
        return self

    def splice(self, name: str) -> Diagram:
        """Take out a step and let what led to it lead to what followed."""
        for event in self.boundaries(name):
            self.drop_event(event)
        [after] = self.flows_from(name)
        for flow in self.flows_to(name):
            flow.set("targetRef", after.get("targetRef"))
        after.getparent().remove(after)
        node = self.node(name)
        node.getparent().remove(node)
        return self

    def insert(self, after: str, first: str, last: str, xml: str) -> Diagram:
        """Put these elements between a step and what follows it."""
        [flow] = self.flows_from(after)
        scope = flow.getparent()
        flow.set("sourceRef", last)
        more = f'<bpmn:sequenceFlow id="flow_{after}_{first}" sourceRef="{after}" targetRef="{first}"/>'
        scope.extend(list(etree.fromstring(f"<all {DECLARED}>{xml}{more}</all>")))
        return self

    def put_before(self, step: str, first: str, last: str, xml: str) -> Diagram:
        """Put these elements between all that leads to a step and the step."""
        scope = self.node(step).getparent()
        for flow in self.flows_to(step):
            flow.set("targetRef", first)
        more = f'<bpmn:sequenceFlow id="flow_{last}_{step}" sourceRef="{last}" targetRef="{step}"/>'
        return self.add(scope, xml + more)

    def add(self, scope: etree._Element, xml: str) -> Diagram:
        scope.extend(list(etree.fromstring(f"<all {DECLARED}>{xml}</all>")))
        return self


Edit = tuple[str, Diagram]      # what was edited, the diagram afterwards
