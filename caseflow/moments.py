"""Moments and days: stored as aware UTC, counted and shown as those of Shanghai. Reads no clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from caseflow.errors import InvalidInput

SHANGHAI = ZoneInfo("Asia/Shanghai")
LAST_SECOND = time(23, 59, 59)        # of a day; it is still in time
ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)     # a due moment names the last second that is still in time


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


def _parse(text: str) -> datetime:
    try:
        return start_of(date.fromisoformat(text))
    except ValueError:
        return datetime.fromisoformat(text)
