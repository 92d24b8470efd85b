"""Which area lies in which: an area code means as many of its digits as its level has (province 2, city 4, district 6,
town 9, village 12), so that what is above an area is what its digits begin with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")

DIGITS = {"province": 2, "city": 4, "district": 6, "town": 9, "village": 12}


def area(level: str, area_code: str) -> str:
    """The digits of an area. An office of the province has the province as its area, wherever it sits."""
    return area_code[:DIGITS[level]]


def nearest(wanted: str, among: Iterable[tuple[str, T]]) -> T | None:
    """What is given for this area, else for the nearest one above it; the first of two for the same area."""
    above = [(digits, found) for digits, found in among if wanted.startswith(digits)]
    return max(above, key=lambda one: len(one[0]))[1] if above else None
