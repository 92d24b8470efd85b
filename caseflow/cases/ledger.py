"""The ledger (台账): the cases an actor may see, narrowed, with what it says of each beyond its own row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import orjson
from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from caseflow import paging
from caseflow.casefile.readings import searching
from caseflow.cases import lateness
from caseflow.law import deadlines, regulations
from caseflow.law.milestones import ComplexMatters, Milestones
from caseflow.law.regulation_file import Regulation
from caseflow.models import Case, ContactAttempt, ProcessInstance, Rating, Submission, WorkItem, db
from caseflow.moments import is_over
from caseflow.paging import Page
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.raters import counted, reaching
from caseflow.raters.reaching import Attempt

BATCH = 500


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What the ledger (台账) is narrowed to. Moments are aware; `unit_id` is the responsible unit; `planned` are the
    complex matters with a plan and a limit (HF-14, GC-2(二), QJ-16)."""

    regulation: str | None = None
    status: str | None = None
    kinds: tuple[str, ...] | None = None
    unit_id: int | None = None
    level: str | None = None
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    overdue: bool = False
    planned: bool = False
    search: str = ""


def ledger(actor: Actor, wanted: CaseFilter, now: datetime, *, page: int = 1, per_page: int = 50) -> Page:
    """The cases the actor may see, newest first."""
    rows = ledger_query(actor, wanted, now).order_by(Case.opened_at.desc(), Case.id.desc())
    return paging.read(db.session, rows, page, per_page)


def ledger_query(actor: Actor, wanted: CaseFilter, now: datetime) -> Select:
    """The same cases, unordered, for whoever wants all of them."""
    query = select(Case).where(permissions.visible_cases(actor))
    exact = {Case.regulation: wanted.regulation, Case.status: wanted.status,
             Case.unit_id: wanted.unit_id}
    for column, value in exact.items():
        if value is not None:
            query = query.where(column == value)
    if wanted.kinds is not None:
        query = query.where(Case.kind.in_(wanted.kinds))
    if wanted.level:
        query = query.where(Case.rating.has(Rating.level == wanted.level))
    if wanted.opened_from:
        query = query.where(Case.opened_at >= wanted.opened_from)
    if wanted.opened_to:
        query = query.where(Case.opened_at < wanted.opened_to)
    if wanted.overdue:
        late = select(WorkItem.id).where(WorkItem.case_id == Case.id, lateness.is_or_was_late(now))
        query = query.where(late.exists())
    if wanted.planned:
        query = query.where(or_(false(), *_stands_planned()))
    return searching(query, wanted.search) if wanted.search else query


def _stands_planned() -> Iterator[ColumnElement[bool]]:
    """Conditions on Case, one of which holds for each that stands in the ledger of complex matters of its process."""
    for regulation, process, steps in _all_milestones():
        if steps.ledger:
            come = select(WorkItem.id).where(WorkItem.case_id == Case.id, WorkItem.element.in_(steps.ledger.ever))
            yield and_(Case.regulation == regulation, Case.kind == process, come.exists())


@dataclass(frozen=True, slots=True)
class Answered:
    """The last answer to the question of a revisit: the value, and of which form of which version of the process."""

    value: str
    definition: str
    element: str
    field: str


@dataclass(frozen=True, slots=True)
class Due:
    """When an open task is due, and what is agreed beside that."""

    due_at: datetime
    provisional: bool
    agreed_at: datetime | None
    clock_stopped: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """A complex matter in its ledger: what is to be done, in whole, and the last second in time. `kept`: whether
    it was done by then; None while there is time, and where it was called off in time."""

    plan: str
    limit: datetime | None
    kept: bool | None


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """What the ledger says of a case beyond its own row. Moments are aware UTC or None; `late` means some task was or
    is, `due` how the most urgent open one stands, `level` with which level its rating counts (None: not adopted).
    `first_contact_added_at` is when the first contact was written down, where that was on a later day (补记).

    `planned` is None for a case that is not entered as a complex matter, and where `keeps_plans` is False: its process
    has no ledger of them.
    """

    first_contact_at: datetime | None = None
    first_contact_added_at: datetime | None = None
    first_contact_due: datetime | None = None
    rectified_at: datetime | None = None
    revisit: Answered | None = None
    late: bool = False
    due: Due | None = None
    planned: Planned | None = None
    keeps_plans: bool = False
    level: str | None = None


