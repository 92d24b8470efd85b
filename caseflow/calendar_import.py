"""A year's notice arrives: store it, then move every pending due date that it moves, on the record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, exists, insert, or_, select

from caseflow import deadline_entries, journal, regulations
from caseflow.calendar_rows import check_rows, doubts
from caseflow.calendars import NATIONAL, Calendar, Day, read, row_of
from caseflow.deadlines import BY_CALENDAR, Deadline, compute, rule_of
from caseflow.errors import InvalidInput
from caseflow.models import CalendarDay, CalendarNotice, Case, DeadlineEntry, Timer, WorkItem, db, lock_case
from caseflow.permissions import Actor
from caseflow.regulation_file import Regulation

MAX_SOURCE = 200


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did: days stored, due dates moved (timers) and in how many cases, what looks doubtful."""

    jurisdiction: str
    year: int
    revision: int
    days: int
    timers: int
    cases: int
    doubts: tuple[str, ...]


def import_notice(jurisdiction: str, year: int, rows: Iterable[Sequence[str]], source: str, now: datetime,
                  actor: Actor) -> ImportResult:
    """Replace the year's rows of a jurisdiction ("national" or a regulation's calendar) by a notice's.

    The notice's revision grows by one, pending due dates are recomputed, and a calendar_imported entry is
    journaled. All problems of the rows are refused together (InvalidInput, by line); nothing is stored then.
    A neighbouring day that two notices set belongs to the later year's.
    """
    source = source.strip()
    _require_place(jurisdiction, year, source)
    days = check_rows(rows, year)
    notice = _notice(jurisdiction, year, source, now)
    kept = _replace_days(notice, days)
    timers, cases = recompute(jurisdiction, now, actor)
    result = ImportResult(jurisdiction, year, notice.revision, len(days) - len(kept), timers, cases,
                          (*kept, *doubts(days, jurisdiction, year)))
    journal.append(None, "calendar_imported", actor, now, {
        "jurisdiction": jurisdiction, "year": year, "revision": notice.revision, "source": source,
        "days": result.days, "timers": timers, "cases": cases})
    return result


def recompute(jurisdiction: str, now: datetime, actor: Actor) -> tuple[int, int]:
    """Move the pending due dates that rest on this calendar to where it now puts them: (timers, cases) moved.

    Each moved or confirmed timer is journaled on its case (due_recomputed); work items that showed the old
    moment follow. Repeating it changes nothing. Locks only the cases that change, in ascending order.
    """
    concerned = {key: regulation for key, regulation in regulations.all_regulations().items()
                 if jurisdiction in (NATIONAL, regulation.calendar)}
    calendars = {name: read(name) for name in {regulation.calendar for regulation in concerned.values()}}
    pending = db.session.execute(
        select(Timer, Case.regulation).join(Case, Case.id == Timer.case_id)
        .where(Timer.status == "pending", or_(Timer.unit.in_(BY_CALENDAR), _changed), Case.regulation.in_(concerned))
        .order_by(Timer.case_id, Timer.token))
    ledgers = deadline_entries.of_waiting()
    stale = {}
    for timer, key in pending:
        entries = ledgers.get((timer.case_id, timer.token), [])
        if timer.case_id not in stale and _differs(timer, _due(timer, entries, concerned[key], calendars, now)):
            stale[timer.case_id] = concerned[key]
    return sum(_move(case_id, regulation, calendars, now, actor) for case_id, regulation in stale.items()), len(stale)


def jurisdictions() -> list[str]:
    """The calendars there are: the national one, and those of the regulations."""
    return sorted({NATIONAL} | {regulation.calendar for regulation in regulations.all_regulations().values()})


def _require_place(jurisdiction: str, year: int, source: str) -> None:
    problems = {}
    known = jurisdictions()
    if jurisdiction not in known:
        problems["jurisdiction"] = ("unknown", f"没有名为“{jurisdiction}”的日历；可用：{'、'.join(known)}")
    if not 2000 <= year <= 2100:
        problems["year"] = ("out_of_range", "年份应在 2000 至 2100 之间")
    if not source or len(source) > MAX_SOURCE or re.search(r"[\x00-\x1f\x7f]", source):
        problems["source"] = ("invalid", f"请写明依据的通知名称（1 至 {MAX_SOURCE} 个字，一行）")
    elif (other := _year_of(jurisdiction, source)) not in (None, year):
        problems["source"] = ("other_year", f"“{source}”已是 {other} 年的通知名称；每年的通知应有自己的名称")
    if problems:
        raise InvalidInput("\n".join(sentence for _code, sentence in problems.values()),
                           fields={field: code for field, (code, _sentence) in problems.items()})


