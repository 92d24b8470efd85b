"""Days that conditions hold against each other. Today is always BASE; a day passes by moving all others back.

A condition compares two days, or their distance with a number, which is at most `reach`. So only the order of the
days matters, and their distances as far as that: wider gaps are closed to reach + 1. That leaves finitely many states,
and no condition can tell a state from the one it stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

BASE = date(2026, 3, 2)
FIRST = 14          # a limit that is only waited for lies so many days ahead


def days_around(days: Iterable[int], reach: int) -> list[int]:
    """Every day that stands differently to today and the days known: all between and, as far as conditions reach,
    beside them."""
    known = {0, *days}
    return list(range(min(known) - reach - 1, max(known) + reach + 2))


def closed(days: Iterable[int], reach: int) -> Mapping[int, int]:
    """Each day → where it stands when the gaps are closed; today (0) stays."""
    ordered = sorted({0, *days})
    place, told = 0, {}
    for before, day in zip([ordered[0], *ordered], ordered, strict=False):
        place += min(day - before, reach + 1)
        told[day] = place
    return {day: told[day] - told[0] for day in ordered}


def number_of(text: object) -> int | None:
    """The day in a value (ISO 8601, the time of day is not looked at), counted from BASE; None for what is no day."""
    try:
        return (date.fromisoformat(str(text)[:10]) - BASE).days
    except ValueError:
        return None


def day_of(number: int) -> str:
    """The day with this number, as a form writes it: YYYY-MM-DD."""
    return (BASE + timedelta(number)).isoformat()
