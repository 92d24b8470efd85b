"""Every loop contains a wait: a person, a message, or a time that lies ahead. Linear in the size of the scope."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from caseflow.engine.expressions.language import parse
from caseflow.engine.expressions.timer import read_timer
from caseflow.engine.gate.findings import Findings
from caseflow.engine.gate.graph import Graph, Node, reached
from caseflow.engine.gate.names import children
from caseflow.errors import ExpressionRefused


def check_loops(graph: Graph, waiting: Mapping[etree._Element, bool], findings: Findings) -> bool:
    """Finds a circle in which a token never waits. True when every way through the scope waits somewhere.

    `waiting` tells this of the sub-processes inside. Only the moves are followed that a token can make at once:
    not out of a node that waits, but always to a boundary event, whose time may have passed already.
    """
    edges = {
        node.id: node.boundaries + ([] if _waits(node, waiting) else [flow.target for flow in node.outgoing])
        for node in graph.nodes.values()
    }
    circling = _on_circles(edges)
    if circling:
        findings.add("loop_without_wait", graph.nodes[circling[0]].element)
    ends = {node.id for node in graph.of("bpmn:endEvent")}
    return bool(ends) and not ends & reached(graph.of("bpmn:startEvent"), edges)


def _waits(node: Node, waiting: Mapping[etree._Element, bool]) -> bool:
    if node.tag in ("bpmn:intermediateCatchEvent", "bpmn:boundaryEvent"):
        return bool(children(node.element, "bpmn:messageEventDefinition")) or _lies_ahead(node)
    return node.tag == "bpmn:userTask" or waiting.get(node.element, False)


def _lies_ahead(node: Node) -> bool:
    """A timer that counts from now; one that counts from a date may be due at once, again and again."""
    for definition in children(node.element, "bpmn:timerEventDefinition"):
        for text in children(definition, "bpmn:timeDate"):
            try:
                timer = read_timer(parse(text.text))
            except ExpressionRefused:
                return True  # told elsewhere
            return timer.since is None
    return False


def _on_circles(edges: Mapping[str, list[Node]]) -> list[str]:
    """Names on circles or between two circles, in the order of the file: first without what leads in, then out."""
    forward = {name: [target.id for target in targets] for name, targets in edges.items()}
    rest = _peeled(forward)
    backward: dict[str, list[str]] = {name: [] for name in rest}
    for name in rest:
        for target in forward[name]:
            if target in backward:
                backward[target].append(name)
    circling = _peeled(backward)
    return [name for name in edges if name in circling]


def _peeled(edges: Mapping[str, list[str]]) -> set[str]:
    """What is left after taking away, again and again, every name that nothing points to."""
    count = dict.fromkeys(edges, 0)
    for targets in edges.values():
        for target in targets:
            count[target] += 1
    free = [name for name, number in count.items() if not number]
    left = set(edges)
    while free:
        name = free.pop()
        left.discard(name)
        for target in edges[name]:
            count[target] -= 1
            if not count[target]:
                free.append(target)
    return left
