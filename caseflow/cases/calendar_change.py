"""A year's notice arrives: store it, then move every due date that it moves, on the record; what had fired too early is
withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select

from caseflow.casefile import holding, journal
from caseflow.casefile.agreed import TimerAgreed
from caseflow.casefile.facts import DueRecomputed, Fact, LedgerKept, TimerDated
from caseflow.casefile.hand import FIRED
from caseflow.cases import advance, clock_entries, due, withdrawal
from caseflow.cases.withdrawal import Later
from caseflow.law import calendar_notices, regulations
from caseflow.law.calendar_rows import Doubt, check_rows, doubts
from caseflow.law.calendars import read
from caseflow.law.deadlines import BY_CALENDAR, Deadline, compute, rule_of
from caseflow.law.regulation_file import Regulation
from caseflow.law.working_days import NATIONAL, Calendar
from caseflow.models import Case, DeadlineEntry, Timer, db
from caseflow.moments import start_of
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


@dataclass(frozen=True, slots=True)
class _Notice:
    """What an import is about: its source, and the day before which it sets none."""

    source: str
    first_day: date


def import_notice(jurisdiction: str, year: int, rows: Iterable[Sequence[str]], source: str, now: datetime,
                  actor: Actor) -> ImportResult:
    """Replace the year's rows of a jurisdiction ("national" or a regulation's calendar) by a notice's.

    The notice's revision grows by one, due dates are recomputed, those that were over too early among them
    (withdrawal.py), and a calendar_imported entry is journaled. All problems of the rows are refused together
    (InvalidInput, by line); nothing is stored then.
    A neighbouring day that two notices set belongs to the later year's.
    """
    source = source.strip()
    calendar_notices.require_place(jurisdiction, year, source)
    days = check_rows(rows, year)
    notice = calendar_notices.revise(jurisdiction, year, source, now)
    kept = calendar_notices.store_days(notice, days)
    timers, cases = recompute(jurisdiction, now, actor, _Notice(source, date(year - 1, 12, 1)))
    result = ImportResult(jurisdiction, year, notice.revision, len(days) - len(kept), timers, cases,
                          (*kept, *doubts(days, jurisdiction, year)))
    journal.append(None, "calendar_imported", actor, now, {
        "jurisdiction": jurisdiction, "year": year, "revision": notice.revision, "source": source,
        "days": result.days, "timers": timers, "cases": cases})
    return result


def recompute(jurisdiction: str, now: datetime, actor: Actor, notice: _Notice | None = None) -> tuple[int, int]:
    """Move the due dates that rest on this calendar to where it now puts them: (timers, cases) moved.

    Those of pending timers, what is agreed beside a deadline, and by a notice those of timers that have fired, where
    they lie later; where they do not, what was provisional is so no more. Each moved or confirmed timer is journaled on
    its case (due_recomputed, lateness_withdrawn); the tasks it guards show the new moment. Repeating it changes
    nothing. Locks only the cases that change, in ascending order. StepFailed when the process of one cannot be read.
    """
    concerned = {key: regulation for key, regulation in regulations.all_regulations().items()
                 if jurisdiction in (NATIONAL, regulation.calendar)}
    calendars = {name: read(name) for name in {regulation.calendar for regulation in concerned.values()}}
    rows = db.session.execute(
        select(Timer, Case.regulation).join(Case, Case.id == Timer.case_id)
        .where(_resting_on_calendars(notice), Case.regulation.in_(concerned)).order_by(Timer.case_id, Timer.token))
    ledgers = clock_entries.of_kept()
    stale = {}
    for timer, key in rows:
        entries = ledgers.get((timer.case_id, timer.token), [])
        if timer.case_id not in stale and _now(
                timer, entries, concerned[key], calendars, now, notice).differs(timer):
            stale[timer.case_id] = concerned[key]
    return sum(_move(case_id, regulation, calendars, now, actor, notice)
               for case_id, regulation in stale.items()), len(stale)


# What is agreed beside a timer counts working days, whatever its limit.
_changed = exists().where(DeadlineEntry.case_id == Timer.case_id, DeadlineEntry.token == Timer.token)


def _resting_on_calendars(notice: _Notice | None) -> ColumnElement[bool]:
    """Conditions on Timer (and its Case): what a calendar can move, or a notice withdraw or make final."""
    moved = [and_(Timer.status == "pending", or_(Timer.unit.in_(BY_CALENDAR), _changed)),
             and_(clock_entries.kept(), _changed)]
    if notice is not None:
        moved.append(and_(
            Timer.status == FIRED, Timer.unit.in_(BY_CALENDAR), Timer.due_at >= start_of(notice.first_day)))
    return or_(*moved)


@dataclass(frozen=True, slots=True)
class _Now:
    """Where a calendar puts a timer, and what is agreed beside it then. `mends`: by a notice, which may withdraw."""

    deadline: Deadline
    agreed_at: datetime | None
    mends: bool

    def later(self, timer: Timer) -> bool:
        """Whether a timer that has fired is due later; an earlier moment makes nobody late who relied on the other."""
        return self.mends and timer.status == FIRED and timer.unit in BY_CALENDAR and not timer.interrupting and (
            self.deadline.due_at > timer.due_at)

    def settles(self, timer: Timer) -> bool:
        """Whether the moment at which a timer has fired was provisional, and stands now that the notice is in."""
        return self.mends and timer.status == FIRED and timer.unit in BY_CALENDAR and timer.provisional and not (
            self.deadline.provisional or self.later(timer))

    def differs(self, timer: Timer) -> bool:
        """Whether anything is otherwise than it stands in the row."""
        dated = self.later(timer) or self.settles(timer) if timer.status == FIRED else (
            timer.due_at, timer.provisional) != (self.deadline.due_at, self.deadline.provisional)
        return dated or timer.agreed_at != self.agreed_at


def _now(timer: Timer, entries: Sequence[DeadlineEntry], regulation: Regulation, calendars: dict[str, Calendar],
         now: datetime, notice: _Notice | None) -> _Now:
    calendar = calendars[regulation.calendar]
    deadline = compute(rule_of(timer), calendar, regulation.close_of_business)
    found = _Now(deadline, timer.agreed_at, notice is not None)
    due_at = timer.due_at if timer.status == FIRED and not found.later(timer) else deadline.due_at
    return replace(found, agreed_at=clock_entries.agreed_of(
        timer, entries, regulation, calendar, now, due_at)) if entries else found


def _move(case_id: int, regulation: Regulation, calendars: dict[str, Calendar], now: datetime, actor: Actor,
          notice: _Notice | None) -> int:
    """Recompute one case's timers under its lock; returns how many changed."""
    case = holding.hold(case_id)
    timers = db.session.scalars(
        select(Timer).join(Case, Case.id == Timer.case_id)
        .where(Timer.case_id == case_id, _resting_on_calendars(notice))
        .order_by(Timer.token).execution_options(populate_existing=True)).all()
    ledgers, moved = clock_entries.of_case(case_id), 0
    for timer in timers:
        entries = ledgers.get(timer.token, [])
        found = _now(timer, entries, regulation, calendars, now, notice)
        if not found.differs(timer):    # it fired, or was moved, while we waited for the lock
            continue
        moved += 1
        if notice is not None and found.later(timer):
            withdrawal.mend(case, Later(timer, entries, found.deadline, found.agreed_at, notice.source), actor, now)
            continue
        if found.settles(timer):
            withdrawal.settle(case, timer)
        advance.keep(case, _facts(timer, entries, found, now), actor, now)
    if moved:
        due.follow(case, actor, now)
        holding.save(case)
    return moved


def _facts(timer: Timer, entries: Sequence[DeadlineEntry], found: _Now, now: datetime) -> list[Fact]:
    number = max((entry.seq for entry in entries), default=0) + 1
    over, provisional, calendar = timer.status == FIRED, found.deadline.provisional, found.deadline.calendar
    due_at = timer.due_at if over else found.deadline.due_at
    facts: list[Fact] = [LedgerKept(
        timer.token, number, "recomputed", now, reason=calendar, due_at=found.agreed_at or due_at,
    )] if entries or not over else []
    if not over or found.settles(timer):
        facts += [DueRecomputed(timer.element, timer.token, timer.due_at, due_at, provisional, calendar),
                  TimerDated(timer.token, due_at, provisional, calendar)]
    if found.agreed_at != timer.agreed_at:
        facts.append(TimerAgreed(timer.token, found.agreed_at, timer.clock_stopped))
    return facts
