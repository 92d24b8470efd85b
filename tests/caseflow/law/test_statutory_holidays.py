"""The holidays that the law gives every year: against the notices that came, and in years whose notice did not."""

from __future__ import annotations

from datetime import date

import pytest

from caseflow.law import statutory_holidays, working_days
from web.sentences.calendars import why

NATIONAL = working_days.national()
NOTICED = range(2008, 2027)


@pytest.mark.parametrize("year", NOTICED)
def test_every_notice_that_came_gives_the_moving_holidays_off(year):
    fixed = {date(year, month, day) for _, month, day, _ in statutory_holidays.FIXED}
    first = date(year, 1, 1)
    eve = sorted(day for day, name in statutory_holidays.of_year(year).items() if name == "春节")[0]
    for day, name in statutory_holidays.of_year(year).items():
        late = {"劳动节": date(year, 5, 2)}.get(name)      # the edition of 2024 added 2 May and the eve
        if year < statutory_holidays.SINCE and day in (late, eve):
            continue
        assert not NATIONAL.is_working(day), (day, name)
    assert first in fixed


def test_the_edition_of_2024_gives_thirteen_days():
    assert sorted(statutory_holidays.of_year(2027).items()) == [
        (date(2027, 1, 1), "元旦"), (date(2027, 2, 5), "春节"), (date(2027, 2, 6), "春节"), (date(2027, 2, 7), "春节"),
        (date(2027, 2, 8), "春节"), (date(2027, 4, 5), "清明节"), (date(2027, 5, 1), "劳动节"),
        (date(2027, 5, 2), "劳动节"), (date(2027, 6, 9), "端午节"), (date(2027, 9, 15), "中秋节"),
        (date(2027, 10, 1), "国庆节"), (date(2027, 10, 2), "国庆节"), (date(2027, 10, 3), "国庆节")]


@pytest.mark.parametrize("year", statutory_holidays.known_years())
def test_the_moving_holidays_lie_where_they_can(year):
    days = {name: min(day for day, found in statutory_holidays.of_year(year).items() if found == name)
            for name in ("春节", "清明节", "端午节")}
    assert date(year, 1, 20) <= days["春节"] <= date(year, 2, 19)
    assert days["清明节"] in (date(year, 4, 4), date(year, 4, 5))
    assert date(year, 5, 27) <= days["端午节"] <= date(year, 6, 25)


def test_mid_autumn_on_national_day_is_one_day_off_less():
    assert len(statutory_holidays.of_year(2077)) == 12      # 15th of the eighth month: 1 October


def test_after_the_last_known_year_the_fixed_days_are_still_known():
    assert len(statutory_holidays.of_year(statutory_holidays.known_years().stop)) == 6


@pytest.mark.parametrize("day", [date(2027, 1, 1), date(2027, 2, 8), date(2028, 10, 3), date(2027, 9, 15)])
def test_a_statutory_holiday_never_counts_in_a_year_without_a_notice(day):
    assert not NATIONAL.is_working(day)
    assert NATIONAL.is_provisional(day)


def test_a_statutory_holiday_says_that_the_law_gives_it_and_is_certain():
    assert why(NATIONAL.why(date(2027, 1, 1))) == "周五，元旦放假（全国年节及纪念日放假办法（2024年修订））"


def test_the_year_still_says_that_its_notice_is_missing():
    assert "尚未公布" in why(NATIONAL.why(date(2027, 1, 4)))
    assert NATIONAL.is_provisional_between(date(2026, 12, 31), date(2027, 1, 1))


def test_a_year_with_a_notice_has_only_what_the_notice_says():
    assert all(special.source != statutory_holidays.LAW
               for day, special in NATIONAL.days.items() if day.year in NATIONAL.years)
