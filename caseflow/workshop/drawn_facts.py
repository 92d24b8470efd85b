"""What a drawing says of each of its elements, in values that can be compared and in words that people read.

Pure, and made for drawings that may not have passed the gate: it needs nothing but XML that can be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

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
KINDS = {
    "userTask": "人工任务", "serviceTask": "系统任务", "exclusiveGateway": "排他网关", "parallelGateway": "并行网关",
    "startEvent": "开始事件", "endEvent": "结束事件", "boundaryEvent": "边界事件", "intermediateCatchEvent": "等待事件",
    "subProcess": "子流程", "callActivity": "调用活动", "sequenceFlow": "流向", "process": "流程", "lane": "泳道",
    "participant": "流程池", "message": "消息", "textAnnotation": "注释", "association": "注释连线", "group": "分组",
}
UNITS = {"working_days": "{n} 个工作日", "calendar_days": "{n} 日", "hours": "{n} 小时", "end_of_day": "当日内"}
ROLES = {"officer": "经办人", "supervisor": "督办人", "reviewer": "复核人", "staff": "窗口人员"}
SINCE = {"received_at": "收到评价", None: "本环节开始"}
DEFAULTS = {"cancelActivity": "true", "triggeredByEvent": "false"}
TOLD_OTHERWISE = frozenset(("id", "name", "sourceRef", "targetRef", "default", "attachedToRef", "calledElement",
                            "messageRef", "processRef", f"{CAM}candidateGroups", f"{CAM}topic", f"{CAM}type"))


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` is compared; `words` are shown; `since` are the words of a limit's start ("" for all other facts)."""

    value: object
    words: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One element of a drawing. `called` is what a sentence calls it; `guards` the name of what a border event is on.

    `facts` are by attribute; `layout` is where it is drawn, None when it is not.
    """

    id: str
    kind: str
    name: str
    called: str
    guards: str = ""
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
        self.root, self.offices = root, {"responsible": "承办单位", **offices}
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
        return Drawn(name, _kind(node), _one_line(node.get("name", "")), self._called(node),
                     self.title(node.get("attachedToRef", "")) if node.get("attachedToRef") else "", facts,
                     self.forms.get(name, ()), self.layouts.get(name))

    def title(self, name: str) -> str:
        """“its name”, or its kind and id when it has none."""
        node = self.nodes.get(name)
        if node is None:
            return f"“{name}”"
        shown = _one_line(node.get("name", ""))
        return f"“{shown}”" if shown else f"{KINDS[_kind(node)]} {name}"

    def _called(self, node: etree._Element) -> str:
        if _kind(node) == "sequenceFlow":
            return f"从{self.title(node.get('sourceRef', ''))}到{self.title(node.get('targetRef', ''))}的流向"
        title = self.title(node.get("id", ""))
        return title if not node.get("name") else KINDS[_kind(node)] + title

    def _facts(self, node: etree._Element) -> Iterator[tuple[str, Fact]]:
        yield "kind", Fact(_kind(node), KINDS[_kind(node)])
        yield "name", _text(node.get("name", ""))
        yield "performer", self._performer(node.get(f"{CAM}candidateGroups", "").strip())
        yield "deadline", self._deadline(node)
        yield "condition", _text(node.findtext(f"{BPMN}conditionExpression"))
        for attribute in ("sourceRef", "targetRef", "attachedToRef", "default"):
            yield attribute, Fact(node.get(attribute, ""), self._end(attribute, node.get(attribute, "")))
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
        return Fact(group, f"{self.offices.get(unit, unit)} {ROLES.get(role, role)}".strip())

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
            return Fact(text, f"到“{self.labels.get(timer.since, timer.since)}”那天")
        since = SINCE.get(timer.since) or f"“{self.labels.get(timer.since, timer.since)}”"
        return Fact((timer.unit, timer.amount, timer.since), UNITS[timer.unit].format(n=timer.amount), since)

    def _end(self, attribute: str, name: str) -> str:
        """The node that an attribute names; of a default flow, the node that it leads to."""
        flow = self.nodes.get(name) if attribute == "default" else None
        return self.title(name if flow is None else flow.get("targetRef", "")) if name else ""

    def _message(self, node: etree._Element) -> Fact:
        reference = next((found.get("messageRef", "") for found in node.iterfind(f"{BPMN}messageEventDefinition")), "")
        message = self.nodes.get(reference)
        return _text(reference if message is None else message.get("name"))

    def _lane(self, node: etree._Element) -> Fact:
        lane = self.lanes.get(node.get("id"))
        return Fact("", "") if lane is None else Fact(lane.get("id"), self.title(lane.get("id", "")))

    def _parent(self, node: etree._Element) -> Fact:
        parent = node.getparent()
        inside = parent is not None and _kind(parent) == "subProcess"
        return Fact(parent.get("id"), self.title(parent.get("id", ""))) if inside else Fact("main", "主流程")


def field_facts(one: FormField, form: tuple[FormField, ...]) -> dict[str, Fact]:
    """What is asked at one field of a form, by attribute."""
    choices = "、".join(f"{name}（{key}）" for key, name in one.choices)
    found = {
        "label": _text(one.label), "type": _text(one.type),
        "required": Fact(one.required, "必填" if one.required else "选填"),
        "choices": Fact(one.choices, choices), "default": _text(one.default),
        "visible_when": Fact(one.visible_when, _visible_when(one, form)),
        "first_visit_only": Fact(one.first_visit_only, "、".join(one.first_visit_only)),
    }
    bounds = {name: getattr(one, name) for name in ("minimum", "maximum", "min_length", "max_length")}
    return found | {name: Fact(value, "" if value is None else str(value)) for name, value in bounds.items()}


def _visible_when(one: FormField, form: tuple[FormField, ...]) -> str:
    if one.visible_when is None:
        return ""
    asked = next((other for other in form if other.id == one.visible_when[0]), None)
    names = dict(asked.choices) | {"true": "是"} if asked else {}
    values = "或".join(names.get(value, value) for value in one.visible_when[1])
    return f"“{asked.label if asked else one.visible_when[0]}”是{values}时"


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
