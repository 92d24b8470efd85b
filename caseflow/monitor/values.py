"""What goes into the monitor and what comes out of it. All are values; nothing here is read from a database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from caseflow.engine.definition import Definition
from caseflow.engine.values import DeadlineRule
from caseflow.law import deadlines
from caseflow.law.regulation_file import Regulation
from caseflow.law.working_days import Calendar
from caseflow.proof import VIOLATED, Rule

DRAWING = "drawing"     # the verdict on a rule that speaks of the diagram alone: no case can keep or break it


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a case's journal. `details` are as they were written: JSON, moments in ISO 8601."""

    seq: int
    at: datetime
    actor_id: int | None
    kind: str
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Law:
    """By what a case is judged: its regulation, the calendar as it is now, and the versions of processes by digest.

    `posts`: key of an office of the regulation → the units that are it, branches of every area included; an office
    that is missing is not looked at. `current` are the digests under which cases begin today, which the rules of today
    are for (None: all).
    """

    regulation: Regulation
    calendar: Calendar
    version: Callable[[str], Definition]
    posts: Mapping[str, frozenset[int]] = field(default_factory=dict)
    current: frozenset[str] | None = None

    def due(self, rule: DeadlineRule) -> datetime:
        """The last moment in time of a limit, by the calendar as it is now. InvalidInput for one that has none."""
        return deadlines.compute(rule, self.calendar, self.regulation.close_of_business).due_at


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one rule in one case.

    `verdict` is holds, violated, unknown (the journal does not say) or DRAWING. `element`, `code` and `facts` say what
    is wrong or missing (reasons.py); `looked` are the numbers of the journal's entries that were looked at.
    """

    rule: Rule
    verdict: str
    element: str = ""
    code: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    looked: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Stray:
    """Where a case went otherwise than its version is drawn: the entry's number, and what (reasons.py)."""

    seq: int
    element: str
    code: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Report:
    """A finished case, held against all rules of its process in the order of the regulation, and against its drawing.

    `followed`: the whole way could be gone again with the engine; where it could not, `strays` says why, or the journal
    does not hold with what the case began (`begun` is False then).
    """

    checked: tuple[Checked, ...]
    strays: Sequence[Stray] = ()
    followed: bool = True
    begun: bool = True

    @property
    def broken(self) -> tuple[Checked, ...]:
        """The rules that this case broke."""
        return tuple(one for one in self.checked if one.verdict == VIOLATED)
