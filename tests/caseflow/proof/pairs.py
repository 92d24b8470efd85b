"""Two edits of a diagram, one after the other: of each pair of kinds one, drawn by a seed.

A breach stays one whatever else is edited: with a second breach it is refused unless the two cancel out (behaviour.py),
and after a harmless edit as well. Two harmless edits are accepted.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice, product

from tests.caseflow.proof import harmless
from tests.caseflow.proof.behaviour import same
from tests.caseflow.proof.diagrams import Diagram, shipped
from tests.caseflow.proof.judge import Verdict, judged, shipped_definition
from tests.caseflow.proof.mutations import BREAKING, FEW, HARMLESS, LAWFUL, Operator

SORTS = ("breach+breach", "harmless+harmless", "harmless+breach")
SEED = 20260322
WHOLE = {harmless.lay_out}      # needs the drawing, which the diagrams that are edited twice do not have
GONE = (ValueError, StopIteration, KeyError, IndexError, AttributeError, TypeError, RuntimeError)


@dataclass(frozen=True)
class Pair:
    sort: str
    first: str
    second: str
    place: str
    once: Diagram
    twice: Diagram

    def __str__(self) -> str:
        return f"{self.first} + {self.second} {self.place}"

    @property
    def breaks(self) -> bool:
        return self.sort != "harmless+harmless"

    def verdict(self) -> Verdict | None:
        """None when the two cancel out, or the breach changes nothing that can happen."""
        verdict = judged(self.twice)
        if self.breaks and not verdict.by:
            before = judged(self.once)
            known = [shipped_definition(self.once.key, self.once.process)] + ([] if before.by else [before.definition])
            if any(same(verdict.definition, one) for one in known):
                return None
        return verdict


def kinds(sort: str) -> list[tuple[Operator, Operator]]:
    """Each pair of kinds, in the order in which they are made."""
    mild = [one for one in HARMLESS if one not in WHOLE]
    if sort == "harmless+breach":
        return list(product(mild, BREAKING))
    return list(combinations(BREAKING if sort.startswith("breach") else mild, 2))


def drawn(sort: str, seed: int = SEED, share: int = 1, part: int = 0) -> Iterator[Pair | None]:
    """For each pair of kinds, or one in `share`, one pair of edits, of a diagram on which both can be made; None where
    there is none."""
    for number, (first, second) in enumerate(kinds(sort)):
        if number % share == part:
            chance = random.Random(f"{seed} {sort} {number}")
            places = list(shipped())
            chance.shuffle(places)
            yield next(filter(None, (_made(sort, first, second, place, chance) for place in places)), None)


def _made(sort: str, first: Operator, second: Operator, place: tuple[str, str], chance: random.Random) -> Pair | None:
    one = _one_of(first, Diagram(*place), chance)
    if one is None:
        return None
    once = one[1].settled()
    try:
        two = _one_of(second, once, chance)
    except GONE:
        return None         # what the second is about is gone, or has become something else
    if two is None:
        return None
    return Pair(sort, first.__name__, second.__name__, f"{'/'.join(place)} {one[0]}, {two[0]}", once, two[1])


def _one_of(operator: Operator, diagram: Diagram, chance: random.Random) -> tuple[str, Diagram] | None:
    """One of the edits of what the shipped diagram has: what an edit has put there is nothing an article asks for."""
    place = f"{diagram.key}/{diagram.process}"
    wanted = ((what, edited) for what, edited in operator(diagram)
              if "prior" not in what and f"{place} {what}" not in LAWFUL)
    found = list(islice(wanted, chance.randrange(FEW) + 1))
    return found[-1] if found else None


def report(sort: str, share: int = 1, part: int = 0) -> bool:
    """Judge the pairs of a sort and print the figures; whether all were judged rightly."""
    by, wrong, without = Counter(), [], 0
    for pair in drawn(sort, share=share, part=part):
        if pair is None:
            without += 1
            continue
        verdict = pair.verdict()
        by["cancel out" if verdict is None else verdict.by or "accepted"] += 1
        if verdict is not None and (bool(verdict.by) != pair.breaks or verdict.pathless):
            wrong.append((pair, verdict))
    told = ", ".join(f"{one} {many}" for one, many in sorted(by.items()))
    print(f"{sort}: {sum(by.values())} pairs of kinds ({told}); {without} meet on no diagram", flush=True)
    for pair, verdict in wrong:
        print(f"  WRONG: {pair}: {verdict.by} {' '.join(verdict.reasons[:3])} {' '.join(verdict.pathless)}")
    return not wrong
