"""What a drawing says of each of its elements, in values that can be compared and in what a sentence needs of them.

Pure, and made for drawings that may not have passed the gate: it needs nothing but XML that can be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from caseflow.engine.expressions.language import parse
from caseflow.engine.expressions.timer import read_timer
from caseflow.engine.gate import fields_of, read
from caseflow.engine.gate.names import BPMN as MODEL
from caseflow.engine.gate.names import CAMUNDA, extension, short, tag
from caseflow.engine.values import FormField
from caseflow.errors import ExpressionRefused

BPMN = f"{{{MODEL}}}"
CAM = f"{{{CAMUNDA}}}"
KINDS = frozenset((
    "userTask", "serviceTask", "exclusiveGateway", "parallelGateway", "startEvent", "endEvent", "boundaryEvent",
    "intermediateCatchEvent", "subProcess", "callActivity", "sequenceFlow", "process", "lane", "participant", "message",
    "textAnnotation", "association", "group",
))
KNOWN_SINCE = ("received_at", None)     # moments that no field of a form sets
DEFAULTS = {"cancelActivity": "true", "triggeredByEvent": "false"}
TOLD_OTHERWISE = frozenset(("id", "name", "sourceRef", "targetRef", "default", "attachedToRef", "calledElement",
                            "messageRef", "processRef", f"{CAM}candidateGroups", f"{CAM}topic", f"{CAM}type"))


@dataclass(frozen=True, slots=True)
class Named:
    """An element as a sentence names it: by its name, else by its kind and id. `kind` is "" where there is none."""

    id: str
    kind: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` is compared; `told` is what a sentence needs of it, by its `form`.

    | form | told |
    |---|---|
    | text | the text |
    | kind | the kind of an element |
    | performer | the office, by its name, else its key, and the role |
    | limit | amount, unit, the variable it counts from (None: its step), the label of the field that sets it |
    | day | the label, or the name, of the date that ends it |
    | element | a Named |
    | stage | a Named, None for the process itself |
    | asked | whether it must be answered |
    | choices | (id, name) of each |
    | names | a text for each |
    | visible | the label of the question, and the answers at which it is asked (True for yes) |
    """

    value: object
    told: Any
    form: str = "text"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One element of a drawing. `ends` are those of a flow; `guards` what a border event is on.

    `facts` are by attribute; `layout` is where it is drawn, None when it is not.
    """

    id: str
    kind: str
    name: str
    ends: tuple[Named, Named] | None = None
    guards: Named | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    form: tuple[FormField, ...] = ()
    layout: tuple | None = None


def elements(files: Mapping[str, bytes], offices: Mapping[str, str]) -> dict[tuple[str, str], Drawn]:
    """(process id, element id) → what the drawings say of it, in the order of the files. `offices`: unit key → name.

    DefinitionRefused for a file that cannot be read.
    """
    found: dict[tuple[str, str], Drawn] = {}
    for source in files.values():
        found |= _Drawing(read(source), offices).elements()
    return found


class _Drawing:
    def __init__(self, root: etree._Element, offices: Mapping[str, str]) -> None:
        self.root, self.offices = root, dict(offices)
        self.process = next((node.get("id", "") for node in root.iter(f"{BPMN}process")), "")
        self.nodes = {node.get("id"): node for node in root.iter(f"{BPMN}*") if _kind(node) in KINDS and node.get("id")}
        self.lanes = {(found.text or "").strip(): found.getparent() for found in root.iter(f"{BPMN}flowNodeRef")}
        self.layouts = {shape.get("bpmnElement", ""): _layout(shape) for shape in root.iter()
                        if tag(shape) in ("bpmndi:BPMNShape", "bpmndi:BPMNEdge")}
        tasks = [node for node in self.nodes.values() if _kind(node) == "userTask"]
        self.forms = {task.get("id"): fields_of(task) for task in tasks}
        self.labels = {one.id: one.label for form in self.forms.values() for one in form}

    def elements(self) -> dict[tuple[str, str], Drawn]:
        return {(self.process, name): self._drawn(name, node) for name, node in self.nodes.items()}

    def _drawn(self, name: str, node: etree._Element) -> Drawn:
        facts = {key: fact for key, fact in self._facts(node) if fact.value not in ("", None)}
        flow = _kind(node) == "sequenceFlow"
        ends = (self.named(node.get("sourceRef", "")), self.named(node.get("targetRef", ""))) if flow else None
        guards = self.named(node.get("attachedToRef", "")) if node.get("attachedToRef") else None
        return Drawn(name, _kind(node), _one_line(node.get("name", "")), ends, guards, facts, self.forms.get(name, ()),
                     self.layouts.get(name))

    def named(self, name: str) -> Named:
        """The element with this id; one that is not drawn has nothing but the id."""
        node = self.nodes.get(name)
        return Named(name) if node is None else Named(name, _kind(node), _one_line(node.get("name", "")))

    def _facts(self, node: etree._Element) -> Iterator[tuple[str, Fact]]:
        yield "kind", Fact(_kind(node), _kind(node), "kind")
        yield "name", _text(node.get("name", ""))
        yield "performer", self._performer(node.get(f"{CAM}candidateGroups", "").strip())
        yield "deadline", self._deadline(node)
        yield "condition", _text(node.findtext(f"{BPMN}conditionExpression"))
        for attribute in ("sourceRef", "targetRef", "attachedToRef", "default"):
            yield attribute, self._end(attribute, node.get(attribute, ""))
        yield "topic", _text(node.get(f"{CAM}topic"))
        yield "called", _text(node.get("calledElement"))
        yield "message", self._message(node)
        yield "article", _text(", ".join(_properties(node).get("article", [])))
        yield "documentation", _text(node.findtext(f"{BPMN}documentation"))
        yield "text", _text(node.findtext(f"{BPMN}text"))
        yield "lane", self._lane(node)
        yield "parent", self._parent(node)
        for attribute, value in node.attrib.items():
            local = short(attribute)
            if attribute not in TOLD_OTHERWISE and DEFAULTS.get(local) != value:
                yield local, _text(value)

    def _performer(self, group: str) -> Fact:
        unit, _, role = group.rpartition(".")
        return Fact(group, (self.offices.get(unit, unit), role), "performer")

    def _deadline(self, node: etree._Element) -> Fact:
        found = next(node.iterfind(f"{BPMN}timerEventDefinition/{BPMN}timeDate"), None)
        text = (found.text or "").strip() if found is not None else ""
        try:
            timer = read_timer(parse(text)) if text else None
        except ExpressionRefused:
            timer = None
        if timer is None:
            return Fact(text, text)
        if timer.unit == "date":
            return Fact(text, self.labels.get(timer.since, timer.since), "day")
        label = "" if timer.since in KNOWN_SINCE else self.labels.get(timer.since, timer.since)
        return Fact((timer.unit, timer.amount, timer.since), (timer.amount, timer.unit, timer.since, label), "limit")

    def _end(self, attribute: str, name: str) -> Fact:
        """The node that an attribute names; of a default flow, the node that it leads to."""
        if not name:
            return _text("")
        flow = self.nodes.get(name) if attribute == "default" else None
        return Fact(name, self.named(name if flow is None else flow.get("targetRef", "")), "element")

    def _message(self, node: etree._Element) -> Fact:
        reference = next((found.get("messageRef", "") for found in node.iterfind(f"{BPMN}messageEventDefinition")), "")
        message = self.nodes.get(reference)
        return _text(reference if message is None else message.get("name"))

    def _lane(self, node: etree._Element) -> Fact:
        lane = self.lanes.get(node.get("id"))
        return _text("") if lane is None else Fact(lane.get("id"), self.named(lane.get("id", "")), "element")

    def _parent(self, node: etree._Element) -> Fact:
        parent = node.getparent()
        inside = parent is not None and _kind(parent) == "subProcess"
        return Fact(parent.get("id"), self.named(parent.get("id", "")), "stage") if inside else Fact(
            "main", None, "stage")


def field_facts(one: FormField, form: tuple[FormField, ...]) -> dict[str, Fact]:
    """What is asked at one field of a form, by attribute."""
    found = {
        "label": _text(one.label), "type": _text(one.type),
        "required": Fact(one.required, one.required, "asked"),
        "choices": Fact(one.choices, tuple(one.choices), "choices"), "default": _text(one.default),
        "visible_when": _visible_when(one, form),
        "rules": Fact(one.rules, tuple(f"{rule.text}: {rule.sentence}" for rule in one.rules), "names"),
        "first_visit_only": Fact(one.first_visit_only, tuple(one.first_visit_only), "names"),
    }
    bounds = {name: getattr(one, name) for name in ("minimum", "maximum", "min_length", "max_length")}
    return found | {name: Fact(value, "" if value is None else str(value)) for name, value in bounds.items()}


def _visible_when(one: FormField, form: tuple[FormField, ...]) -> Fact:
    if one.visible_when is None:
        return Fact(None, "")
    asked = next((other for other in form if other.id == one.visible_when[0]), None)
    names = dict(asked.choices) | {"true": True} if asked else {}
    answers = tuple(names.get(value, value) for value in one.visible_when[1])
    return Fact(one.visible_when, (asked.label if asked else one.visible_when[0], answers), "visible")


def _layout(shape: etree._Element) -> tuple:
    """Every number of a shape or edge, its own and its label's, and how it is drawn."""
    own = sorted((short(key), value) for key, value in shape.attrib.items() if key not in ("id", "bpmnElement"))
    parts = [(tag(part), *(_number(part.get(key)) for key in ("x", "y", "width", "height")))
             for part in shape.iter() if part is not shape and part.get("x") is not None]
    return (*own, *parts)


def _number(text: str | None) -> float | str | None:
    try:
        return None if text is None else round(float(text), 2)
    except ValueError:
        return text


def _properties(node: etree._Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for holder in extension(node, "camunda:properties"):
        for entry in holder:
            found.setdefault(entry.get("name", ""), []).append(entry.get("value", ""))
    return found


def _text(text: str | None) -> Fact:
    stripped = (text or "").strip()
    return Fact(stripped, stripped)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _kind(node: etree._Element) -> str:
    return node.tag.removeprefix(BPMN) if isinstance(node.tag, str) else ""