def cases_by_id(ids: Sequence[int]) -> dict[int, Case]:
    """The named cases, for lists that only know their ids."""
    return {case.id: case for case in db.session.scalars(select(Case).where(Case.id.in_(ids))).unique()}


def ledger_rows(actor: Actor, wanted: CaseFilter, now: datetime) -> Iterator[tuple[Case, LedgerFacts]]:
    """Every case of the ledger with its facts, newest first, read in batches: memory stays flat."""
    query = ledger_query(actor, wanted, now).order_by(Case.opened_at.desc(), Case.id.desc())
    ids = list(db.session.scalars(query.with_only_columns(Case.id)))
    for start in range(0, len(ids), BATCH):
        batch = ids[start:start + BATCH]
        found, facts = cases_by_id(batch), ledger_facts(batch, now)
        yield from ((found[key], facts[key]) for key in batch if key in found)


def ledger_facts(case_ids: Sequence[int], now: datetime) -> dict[int, LedgerFacts]:
    """The facts of each of these cases, in four queries however many they are. Which tasks they are read from says the
    regulation: its milestones of the case's process; where it has none, only `late` and `level` are known. The first
    contact is read from the log of attempts."""
    items: dict[int, list] = {key: [] for key in case_ids}
    columns = (WorkItem.case_id, WorkItem.element, WorkItem.status, WorkItem.due_at, WorkItem.due_provisional,
               WorkItem.agreed_at, WorkItem.clock_stopped, WorkItem.completed_at, Case.regulation, Case.kind,
               Case.closed_at, Case.status.label("case_status"),
               lateness.is_or_was_late(now).label("late"))
    query = select(*columns).join(Case, Case.id == WorkItem.case_id).where(WorkItem.case_id.in_(case_ids))
    for row in db.session.execute(query.order_by(WorkItem.id)):
        items[row.case_id].append(row)
    said, tried, levels = _said(case_ids), _tried(case_ids), _levels(case_ids)
    return {key: replace(_facts(rows, said.get(key, []), tried.get(key, []), now), level=levels.get(key))
            for key, rows in items.items()}


def _levels(case_ids: Sequence[int]) -> dict[int, str | None]:
    """With which level the rating of each case counts."""
    query = select(Case.id, counted.level()).join(Rating, Rating.id == Case.rating_id).where(Case.id.in_(case_ids))
    return dict(db.session.execute(query).all())


def _tried(case_ids: Sequence[int]) -> dict[int, list[Attempt]]:
    """The attempts to reach the rater, in order."""
    found: dict[int, list[Attempt]] = {}
    query = select(ContactAttempt.case_id, ContactAttempt.tried_at, ContactAttempt.channel, ContactAttempt.result,
                   ContactAttempt.recorded_at)
    for case_id, *tried in db.session.execute(query.where(ContactAttempt.case_id.in_(case_ids)).order_by(
            ContactAttempt.tried_at, ContactAttempt.id)):
        found.setdefault(case_id, []).append(Attempt(*tried))
    return found


def _facts(rows: Sequence, said: Sequence, tried: Sequence[Attempt], now: datetime) -> LedgerFacts:
    """`rows` are the tasks of one case, `said` what was filled in at those that the milestones ask."""
    late, due = any(row.late for row in rows), _due(rows)
    steps = _milestones(rows[0].regulation, rows[0].kind) if rows else None
    if steps is None:
        return LedgerFacts(late=late, due=due)
    regulation = regulations.get(rows[0].regulation)
    first = next((row for row in rows if row.element in steps.first_contact.ever), None)
    contact = reaching.first_contact(regulation.unreachable, tried)
    return LedgerFacts(
        first_contact_at=contact.at if contact else None,
        first_contact_added_at=contact.added_at if contact else None,
        first_contact_due=first.due_at if first else None,
        rectified_at=max(_handled(rows, steps), default=None),
        revisit=_revisit(said, steps),
        late=late,
        due=due,
        planned=_planned(rows, said, steps.ledger, regulation, now) if steps.ledger else None,
        keeps_plans=steps.ledger is not None,
    )


