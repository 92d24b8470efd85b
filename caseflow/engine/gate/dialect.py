"""The dialect as an allow-list: which element may hold which attributes, children and text. The rest is refused."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from caseflow.engine.gate.findings import Findings, printable
from caseflow.engine.gate.names import BPMN, STEPS, TASKS, short, tag

ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
DRAWING_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}")
SNAKE = re.compile(r"[a-z][a-z0-9_]{0,63}")
RESERVED_IDS = frozenset(("Start", "End", "Root", "typename", "data_objects"))
MAX_LABEL = 120
BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters and signs that show nothing


def _is(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def visible(value: str, *, lines: bool = False) -> bool:
    """No control, direction-changing, invisible or unassigned character; line breaks and tabs only where allowed."""
    return all(
        (unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and character not in BLANK)
        or (lines and character in "\n\r\t")
        for character in value
    )


def label(value: str) -> bool:
    """At most MAX_LABEL (120) characters, all visible but for line breaks and tabs."""
    return len(value) <= MAX_LABEL and visible(value, lines=True)


reference = _is(DRAWING_ID.pattern)
boolean = _is("true|false")
number = _is(r"-?[0-9]{1,7}(\.[0-9]{1,9})?")
colour = _is(r"#[0-9A-Fa-f]{3,8}|[A-Za-z]{1,30}|rgba?\([0-9., %]{1,40}\)")
address = _is(r"[A-Za-z0-9:/._#-]{1,200}")
expression_type = _is("([A-Za-z][A-Za-z0-9]{0,20}:)?tFormalExpression")


@dataclass(frozen=True)
class Rule:
    """What one element may hold. `attributes`: name → test of its value; `needs`: those that must be there.

    `children`: names of elements, `once` those of which there is at most one; `text`: most characters, 0 for none.
    """

    attributes: dict[str, Callable[[str], bool]] = field(default_factory=dict)
    children: frozenset[str] = frozenset()
    text: int = 0
    needs: tuple[str, ...] = ()
    once: frozenset[str] = frozenset()


def rule(attributes: str = "", children: str = "", *, text: int = 0, needs: str = "", once: str = "") -> Rule:
    """A Rule from names parted by spaces: attributes with their tests (TESTS), children, those in `once` included."""
    tests = {name: TESTS[name] for name in attributes.split()}
    return Rule(tests, frozenset((children + " " + once).split()), text, tuple(needs.split()), frozenset(once.split()))


TESTS: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(("id", "camunda:candidateGroups", "label", "type", "config", "defaultValue"), lambda value: True),
    **dict.fromkeys(("camunda:type", "camunda:topic"), lambda value: True),
    **dict.fromkeys(("sourceRef", "targetRef", "attachedToRef", "default", "messageRef", "processRef"), reference),
    **dict.fromkeys(("calledElement", "bpmnElement", "labelStyle", "categoryValueRef"), reference),
    **dict.fromkeys(("isExecutable", "cancelActivity", "isHorizontal", "isExpanded", "isMarkerVisible"), boolean),
    **dict.fromkeys(("x", "y", "width", "height", "resolution"), number),
    **dict.fromkeys(
        ("bioc:stroke", "bioc:fill", "color:background-color", "color:border-color", "color:color"), colour
    ),
    "value": lambda value: len(value) <= 500 and visible(value),
    **dict.fromkeys(("name", "exporter", "exporterVersion", "camunda:versionTag"), label),
    **dict.fromkeys(("modeler:executionPlatform", "modeler:executionPlatformVersion"), label),
    "targetNamespace": address,
    "camunda:historyTimeToLive": _is("P?[0-9]{1,5}[DWMY]?"),
    "camunda:diagramRelationId": _is("[A-Za-z0-9-]{1,64}"),
    "triggeredByEvent": _is("false"),
    "associationDirection": _is("None|One|Both"),
    "textFormat": _is("text/plain"),
    "xsi:type": expression_type,
}

NOTES = "bpmn:textAnnotation bpmn:association bpmn:group"
FLOW = " ".join(sorted(STEPS)) + f" bpmn:sequenceFlow {NOTES}"
ONCE = "bpmn:documentation bpmn:extensionElements"
EVENT_KINDS = "bpmn:timerEventDefinition bpmn:messageEventDefinition"
COLOURS = "bioc:stroke bioc:fill color:background-color color:border-color color:color"
STEP = f"{ONCE}"
LINKS = "bpmn:incoming bpmn:outgoing"

RULES: dict[str, Rule] = {
    "bpmn:definitions": rule(
        "id name targetNamespace exporter exporterVersion modeler:executionPlatform "
        "modeler:executionPlatformVersion camunda:diagramRelationId",
        "bpmn:process bpmn:message bpmn:category bpmndi:BPMNDiagram",
        once="bpmn:collaboration bpmn:documentation",
    ),
    "bpmn:process": rule(
        "id name isExecutable camunda:historyTimeToLive camunda:versionTag",
        FLOW,
        needs="id",
        once=f"{ONCE} bpmn:laneSet",
    ),
    "bpmn:collaboration": rule("id name", f"bpmn:participant {NOTES}", once="bpmn:documentation"),
    "bpmn:participant": rule("id name processRef", needs="id", once="bpmn:documentation"),
    "bpmn:laneSet": rule("id name", "bpmn:lane"),
    "bpmn:lane": rule("id name", "bpmn:flowNodeRef", needs="id", once="bpmn:documentation"),
    "bpmn:flowNodeRef": rule(text=64),
    "bpmn:incoming": rule(text=64),
    "bpmn:outgoing": rule(text=64),
    "bpmn:startEvent": rule("id name", LINKS, needs="id", once=STEP),
    "bpmn:endEvent": rule("id name", LINKS, needs="id", once=STEP),
    "bpmn:userTask": rule("id name camunda:candidateGroups", LINKS, needs="id", once=STEP),
    "bpmn:serviceTask": rule("id name camunda:type camunda:topic", LINKS, needs="id", once=STEP),
    "bpmn:callActivity": rule("id name calledElement", LINKS, needs="id calledElement", once=STEP),
    "bpmn:exclusiveGateway": rule("id name default", LINKS, needs="id", once=STEP),
    "bpmn:parallelGateway": rule("id name", LINKS, needs="id", once=STEP),
    "bpmn:subProcess": rule("id name triggeredByEvent", f"{LINKS} {FLOW}", needs="id", once=STEP),
    "bpmn:intermediateCatchEvent": rule("id name", LINKS, needs="id", once=f"{STEP} {EVENT_KINDS}"),
    "bpmn:boundaryEvent": rule(
        "id name attachedToRef cancelActivity", LINKS, needs="id attachedToRef", once=f"{STEP} {EVENT_KINDS}"
    ),
    "bpmn:timerEventDefinition": rule("id", once="bpmn:timeDate"),
    "bpmn:timeDate": rule("id xsi:type", text=500),
    "bpmn:messageEventDefinition": rule("id messageRef", needs="messageRef"),
    "bpmn:message": rule("id name", needs="id name"),
    "bpmn:sequenceFlow": rule(
        "id name sourceRef targetRef",
        needs="id sourceRef targetRef",
        once="bpmn:documentation bpmn:conditionExpression",
    ),
    "bpmn:conditionExpression": rule("id xsi:type", text=500),
    "bpmn:documentation": rule("id", text=4000),
    "bpmn:textAnnotation": rule("id textFormat", once="bpmn:text bpmn:documentation"),
    "bpmn:text": rule(text=2000),
    "bpmn:association": rule("id sourceRef targetRef associationDirection"),
    "bpmn:group": rule("id categoryValueRef"),
    "bpmn:category": rule("id name", "bpmn:categoryValue"),
    "bpmn:categoryValue": rule("id value"),
    "bpmn:extensionElements": rule(once="camunda:properties camunda:formData"),
    "camunda:properties": rule("", "camunda:property"),
    "camunda:property": rule("id name value"),
    "camunda:formData": rule("", "camunda:formField"),
    "camunda:formField": rule(
        "id label type defaultValue", "camunda:value", once="camunda:properties camunda:validation"
    ),
    "camunda:validation": rule("", "camunda:constraint"),
    "camunda:constraint": rule("name config"),
    "camunda:value": rule("id name"),
    "bpmndi:BPMNDiagram": rule("id name resolution", "bpmndi:BPMNPlane"),
    "bpmndi:BPMNPlane": rule("id bpmnElement", "bpmndi:BPMNShape bpmndi:BPMNEdge"),
    "bpmndi:BPMNShape": rule(
        f"id bpmnElement isHorizontal isExpanded isMarkerVisible {COLOURS}", once="dc:Bounds bpmndi:BPMNLabel"
    ),
    "bpmndi:BPMNEdge": rule(f"id bpmnElement {COLOURS}", "di:waypoint", once="bpmndi:BPMNLabel"),
    "bpmndi:BPMNLabel": rule(f"id labelStyle {COLOURS}", once="dc:Bounds"),
    "dc:Bounds": rule("x y width height", needs="x y width height"),
    "di:waypoint": rule("x y", needs="x y"),
}

SPECIAL = {
    "timer_kind": ("timeDuration", "timeCycle"),
    "script_not_allowed": (
        "scriptTask",
        "script",
        "preScript",
        "postScript",
        "businessRuleTask",
        "executionListener",
        "taskListener",
        "messagePayload",
        "payloadExpression",
    ),
    "gateway_not_allowed": ("inclusiveGateway", "complexGateway", "eventBasedGateway"),
    "loop_not_allowed": ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics"),
}
SPECIAL_CODES = {local: code for code, names in SPECIAL.items() for local in names}


def check_dialect(root: etree._Element, findings: Findings) -> None:
    """Every element, attribute and text of the tree against RULES; ids against their rules, and none twice.

    What stands inside an element that is not allowed is not looked at: one fault is told once.
    """
    seen: set[str] = set()
    _check_node(root, findings, seen)
    waiting = [(root, RULES["bpmn:definitions"])]
    while waiting:
        parent, allowed = waiting.pop()
        names = [tag(child) for child in parent]
        count = Counter(names)
        for child, name in zip(parent, names, strict=True):
            if name not in allowed.children or name not in RULES:
                findings.add(_code_of(name), child, found=printable(name))
                continue
            if name in allowed.once and count[name] > 1:
                findings.add("element_repeated", child, found=name)
            _check_node(child, findings, seen)
            waiting.append((child, RULES[name]))


def _code_of(name: str) -> str:
    local = name.rpartition(":")[2]
    if local.endswith("EventDefinition") or local in ("intermediateThrowEvent", "conditionalEventDefinition"):
        return "event_not_allowed"
    return SPECIAL_CODES.get(local, "element_not_allowed")


def _check_node(node: etree._Element, findings: Findings, seen: set[str]) -> None:
    name = tag(node)
    allowed = RULES[name]
    for attribute, value in node.attrib.items():
        attribute = short(str(attribute))
        test = allowed.attributes.get(attribute)
        if test is None:
            findings.add("attribute_not_allowed", node, tag=name, found=printable(attribute))
        elif not test(value) or (attribute == "xsi:type" and not _is_bpmn(value, node)):
            findings.add("attribute_value", node, tag=name, found=attribute, value=printable(value)[:60])
    for attribute in allowed.needs:
        if node.get(attribute) is None:
            code = "id_missing" if attribute == "id" else "attribute_missing"
            findings.add(code, node, tag=name, found=attribute)
    _check_text(node, name, allowed, findings)
    if not name.startswith("camunda:") and node.get("id") is not None:
        _check_id(node, name, findings, seen)


def _is_bpmn(name: str, node: etree._Element) -> bool:
    """Whether the prefix of a type's name stands for BPMN here; without one it does where there is no default."""
    prefix = name.rpartition(":")[0] or None
    return node.nsmap.get(prefix) == BPMN or (prefix is None and None not in node.nsmap)


def _check_text(node: etree._Element, name: str, allowed: Rule, findings: Findings) -> None:
    text = node.text or ""
    stray = [child for child in node if (child.tail or "").strip()]
    if stray or (text.strip() and not allowed.text):
        findings.add("text_misplaced", node, tag=name)
    elif name in ("bpmn:timeDate", "bpmn:conditionExpression"):
        return  # an expression tells its own faults, with the place
    elif text.strip() and (len(text) > allowed.text or not visible(text, lines=True)):
        findings.add("text_value", node, tag=name, limit=allowed.text)


def _check_id(node: etree._Element, name: str, findings: Findings, seen: set[str]) -> None:
    found = node.get("id")
    drawing = not name.startswith("bpmn:") or name == "bpmn:definitions"
    if not (DRAWING_ID if drawing else ID).fullmatch(found):
        findings.add("id_form", node, found=printable(found)[:64])
    elif found in RESERVED_IDS:
        findings.add("id_reserved", node, found=found)
    elif name in TASKS and not SNAKE.fullmatch(found):
        findings.add("id_snake_case", node, found=found)
    if found in seen:
        findings.add("id_duplicate", node, found=printable(found)[:64])
    seen.add(found)
