"""Why and how the clock of a case stands still: what a stop, a restart and a new deadline come to (中止计时、恢复计时).

Pure: deadlines with their ledgers in, facts out. Who may, and where the rows are, is clock.py's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from caseflow import texts
from caseflow.casefile.facts import Fact, LedgerKept, TimerDated
from caseflow.casefile.hand import HeldCase, HeldStop, HeldTimer
from caseflow.engine.values import DeadlineRule
from caseflow.errors import ClockNotRunning, ClockNotStopped, DeadlineOver, InvalidInput
from caseflow.law import time_account
from caseflow.law.regulation_file import Regulation
from caseflow.law.time_account import Given, Standing
from caseflow.law.working_days import Calendar
from caseflow.moments import is_over

BY_HAND = "by_hand"     # why a clock stands still: a supervisor's decision, or an appeal (by_appeal)


class Entry(time_account.Entry, Protocol):
    """What is read of an entry in a ledger: DeadlineEntry or LedgerKept."""

    category: str
    reason: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline that waits, what it was given, and its ledger."""

    timer: HeldTimer
    given: Given
    ledger: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class StoppingAppeal:
    """An appeal that stops the clock of a rectification while it is under review. `over` is None until then."""

    id: int
    number: str
    filed: datetime
    over: datetime | None


def require_words(reason: str, **problems: str) -> None:
    """Refuse (InvalidInput) a reason that is none (`texts.reason_problem`), and other fields with a problem."""
    found = {field: code for field, code in (problems | {"reason": texts.reason_problem(reason)}).items() if code}
    if found:
        raise InvalidInput(fields=found)


def stop(clocks: Iterable[Clock], calendar: Calendar, category: str, reason: str, now: datetime) -> list[Fact]:
    """Every deadline that runs in time stands still, and what remains of it is kept.

    ClockNotRunning when none runs, DeadlineOver when every one that runs is over already.
    """
    running = [clock for clock in clocks if not clock.timer.stopped]
    if not running:
        raise ClockNotRunning
    in_time = [clock for clock in running if not is_over(clock.timer.due_at, now)]
    if not in_time:
        raise DeadlineOver
    return [fact for clock in in_time for fact in halt(clock, calendar, category, reason, now)]


def halt(clock: Clock, calendar: Calendar, category: str, reason: str, now: datetime) -> tuple[Fact, Fact]:
    """One deadline stands still."""
    timer = clock.timer
    used, remaining = time_account.parted(clock.given, clock.ledger, calendar, now)
    entry = LedgerKept(timer.token, len(clock.ledger) + 1, "stopped", now, remaining, used, category, reason)
    return entry, TimerDated(timer.token, timer.due_at, timer.provisional, True, calendar.version)


def hold(clock: Clock, category: str, reason: str, now: datetime) -> LedgerKept:
    """One more reason why a deadline stands still."""
    return LedgerKept(clock.timer.token, len(clock.ledger) + 1, "held", now, category=category, reason=reason)


def restart(clocks: Iterable[Clock], calendar: Calendar, reason: str, now: datetime) -> list[Fact]:
    """The stop by hand ends. ClockNotStopped when nothing stands still, or for an appeal alone (`reason` "appeal")."""
    stopped = [clock for clock in clocks if clock.timer.stopped]
    if not stopped:
        raise ClockNotStopped
    by_hand = [clock for clock in stopped if BY_HAND in holders(clock.ledger)]
    if not by_hand:
        raise ClockNotStopped(reason="appeal")
    return release(by_hand, calendar, BY_HAND, reason, now)


def release(clocks: Iterable[Clock], calendar: Calendar, holder: str, reason: str, now: datetime) -> list[Fact]:
    """Take one reason for standing still from these deadlines: those without another one run again."""
    facts: list[Fact] = []
    for clock in clocks:
        timer, alone = clock.timer, holders(clock.ledger) == {holder}
        entry = LedgerKept(
            timer.token, len(clock.ledger) + 1, "restarted" if alone else "released", now,
            category="" if holder == BY_HAND else holder, reason=reason)
        standing = time_account.standing(clock.given, [*clock.ledger, entry], calendar, now)
        facts.append(replace(entry, due_at=standing.due_at))
        if alone:
            facts.append(TimerDated(timer.token, standing.due_at, standing.provisional, False, calendar.version))
    return facts


