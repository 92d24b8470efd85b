"""Parallel branches are well nested: each node carries the stack of branches it lies in, and only one such stack.

A parallel split pushes (split, branch), its join pops; every other flow hands the stack on. A non-interrupting
boundary event starts a side path, which lies in no branch of anybody and must end by itself. Two stacks at one
node are a jump between branches, a loop across a gateway or a side path that comes back. One visit per node: linear.
"""

from __future__ import annotations

from dataclasses import dataclass

from caseflow.engine.gate.findings import Findings
from caseflow.engine.gate.graph import Graph, Node


@dataclass(frozen=True, eq=False)
class Branch:
    """The innermost branch of a stack; compared by identity. `split` is None for the main and the side path."""

    split: Node | None
    outer: Branch | None
    side: bool


def check_parallel(graph: Graph, findings: Findings) -> None:
    """Each node of a scope lies in one stack of branches, and each join takes one flow from each branch of its split.

    Told once a node: `parallel_nesting`, `side_path_rejoins`, `branch_ends`, `join_mismatch`, `join_stuck`. The scope
    has one start and no broken flow.
    """
    _Walk(graph, findings).run()


class _Walk:
    def __init__(self, graph: Graph, findings: Findings) -> None:
        self.graph, self.findings = graph, findings
        self.main, self.side = Branch(None, None, False), Branch(None, None, True)
        self.at: dict[str, Branch] = {}
        self.arrived: dict[str, list[Branch]] = {}
        self.waiting: list[tuple[Node, Branch]] = []
        self.told: set[str] = set()

    def run(self) -> None:
        self.waiting = [(start, self.main) for start in self.graph.of("bpmn:startEvent")]
        while self.waiting:
            node, branch = self.waiting.pop()
            if _is_join(node):
                self.arrive(node, branch)
            else:
                self.enter(node, branch)
        for name, branches in self.arrived.items():
            node = self.graph.nodes[name]
            if len(branches) < len(node.incoming) and name not in self.told:
                self.tell("join_stuck", node)

    def tell(self, code: str, node: Node) -> None:
        if node.id not in self.told:
            self.told.add(node.id)
            self.findings.add(code, node.element)

    def enter(self, node: Node, branch: Branch) -> None:
        known = self.at.get(node.id)
        if known is not None:
            if known is not branch:
                self.tell("side_path_rejoins" if known.side != branch.side else "parallel_nesting", node)
            return
        self.at[node.id] = branch
        if node.tag == "bpmn:endEvent" and branch.split is not None:
            self.tell("branch_ends", node)
        self.leave(node, branch)

    def leave(self, node: Node, branch: Branch) -> None:
        split = node.tag == "bpmn:parallelGateway" and len(node.outgoing) > 1
        for flow in node.outgoing:
            self.waiting.append((flow.target, Branch(node, branch, branch.side) if split else branch))
        for event in node.boundaries:
            self.waiting.append((event, branch if event.interrupting else self.side))

    def arrive(self, join: Node, branch: Branch) -> None:
        """A join goes on when all its flows have come: one from each branch of one split, nothing else."""
        if join.id in self.at:
            return
        branches = self.arrived.setdefault(join.id, [])
        branches.append(branch)
        if len(branches) < len(join.incoming):
            return
        split = branch.split
        one_each = len({id(found) for found in branches}) == len(branches)
        if split is None or any(found.split is not split for found in branches):
            matched = False
        else:
            matched = one_each and len(branches) == len(split.outgoing)
        if not matched:
            self.tell("join_mismatch", join)
        self.at[join.id] = branch
        self.leave(join, (branch.outer or branch) if matched else branch)


def _is_join(node: Node) -> bool:
    return node.tag == "bpmn:parallelGateway" and len(node.incoming) > 1
