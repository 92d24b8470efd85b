"""The flow of one scope: ends, gateways, reachability, termination, loops. Everything is linear in its size."""

from __future__ import annotations

from lxml import etree

from caseflow.engine.gate.findings import Findings, printable
from caseflow.engine.gate.graph import Flow, Graph, Node, following, graph_of, reached, scopes
from caseflow.engine.gate.loops import check_loops
from caseflow.engine.gate.names import HOSTS, children
from caseflow.engine.gate.parallel import check_parallel


def check_structure(process: etree._Element, findings: Findings) -> None:
    """The flows of the process and of each of its sub-processes: ends, gateways, ways through, loops, branches."""
    waiting: dict[etree._Element, bool] = {}
    for scope in reversed(scopes(process)):
        graph = graph_of(scope)
        _check_flows(graph, findings)
        for node in graph.nodes.values():
            _check_node(graph, node, findings)
        sound = _check_starts(graph, findings) and not graph.broken
        _check_reachability(graph, findings)
        waiting[scope] = check_loops(graph, waiting, findings)
        if sound:
            check_parallel(graph, findings)


def _check_flows(graph: Graph, findings: Findings) -> None:
    for element, end in graph.broken:
        findings.add("flow_end_unknown", element, found=printable(end)[:64])
    pairs: set[tuple[str, str]] = set()
    for flow in graph.flows:
        pair = (flow.source.id, flow.target.id)
        if pair in pairs:
            findings.add("flow_duplicate", flow.element)
        elif flow.source is flow.target:
            findings.add("flow_self", flow.element)
        elif flow.condition is not None and flow.source.tag != "bpmn:exclusiveGateway":
            findings.add("condition_misplaced", flow.element)
        pairs.add(pair)


def _check_starts(graph: Graph, findings: Findings) -> bool:
    starts = graph.of("bpmn:startEvent")
    if len(starts) != 1:
        findings.add("start_count", graph.element, count=len(starts))
    if not graph.of("bpmn:endEvent"):
        findings.add("end_count", graph.element)
    return len(starts) == 1


def _check_node(graph: Graph, node: Node, findings: Findings) -> None:
    _check_references(node, findings)
    if node.tag in ("bpmn:startEvent", "bpmn:boundaryEvent") and node.incoming:
        findings.add("incoming_not_allowed", node.element, tag=node.tag)
    if node.tag == "bpmn:boundaryEvent":
        _check_attachment(graph, node, findings)
    if node.tag == "bpmn:endEvent":
        if node.outgoing:
            findings.add("outgoing_not_allowed", node.element)
    elif not node.outgoing:
        findings.add("dead_end", node.element)
    elif node.tag == "bpmn:exclusiveGateway":
        _check_exclusive(node, findings)
    elif node.tag == "bpmn:parallelGateway":
        if len(node.incoming) > 1 and len(node.outgoing) > 1:
            findings.add("gateway_mixed", node.element)
    elif len(node.outgoing) > 1:
        findings.add("implicit_split", node.element, tag=node.tag)


def _check_references(node: Node, findings: Findings) -> None:
    """The flows a node lists must be those that are connected: reader and engine must see the same picture."""
    for name, flows in (("bpmn:incoming", node.incoming), ("bpmn:outgoing", node.outgoing)):
        listed = [(child.text or "").strip() for child in children(node.element, name)]
        if listed and sorted(listed) != sorted(flow.id for flow in flows):
            findings.add("flow_reference", node.element, found=tuple(listed))


def _check_attachment(graph: Graph, node: Node, findings: Findings) -> None:
    attached = node.element.get("attachedToRef") or ""
    host = graph.nodes.get(attached)
    if host is None or host.tag not in HOSTS:
        findings.add("boundary_attachment", node.element, found=printable(attached)[:64])


def _check_exclusive(node: Node, findings: Findings) -> None:
    default = node.element.get("default")
    if default is not None and default not in [flow.id for flow in node.outgoing]:
        findings.add("default_unknown", node.element, found=printable(default)[:64])
    if len(node.outgoing) == 1:
        if node.outgoing[0].condition is not None:
            findings.add("condition_misplaced", node.outgoing[0].element)
        return
    if default is None:
        findings.add("default_missing", node.element)
    for flow in node.outgoing:
        _check_branch(flow, default, findings)


def _check_branch(flow: Flow, default: str | None, findings: Findings) -> None:
    if flow.id == default and flow.condition is not None:
        findings.add("default_condition", flow.element)
    if flow.id != default and flow.condition is None and default is not None:
        findings.add("condition_missing", flow.element)


def _check_reachability(graph: Graph, findings: Findings) -> None:
    forward = {node.id: following(node) for node in graph.nodes.values()}
    backward: dict[str, list[Node]] = {name: [] for name in graph.nodes}
    for node in graph.nodes.values():
        for target in forward[node.id]:
            backward[target.id].append(node)
    from_start = reached(graph.of("bpmn:startEvent"), forward)
    to_end = reached(graph.of("bpmn:endEvent"), backward)
    for node in graph.nodes.values():
        if node.id not in from_start:
            findings.add("unreachable", node.element)
        elif node.id not in to_end and node.outgoing:
            findings.add("cannot_end", node.element)
