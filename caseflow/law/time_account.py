"""The arithmetic of a deadline that was stopped, restarted or extended. Pure: what was given and the entries in, the
due moment and the sums out.

A limit is counted in working days; one in hours is counted by the clock, in microseconds, and a working day by which
it is extended is 24 of them. For a limit in working days these equations hold at every moment, for others likewise:

    due day = the day the clock began to run (again) + what was left then + what was granted since
    used + remaining = given + extended

What "kept exactly" means for a stop in the middle of a day: what remains are the working days after the day of the
stop, as the badge says (还剩 n 个工作日). The day on which the clock runs again does not count, as no limit's first day
does (民法典 Art. 201). So a stop moves the due date by the working days from the day of the stop to the day of the
restart, and one that is over on the same day moves nothing. Where no whole day was left, the limit ends with the day
of the restart, or with the next working day if that is a day of rest or its office hours are over (Art. 203): the
ledger counts this day as an extension by law.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from caseflow.engine.values import DeadlineRule
from caseflow.errors import InvalidInput
from caseflow.law.deadlines import BY_CALENDAR, compute
from caseflow.law.working_days import Calendar
from caseflow.moments import LAST_SECOND, ONE_DAY, SHANGHAI, day_of, moment

MICROSECOND = timedelta(microseconds=1)
HOURS_OF_A_DAY = timedelta(hours=24) // MICROSECOND
LONGEST = 4_000     # working days that are counted forward


class Entry(Protocol):
    """What is read of an entry (caseflow.models.DeadlineEntry)."""

    kind: str
    at: datetime
    amount: int
    used: int


@dataclass(frozen=True, slots=True)
class Given:
    """What a timer was given: its rule, when it was set, and the end of an office's day (None: midnight)."""

    rule: DeadlineRule
    set_at: datetime
    close_of_business: time | None = None

    @property
    def by_the_clock(self) -> bool:
        """Whether the ledger's unit is the microsecond; else it is the working day."""
        return self.rule.unit == "hours"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a deadline stands: its due moment (None while stopped) and the sums, in the unit of the ledger.

    `remaining` is negative when the limit is over. `provisional` as in deadlines.Deadline.
    """

    due_at: datetime | None
    provisional: bool
    given: int
    extended: int
    used: int
    remaining: int


@dataclass(frozen=True, slots=True)
class _Running:
    """The fold: since when it runs (None: stopped), for how much, what was granted since, and the sums before."""

    since: datetime | None
    quota: int
    granted: int = 0
    given: int = 0
    extended: int = 0
    used: int = 0
    first: bool = True


def standing(given: Given, entries: Iterable[Entry], calendar: Calendar, now: datetime) -> Standing:
    """How the deadline stands after these entries, in their order."""
    run = _begin(given, calendar)
    for entry in entries:
        run = _after(run, entry)
    if run.since is None:
        return Standing(None, False, run.given, run.extended, run.used, run.quota)
    due_at = _due(given, run, calendar)
    total = _between(given, run.since, due_at, calendar)
    used = _between(given, run.since, now, calendar)
    return Standing(
        due_at, _provisional(given, run, due_at, calendar), run.given,
        run.extended + total - run.quota - run.granted, run.used + used, _between(given, now, due_at, calendar))


def parted(given: Given, entries: Iterable[Entry], calendar: Calendar, now: datetime) -> tuple[int, int]:
    """(used since it began to run (again), remaining) of a deadline that runs: what a stop at this moment records."""
    run = _begin(given, calendar)
    for entry in entries:
        run = _after(run, entry)
    return _between(given, run.since, now, calendar), _between(given, now, _due(given, run, calendar), calendar)


def amount_of(days: int, given: Given) -> int:
    """So many working days, in the unit of this limit's ledger."""
    return days * HOURS_OF_A_DAY if given.by_the_clock else days


def stopped_between(given: Given, stops: Iterable[tuple[datetime, datetime]], calendar: Calendar) -> int:
    """How much of a limit's time lies in these intervals, counted once where they overlap, after its beginning."""
    if given.rule.unit not in (*BY_CALENDAR, "hours"):
        return 0    # a set day is a set day
    reached, total = moment(given.rule.since), 0
    for begin, end in sorted(stops):
        begin = max(begin, reached)
        if end > begin:
            total += _between(given, begin, end, calendar)
            reached = end
    return total


def _begin(given: Given, calendar: Calendar) -> _Running:
    if given.by_the_clock:
        quota = given.rule.amount * timedelta(hours=1) // MICROSECOND
        return _Running(moment(given.rule.since), quota, given=quota)
    due = compute(given.rule, calendar, given.close_of_business)
    since = moment(given.rule.since) if given.rule.unit in BY_CALENDAR else given.set_at
    quota = _between(given, since, due.due_at, calendar)
    return _Running(since, quota, given=quota)


def _after(run: _Running, entry: Entry) -> _Running:
    if entry.kind == "stopped":
        grown = entry.used + entry.amount - run.quota - run.granted
        sums = {"given": run.given + grown} if run.first else {"extended": run.extended + grown}
        return replace(run, since=None, quota=entry.amount, granted=0, used=run.used + entry.used, first=False, **sums)
    if entry.kind == "restarted":
        return replace(run, since=entry.at)
    if entry.kind in ("extended", "carried"):
        more = {"quota": run.quota + entry.amount} if run.since is None else {"granted": run.granted + entry.amount}
        return replace(run, extended=run.extended + entry.amount, **more)
    return run


def _due(given: Given, run: _Running, calendar: Calendar) -> datetime:
    if given.by_the_clock:
        return run.since + (run.quota + run.granted) * MICROSECOND
    if run.first:
        base = compute(given.rule, calendar, given.close_of_business).due_at
        return _end_of(_later(day_of(base), run.granted, calendar), given) if run.granted else base
    day = _later(day_of(run.since), run.quota + run.granted, calendar)
    if run.quota + run.granted == 0 and (not calendar.is_working(day) or _end_of(day, given) < run.since):
        day = _later(day, 1, calendar)
    return _end_of(day, given)


def _later(day: date, working_days: int, calendar: Calendar) -> date:
    """The day so many working days after this one."""
    if working_days > LONGEST:
        raise InvalidInput("The limit reaches beyond the days that can be counted.", fields={"days": "out_of_range"})
    return calendar.shift(day, max(working_days, 0))


def _end_of(day: date, given: Given) -> datetime:
    end = LAST_SECOND if given.rule.unit == "end_of_day" else given.close_of_business or LAST_SECOND
    return datetime.combine(day, end, SHANGHAI).astimezone(UTC)


def _between(given: Given, begin: datetime, end: datetime, calendar: Calendar) -> int:
    """Working days after the first day up to the second; negative the other way round."""
    if given.by_the_clock:
        return (end - begin) // MICROSECOND
    first, last = day_of(begin), day_of(end)
    return calendar.working_days_between(first, last) - calendar.working_days_between(last, first)


def _provisional(given: Given, run: _Running, due_at: datetime, calendar: Calendar) -> bool:
    """Whether a year without a notice was counted through. A set day alone depends on none."""
    if given.by_the_clock or (run.first and not run.granted and given.rule.unit not in BY_CALENDAR):
        return False
    return calendar.is_provisional_between(day_of(run.since) + ONE_DAY, day_of(due_at))
