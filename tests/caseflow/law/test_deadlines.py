"""When a limit ends: the vectors, the law's rules one by one, and properties."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.engine.values import DeadlineRule
from caseflow.errors import InvalidInput
from caseflow.law.deadlines import compute, working_days_left
from caseflow.law.working_days import Calendar, Day, national
from caseflow.moments import SHANGHAI
from web.sentences.deadlines import explain

NATIONAL = national()
VECTORS = Path(__file__).parents[2] / "data" / "vectors" / "working_days.csv"
TABLE = {  # event: {working days: due day}, from the notices, worked by hand
    "2026-02-13": {1: "02-14", 2: "02-24", 5: "02-27", 15: "03-12", -2: "02-11"},
    "2026-02-16": {1: "02-24", 5: "02-28"},
    "2026-02-27": {1: "02-28", 2: "03-02", 5: "03-05"},
    "2026-04-30": {1: "05-06", 2: "05-07", 5: "05-11", 15: "05-25"},
    "2026-09-18": {1: "09-20", 2: "09-21", 5: "09-24"},
    "2026-09-30": {1: "10-08", 2: "10-09", 5: "10-13", 15: "10-27"},
    "2026-01-01": {1: "01-04", 5: "01-08"},
    "2025-01-24": {1: "01-26", 2: "01-27", 5: "02-07", 15: "02-20"},
    "2025-09-26": {1: "09-28", 2: "09-29", 5: "10-10", 15: "10-23"},
    "2020-01-23": {1: "02-03", 5: "02-07"},
    "2026-06-18": {1: "06-22", 5: "06-26"},
    "2026-07-06": {1: "07-07", 2: "07-08", 5: "07-13", 15: "07-27"},
    "2026-11-20": {1: "11-23", 2: "11-24", 5: "11-27", 15: "12-11"},
    "2026-02-24": {-2: "02-13"},
    "2026-10-08": {-2: "09-29"},
}
COUNTED = re.compile(r"\S+ (倒数)?第\d+(个工作日|日)：")
EVENTS = st.dates(date(2005, 1, 1), date(2028, 12, 31))
AMOUNTS = st.integers(1, 60)


def rule(unit: str, amount: int = 0, since: str = "2026-02-13T10:00:00+08:00") -> DeadlineRule:
    return DeadlineRule(unit, amount, since, "now")


def due(*args, **kwargs) -> datetime:
    return compute(rule(*args), NATIONAL, **kwargs).due_at.astimezone(SHANGHAI)


def due_day(amount: int, event: date, calendar: Calendar = NATIONAL) -> date:
    return compute(rule("working_days", amount, event.isoformat()), calendar).due_at.astimezone(SHANGHAI).date()


def vectors() -> list[tuple[str, int, str]]:
    with VECTORS.open(newline="") as file:
        rows = [(row["event_date"], int(row["working_days"]), row["due_date"]) for row in csv.DictReader(file)]
    return rows + [(event, n, f"{event[:4]}-{day}") for event, dues in TABLE.items() for n, day in dues.items()]


@pytest.mark.parametrize(("event", "amount", "expected"), vectors())
def test_every_vector_holds(event, amount, expected):
    assert due_day(amount, date.fromisoformat(event)).isoformat() == expected


def test_the_last_second_of_the_last_day_is_the_due_moment_and_is_utc():
    deadline = compute(rule("working_days", 5), NATIONAL)
    assert deadline.due_at == datetime(2026, 2, 27, 15, 59, 59, tzinfo=UTC)
    assert deadline.due_at.tzinfo is UTC


def test_the_limit_ends_at_close_of_business_where_the_regulation_says_so():
    assert due("working_days", 5, close_of_business=time(17, 30)) == datetime(2026, 2, 27, 17, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize("since", ["2026-02-13T00:00:00+08:00", "2026-02-13T23:59:59+08:00",
                                   "2026-02-12T16:00:00+00:00", "2026-02-13"])
def test_the_day_of_the_event_is_the_day_in_shanghai(since):
    assert due("working_days", 1, since).date() == date(2026, 2, 14)


def test_calendar_days_end_on_their_last_day_when_it_is_a_working_day():
    assert due("calendar_days", 7, "2026-07-06").date() == date(2026, 7, 13)


def test_calendar_days_run_on_over_rest_days_to_the_next_working_day():
    assert due("calendar_days", 3, "2026-02-13").date() == date(2026, 2, 24)   # 16th is Spring Festival
    assert due("calendar_days", 5, "2026-09-15").date() == date(2026, 9, 20)   # a make-up Sunday is no rest day


def test_calendar_days_counted_backward_give_way_to_the_working_day_before():
    assert due("calendar_days", -3, "2026-02-24").date() == date(2026, 2, 14)


def test_hours_run_by_the_clock_from_the_moment():
    assert due("hours", 3, "2026-02-16T23:30:00+08:00") == datetime(2026, 2, 17, 2, 30, tzinfo=SHANGHAI)


def test_the_same_day_ends_at_midnight_even_on_a_holiday_and_after_business():
    moment = due("end_of_day", 0, "2026-02-16T23:50:00+08:00", close_of_business=time(17, 30))
    assert moment == datetime(2026, 2, 16, 23, 59, 59, tzinfo=SHANGHAI)


def test_a_set_date_is_due_at_its_own_end():
    assert due("date", 0, "2026-03-07") == datetime(2026, 3, 7, 23, 59, 59, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("unit", "amount", "since", "field"), [
    ("working_days", 0, "2026-02-13", "amount"), ("working_days", 401, "2026-02-13", "amount"),
    ("hours", -9601, "2026-02-13", "amount"), ("months", 1, "2026-02-13", "unit"),
    ("working_days", 5, "2026-02-13T10:00", "since"), ("working_days", 5, "soon", "since"),
    ("date", 0, None, "since"), ("date", 0, "", "since"), ("calendar_days", 400, "9999-12-01", "since"),
    ("working_days", 1, "9999-12-31T23:00:00+00:00", "since"), ("working_days", -9, "0001-01-02", "since")])
def test_what_cannot_be_counted_is_refused_with_its_field(unit, amount, since, field):
    with pytest.raises(InvalidInput) as refusal:
        compute(rule(unit, amount, since), NATIONAL)
    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize(("unit", "amount", "since", "provisional"), [
    ("working_days", 15, "2026-12-10", False),   # ends on 31 December, a day of 2026's own notice
    ("working_days", 15, "2026-12-11", True),
    ("working_days", -2, "2027-01-01", False),
    ("working_days", -1, "2027-01-05", True),
    ("calendar_days", 7, "2026-12-24", False),
    ("calendar_days", 7, "2026-12-25", True),
    ("date", 0, "2027-03-01", False),            # no notice can move these three
    ("end_of_day", 0, "2027-01-01", False),
    ("hours", 72, "2026-12-31T10:00:00+08:00", False)])
def test_a_limit_is_provisional_when_it_counts_a_day_of_a_year_without_notice(unit, amount, since, provisional):
    assert compute(rule(unit, amount, since), NATIONAL).provisional is provisional


def test_the_next_years_notice_moves_what_the_old_one_left_open():
    notice = "国务院办公厅关于2027年部分节假日安排的通知"
    days = {date(2027, 1, 2): Day(True, "元旦", notice)}
    known = Calendar("national", "national:2027r2", NATIONAL.days | days, NATIONAL.years | {2027})
    assert due_day(1, date(2026, 12, 31), NATIONAL) == date(2027, 1, 4)
    assert due_day(1, date(2026, 12, 31), known) == date(2027, 1, 2)


def test_the_explanation_gives_a_line_for_each_day_with_its_reason():
    assert explain(rule("working_days", 2), NATIONAL)[:3] == [
        "2026-02-13 不计入：起算当日（民法典第二百零一条），周五，工作日",
        "2026-02-14 第1个工作日：周六，春节调休上班（国务院办公厅关于2026年部分节假日安排的通知）",
        "2026-02-15 不计入：周日，春节放假（国务院办公厅关于2026年部分节假日安排的通知）"]
    assert explain(rule("working_days", 2), NATIONAL)[-1] == "2026-02-24 第2个工作日：周二，工作日"


def test_the_explanation_of_a_limit_that_ran_on_says_why():
    assert explain(rule("calendar_days", 5, "2026-03-02"), NATIONAL)[-3:] == [
        "2026-03-07 第5日：周六，休息日", "2026-03-08 顺延：周日，休息日",
        "2026-03-09 顺延至本日（民法典第二百零三条）：周一，工作日"]


@pytest.mark.parametrize("unit", ["hours", "end_of_day", "date"])
def test_limits_that_count_no_days_explain_themselves_in_one_line(unit):
    assert len(explain(rule(unit, 3), NATIONAL)) == 1


@given(EVENTS, AMOUNTS)
def test_one_more_working_day_is_always_later(event, amount):
    assert due_day(amount, event) < due_day(amount + 1, event)
    assert due_day(-amount, event) > due_day(-amount - 1, event)


@given(EVENTS, AMOUNTS)
def test_a_later_event_is_never_due_earlier(event, amount):
    assert due_day(amount, event) <= due_day(amount, event + timedelta(days=1))


@given(EVENTS.filter(NATIONAL.is_working), AMOUNTS)
def test_counting_back_from_the_due_day_returns_to_the_event_when_it_is_a_working_day(event, amount):
    assert due_day(-amount, due_day(amount, event)) == event
    assert due_day(amount, due_day(-amount, event)) == event


@given(EVENTS, AMOUNTS.flatmap(lambda n: st.sampled_from([n, -n])), st.sampled_from(["working_days", "calendar_days"]))
def test_the_explanation_counts_as_many_days_as_the_limit_has(event, amount, unit):
    since = rule(unit, amount, event.isoformat())
    lines, days = explain(since, NATIONAL), compute(since, NATIONAL).days
    assert len(lines) == len(days)
    assert sum(bool(COUNTED.match(line)) for line in lines) == abs(amount)
    assert [counted.number for counted in days if counted.role == "counted"] == list(range(1, abs(amount) + 1))


@given(EVENTS, AMOUNTS)
def test_the_due_day_of_a_limit_is_a_working_day(event, amount):
    for unit in ("working_days", "calendar_days"):
        for signed in (amount, -amount):
            assert NATIONAL.is_working(compute(rule(unit, signed, event.isoformat()), NATIONAL)
                                       .due_at.astimezone(SHANGHAI).date())


@pytest.mark.parametrize(("now", "left"), [
    ("2026-02-13T10:00:00+08:00", 5), ("2026-02-15T10:00:00+08:00", 4), ("2026-02-26T23:00:00+08:00", 1),
    ("2026-02-27T00:00:00+08:00", 0), ("2026-02-27T23:59:59+08:00", 0), ("2026-02-27T23:59:59.5+08:00", 0),
    ("2026-02-28T00:00:00+08:00", -1),   # a make-up Saturday: one working day has begun
    ("2026-03-01T10:00:00+08:00", -1), ("2026-03-02T10:00:00+08:00", -2)])
def test_working_days_left_count_down_to_nought_and_then_below(now, left):
    due_at = datetime(2026, 2, 27, 15, 59, 59, tzinfo=UTC)
    assert working_days_left(now, due_at, NATIONAL) == left
    assert working_days_left(datetime.fromisoformat(now), due_at, NATIONAL) == left


def test_a_limit_over_since_close_of_business_is_overdue_on_its_own_day():
    assert working_days_left("2026-02-27T18:00:00+08:00", "2026-02-27T17:30:00+08:00", NATIONAL) == -1
