"""That every case ends: nothing gets stuck, nothing waits for what may never come, nothing goes round for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from caseflow.engine.circles import on_circles
from caseflow.proof.explorer import LOST, Graph, Move
from caseflow.proof.limits import moves_in_order
from caseflow.proof.paths import Found, as_steps, way
from caseflow.proof.reasons import Breach, breach, named
from caseflow.proof.values import PathStep


def always_ends(graph: Graph) -> Found | None:
    """The shortest path to a state from which people and time alone bring no end, or round a circle; None without any.

    In a graph that is not complete only circles and steps that the engine cannot take are looked for.
    """
    circling = _circling(graph)
    finished = _finished(graph) if graph.complete else set(range(len(graph.nodes)))
    for came, at, move in moves_in_order(graph):
        broken = _breach(graph, move, finished)
        if broken:
            return Found(broken, way(came, at, move))
        if move.target in circling:
            return Found(_round(graph, move.target), (*way(came, at, move), *_circle(graph, move.target, circling)))
    return None


def reachable(graph: Graph, outcomes: tuple[str, ...]) -> Breach | None:
    """That a case can end with each of these outcomes (ids of end events): the first that it cannot, else None."""
    ends = {node.outcome for node in graph.nodes if node.ended}
    for outcome in outcomes:
        if outcome not in ends:
            return breach(outcome, "outcome_unreachable", name=named(graph.definition, outcome))
    return None


def _breach(graph: Graph, move: Move, finished: set[int]) -> Breach | None:
    definition = graph.definition
    if move.target == LOST:
        return breach(move.fault, "date_missing", name=named(definition, move.fault))
    node = graph.nodes[move.target]
    if node.ended or move.target in finished:
        return None
    at = node.tasks[0] if node.tasks else move.element
    if node.messages:
        return breach(at, "waits_for_message", messages=tuple(sorted(node.messages)))
    if not any(later.kind in ("complete", "timer") for later in node.moves):
        return breach(at, "stuck", name=named(definition, at))
    return breach(at, "no_end")


def _finished(graph: Graph) -> set[int]:
    """The states from which an end is reached by tasks and timers alone: a message may never come."""
    ended = (number for number, node in enumerate(graph.nodes) if node.ended)
    return leading_to(graph, ended, lambda move: move.kind != "message")


def leading_to(graph: Graph, found: Iterable[int], by: Callable[[Move], bool]) -> set[int]:
    """The states from which such moves lead to one of those given, and these."""
    behind: dict[int, list[int]] = {}
    for number, node in enumerate(graph.nodes):
        for move in filter(by, node.moves):
            behind.setdefault(move.target, []).append(number)
    waiting = list(found)
    reached = set(waiting)
    while waiting:
        for number in behind.get(waiting.pop(), ()):
            if number not in reached:
                reached.add(number)
                waiting.append(number)
    return reached


def _circling(graph: Graph) -> set[int]:
    """States on a circle: of those on one or between two, those that lead back to themselves."""
    onward = {number: [move.target for move in _real(graph, number)] for number in range(len(graph.nodes))}
    return {number for number in on_circles(onward) if _circle_from(graph, number)}


def _circle_from(graph: Graph, start: int) -> bool:
    return bool(_way_back(graph, start, None))


def _real(graph: Graph, number: int) -> Iterator[Move]:
    """The moves of a state without the passing of days."""
    return (move for move in graph.nodes[number].moves if move.target != LOST and move.kind != "day")


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
    return breach(at, "endless_circle", name=named(graph.definition, at))
