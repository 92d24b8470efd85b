"""Why and how the clock of a case stands still: what a stop, a restart and a new deadline come to (中止计时、恢复计时).

What is agreed stands beside a deadline and moves no timer: the statutory date stays, and lateness counts from it. Pure:
deadlines with their ledgers in, facts out. Who may, and where the rows are, is clock.py's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from caseflow import texts
from caseflow.casefile.agreed import TimerAgreed
from caseflow.casefile.facts import Fact, LedgerKept
from caseflow.casefile.hand import HeldCase, HeldStop, HeldTimer
from caseflow.engine.values import DeadlineRule
from caseflow.errors import ClockNotRunning, ClockNotStopped, DeadlineOver, InvalidInput, LimitStays
from caseflow.law import time_account
from caseflow.law.regulation_file import Regulation
from caseflow.law.time_account import Given
from caseflow.law.working_days import Calendar
from caseflow.moments import is_over

BY_HAND = "by_hand"     # why a clock stands still: a supervisor's decision, or an appeal (by_appeal)


class Entry(time_account.Entry, Protocol):
    """What is read of an entry in a ledger: DeadlineEntry or LedgerKept."""

    category: str
    reason: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline, what it was given, and its ledger. `stays`: why nothing may be agreed beside it (agreeable.refused).
    """

    timer: HeldTimer
    given: Given
    ledger: Sequence[Entry]
    stays: str = ""


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
    """Beside every deadline that runs in time the agreed time stands still, and what remains of it is kept.

    ClockNotRunning when none runs, LimitStays when none of those may be stopped, DeadlineOver when every one that may
    is over already.
    """
    waiting = [clock for clock in clocks if not clock.timer.stopped]
    running = [clock for clock in waiting if not clock.stays]
    if waiting and not running:
        raise LimitStays(reason=waiting[0].stays)
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
    return entry, TimerAgreed(timer.token, timer.agreed_at, True)


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
            facts.append(TimerAgreed(timer.token, later(standing.due_at, timer), False))
    return facts


def later(agreed_at: datetime | None, timer: HeldTimer) -> datetime | None:
    """The agreed moment, where it is later than the statute's; the one so far while the clock stands still."""
    if agreed_at is None:
        return timer.agreed_at
    return agreed_at if agreed_at > timer.due_at else None


def extend(clock: Clock, calendar: Calendar, amount: int, reason: str,
           now: datetime) -> tuple[LedgerKept, TimerAgreed]:
    """One deadline gets so much more, in the unit of its rule; one that stands still gets it when it runs again."""
    timer = clock.timer
    entry = LedgerKept(timer.token, len(clock.ledger) + 1, "extended", now, amount, reason=reason)
    standing = time_account.standing(clock.given, [*clock.ledger, entry], calendar, now)
    return replace(entry, due_at=standing.due_at), TimerAgreed(
        timer.token, later(standing.due_at, timer), standing.due_at is None)


def changed(facts: Iterable[Fact]) -> tuple[int, ...]:
    """The deadlines (tokens) that stand still now, or run again."""
    return tuple(fact.token for fact in facts if isinstance(fact, TimerAgreed))


def earliest(facts: Iterable[Fact]) -> datetime | None:
    """To when the first of those runs that run again; None when none does."""
    return min((fact.due_at for fact in facts if isinstance(fact, LedgerKept) and fact.due_at), default=None)


def begin(case: HeldCase, timer: HeldTimer, rule: DeadlineRule, regulation: Regulation, calendar: Calendar,
          appeals: Iterable[StoppingAppeal], now: datetime) -> tuple[list[LedgerKept], datetime | None, bool]:
    """What stands beside a new timer of this case: its ledger, the agreed moment (None: no other than its own), and
    whether the agreed time stands still.

    It gets the time that clocks of its case stood still (`carried`); one that is set while an appeal stops the clock
    stands still from the beginning.
    """
    given, token = Given(rule, now, regulation.close_of_business), timer.token
    intervals = stood_still(case.stops, now) + [(appeal.filed, appeal.over or now) for appeal in appeals]
    entries, agreed_at = carried(given, intervals, calendar, now, token), None
    if entries:
        due_at = time_account.standing(given, entries, calendar, now).due_at
        entries, agreed_at = [replace(entries[0], due_at=due_at)], later(due_at, timer)
    waiting = [appeal for appeal in appeals if appeal.over is None]
    for appeal in waiting[:1]:
        used, remaining = time_account.parted(given, entries, calendar, now)
        entries.append(LedgerKept(token, len(entries) + 1, "stopped", now, remaining, used, by_appeal(appeal.id),
                                  appeal.number))
    for appeal in waiting[1:]:
        entries.append(LedgerKept(token, len(entries) + 1, "held", now, category=by_appeal(appeal.id),
                                  reason=appeal.number))
    return entries, agreed_at, bool(waiting)


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
