"""Namespaces and the names of the dialect's elements, written as `prefix:local`."""

from __future__ import annotations

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
NAMESPACES = {
    BPMN: "bpmn",
    CAMUNDA: "camunda",
    "http://www.omg.org/spec/BPMN/20100524/DI": "bpmndi",
    "http://www.omg.org/spec/DD/20100524/DC": "dc",
    "http://www.omg.org/spec/DD/20100524/DI": "di",
    "http://www.w3.org/2001/XMLSchema-instance": "xsi",
    "http://camunda.org/schema/modeler/1.0": "modeler",
    "http://bpmn.io/schema/bpmn/biocolor/1.0": "bioc",
    "http://www.omg.org/spec/BPMN/non-normative/color/1.0": "color",
}

TASKS = frozenset(("bpmn:userTask", "bpmn:serviceTask"))
EVENTS = frozenset(("bpmn:intermediateCatchEvent", "bpmn:boundaryEvent"))
SCOPES = frozenset(("bpmn:process", "bpmn:subProcess"))
HOSTS = frozenset(("bpmn:userTask", "bpmn:subProcess", "bpmn:callActivity"))
GATEWAYS = frozenset(("bpmn:exclusiveGateway", "bpmn:parallelGateway"))
STEPS = (
    frozenset(("bpmn:startEvent", "bpmn:endEvent", "bpmn:subProcess", "bpmn:callActivity")) | TASKS | EVENTS | GATEWAYS
)


def short(name: str) -> str:
    """`{namespace}local` → `prefix:local`; an unknown namespace becomes `?:local`, none stays bare."""
    if not name.startswith("{"):
        return name
    namespace, _, local = name[1:].partition("}")
    return f"{NAMESPACES.get(namespace, '?')}:{local}"


def tag(node: etree._Element) -> str:
    """The name of an element as `prefix:local`."""
    return short(str(node.tag))


def children(node: etree._Element, *names: str) -> list[etree._Element]:
    """The direct children with one of these names (`prefix:local`), in the order of the file."""
    return [child for child in node if tag(child) in names]


def extension(node: etree._Element, name: str) -> list[etree._Element]:
    """The elements `name` (camunda:…) among the extension elements of a node."""
    return [found for holder in children(node, "bpmn:extensionElements") for found in children(holder, name)]


def camunda(node: etree._Element, attribute: str) -> str | None:
    """The value of an attribute in Camunda 7's namespace, None when it is not written."""
    return node.get(f"{{{CAMUNDA}}}{attribute}")
