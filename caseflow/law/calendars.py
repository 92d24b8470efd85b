"""The calendars of the jurisdictions, as the database keeps them: seeded, then changed by the notices of each year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, func, insert, or_, select

from caseflow.errors import CalendarMissing
from caseflow.law.working_days import NATIONAL, SEEDED_YEARS, Calendar, Day, known_by_law, notice_name, seeded_days
from caseflow.models import CalendarDay, CalendarNotice, db
from caseflow.models.prepared import Prepared


def load(jurisdiction: str) -> Calendar:
    """The calendar of a jurisdiction from the database; one without days of its own has the national ones.

    Costs one small query; the value is rebuilt only after an import. Raises CalendarMissing when not even
    the national notices are there (`seed` was not run).
    """
    state = db.session.get_bind().url, _STATE.first(national=NATIONAL, own=jurisdiction)
    cached = _cache.get(jurisdiction)
    if cached is None or cached[0] != state:
        cached = _cache[jurisdiction] = (state, read(jurisdiction))
    return cached[1]


_cache: dict[str, tuple[tuple, Calendar]] = {}
# All that a calendar's days can depend on, beside the database: every import adds to the revisions.
_STATE = Prepared(select(
    func.count(), func.sum(CalendarNotice.revision), func.sum(CalendarNotice.year * CalendarNotice.revision),
    func.max(CalendarNotice.imported_at)).where(
    or_(CalendarNotice.jurisdiction == bindparam("national"), CalendarNotice.jurisdiction == bindparam("own"))))


def read(jurisdiction: str) -> Calendar:
    """Like `load`, but never cached: for the transaction that is changing the calendar and may yet fail."""
    notice = CalendarNotice
    notices = db.session.execute(select(notice.jurisdiction, notice.year, notice.revision).where(
        notice.jurisdiction.in_({NATIONAL, jurisdiction})).order_by(notice.jurisdiction, notice.year))
    return _build(jurisdiction, [tuple(row) for row in notices])


def seed(now: datetime) -> None:
    """Store the national notices 2004–2026 where they are missing; what is there, imported or seeded, stays."""
    session = db.session
    known = set(session.scalars(select(CalendarNotice.year).where(CalendarNotice.jurisdiction == NATIONAL)))
    taken = set(session.scalars(select(CalendarDay.day).where(CalendarDay.jurisdiction == NATIONAL)))
    rows = []
    for year in (year for year in SEEDED_YEARS if year not in known):
        session.add(CalendarNotice(jurisdiction=NATIONAL, year=year, source=notice_name(year), revision=1,
                                   imported_at=now))
        rows += [row_of(NATIONAL, day, special) for day, special in seeded_days(year).items() if day not in taken]
    session.flush()
    if rows:
        session.execute(insert(CalendarDay), rows)


def row_of(jurisdiction: str, day: date, special: Day) -> dict[str, object]:
    """The values of a CalendarDay row."""
    return {"jurisdiction": jurisdiction, "day": day, "working": special.working, "name": special.name,
            "source": special.source}


def _build(jurisdiction: str, notices: Sequence[tuple]) -> Calendar:
    base = [notice for notice in notices if notice[0] == NATIONAL]
    if not base:
        raise CalendarMissing()
    years = frozenset(notice[1] for notice in base)
    days = known_by_law(years) | _days_of(NATIONAL)
    version = f"{NATIONAL}:{_version(base, seeded=len(SEEDED_YEARS))}"
    if jurisdiction != NATIONAL:
        days |= _days_of(jurisdiction)
        version += f"+{jurisdiction}:{_version(notice for notice in notices if notice[0] == jurisdiction)}"
    return Calendar(jurisdiction, version, days, years)


def _days_of(jurisdiction: str) -> dict[date, Day]:
    columns = (CalendarDay.day, CalendarDay.working, CalendarDay.name, CalendarDay.source)
    rows = db.session.execute(select(*columns).where(CalendarDay.jurisdiction == jurisdiction))
    return {day: Day(working, name, source) for day, working, name, source in rows}


def _version(notices: Iterable[tuple], seeded: int = 1) -> str:
    """Newest year and number of imports so far (the whole seed counts as one): grows with every import."""
    notices = list(notices)
    if not notices:
        return "-"
    imports = sum(revision for _jurisdiction, _year, revision in notices) - seeded + 1
    return f"{max(notice[1] for notice in notices)}r{imports}"
