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
from tests.caseflow.proof.judge import judged, shipped_definition
from tests.caseflow.proof.mutations import BREAKING, COMPARED, FEW, HARMLESS, Operator

SORTS = ("breach+breach", "harmless+harmless", "harmless+breach")
SEED = 20260322
WHOLE = {harmless.lay_out}      # needs the drawing, which the diagrams that are edited twice do not have
STRICTER = {"stricter_limit", "same_day", "some_hours", "from_receipt", "shared_time"}
# Of harmless edits the pairs that are none together, and of the others those after which the breach is none: why.
TIMES = "both use the time of the same step: it is over twice"
ROOM = "a limit that was made shorter before has room for what comes then"


@dataclass(frozen=True)
class Pair:
    sort: str
    first: str
    second: str
    place: str
    diagram: Diagram

    def __str__(self) -> str:
        return f"{self.first} + {self.second} {self.place}"


def kinds(sort: str) -> Iterator[tuple[Operator, Operator]]:
    """Each pair of kinds, in the order in which they are made."""
    if sort == "harmless+breach":
        yield from product([one for one in HARMLESS if one not in WHOLE], BREAKING)
    else:
        yield from combinations([one for one in (BREAKING if sort.startswith("breach") else HARMLESS)
                                 if one not in WHOLE], 2)


def drawn(sort: str, seed: int = SEED) -> Iterator[Pair | None]:
    """For each pair of kinds one pair of edits, of a diagram on which both can be made; None where there is none."""
    for number, (first, second) in enumerate(kinds(sort)):
        chance = random.Random(f"{seed} {sort} {number}")
        places = list(shipped())
        chance.shuffle(places)
        yield next(filter(None, (_made(sort, first, second, place, chance) for place in places)), None)


def _made(sort: str, first: Operator, second: Operator, place: tuple[str, str], chance: random.Random) -> Pair | None:
    one = _one_of(first, Diagram(*place), chance)
    if one is None:
        return None
    try:
        two = _one_of(second, one[1].settled(), chance)
    except (ValueError, StopIteration, KeyError, IndexError, AttributeError, TypeError, RuntimeError):
        return None         # what the second is about is gone, or has become something else
    if two is None:
        return None
    return Pair(sort, first.__name__, second.__name__, f"{'/'.join(place)} {one[0]}, {two[0]}", two[1])


def _one_of(operator: Operator, diagram: Diagram, chance: random.Random) -> tuple[str, Diagram] | None:
    found = list(islice(operator(diagram), chance.randrange(FEW) + 1))
    return found[-1] if found else None


def report(sort: str, share: tuple[int, int] = (0, 1)) -> bool:
    """Judge the pairs of a sort and print the figures; whether all were judged rightly."""
    by, wrong, without = Counter(), [], 0
    for number, pair in enumerate(drawn(sort)):
        if number % share[1] != share[0]:
            continue
        if pair is None:
            without += 1
            continue
        verdict = judged(pair.diagram)
        key = (pair.diagram.key, pair.diagram.process)
        if "breach" in sort and not verdict.by and same(verdict.definition, shipped_definition(*key)):
            by["cancel out"] += 1
            continue
        by[verdict.by or "accepted"] += 1
        if bool(verdict.by) != ("breach" in sort) or verdict.pathless:
            wrong.append((pair, verdict))
    print(f"{sort}: {sum(by.values())} pairs of kinds ({', '.join(f'{one} {many}' for one, many in sorted(by.items()))}); "
          f"{without} meet on no diagram")
    for pair, verdict in wrong:
        print(f"  WRONG: {pair}: {verdict.by} {' '.join(verdict.reasons[:3])} {' '.join(verdict.pathless)}")
    return not wrong
