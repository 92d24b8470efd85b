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


@pytest.mark.parametrize(("seconds", "over"), [(-1, False), (0, False), (0.5, False), (0.999999, False), (1, True)])
def test_a_limit_is_over_when_the_last_second_that_is_in_time_is_over(seconds, over):
    due_at = datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)
    now = due_at + timedelta(seconds=seconds)
    assert moments.is_over(due_at, now) is (due_at <= moments.over_by(now)) is over
    assert (now >= moments.over_at(due_at)) is over


def test_what_has_no_due_moment_is_never_over():
    assert not moments.is_over(None, datetime(2026, 3, 2, tzinfo=UTC))


def test_a_moment_without_an_offset_has_no_day():
    with pytest.raises(InvalidInput):
        moments.day_of(datetime(2026, 3, 1, 15, 0))
