"""How busy each step of a process is: open and late tasks, and how long it takes; and what runs under each version.

What a page shows is asked for on an index and counts to a bound: MOST_SHOWN + 1 means more.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, literal_column, select, union_all

from caseflow import paging
from caseflow.law import calendars, regulations
from caseflow.law.working_days import Calendar
from caseflow.models import Case, Definition, ProcessInstance, Unit, WorkItem, db
from caseflow.models.cases import OPEN
from caseflow.moments import ONE_DAY, SHANGHAI, over_by, start_of
from caseflow.paging import MOST_SHOWN
from caseflow.work import open_work

SAMPLE = 300        # cases that are over, and as many that are not: the newest of each version
VERSIONS = 10       # the newest versions whose cases are looked at for the time a step takes


@dataclass(frozen=True, slots=True)
class StepFigures:
    """One step. `median` is the working time (days of rest left out) from the opening of a task to its completion,
    None while nobody has completed one; `sample` is how many tasks it was taken from."""

    open: int = 0
    late: int = 0
    median: timedelta | None = None
    sample: int = 0


def of_process(regulation: str, process_id: str, elements: Collection[str], now: datetime) -> dict[str, StepFigures]:
    """The figures of these user tasks of a process, of all its versions together."""
    names = sorted(elements)
    counts, times = _counts(regulation, names, now), _times(regulation, process_id, names)
    return {name: StepFigures(*counts[name], statistics.median(times[name]) if times[name] else None, len(times[name]))
            for name in names}


def live_cases(digests: Sequence[str]) -> dict[str, int]:
    """How many cases are open under each of these versions."""
    if not digests:
        return {}
    figures = [paging.bounded(select(ProcessInstance.case_id).where(
        ProcessInstance.definition == digest, ProcessInstance.ended.is_(False)).limit(MOST_SHOWN + 1))
        for digest in digests]
    return dict(zip(digests, db.session.execute(select(*figures)).one(), strict=True))


def running_cases() -> dict[str, int]:
    """How many cases are open under each version that has any: digest → count, without a bound."""
    query = select(ProcessInstance.definition, func.count()).join(Case, Case.id == ProcessInstance.case_id)
    return dict(db.session.execute(query.where(OPEN).group_by(ProcessInstance.definition)).all())


def working_time(begun: datetime, completed: datetime, calendar: Calendar) -> timedelta:
    """How much of the time between two moments lies on working days."""
    begun, completed = begun.astimezone(SHANGHAI), completed.astimezone(SHANGHAI)
    if completed <= begun:
        return timedelta()
    days = calendar.working_days_between(begun.date() - ONE_DAY, completed.date())
    before = begun - start_of(begun.date()) if calendar.is_working(begun.date()) else timedelta()
    after = start_of(completed.date() + ONE_DAY) - completed if calendar.is_working(completed.date()) else timedelta()
    return days * ONE_DAY - before - after


def _counts(regulation: str, names: Sequence[str], now: datetime) -> dict[str, tuple[int, int]]:
    if not names:
        return {}
    figures, of_place = [], select(WorkItem.id).where(
        WorkItem.status == open_work.OPEN, WorkItem.unit_id.in_(select(Unit.id).where(Unit.regulation == regulation)))
    of_place = of_place.order_by(WorkItem.unit_id, WorkItem.due_at).limit(MOST_SHOWN + 1)   # the order of the index
    for name in names:
        here = of_place.where(WorkItem.element == name)
        figures += [paging.bounded(here), paging.bounded(here.where(WorkItem.due_at <= over_by(now)))]
    found = db.session.execute(select(*figures)).one()
    return {name: (found[2 * place], found[2 * place + 1]) for place, name in enumerate(names)}


def _times(regulation: str, process_id: str, names: Sequence[str]) -> dict[str, list[timedelta]]:
    """The working time of each completed task in the newest cases."""
    calendar, cases = calendars.load(regulations.get(regulation).calendar), _newest(process_id)
    times: dict[str, list[timedelta]] = defaultdict(list)
    query = select(WorkItem.element, WorkItem.status, WorkItem.opened_at, WorkItem.completed_at).where(
        WorkItem.case_id.in_(cases))    # by case alone: asked for in SQL, the status would be looked for first
    for element, status, opened_at, completed_at in db.session.execute(query) if cases else ():
        if status == "completed":
            times[element].append(working_time(opened_at, completed_at, calendar))
    return times


def _newest(process_id: str) -> list[int]:
    """The newest cases that are over and the newest that run."""
    digests = db.session.scalars(select(Definition.digest).where(
        Definition.process_id == process_id).order_by(Definition.number.desc()).limit(VERSIONS)).all()
    found: list[int] = []
    for ended in (True, False):
        parts = [select(ProcessInstance.case_id).where(
            ProcessInstance.definition == digest, ProcessInstance.ended.is_(ended)).order_by(
            ProcessInstance.case_id.desc()).limit(SAMPLE).subquery().select() for digest in digests]
        if parts:
            rows = union_all(*parts).order_by(literal_column("1").desc()).limit(SAMPLE)
            found += db.session.scalars(rows)
    return found
