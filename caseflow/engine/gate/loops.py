"""Every loop contains a wait: a person, a message, or a time that lies ahead. Linear in the size of the scope."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from caseflow.engine.circles import on_circles
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
    circling = on_circles({name: [target.id for target in targets] for name, targets in edges.items()})
    if circling:
        first = next(name for name in edges if name in circling)
        findings.add("loop_without_wait", graph.nodes[first].element)
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
