"""Which days the offices work, and which notice says so.

National base: the State Council's yearly notice (放假调休 cannot be derived by rule). A jurisdiction may lay
its own days over it (全国年节及纪念日放假办法 Art. 4). A year without a national notice is provisional:
Monday to Friday are taken as working days, but for the holidays that the law gives every year, until the notice is
imported (caseflow/cases/calendar_change.py).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

from chinese_calendar import constants

from caseflow.law import statutory_holidays
from caseflow.moments import ONE_DAY

NATIONAL = "national"
SEEDED_YEARS = range(2004, 2027)
LAST_YEAR = 2100                 # of which a notice can be imported


@dataclass(frozen=True, slots=True)
class Day:
    """What a notice, or the law, says of one day: whether the offices work, for which holiday, and where it says so."""

    working: bool
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why a day counts or not: off, on or exchanged (worked at a weekend) by a notice, else workday or rest_day.

    `name` and `source` are the holiday's and the notice's, or the law's. `provisional`: the day's year has no notice
    yet, and the law gives no holiday on it.
    """

    day: date
    code: str
    name: str = ""
    source: str = ""
    provisional: bool = False


@dataclass(frozen=True, eq=False)
class Calendar:
    """The days a jurisdiction works: Monday to Friday, but for `days`: what notices say, and in a year without one the
    law's holidays. `years` are those with a national notice.

    `version` names the newest year and how many imports made this state, base and overlay:
    "national:2026r1+<jurisdiction>:-".
    """

    jurisdiction: str
    version: str
    days: Mapping[date, Day] = field(repr=False)
    years: frozenset[int] = field(repr=False)

    def is_working(self, day: date) -> bool:
        """Whether the offices work on this day: what a notice says of it, else Monday to Friday."""
        special = self.days.get(day)
        return day.weekday() < 5 if special is None else special.working

    def is_provisional(self, day: date) -> bool:
        """Whether the day's own year has no notice.

        A December day counts as certain by its own year's notice, although the next year's sometimes changes
        the last of them (2018-12-29 to 31, 2022-12-31, 2023-12-30 and 31): until November the mark would
        otherwise stand on every late December day of every year and say nothing. When such a notice comes,
        its import moves the deadlines concerned whether they bore the mark or not.
        """
        return day.year not in self.years

    def is_provisional_between(self, first: date, last: date) -> bool:
        """Whether the year of a day from the first to the last has no notice; False when the last is earlier."""
        return any(year not in self.years for year in range(first.year, last.year + 1))

    def why(self, day: date) -> Why:
        """Why the day counts or not, with the notice that says so."""
        special = self.days.get(day)
        if special is None:
            return Why(day, "workday" if day.weekday() < 5 else "rest_day", provisional=self.is_provisional(day))
        code = "off" if not special.working else "exchanged" if day.weekday() >= 5 else "on"
        return Why(day, code, special.name, special.source)

    def working_days_between(self, after: date, until: date) -> int:
        """How many working days lie in (after, until]; 0 when until is not later. Constant time but for a bisection."""
        if until <= after:
            return 0
        return self._working_days_up_to(until) - self._working_days_up_to(after)

    def walk(self, day: date, working_days: int) -> Iterator[tuple[date, bool]]:
        """The days after this one up to the so-manieth working day, each with whether the offices work on it.

        Negative: the days before it, backward. OverflowError where the days end that can be written.
        """
        step, left = (ONE_DAY, working_days) if working_days > 0 else (-ONE_DAY, -working_days)
        while left:
            day += step
            working = self.is_working(day)
            left -= working
            yield day, working

    def shift(self, day: date, working_days: int) -> date:
        """The so-manieth working day after this day, or before it where negative; with 0 the day itself."""
        for passed, _working in self.walk(day, working_days):
            day = passed
        return day

    def _working_days_up_to(self, day: date) -> int:
        weeks, rest = divmod(day.toordinal(), 7)  # ordinal 1 is a Monday
        changes, sums = self._changes
        return weeks * 5 + min(rest, 5) + sums[bisect_right(changes, day)]

    @cached_property
    def _changes(self) -> tuple[list[date], list[int]]:
        """The days that differ from Monday-to-Friday, sorted, and the running sum of what they add."""
        changes = sorted(day for day, special in self.days.items() if special.working != (day.weekday() < 5))
        sums = [0]
        for day in changes:
            sums.append(sums[-1] + (1 if self.days[day].working else -1))
        return changes, sums


@lru_cache(maxsize=1)
def national() -> Calendar:
    """The seeded national calendar 2004–2026, without a database."""
    days = known_by_law(SEEDED_YEARS)
    days |= {day: special for year in SEEDED_YEARS for day, special in seeded_days(year).items()}
    return Calendar(NATIONAL, f"{NATIONAL}:{SEEDED_YEARS[-1]}r1", days, frozenset(SEEDED_YEARS))


def known_by_law(noticed: Container[int]) -> dict[date, Day]:
    """The days off that are certain in the years without a notice, from the law's edition in force on."""
    years = (year for year in range(statutory_holidays.SINCE, LAST_YEAR + 1) if year not in noticed)
    return {day: Day(False, name, statutory_holidays.LAW)
            for year in years for day, name in statutory_holidays.of_year(year).items()}


def seeded_days(year: int) -> dict[date, Day]:
    """The days of one yearly notice, the neighbouring December's included (and without those of the next notice)."""
    return {day: special for day, (belongs, special) in _seeded().items() if belongs == year}


def notice_name(year: int) -> str:
    """The name under which the State Council's office publishes a year's notice."""
    return f"国务院办公厅关于{year}年部分节假日安排的通知"


@lru_cache(maxsize=1)
def _seeded() -> dict[date, tuple[int, Day]]:
    """Every special day of chinesecalendar, with the year whose notice set it."""
    seeded = {}
    for table, working in ((constants.holidays, False), (constants.workdays, True)):
        for day, name in table.items():
            holiday = constants.Holiday(name)
            year = day.year + (day.month == 12 and holiday is constants.Holiday.new_years_day)
            seeded[day] = (year, Day(working, holiday.chinese, _amendment(day, holiday) or notice_name(year)))
    return seeded


def _amendment(day: date, holiday: constants.Holiday) -> str | None:
    """The later notice that set this day in place of the year's own."""
    if date(2020, 1, 31) <= day <= date(2020, 2, 2):
        return "国务院办公厅关于延长2020年春节假期的通知"
    if day.year == 2019 and holiday is constants.Holiday.labour_day:
        return "国务院办公厅关于调整2019年劳动节假期安排的通知"
    if holiday is constants.Holiday.anti_fascist_70th_day:
        return "国务院关于中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日调休放假的通知"
    return None