def _year_of(jurisdiction: str, source: str) -> int | None:
    return db.session.scalar(select(CalendarNotice.year).where(
        CalendarNotice.jurisdiction == jurisdiction, CalendarNotice.source == source))


def _notice(jurisdiction: str, year: int, source: str, now: datetime) -> CalendarNotice:
    """The notice's row, locked, with its next revision; the days of the revision before are gone."""
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


def _replace_days(notice: CalendarNotice, days: dict[date, Day]) -> list[str]:
    """Store the notice's days; returns a sentence for each that stays with the next year's notice."""
    sources = _sources(notice.jurisdiction)
    others = {row.day: row for row in _rows_around(notice)}
    later = {day for day in days.keys() & others.keys() if _owner(others[day], sources) > notice.year}
    _delete(notice.jurisdiction, [day for day in days.keys() & others.keys() if day not in later])
    db.session.execute(insert(CalendarDay), [
        row_of(notice.jurisdiction, day, Day(special.working, special.name, notice.source))
        for day, special in days.items() if day not in later])
    return [f"{day} 已由“{others[day].source}”规定，保持不变" for day in sorted(later)]


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


# A timer that was stopped or extended counts working days, whatever its limit.
_changed = exists().where(DeadlineEntry.case_id == Timer.case_id, DeadlineEntry.token == Timer.token)


def _due(timer: Timer, entries: Sequence[DeadlineEntry], regulation: Regulation, calendars: dict[str, Calendar],
         now: datetime) -> Deadline:
    """When a timer is due by this calendar, its ledger included."""
    calendar = calendars[regulation.calendar]
    deadline = compute(rule_of(timer), calendar, regulation.close_of_business)
    if not entries:
        return deadline
    standing = deadline_entries.standing_of(timer, entries, regulation, calendar, now)
    return replace(deadline, due_at=standing.due_at, provisional=standing.provisional)


def _differs(timer: Timer, deadline: Deadline) -> bool:
    return (timer.due_at, timer.provisional) != (deadline.due_at, deadline.provisional)


def _move(case_id: int, regulation: Regulation, calendars: dict[str, Calendar], now: datetime, actor: Actor) -> int:
    """Recompute one case's pending timers under its lock; returns how many changed."""
    case = lock_case(case_id)
    timers = db.session.scalars(select(Timer).where(Timer.case_id == case_id, Timer.status == "pending")
                                .order_by(Timer.token).execution_options(populate_existing=True)).all()
    due: dict[datetime, tuple[datetime, bool]] = {}   # the moment shown so far → the one to show
    moved = 0
    if not timers:
        return 0  # they fired while we waited for the lock
    ledgers = deadline_entries.of_case(case_id)
    for timer in timers:
        shown, entries = timer.due_at, ledgers.get(timer.token, [])
        if timer.unit in BY_CALENDAR or entries:
            moved += _apply(case, timer, entries, _due(timer, entries, regulation, calendars, now), now, actor)
        due[shown] = min(due.get(shown, (timer.due_at, timer.provisional)), (timer.due_at, timer.provisional))
    _move_work_items(case, due)
    _reschedule(case, min(timer.due_at for timer in timers))
    return moved


def _apply(case: Case, timer: Timer, entries: Sequence[DeadlineEntry], deadline: Deadline, now: datetime,
           actor: Actor) -> bool:
    if not _differs(timer, deadline):
        return False
    db.session.add(DeadlineEntry(
        case_id=case.id, token=timer.token, seq=max((entry.seq for entry in entries), default=0) + 1,
        kind="recomputed", at=now, actor_id=actor.user_id, actor=actor.name, due_at=deadline.due_at,
        reason=deadline.calendar))
    journal.append(case, "due_recomputed", actor, now, {
        "element": timer.element, "token": timer.token, "previous_due_at": timer.due_at.isoformat(),
        "due_at": deadline.due_at.isoformat(), "provisional": deadline.provisional, "calendar": deadline.calendar})
    timer.due_at, timer.provisional, timer.calendar = deadline.due_at, deadline.provisional, deadline.calendar
    return True


def _move_work_items(case: Case, due: dict[datetime, tuple[datetime, bool]]) -> None:
    """An open work item shows the due moment of one of the case's timers: it follows that timer, once."""
    for item in db.session.scalars(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.status == "open")):
        if item.due_at in due:
            item.due_at, item.due_provisional = due[item.due_at]


def _reschedule(case: Case, next_due: datetime) -> None:
    """The scheduler's next look follows the earliest timer; a pause after a failure, or a parked case, stays."""
    case.next_due = next_due
    if not case.incident:
        case.next_try = max(case.next_try, next_due) if case.attempts else next_due
