"""Whether two diagrams do the same: every move that one can take, with what it passes and opens, the other can take."""

from __future__ import annotations

from caseflow.engine.definition import Definition
from caseflow.proof import Bounds
from caseflow.proof.explorer import LOST, Graph, Move, explore


def same(one: Definition, other: Definition) -> bool:
    """All choices of all forms are told apart, also those that nothing reads."""
    wanted = {entry.id: frozenset(choice for choice, _ in entry.choices)
              for definition in (one, other) for task in definition.user_tasks.values() for entry in task.form
              if entry.type == "enum" and len(entry.choices) < 5}
    wanted["business_level"] = frozenset(("province", "city", "district", "town", "village"))
    graphs = [explore(definition, wanted, Bounds(20_000, 80_000)) for definition in (one, other)]
    assert all(graph.complete for graph in graphs)
    return _alike(*graphs)


def _alike(one: Graph, other: Graph) -> bool:
    pairs, seen = [(one.starts, other.starts)], set()
    while pairs:
        left, right = ({_label(move, graph): move for move in moves} for moves, graph in zip(pairs.pop(), (one, other),
                                                                                            strict=True))
        if left.keys() != right.keys():
            return False
        for label, move in left.items():
            targets = move.target, right[label].target
            if LOST not in targets and targets not in seen:
                seen.add(targets)
                pairs.append((one.nodes[targets[0]].moves, other.nodes[targets[1]].moves))
    return True


def _label(move: Move, graph: Graph) -> tuple:
    """What people and journals see of a move; of gateways they see nothing."""
    node = graph.nodes[move.target] if move.target != LOST else None
    kinds = {"userTask", "serviceTask", "endEvent", "boundaryEvent"}
    passed = tuple(name for name in move.passed if graph.definition.elements[name].kind in kinds)
    return (move.kind, move.element, tuple(sorted(move.values.items(), key=str)), passed, move.opened,
            node and node.ended, node and node.outcome)
