"""Circles in what leads from where to where: of a diagram's elements, or of a case's states. Linear in its size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

Place = TypeVar("Place", str, int)


def on_circles(edges: Mapping[Place, Iterable[Place]]) -> set[Place]:
    """The places on a circle, or on a way between two circles. `edges`: place → those to which it leads at once.

    Targets that are no place of the mapping lead nowhere.
    """
    forward = {place: [target for target in targets if target in edges] for place, targets in edges.items()}
    rest = _peeled(forward)
    backward: dict[Place, list[Place]] = {place: [] for place in rest}
    for place in rest:
        for target in forward[place]:
            if target in backward:
                backward[target].append(place)
    return _peeled(backward)


def _peeled(edges: Mapping[Place, list[Place]]) -> set[Place]:
    """What is left after taking away, again and again, every place that nothing leads to."""
    count = dict.fromkeys(edges, 0)
    for targets in edges.values():
        for target in targets:
            count[target] += 1
    free = [place for place, number in count.items() if not number]
    left = set(edges)
    while free:
        place = free.pop()
        left.discard(place)
        for target in edges[place]:
            count[target] -= 1
            if not count[target]:
                free.append(target)
    return left