def extend(clock: Clock, calendar: Calendar, amount: int, reason: str, now: datetime) -> tuple[LedgerKept, TimerDated]:
    """One deadline gets so much more, in the unit of its rule; one that stands still gets it when it runs again."""
    timer = clock.timer
    entry = LedgerKept(timer.token, len(clock.ledger) + 1, "extended", now, amount, reason=reason)
    standing = time_account.standing(clock.given, [*clock.ledger, entry], calendar, now)
    return replace(entry, due_at=standing.due_at), TimerDated(
        timer.token, standing.due_at or timer.due_at, standing.provisional, standing.due_at is None, calendar.version)


def changed(facts: Iterable[Fact]) -> tuple[int, ...]:
    """The deadlines (tokens) that stand still now, or run again."""
    return tuple(fact.token for fact in facts if isinstance(fact, TimerDated))


def earliest(facts: Iterable[Fact]) -> datetime | None:
    """To when the first of those runs that run again; None when none does."""
    return min((fact.due_at for fact in facts if isinstance(fact, TimerDated) and not fact.stopped), default=None)


def begin(case: HeldCase, token: int, rule: DeadlineRule, regulation: Regulation, calendar: Calendar,
          appeals: Iterable[StoppingAppeal], now: datetime) -> tuple[list[LedgerKept], Standing | None, bool]:
    """With what a new timer of this case begins: its ledger, where it stands (None: as computed), and whether it
    stands still.

    It gets the time that clocks of its case stood still (`carried`); one that is set while an appeal stops the clock
    stands still from the beginning.
    """
    given = Given(rule, now, regulation.close_of_business)
    intervals = stood_still(case.stops, now) + [(appeal.filed, appeal.over or now) for appeal in appeals]
    entries, standing = carried(given, intervals, calendar, now, token), None
    if entries:
        standing = time_account.standing(given, entries, calendar, now)
        entries = [replace(entries[0], due_at=standing.due_at)]
    waiting = [appeal for appeal in appeals if appeal.over is None]
    for appeal in waiting[:1]:
        used, remaining = time_account.parted(given, entries, calendar, now)
        entries.append(LedgerKept(token, len(entries) + 1, "stopped", now, remaining, used, by_appeal(appeal.id),
                                  appeal.number))
    for appeal in waiting[1:]:
        entries.append(LedgerKept(token, len(entries) + 1, "held", now, category=by_appeal(appeal.id),
                                  reason=appeal.number))
    return entries, standing, bool(waiting)


def stood_still(stops: Iterable[HeldStop], now: datetime) -> list[tuple[datetime, datetime]]:
    """When clocks of a case stood still until now, from and to."""
    begun: dict[int, datetime] = {}
    intervals = []
    for stop in sorted(stops, key=lambda stop: (stop.token, stop.seq)):
        if stop.kind == "stopped":
            begun[stop.token] = stop.at
        else:
            intervals.append((begun.pop(stop.token), stop.at))
    return intervals + [(since, now) for since in begun.values()]


def carried(given: Given, intervals: Sequence[tuple[datetime, datetime]], calendar: Calendar,
            now: datetime, token: int = 0) -> list[LedgerKept]:
    """What a timer set now gets of the time that clocks of its case stood still (from and to): one entry, or none.

    So the limits that count from the receipt of a rating move together, whichever of them stood still.
    """
    amount = time_account.stopped_between(given, intervals, calendar) if intervals else 0
    return [LedgerKept(token, 1, "carried", now, amount)] if amount else []


def by_appeal(appeal_id: int) -> str:
    """The category of what an appeal under review does to a clock."""
    return f"appeal:{appeal_id}"


def holders(entries: Iterable[Entry]) -> set[str]:
    """Why a clock stands still after these entries: BY_HAND, by_appeal(…), both; nothing while it runs."""
    found: set[str] = set()
    for entry in entries:
        of = entry.category if entry.category.startswith("appeal:") else BY_HAND
        if entry.kind in ("stopped", "held"):
            found.add(of)
        elif entry.kind == "released":
            found.discard(of)
        elif entry.kind in ("restarted", "ended"):
            found.clear()
    return found


def granted(rule: DeadlineRule, entries: Iterable[Entry], given: Given, now: datetime) -> list[LedgerKept]:
    """The extensions among these entries of a timer with this rule, as a timer set anew keeps them, in its own unit."""
    by_the_clock = rule.unit == "hours"
    kept = []
    for entry in entries:
        if entry.kind == "extended":
            days = entry.amount // time_account.HOURS_OF_A_DAY if by_the_clock else entry.amount
            amount = entry.amount if by_the_clock and given.by_the_clock else time_account.amount_of(days, given)
            kept.append(LedgerKept(0, 0, "extended", now, amount, reason=entry.reason))
    return kept
