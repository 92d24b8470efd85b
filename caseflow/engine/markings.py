"""Whether the tokens of a process can lie where they do: parallel branches are taken together or not at all.

The gate lets only well nested branches through (gate/parallel.py), so each place lies in exactly one stack of them, and
a split's branches hold equally many tokens, those waiting at its join included. The main path holds one token until it
has ended; every side path of a non-interrupting event holds its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from caseflow.engine.specs import CaseProcess, TokenJoin


@dataclass(frozen=True, eq=False)
class Branch:
    """The innermost branch of a stack; compared by identity. `split` is "" for the main and the side path."""

    split: str
    outer: Branch | None


@dataclass(frozen=True)
class Branches:
    """The branch each spec of a process lies in (`at`, by name), and the branch along each flow into a join (`into`, by
    (source, join)). `main` and `side` are the outermost: the main path, and that of a non-interrupting event."""

    at: Mapping[str, Branch]
    into: Mapping[tuple[str, str], Branch]
    main: Branch
    side: Branch

    def arrival(self, join: str, branch: Branch) -> str | None:
        """The last spec of this branch before the join: where a token that waits there comes from, else None."""
        return next((source for (source, target), found in self.into.items()
                     if target == join and found is branch), None)


def branches_of(process: CaseProcess) -> Branches:
    """The branches of a process that the gate has passed, one visit per spec: every way to it gives the same branch."""
    main, side = Branch("", None), Branch("", None)
    at: dict[str, Branch] = {}
    into: dict[tuple[str, str], Branch] = {}
    waiting = [(process.start, main)]
    while waiting:
        spec, branch = waiting.pop()
        if spec.name in at:
            continue
        at[spec.name] = branch
        for target in spec.outputs:
            along = Branch(spec.name, branch) if _splits(spec) else branch
            if not getattr(target, "cancel_activity", True):
                along = side
            if _joins(target):
                into[spec.name, target.name] = along
                along = along.outer or along
            waiting.append((target, along))
    return Branches(at, into, main, side)


def runs(branches: Branches, lying: Iterable[Branch]) -> tuple[int, int] | None:
    """How many runs of the main path and of side paths tokens in these branches are; None if they cannot lie so.

    `lying`: the branch of each token that is there.
    """
    count: Counter[Branch] = Counter(lying)
    together: dict[tuple[str, Branch], set[Branch]] = {}
    for branch in {*branches.at.values(), *branches.into.values()}:
        if branch.split:
            together.setdefault((branch.split, branch.outer), set()).add(branch)
    for (_split, outer), siblings in sorted(together.items(), key=lambda found: -_depth(found[0][1])):
        held = {count[branch] for branch in siblings}
        if len(held) != 1:
            return None
        count[outer] += held.pop()
    return count[branches.main], count[branches.side]


def _depth(branch: Branch | None) -> int:
    return 0 if branch is None else 1 + _depth(branch.outer)


def _splits(spec) -> bool:
    return isinstance(spec, TokenJoin) and len(spec.outputs) > 1


def _joins(spec) -> bool:
    return isinstance(spec, TokenJoin) and len(spec.inputs) > 1
