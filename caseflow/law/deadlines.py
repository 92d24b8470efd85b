"""When a time limit ends, and why then (民法典 Art. 200–204). Pure: a rule and a calendar in, a moment out.

The day of the event does not count (Art. 201). A limit in days ends with the last second of its last day,
or at the regulation's close of business (Art. 203); that second is still in time. Days are those of Shanghai.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from caseflow.engine.values import DeadlineRule
from caseflow.errors import InvalidInput
from caseflow.law.working_days import Calendar
from caseflow.moments import LAST_SECOND, ONE_DAY, SHANGHAI, day_of, is_over, moment

MOST = {"working_days": 400, "calendar_days": 400, "hours": 9600}  # amounts either way
BY_CALENDAR = ("working_days", "calendar_days")                    # units whose due moment a notice can move


@dataclass(frozen=True, slots=True)
class CountedDay:
    """A day the count passed over.

    `role` is event (not counted), counted, skipped, extended (a rest day after the last calendar day), landed
    (the working day to which the limit ran on) or set (end_of_day, date). `number` counts from 1, else it is 0.
    """

    day: date
    role: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last moment in time (aware UTC), the calendar's version, and the days that were counted.

    `provisional`: a day was counted of a year without a notice, which may move the due moment when it comes.
    Hours, end_of_day and date depend on no notice and are never provisional.
    """

    due_at: datetime
    provisional: bool
    calendar: str
    days: tuple[CountedDay, ...]


def compute(rule: DeadlineRule, calendar: Calendar, close_of_business: time | None = None) -> Deadline:
    """When the limit ends. Negative amounts count backward from the event (HNI-23).

    A limit in calendar days whose last day is a rest day runs on to the next working day (Art. 203); counted
    backward, to the working day before, so that the days between stay whole. Close of business bounds limits
    in days and set dates; hours run by the clock and end_of_day (当日) is the whole calendar day.
    Raises InvalidInput for a unit, amount or moment that cannot be counted.
    """
    _require_countable(rule)
    try:
        if rule.unit == "hours":
            return Deadline(moment(rule.since) + timedelta(hours=rule.amount), False, calendar.version, ())
        days = tuple(_days(rule, day_of(rule.since), calendar))
        due_at = end_of(days[-1].day, None if rule.unit == "end_of_day" else close_of_business)
    except OverflowError:
        raise InvalidInput("The limit reaches beyond the days that can be counted.",
                           fields={"since": "out_of_range"}) from None
    provisional = rule.unit in BY_CALENDAR and calendar.is_provisional_between(
        *sorted((days[1].day, days[-1].day)))     # the first is the event's, which does not count
    return Deadline(due_at, provisional, calendar.version, days)


def end_of(day: date, close_of_business: time | None = None) -> datetime:
    """The last second of a day that is in time: at the close of business, or at midnight."""
    return datetime.combine(day, close_of_business or LAST_SECOND, SHANGHAI).astimezone(UTC)


def working_days_left(now: datetime | str, due_at: datetime | str, calendar: Calendar) -> int:
    """Working days after today up to the due day; 0 when none is left and the limit is not yet over.

    Overdue is negative: the working days begun since, at least one (so -1 from the first moment on).
    """
    today, due_day = day_of(now), day_of(due_at)
    if is_over(moment(due_at), moment(now)):
        return -max(1, calendar.working_days_between(due_day, today))
    return calendar.working_days_between(today, due_day)


def rule_of(timer: object) -> DeadlineRule:
    """The rule a stored timer (caseflow.models.Timer) was computed by, to explain or recompute it."""
    return DeadlineRule(timer.unit, timer.amount, timer.since, timer.since_name)


def _require_countable(rule: DeadlineRule) -> None:
    if rule.unit in ("end_of_day", "date"):
        return
    if rule.unit not in MOST:
        raise InvalidInput(f"No limit is counted in {rule.unit!r}.", fields={"unit": "unknown"})
    if not 1 <= abs(rule.amount) <= MOST[rule.unit]:
        raise InvalidInput(f"The amount must be from 1 to {MOST[rule.unit]}, or negative to count backward.",
                           fields={"amount": "out_of_range"})


def _days(rule: DeadlineRule, event: date, calendar: Calendar) -> Iterator[CountedDay]:
    if rule.unit in ("end_of_day", "date"):
        return iter((CountedDay(event, "set"),))
    count = _working_days if rule.unit == "working_days" else _calendar_days
    return count(event, rule.amount, calendar)


def _working_days(event: date, amount: int, calendar: Calendar) -> Iterator[CountedDay]:
    yield CountedDay(event, "event")
    number = 0
    for day, working in calendar.walk(event, amount):
        number += working
        yield CountedDay(day, "counted", number) if working else CountedDay(day, "skipped")


def _calendar_days(event: date, amount: int, calendar: Calendar) -> Iterator[CountedDay]:
    yield CountedDay(event, "event")
    day, step = event, ONE_DAY if amount > 0 else -ONE_DAY
    for number in range(1, abs(amount) + 1):
        day += step
        yield CountedDay(day, "counted", number)
    if not calendar.is_working(day):
        for passed, working in calendar.walk(day, step.days):
            yield CountedDay(passed, "landed" if working else "extended")
