"""Moments and days: stored as aware UTC, counted and shown as those of Shanghai. Reads no clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from caseflow.errors import InvalidInput

SHANGHAI = ZoneInfo("Asia/Shanghai")
LAST_SECOND = time(23, 59, 59)        # of a day; it is still in time
ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)


def moment(value: datetime | str) -> datetime:
    """An aware UTC moment from one, from ISO 8601 with offset, or from a bare day (its beginning in Shanghai)."""
    try:
        parsed = _parse(value) if isinstance(value, str) else value
        if parsed.tzinfo is not None:
            return parsed.astimezone(UTC)
    except (ValueError, AttributeError, OverflowError):
        pass
    raise InvalidInput("A moment in ISO 8601 with its offset, or a day as YYYY-MM-DD, is needed.",
                       fields={"since": "not_a_moment"})


def day_of(value: datetime | str) -> date:
    """The Shanghai day of a moment."""
    return moment(value).astimezone(SHANGHAI).date()


def start_of(day: date) -> datetime:
    """The moment at which a day begins in Shanghai; that of the next day is when it is over."""
    return datetime.combine(day, time.min, SHANGHAI)


def is_over(due_at: datetime | None, now: datetime) -> bool:
    """Whether a limit is over. Its due moment names the last second that is in time, the whole of it (民法典 Art. 203).

    None, as of a task whose clock stands still, never is.
    """
    return due_at is not None and due_at <= over_by(now)


def over_by(now: datetime) -> datetime:
    """The latest due moment that is over now: what is due by then is late, what is due after it is not."""
    return now - ONE_SECOND


def over_at(due_at: datetime) -> datetime:
    """The first moment at which a limit due then is over."""
    return due_at + ONE_SECOND


def _parse(text: str) -> datetime:
    try:
        return start_of(date.fromisoformat(text))
    except ValueError:
        return datetime.fromisoformat(text)
