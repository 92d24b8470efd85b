"""Holiday notices and their days as rows: whose they are, and replacing what an earlier one said."""

from __future__ import annotations

import re
from datetime import date, datetime

from sqlalchemy import delete, insert, select

from caseflow.errors import InvalidInput
from caseflow.law import regulations
from caseflow.law.calendar_rows import Doubt
from caseflow.law.calendars import row_of
from caseflow.law.working_days import NATIONAL, Day
from caseflow.models import CalendarDay, CalendarNotice, db

MAX_SOURCE = 200


def jurisdictions() -> list[str]:
    """The calendars there are: the national one, and those of the regulations."""
    return sorted({NATIONAL} | {regulation.calendar for regulation in regulations.all_regulations().values()})


def require_place(jurisdiction: str, year: int, source: str) -> None:
    """Refuse (InvalidInput, each field with a code and its facts) a notice of no calendar, year or name there can be.

    Fields: jurisdiction unknown; year out_of_range; source invalid, or other_year (the notice of another year has it).
    """
    problems: dict[str, tuple[str, dict[str, object]]] = {}
    known = jurisdictions()
    if jurisdiction not in known:
        problems["jurisdiction"] = ("unknown", {"jurisdiction": jurisdiction, "known": known})
    if not 2000 <= year <= 2100:
        problems["year"] = ("out_of_range", {})
    if not source or len(source) > MAX_SOURCE or re.search(r"[\x00-\x1f\x7f]", source):
        problems["source"] = ("invalid", {"most": MAX_SOURCE})
    elif (other := _year_of(jurisdiction, source)) not in (None, year):
        problems["source"] = ("other_year", {"source": source, "year": other})
    if problems:
        raise InvalidInput(fields={field: code for field, (code, _facts) in problems.items()},
                           facts={field: facts for field, (_code, facts) in problems.items()})


def _year_of(jurisdiction: str, source: str) -> int | None:
    return db.session.scalar(select(CalendarNotice.year).where(
        CalendarNotice.jurisdiction == jurisdiction, CalendarNotice.source == source))


def revise(jurisdiction: str, year: int, source: str, now: datetime) -> CalendarNotice:
    """The notice's row, locked, with its next revision (the first is 1); the days of the revision before are gone."""
    notice = db.session.scalar(select(CalendarNotice).where(
        CalendarNotice.jurisdiction == jurisdiction, CalendarNotice.year == year).with_for_update())
    if notice is None:
        notice = CalendarNotice(jurisdiction=jurisdiction, year=year, source=source, revision=1, imported_at=now)
        db.session.add(notice)
    else:
        _forget_days(notice)
        notice.source, notice.imported_at, notice.revision = source, now, notice.revision + 1
    db.session.flush()
    return notice


def _forget_days(notice: CalendarNotice) -> None:
    own = [row.day for row in _rows_around(notice) if _owner(row, _sources(notice.jurisdiction)) == notice.year]
    _delete(notice.jurisdiction, own)


def store_days(notice: CalendarNotice, days: dict[date, Day]) -> list[Doubt]:
    """Store the days of a revision, in place of what an earlier year's notice said of them.

    Returns a doubt ("kept") for each that is not stored: it stays with the later year's notice.
    """
    sources = _sources(notice.jurisdiction)
    others = {row.day: row for row in _rows_around(notice)}
    later = {day for day in days.keys() & others.keys() if _owner(others[day], sources) > notice.year}
    _delete(notice.jurisdiction, [day for day in days.keys() & others.keys() if day not in later])
    db.session.execute(insert(CalendarDay), [
        row_of(notice.jurisdiction, day, Day(special.working, special.name, notice.source))
        for day, special in days.items() if day not in later])
    return [Doubt("kept", day, others[day].source) for day in sorted(later)]


def _rows_around(notice: CalendarNotice) -> list[CalendarDay]:
    return list(db.session.scalars(select(CalendarDay).where(
        CalendarDay.jurisdiction == notice.jurisdiction,
        CalendarDay.day.between(date(notice.year - 1, 12, 1), date(notice.year + 1, 1, 31)))))


def _owner(row: CalendarDay, sources: dict[str, int]) -> int:
    """The year whose notice set the day: that of its source, or (for amendments, which have their own) the day's."""
    return sources.get(row.source, row.day.year)


def _sources(jurisdiction: str) -> dict[str, int]:
    notices = db.session.execute(select(CalendarNotice.source, CalendarNotice.year)
                                 .where(CalendarNotice.jurisdiction == jurisdiction))
    return dict(notices.all())


def _delete(jurisdiction: str, days: list[date]) -> None:
    if days:
        db.session.execute(delete(CalendarDay).where(CalendarDay.jurisdiction == jurisdiction,
                                                     CalendarDay.day.in_(days)))
