"""What [waiting] of a regulation.toml says of steps that the text wants done soon (及时, 第一时间), without a number
of days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from caseflow.law.strict_toml import Table
from caseflow.law.working_days import Calendar
from caseflow.moments import day_of, start_of

LONGEST = 30                # working days


@dataclass(frozen=True, slots=True)
class WaitingRules:
    """After how many working days a task without a limit is put in mind; the day it began is not counted."""

    working_days: int
    article: str
    note: str

    def before(self, now: datetime, calendar: Calendar) -> datetime:
        """What began before this moment has waited for so many working days."""
        return start_of(calendar.shift(day_of(now), -self.working_days))


def waiting(top: Table) -> WaitingRules | None:
    """The table [waiting]; None where the file has none, and then nobody is reminded of such a task."""
    if "waiting" not in top.values:
        return None
    table = top.table("waiting")
    rules = WaitingRules(table.take("working_days", int), table.article(), table.text("note"))
    if not 1 <= rules.working_days <= LONGEST:
        raise table.refuse("working_days", f"must be 1 to {LONGEST}")
    table.end()
    return rules
