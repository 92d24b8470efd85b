"""All edits, judged: `python -m tests.caseflow.proof.mutations` prints the figures; 1 when one is judged wrongly.

`drawn` gives a seeded few of them, for the suite.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.caseflow.proof import breaking, harmless
from tests.caseflow.proof.behaviour import same
from tests.caseflow.proof.diagrams import Diagram, shipped
from tests.caseflow.proof.judge import Verdict, judged, shipped_definition

LEAST = {"breaking": 2_000, "harmless": 800, "rerouted": 0}


@dataclass(frozen=True)
class Mutant:
    """One edit. `kind` is breaking, harmless, or rerouted: every flow to every step, mostly a breach."""

    kind: str
    operator: str
    key: str
    process: str
    what: str
    diagram: Diagram
    compared: bool

    def __str__(self) -> str:
        return f"{self.operator} {self.key}/{self.process} {self.what}"

    def verdict(self) -> Verdict | None:
        """None when the edit changes nothing that can happen, and so breaks nothing. An edit may be one of the drawing,
        of regulation.toml, or of both."""
        verdict = judged(self.diagram)
        if self.compared and not verdict.by and same(verdict.definition, shipped_definition(self.key, self.process)):
            return None
        return verdict


@dataclass
class Count:
    by: Counter = field(default_factory=Counter)
    wrong: list[tuple[Mutant, Verdict]] = field(default_factory=list)
    nothing: list[Mutant] = field(default_factory=list)

    @property
    def judged(self) -> int:
        return sum(self.by.values())


OPERATORS = {"breaking": breaking.OPERATORS, "harmless": harmless.OPERATORS, "rerouted": (breaking.reroute,)}


def every(kind: str) -> Iterator[Mutant]:
    """All edits of a kind, on all shipped diagrams."""
    for key, process in shipped():
        for operator in OPERATORS[kind]:
            yield from _made(kind, operator, key, process)


def drawn(kind: str, seed: int) -> Iterator[Mutant]:
    """One edit of each operator, on a diagram by chance."""
    chance = random.Random(seed)
    for operator in OPERATORS[kind]:
        made = [mutants for key, process in shipped() if (mutants := list(_made(kind, operator, key, process)))]
        yield chance.choice(chance.choice(made))


def _made(kind: str, operator: Callable, key: str, process: str) -> Iterator[Mutant]:
    for what, edited in operator(Diagram(key, process)):
        yield Mutant(kind, operator.__name__, key, process, what, edited, operator in breaking.COMPARED)


def count(kind: str) -> Count:
    """Judge every edit of a kind."""
    counted = Count()
    for mutant in every(kind):
        verdict = mutant.verdict()
        if verdict is None or f"{mutant.key}/{mutant.process} {mutant.what}" in breaking.NO_BREACH:
            counted.nothing.append(mutant)
            continue
        counted.by[mutant.operator, verdict.by or "accepted"] += 1
        if bool(verdict.by) != (kind != "harmless"):
            counted.wrong.append((mutant, verdict))
    return counted


def main() -> None:
    fine = True
    for kind in OPERATORS:
        counted = count(kind)
        print(f"{kind}: {counted.judged} edits")
        for (operator, by), number in sorted(counted.by.items()):
            print(f"  {operator:<16} {by:<9} {number:>4}")
        totals = Counter()
        for (_, by), number in counted.by.items():
            totals[by] += number
        right = counted.judged - len(counted.wrong)
        print(f"  in all: {', '.join(f'{by} {number}' for by, number in sorted(totals.items()))}; "
              f"rightly {'accepted' if kind == 'harmless' else 'refused'} {right} of {counted.judged}")
        print(f"  left out, for they change nothing that can happen, or are lawful (NO_BREACH): {len(counted.nothing)}")
        for mutant in counted.nothing if kind == "breaking" else ():
            print(f"    {mutant}")
        for mutant, verdict in counted.wrong:
            print(f"  WRONG: {mutant}: {verdict.by} {' '.join(verdict.reasons)}")
        fine = fine and not counted.wrong and counted.judged >= LEAST[kind]
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
