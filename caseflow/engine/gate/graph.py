"""A process or sub-process as a graph: what the structural checks walk on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

from caseflow.engine.gate.names import NAMESPACES, SCOPES, STEPS, children, tag

BPMN_PREFIX = tuple(f"{{{namespace}}}" for namespace, prefix in NAMESPACES.items() if prefix == "bpmn")
NOT_NODES = frozenset((
    "bpmn:sequenceFlow", "bpmn:documentation", "bpmn:extensionElements", "bpmn:laneSet", "bpmn:incoming",
    "bpmn:outgoing", "bpmn:textAnnotation", "bpmn:association", "bpmn:group",
))  # fmt: skip


@dataclass
class Node:
    """A step of one scope. `tag` is `prefix:local`; `boundaries` are the events at its border."""

    id: str
    tag: str
    element: etree._Element
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    boundaries: list[Node] = field(default_factory=list)

    @property
    def interrupting(self) -> bool:
        """Whether a boundary event ends its activity (BPMN cancelActivity, true when it is not written)."""
        return self.element.get("cancelActivity") != "false"


@dataclass
class Flow:
    """A sequence flow between two nodes of one scope."""

    id: str
    element: etree._Element
    source: Node
    target: Node

    @property
    def condition(self) -> etree._Element | None:
        """Its conditionExpression, None without one."""
        return next(iter(children(self.element, "bpmn:conditionExpression")), None)


@dataclass
class Graph:
    """One scope: `nodes` by id. `broken` are flows with an end that is no node of this scope, each with that end."""

    element: etree._Element
    nodes: dict[str, Node]
    flows: list[Flow]
    broken: list[tuple[etree._Element, str]]

    def of(self, *tags: str) -> list[Node]:
        """The nodes with one of these tags, in the order of the file."""
        return [node for node in self.nodes.values() if node.tag in tags]


def scopes(process: etree._Element) -> list[etree._Element]:
    """The process and all its sub-processes, outermost first."""
    return [node for node in process.iter() if isinstance(node.tag, str) and tag(node) in SCOPES]


def steps(process: etree._Element) -> list[etree._Element]:
    """Every node of the flow (names.STEPS) in the process and its sub-processes, in the order of the file."""
    return [node for node in process.iter() if tag(node) in STEPS]


def graph_of(scope: etree._Element) -> Graph:
    """The flow of one scope, without that of its sub-processes.

    Nodes are all children of the scope that could be steps, allowed or not, so that one fault is told once.
    """
    nodes = {
        child.get("id"): Node(child.get("id"), tag(child), child)
        for child in scope
        if child.get("id") and str(child.tag).startswith(BPMN_PREFIX) and tag(child) not in NOT_NODES
    }
    graph = Graph(scope, nodes, [], [])
    for element in children(scope, "bpmn:sequenceFlow"):
        _connect(graph, element)
    for node in nodes.values():
        host = nodes.get(node.element.get("attachedToRef") or "")
        if node.tag == "bpmn:boundaryEvent" and host is not None:
            host.boundaries.append(node)
    return graph


def _connect(graph: Graph, element: etree._Element) -> None:
    ends = [element.get("sourceRef") or "", element.get("targetRef") or ""]
    for end in ends:
        if end not in graph.nodes:
            graph.broken.append((element, end))
    if all(end in graph.nodes for end in ends):
        flow = Flow(element.get("id") or "", element, graph.nodes[ends[0]], graph.nodes[ends[1]])
        graph.flows.append(flow)
        flow.source.outgoing.append(flow)
        flow.target.incoming.append(flow)


def following(node: Node) -> list[Node]:
    """Where a token may go from here: along the flows, and to the boundary events of the activity."""
    return [flow.target for flow in node.outgoing] + node.boundaries


def reached(starts: Iterable[Node], edges: dict[str, list[Node]]) -> set[str]:
    """Ids of everything that can be reached along `edges` (id → nodes), the starts included; linear in their number."""
    waiting = list(starts)
    seen = {node.id for node in waiting}
    while waiting:
        for target in edges[waiting.pop().id]:
            if target.id not in seen:
                seen.add(target.id)
                waiting.append(target)
    return seen
