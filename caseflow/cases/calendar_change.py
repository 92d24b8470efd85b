"""A year's notice arrives: store it, then move every pending due date that it moves, on the record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import exists, or_, select

from caseflow.casefile import holding, journal
from caseflow.casefile.facts import DueRecomputed, LedgerKept, TimerDated
from caseflow.casefile.hand import HeldCase
from caseflow.cases import advance, clock_entries, due
from caseflow.law import calendar_notices, regulations
from caseflow.law.calendar_rows import Doubt, check_rows, doubts
from caseflow.law.calendars import read
from caseflow.law.deadlines import BY_CALENDAR, Deadline, compute, rule_of
from caseflow.law.regulation_file import Regulation
from caseflow.law.working_days import NATIONAL, Calendar
from caseflow.models import Case, DeadlineEntry, Timer, db
from caseflow.people.permissions import Actor


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did: days stored, due dates moved (timers) and in how many cases, what looks doubtful."""

    jurisdiction: str
    year: int
    revision: int
    days: int
    timers: int
    cases: int
    doubts: tuple[Doubt, ...]


def import_notice(jurisdiction: str, year: int, rows: Iterable[Sequence[str]], source: str, now: datetime,
                  actor: Actor) -> ImportResult:
    """Replace the year's rows of a jurisdiction ("national" or a regulation's calendar) by a notice's.

    The notice's revision grows by one, pending due dates are recomputed, and a calendar_imported entry is
    journaled. All problems of the rows are refused together (InvalidInput, by line); nothing is stored then.
    A neighbouring day that two notices set belongs to the later year's.
    """
    source = source.strip()
    calendar_notices.require_place(jurisdiction, year, source)
    days = check_rows(rows, year)
    notice = calendar_notices.revise(jurisdiction, year, source, now)
    kept = calendar_notices.store_days(notice, days)
    timers, cases = recompute(jurisdiction, now, actor)
    result = ImportResult(jurisdiction, year, notice.revision, len(days) - len(kept), timers, cases,
                          (*kept, *doubts(days, jurisdiction, year)))
    journal.append(None, "calendar_imported", actor, now, {
        "jurisdiction": jurisdiction, "year": year, "revision": notice.revision, "source": source,
        "days": result.days, "timers": timers, "cases": cases})
    return result


def recompute(jurisdiction: str, now: datetime, actor: Actor) -> tuple[int, int]:
    """Move the pending due dates that rest on this calendar to where it now puts them: (timers, cases) moved.

    Each moved or confirmed timer is journaled on its case (due_recomputed); the tasks it guards show the new moment.
    Repeating it changes nothing. Locks only the cases that change, in ascending order. StepFailed when the process of
    one cannot be read.
    """
    concerned = {key: regulation for key, regulation in regulations.all_regulations().items()
                 if jurisdiction in (NATIONAL, regulation.calendar)}
    calendars = {name: read(name) for name in {regulation.calendar for regulation in concerned.values()}}
    pending = db.session.execute(
        select(Timer, Case.regulation).join(Case, Case.id == Timer.case_id)
        .where(Timer.status == "pending", or_(Timer.unit.in_(BY_CALENDAR), _changed), Case.regulation.in_(concerned))
        .order_by(Timer.case_id, Timer.token))
    ledgers = clock_entries.of_waiting()
    stale = {}
    for timer, key in pending:
        entries = ledgers.get((timer.case_id, timer.token), [])
        if timer.case_id not in stale and _differs(timer, _due(timer, entries, concerned[key], calendars, now)):
            stale[timer.case_id] = concerned[key]
    return sum(_move(case_id, regulation, calendars, now, actor) for case_id, regulation in stale.items()), len(stale)


# A timer that was stopped or extended counts working days, whatever its limit.
_changed = exists().where(DeadlineEntry.case_id == Timer.case_id, DeadlineEntry.token == Timer.token)


def _due(timer: Timer, entries: Sequence[DeadlineEntry], regulation: Regulation, calendars: dict[str, Calendar],
         now: datetime) -> Deadline:
    """When a timer is due by this calendar, its ledger included."""
    calendar = calendars[regulation.calendar]
    deadline = compute(rule_of(timer), calendar, regulation.close_of_business)
    if not entries:
        return deadline
    standing = clock_entries.standing_of(timer, entries, regulation, calendar, now)
    return replace(deadline, due_at=standing.due_at, provisional=standing.provisional)


def _differs(timer: Timer, deadline: Deadline) -> bool:
    return (timer.due_at, timer.provisional) != (deadline.due_at, deadline.provisional)


def _move(case_id: int, regulation: Regulation, calendars: dict[str, Calendar], now: datetime, actor: Actor) -> int:
    """Recompute one case's pending timers under its lock; returns how many changed."""
    case = holding.hold(case_id)
    timers = db.session.scalars(select(Timer).where(Timer.case_id == case_id, Timer.status == "pending")
                                .order_by(Timer.token).execution_options(populate_existing=True)).all()
    ledgers, moved = clock_entries.of_case(case_id), 0
    for timer in timers:   # none, where they fired while we waited for the lock
        entries = ledgers.get(timer.token, [])
        if timer.unit in BY_CALENDAR or entries:
            moved += _apply(case, timer, entries, _due(timer, entries, regulation, calendars, now), now, actor)
    if moved:
        due.follow(case, actor, now)
        holding.save(case)
    return moved


def _apply(case: HeldCase, timer: Timer, entries: Sequence[DeadlineEntry], deadline: Deadline, now: datetime,
           actor: Actor) -> bool:
    if not _differs(timer, deadline):
        return False
    number = max((entry.seq for entry in entries), default=0) + 1
    due_at, provisional, calendar = deadline.due_at, deadline.provisional, deadline.calendar
    advance.keep(case, (
        LedgerKept(timer.token, number, "recomputed", now, reason=calendar, due_at=due_at),
        DueRecomputed(timer.element, timer.token, timer.due_at, due_at, provisional, calendar),
        TimerDated(timer.token, due_at, provisional, False, calendar)), actor, now)
    return True