def _due(rows: Sequence) -> Due | None:
    found = [Due(row.due_at, row.due_provisional, row.agreed_at, row.clock_stopped) for row in rows
             if row.status == "open" and row.due_at is not None]
    return min(found, key=lambda due: due.due_at, default=None)


def _milestones(regulation: str, process: str) -> Milestones | None:
    known = regulations.all_regulations().get(regulation)
    return known.milestones.get(process) if known else None


def keeps_plans(regulation: str) -> bool:
    """Whether the text of this place has a ledger of complex matters (HF-14, GC-2(二))."""
    return any(steps.ledger is not None for key, _, steps in _all_milestones() if key == regulation)


def _all_milestones() -> Iterator[tuple[str, str, Milestones]]:
    """(regulation, process, its milestones) of all there are."""
    for key, known in regulations.all_regulations().items():
        for process, steps in known.milestones.items():
            yield key, process, steps


def _handled(rows: Sequence, steps: Milestones) -> list[datetime]:
    """When the tasks were done that end the handling; those on the spot count alone, once a revisit has begun."""
    done = [row for row in rows if row.status == "completed"]
    handled = [row.completed_at for row in done if row.element in steps.handled.ever]
    if not handled and any(row.element in steps.revisited.ever for row in rows):
        handled = [row.completed_at for row in done if row.element in steps.handled.on_the_spot]
    return handled


def _said(case_ids: Sequence[int]) -> dict[int, list]:
    """What was filled in, in order, at the tasks of which the milestones ask for an answer."""
    tasks = {task for _, _, steps in _all_milestones()
             for task in (*steps.revisited.ever, *(steps.ledger.entered if steps.ledger else ()))}
    columns = (Submission.case_id, Submission.element, Submission.form_values, ProcessInstance.definition)
    query = select(*columns).join(ProcessInstance, ProcessInstance.case_id == Submission.case_id).where(
        Submission.case_id.in_(case_ids), Submission.element.in_(tasks)).order_by(Submission.id)
    found: dict[int, list] = {}
    for row in db.session.execute(query):
        found.setdefault(row.case_id, []).append(row)
    return found


def _revisit(said: Sequence, steps: Milestones) -> Answered | None:
    """The last answer to the question of the revisit."""
    for row in reversed(said):
        if row.element in steps.revisited.ever:
            value = orjson.loads(row.form_values).get(steps.revisited.result)
            if value:
                return Answered(str(value), row.definition, row.element, steps.revisited.result)
    return None


def _planned(rows: Sequence, said: Sequence, ledger: ComplexMatters, regulation: Regulation,
             now: datetime) -> Planned | None:
    """The newest entry. A limit that the case set itself is as it was set; else it is that of the task."""
    task = next((row for row in reversed(rows) if row.element in ledger.ever), None)
    if task is None:
        return None
    entry = next((orjson.loads(row.form_values) for row in reversed(said) if row.element in ledger.entered), {})
    day = entry.get(ledger.limit) if ledger.limit else None
    limit = deadlines.end_of(date.fromisoformat(day), regulation.close_of_business) if day else task.due_at
    voided_at = task.closed_at if task.case_status == "voided" else None
    until = {"open": now, "completed": task.completed_at}.get(task.status, voided_at)
    over = (until is not None and is_over(limit, until)) if day else task.late
    kept = False if over else True if task.status == "completed" else None
    return Planned(str(entry.get(ledger.plan) or ""), limit, kept)
