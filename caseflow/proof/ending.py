"""That every case ends: nothing gets stuck, nothing waits for what may never come, nothing goes round for ever."""

from __future__ import annotations

from collections.abc import Iterator

from caseflow.proof.explorer import LOST, Graph, Move
from caseflow.proof.limits import moves_in_order
from caseflow.proof.paths import Breach, Found, as_steps, way
from caseflow.proof.values import PathStep
from caseflow.proof.words import listed, named


def always_ends(graph: Graph) -> Found | None:
    """The shortest path to a state from which people and time alone bring no end, or round a circle; None without any.

    In a graph that is not complete only circles and steps that the engine cannot take are looked for.
    """
    circling = _circling(graph)
    finished = _finished(graph) if graph.complete else set(range(len(graph.nodes)))
    for came, at, move in moves_in_order(graph):
        breach = _breach(graph, move, finished)
        if breach:
            return Found(breach, way(came, at, move))
        if move.target in circling:
            return Found(_round(graph, move.target), (*way(came, at, move), *_circle(graph, move.target, circling)))
    return None


def reachable(graph: Graph, outcomes: tuple[str, ...]) -> Breach | None:
    """That a case can end with each of these outcomes (ids of end events): the first that it cannot, else None."""
    ends = {node.outcome for node in graph.nodes if node.ended}
    for outcome in outcomes:
        if outcome not in ends:
            return Breach(outcome, f"没有一条路走到“{named(graph.definition, outcome)}”；请检查通向它的条件。")
    return None


def _breach(graph: Graph, move: Move, finished: set[int]) -> Breach | None:
    definition = graph.definition
    if move.target == LOST:
        return Breach(move.fault, f"走到“{named(definition, move.fault)}”时流程停住：它要用的日期没有填，"
                                  "或条件算不出结果；请让前面的表单必填这个字段。")
    node = graph.nodes[move.target]
    if node.ended or move.target in finished:
        return None
    at = node.tasks[0] if node.tasks else move.element
    if node.messages:
        return Breach(at, f"从这里起案件要等到消息“{listed(sorted(node.messages))}”才能结束，消息可能永远不来；"
                          "请再给它一条靠任务或定时到结束的路。")
    if not any(later.kind in ("complete", "timer") for later in node.moves):
        return Breach(at, f"“{named(definition, at) or '开始'}”之后案件停住了：没有任务，也没有定时；"
                          "请把这条路接到结束事件。")
    return Breach(at, "从这里起案件再也不能结束；请检查条件，给它一条到结束的路。")


def _finished(graph: Graph) -> set[int]:
    """The states from which an end is reached by tasks and timers alone: a message may never come."""
    behind: dict[int, list[int]] = {}
    for number, node in enumerate(graph.nodes):
        for move in node.moves:
            if move.kind != "message":
                behind.setdefault(move.target, []).append(number)
    waiting = [number for number, node in enumerate(graph.nodes) if node.ended]
    found = set(waiting)
    while waiting:
        for number in behind.get(waiting.pop(), ()):
            if number not in found:
                found.add(number)
                waiting.append(number)
    return found


def _circling(graph: Graph) -> set[int]:
    """States on a circle: of what is left without states that nothing leads to or out of, those that lead back."""
    onward = {number: [move.target for move in _real(graph, number)] for number in range(len(graph.nodes))}
    rest = _peeled(onward)
    back: dict[int, list[int]] = {number: [] for number in rest}
    for number in rest:
        for target in onward[number]:
            if target in back:
                back[target].append(number)
    return {number for number in _peeled(back) if _circle_from(graph, number)}


def _circle_from(graph: Graph, start: int) -> bool:
    return bool(_way_back(graph, start, None))


def _real(graph: Graph, number: int) -> Iterator[Move]:
    """The moves of a state without the passing of days."""
    return (move for move in graph.nodes[number].moves if move.target != LOST and move.kind != "day")


def _peeled(edges: dict[int, list[int]]) -> set[int]:
    count = dict.fromkeys(edges, 0)
    for targets in edges.values():
        for target in targets:
            if target in count:
                count[target] += 1
    free = [number for number, ways in count.items() if not ways]
    left = set(edges)
    while free:
        number = free.pop()
        left.discard(number)
        for target in edges[number]:
            if target in count:
                count[target] -= 1
                if not count[target]:
                    free.append(target)
    return left


def _way_back(graph: Graph, start: int, within: set[int] | None) -> list[Move]:
    """The shortest way from a state back to itself; empty when there is none."""
    came: dict[int, tuple[int, Move]] = {}
    waiting = [start]
    for number in waiting:
        for move in _real(graph, number):
            if move.target in came or (within is not None and move.target not in within):
                continue
            came[move.target] = (number, move)
            if move.target == start:
                return _unrolled(came, start)
            waiting.append(move.target)
    return []


def _unrolled(came: dict[int, tuple[int, Move]], start: int) -> list[Move]:
    number, move = came[start]
    moves = [move]
    while number != start:
        number, move = came[number]
        moves.append(move)
    return moves[::-1]


def _circle(graph: Graph, start: int, circling: set[int]) -> tuple[PathStep, ...]:
    return as_steps(_way_back(graph, start, circling))


def _round(graph: Graph, start: int) -> Breach:
    node = graph.nodes[start]
    at = node.tasks[0] if node.tasks else ""
    return Breach(at, f"案件可以在“{named(graph.definition, at)}”这里没有次数限制地反复；"
                      "请在往回的路上加条件，如 visits('任务') < 1。")
