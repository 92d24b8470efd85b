"""The calendars in the database: seeded, loaded, overlaid."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from caseflow.errors import CalendarMissing
from caseflow.law import calendars, working_days
from caseflow.models import CalendarDay, CalendarNotice
from web.sentences.calendars import why

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
NATIONAL = working_days.national()


def test_a_loaded_calendar_equals_the_seed(session):
    calendars.seed(NOW)
    loaded = calendars.load("national")
    assert (loaded.days, loaded.years, loaded.version) == (NATIONAL.days, NATIONAL.years, NATIONAL.version)


def test_seeding_again_changes_nothing_and_spares_what_was_imported(session):
    calendars.seed(NOW)
    session.get(CalendarDay, ("national", date(2026, 5, 9))).source = "更正"
    session.flush()
    calendars.seed(NOW)
    assert session.get(CalendarDay, ("national", date(2026, 5, 9))).source == "更正"
    assert session.query(CalendarNotice).count() == 23


def test_a_database_without_any_notice_is_said_to_have_none(session):
    with pytest.raises(CalendarMissing):
        calendars.load("national")


def test_a_calendar_is_built_once_until_a_notice_changes(session):
    calendars.seed(NOW)
    first = calendars.load("national")
    assert calendars.load("national") is first
    session.query(CalendarNotice).filter_by(year=2026).one().revision += 1
    assert calendars.load("national").version == "national:2026r2"


def test_a_jurisdictions_own_days_lie_over_the_national_ones(session):
    calendars.seed(NOW)
    local = date(2026, 9, 19)
    session.add(CalendarNotice(jurisdiction="hainan", year=2026, source="三月三放假通知", imported_at=NOW))
    session.add(CalendarDay(jurisdiction="hainan", day=date(2026, 4, 20), working=False, name="三月三",
                            source="三月三放假通知"))
    hainan, guichi = calendars.load("hainan"), calendars.load("guichi")
    assert why(hainan.why(date(2026, 4, 20))) == "周一，三月三放假（三月三放假通知）"
    assert guichi.is_working(date(2026, 4, 20))
    assert hainan.is_working(local) == guichi.is_working(local)
    assert (hainan.version, guichi.version) == ("national:2026r1+hainan:2026r1", "national:2026r1+guichi:-")


def test_a_local_notice_alone_does_not_make_a_year_certain(session):
    calendars.seed(NOW)
    session.add(CalendarNotice(jurisdiction="hainan", year=2027, source="三月三放假通知", imported_at=NOW))
    assert calendars.load("hainan").is_provisional(date(2027, 4, 9))
