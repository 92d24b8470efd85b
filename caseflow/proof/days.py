"""Days that conditions hold against each other. Today is always BASE; a day passes by moving all others back.

A condition compares two days, or their distance with a number, which is at most `reach`. So only the order of the
days matters, and their distances as far as that: wider gaps are closed to reach + 1. That leaves finitely many states,
and no condition can tell a state from the one it stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from caseflow.engine.expressions import Surroundings
from caseflow.moments import SHANGHAI

BASE = date(2026, 3, 2)
LONGEST, YEAR, ENDLESS = 10, 366, 4_000
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


def surroundings(parameter: str) -> Surroundings:
    """Today as BASE, where this parameter counts fewer than LONGEST days and every other number of days is endless."""
    def working_day(after: date, amount: int | str) -> date:
        return after + timedelta(LONGEST - 1 if amount == parameter else ENDLESS)

    return Surroundings(datetime.combine(BASE, time(12), SHANGHAI), working_day=working_day)


def day_of(number: int) -> str:
    """The day with this number, as a form writes it: YYYY-MM-DD."""
    return (BASE + timedelta(number)).isoformat()
