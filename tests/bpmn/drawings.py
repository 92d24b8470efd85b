"""The diagrams as the tests look at them: elements by id, flows, boxes and lines.

A place alone ("guichi") means its rectification, "guichi/appeal" its other diagram.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lxml import etree

from caseflow.engine import definition, gate
from caseflow.engine.definition import Definition
from caseflow.law import regulations

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
PLACES = ("guichi", "hainan", "hefei", "qijiang")
APPEALS = ("guichi/appeal", "hainan/appeal", "qijiang/appeal")
NODES = ("startEvent", "endEvent", "boundaryEvent", "userTask", "serviceTask", "exclusiveGateway", "subProcess")


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def overlaps(self, other: Box) -> bool:
        return (self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom)

    def holds(self, other: Box) -> bool:
        return (self.x <= other.x and self.y <= other.y and other.right <= self.right and other.bottom <= self.bottom)

    def touches(self, point: tuple[float, float]) -> bool:
        """Whether the point lies on the border, one pixel more or less."""
        x, y = point
        inside = self.x - 1 <= x <= self.right + 1 and self.y - 1 <= y <= self.bottom + 1
        return inside and not (self.x + 1 < x < self.right - 1 and self.y + 1 < y < self.bottom - 1)


def _named(place: str) -> tuple[str, str]:
    key, _, name = place.partition("/")
    return key, name or "rectification"


def source(place: str) -> bytes:
    key, name = _named(place)
    return regulations.files(key)[f"{name}.bpmn"]


@cache
def tree(place: str) -> etree._Element:
    return etree.fromstring(source(place))


@cache
def loaded(place: str) -> Definition:
    key, name = _named(place)
    return definition.load(regulations.files(key), trusted=True, process_id=f"{key}_{name}")


def elements(place: str, *tags: str) -> Iterator[etree._Element]:
    yield from tree(place).iter(*(BPMN + tag for tag in tags))


def nodes(place: str) -> dict[str, etree._Element]:
    return {node.get("id"): node for node in elements(place, *NODES)}


def flows(place: str) -> list[etree._Element]:
    return list(elements(place, "sequenceFlow"))


def article(node: etree._Element) -> str:
    path = f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property[@name='article']"
    found = node.find(path)
    return "" if found is None else found.get("value")


def timers(place: str) -> dict[str, str]:
    """Deadline element → its expression."""
    return {date.getparent().getparent().get("id"): date.text for date in elements(place, "timeDate")}


def _box(bounds: etree._Element) -> Box:
    return Box(*(float(bounds.get(name)) for name in ("x", "y", "width", "height")))


def shapes(place: str) -> dict[str, Box]:
    return {shape.get("bpmnElement"): _box(shape.find(DC + "Bounds")) for shape in tree(place).iter(DI + "BPMNShape")}


def labels(place: str) -> dict[str, Box]:
    found = tree(place).iter(DI + "BPMNLabel")
    return {label.getparent().get("bpmnElement"): _box(label.find(DC + "Bounds")) for label in found}


def lines(place: str) -> dict[str, list[tuple[float, float]]]:
    return {edge.get("bpmnElement"): [(float(p.get("x")), float(p.get("y"))) for p in edge.iter(DD + "waypoint")]
            for edge in tree(place).iter(DI + "BPMNEdge")}


def segments(place: str) -> Iterator[tuple[str, Box]]:
    """Each straight piece of each sequence flow, as a box without breadth."""
    flow_ids = {flow.get("id") for flow in flows(place)}
    for name, points in lines(place).items():
        for (x1, y1), (x2, y2) in zip(points, points[1:], strict=False):
            if name in flow_ids:
                yield name, Box(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2))


def parts(source: bytes) -> Counter:
    """Every element of a file by where it stands, with its attributes and text: their order aside, and labels that a
    modeler leaves empty."""
    def told(node: etree._Element) -> tuple:
        place = "/".join(f"{above.tag}#{above.get('id', '')}" for above in node.iterancestors())
        return place, node.tag, tuple(sorted(node.attrib.items())), (node.text or "").strip()

    return Counter(told(node) for node in gate.read(source.replace(b"<bpmndi:BPMNLabel />", b"")).iter())
