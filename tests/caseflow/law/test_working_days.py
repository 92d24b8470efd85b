"""The days on which the offices work, without a database."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.law import working_days
from web.sentences.calendars import why

NATIONAL = working_days.national()
DAYS = st.dates(date(2003, 1, 1), date(2028, 12, 31))


def working_days_in(calendar: working_days.Calendar, year: int) -> int:
    return calendar.working_days_between(date(year - 1, 12, 31), date(year, 12, 31))


def test_every_day_of_the_seed_is_as_the_library_says():
    day, last = date(2004, 1, 1), date(2026, 12, 31)
    while day <= last:
        assert NATIONAL.is_working(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(("year", "days"), [(2019, 250), (2020, 249), (2021, 250), (2022, 249), (2023, 249),
                                            (2024, 251), (2025, 248), (2026, 248)])
def test_the_years_have_as_many_working_days_as_known(year, days):
    assert working_days_in(NATIONAL, year) == days


@pytest.mark.parametrize(("day", "year"), [
    (date(2022, 12, 31), 2023), (date(2023, 12, 30), 2024), (date(2023, 12, 31), 2024), (date(2011, 12, 31), 2012),
    (date(2018, 12, 29), 2019), (date(2026, 1, 4), 2026), (date(2026, 10, 10), 2026)])
def test_a_day_at_the_turn_of_the_year_names_the_notice_that_set_it(day, year):
    assert NATIONAL.days[day].source == f"国务院办公厅关于{year}年部分节假日安排的通知"
    assert day in working_days.seeded_days(year)
    assert day not in working_days.seeded_days(year - 1)


def test_days_set_by_a_later_amendment_name_that_amendment():
    assert "延长2020年春节假期" in NATIONAL.why(date(2020, 1, 31)).source
    assert "延长2020年春节假期" not in NATIONAL.why(date(2020, 1, 30)).source
    assert "调整2019年劳动节假期" in NATIONAL.why(date(2019, 5, 5)).source


@pytest.mark.parametrize(("day", "reason"), [
    (date(2026, 2, 14), "周六，春节调休上班（国务院办公厅关于2026年部分节假日安排的通知）"),
    (date(2026, 2, 17), "周二，春节放假（国务院办公厅关于2026年部分节假日安排的通知）"),
    (date(2026, 3, 2), "周一，工作日"),
    (date(2026, 3, 7), "周六，休息日"),
    (date(2027, 3, 1), "周一，工作日（2027年放假安排尚未公布，暂按周一至周五计算）")])
def test_each_day_gives_its_reason_in_chinese(day, reason):
    assert why(NATIONAL.why(day)) == reason


def test_only_days_of_a_year_without_a_notice_are_provisional():
    assert not NATIONAL.is_provisional(date(2026, 12, 31))
    assert NATIONAL.is_provisional(date(2027, 1, 1))


@given(DAYS, st.integers(0, 800))
def test_between_two_days_it_is_provisional_where_one_of_the_days_is(first, span):
    days = [first + timedelta(days=n) for n in range(span + 1)]
    assert NATIONAL.is_provisional_between(first, days[-1]) is any(map(NATIONAL.is_provisional, days))
    assert not NATIONAL.is_provisional_between(date(2027, 1, 1), date(2026, 12, 31))


@given(DAYS, st.integers(0, 800))
def test_counting_working_days_at_once_gives_what_counting_them_one_by_one_gives(after, span):
    counted = sum(NATIONAL.is_working(after + timedelta(days=n)) for n in range(1, span + 1))
    assert NATIONAL.working_days_between(after, after + timedelta(days=span)) == counted


def one_by_one(day: date, working_days: int) -> list[tuple[date, bool]]:
    step, found = timedelta(days=1 if working_days > 0 else -1), []
    while sum(working for _, working in found) < abs(working_days):
        day += step
        found.append((day, NATIONAL.is_working(day)))
    return found


@given(DAYS, st.integers(-60, 60))
def test_walking_and_shifting_by_working_days_passes_and_reaches_what_counting_day_by_day_does(day, working_days):
    passed = one_by_one(day, working_days)
    assert list(NATIONAL.walk(day, working_days)) == passed
    assert NATIONAL.shift(day, working_days) == (passed[-1][0] if passed else day)


@given(DAYS, st.integers(1, 300))
def test_to_shift_by_working_days_is_the_reverse_of_counting_them(day, working_days):
    assert NATIONAL.working_days_between(day, NATIONAL.shift(day, working_days)) == working_days
    assert NATIONAL.working_days_between(NATIONAL.shift(day, -working_days) - timedelta(1), day - timedelta(1)) \
        == working_days


def test_a_walk_ends_where_the_days_do():
    with pytest.raises(OverflowError):
        NATIONAL.shift(date.max, 1)
