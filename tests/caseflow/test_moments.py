"""Days are those of Shanghai, wherever a moment was written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from caseflow import moments
from caseflow.errors import InvalidInput


@pytest.mark.parametrize(("moment", "day"), [
    (datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC), date(2026, 3, 1)),
    (datetime(2026, 3, 1, 16, 0, tzinfo=UTC), date(2026, 3, 2)),
    ("2026-03-02T00:00:00+08:00", date(2026, 3, 2)), ("2026-03-02", date(2026, 3, 2))])
def test_the_day_of_a_moment_changes_at_midnight_in_shanghai(moment, day):
    assert moments.day_of(moment) == day


def test_a_day_begins_at_midnight_in_shanghai_and_is_over_when_the_next_begins():
    begin = moments.start_of(date(2026, 3, 2))
    assert begin.astimezone(UTC) == datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    assert moments.day_of(begin) == date(2026, 3, 2)
    assert moments.day_of(begin - timedelta(microseconds=1)) == date(2026, 3, 1)
    assert moments.start_of(date(2026, 3, 2) + moments.ONE_DAY) - begin == timedelta(hours=24)


def test_a_moment_without_an_offset_has_no_day():
    with pytest.raises(InvalidInput):
        moments.day_of(datetime(2026, 3, 1, 15, 0))
