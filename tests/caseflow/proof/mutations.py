"""All edits, judged: `python -m tests.caseflow.proof.mutations` prints the figures; 1 when one is judged wrongly.

`drawn` gives a seeded few of them, for the suite; pairs.py makes two edits, one after the other.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from tests.caseflow.proof import (
    breaking,
    breaking_answers,
    breaking_limits,
    breaking_ways,
    harmless,
    harmless_conditions,
    harmless_forms,
    harmless_ways,
)
from tests.caseflow.proof.behaviour import same
from tests.caseflow.proof.diagrams import Diagram, shipped
from tests.caseflow.proof.judge import Verdict, judged, shipped_definition

Operator = Callable[[Diagram], Iterator[tuple[str, Diagram]]]
BREAKING = (*breaking.OPERATORS, *breaking_ways.OPERATORS, *breaking_limits.OPERATORS, *breaking_answers.OPERATORS)
HARMLESS = (*harmless.OPERATORS, *harmless_forms.OPERATORS, *harmless_ways.OPERATORS, *harmless_conditions.OPERATORS)
OPERATORS = {"breaking": BREAKING, "harmless": HARMLESS, "rerouted": (breaking.reroute,)}
COMPARED = breaking.COMPARED | breaking_ways.COMPARED
LAWFUL = {**breaking.NO_BREACH, **breaking_ways.LAWFUL}
LEAST = {"breaking": 5_000, "harmless": 3_000, "rerouted": 2_000}
KINDS = {"breaking": 60, "harmless": 60, "rerouted": 1}
FEW = 25        # of the edits that one operator makes of a diagram, those among which one is drawn


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

    @property
    def totals(self) -> Counter:
        found = Counter()
        for (_, by), number in self.by.items():
            found[by] += number
        return found


def every(kind: str) -> Iterator[Mutant]:
    """All edits of a kind, on all shipped diagrams."""
    for key, process in shipped():
        for operator in OPERATORS[kind]:
            yield from made(kind, operator, key, process)


def drawn(kind: str, seed: int, share: int = 1) -> Iterator[Mutant]:
    """One edit of each operator, or of one in `share`, on a diagram by chance."""
    chance = random.Random(seed)
    for operator in OPERATORS[kind]:
        if chance.randrange(share) == 0:
            places = list(shipped())
            chance.shuffle(places)
            for key, process in places:
                found = list(islice(made(kind, operator, key, process), FEW))
                if found:
                    yield chance.choice(found)
                    break


def made(kind: str, operator: Operator, key: str, process: str) -> Iterator[Mutant]:
    """The edits that one operator makes of one diagram."""
    for what, edited in operator(Diagram(key, process)):
        yield Mutant(kind, operator.__name__, key, process, what, edited, operator in COMPARED)


def count(kind: str) -> Count:
    """Judge every edit of a kind. Wrong is also a breach of a rule over paths that comes without a path."""
    counted = Count()
    for mutant in every(kind):
        verdict = mutant.verdict()
        if verdict is None or f"{mutant.key}/{mutant.process} {mutant.what}" in LAWFUL:
            counted.nothing.append(mutant)
            continue
        counted.by[mutant.operator, verdict.by or "accepted"] += 1
        if bool(verdict.by) != (kind != "harmless") or verdict.pathless:
            counted.wrong.append((mutant, verdict))
    return counted


def report(kind: str, counted: Count) -> bool:
    """Print what became of the edits of a kind; whether all were judged rightly, and there are as many as wanted."""
    kinds = len({operator for operator, _ in counted.by})
    print(f"{kind}: {kinds} kinds, {counted.judged} edits")
    for (operator, by), number in sorted(counted.by.items()):
        print(f"  {operator:<22} {by:<9} {number:>4}")
    right = counted.judged - len(counted.wrong)
    print(f"  in all: {', '.join(f'{by} {number}' for by, number in sorted(counted.totals.items()))}; "
          f"rightly {'accepted' if kind == 'harmless' else 'refused'} {right} of {counted.judged}")
    print(f"  left out, for they change nothing that can happen, or are lawful (LAWFUL): {len(counted.nothing)}")
    for mutant, verdict in counted.wrong:
        print(f"  WRONG: {mutant}: {verdict.by} {' '.join(verdict.reasons)} {' '.join(verdict.pathless)}")
    return not counted.wrong and counted.judged >= LEAST[kind] and kinds >= KINDS[kind]


def main(*kinds: str) -> bool:
    """Judge the edits of these kinds; without any, all of them and the pairs."""
    from tests.caseflow.proof import pairs  # it needs what is above
    fine = [report(kind, count(kind)) for kind in OPERATORS if not kinds or kind in kinds]
    fine += [pairs.report(sort) for sort in pairs.SORTS if not kinds or sort in kinds]
    return all(fine)


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
