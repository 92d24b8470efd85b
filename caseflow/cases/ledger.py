"""The ledger (台账): the cases an actor may see, narrowed, with what it says of each beyond its own row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Select, and_, or_, select

from caseflow import paging
from caseflow.casefile.readings import searching
from caseflow.law import regulations
from caseflow.law.milestones import Milestones
from caseflow.models import Case, ContactAttempt, ProcessInstance, Rating, Submission, WorkItem, db
from caseflow.models.db import over_by_then
from caseflow.moments import is_over, over_by
from caseflow.paging import Page
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.raters import counted, reaching

BATCH = 500


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What the ledger (台账) is narrowed to. Moments are aware; `unit_id` is the responsible unit."""

    regulation: str | None = None
    status: str | None = None
    kinds: tuple[str, ...] | None = None
    unit_id: int | None = None
    level: str | None = None
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    overdue: bool = False
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
        late = select(WorkItem.id).where(
            WorkItem.case_id == Case.id, or_(
                and_(WorkItem.status == "open", WorkItem.due_at <= over_by(now)),
                and_(WorkItem.status == "completed", WorkItem.due_at <= over_by_then(WorkItem.completed_at))))
        query = query.where(late.exists())
    return searching(query, wanted.search) if wanted.search else query


@dataclass(frozen=True, slots=True)
class Answered:
    """The last answer to the question of a revisit: the value, and of which form of which version of the process."""

    value: str
    definition: str
    element: str
    field: str


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """What the ledger says of a case beyond its own row. Moments are aware UTC or None; `late` means some task was;
    `level` is the one with which its rating counts, None for one that is not adopted."""

    first_contact_at: datetime | None = None
    first_contact_due: datetime | None = None
    rectified_at: datetime | None = None
    revisit: Answered | None = None
    late: bool = False
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
    columns = (WorkItem.case_id, WorkItem.element, WorkItem.status, WorkItem.due_at, WorkItem.completed_at,
               Case.regulation, Case.kind)
    query = select(*columns).join(Case, Case.id == WorkItem.case_id).where(WorkItem.case_id.in_(case_ids))
    for row in db.session.execute(query.order_by(WorkItem.id)):
        items[row.case_id].append(row)
    revisits, tried, levels = _revisits(case_ids), _tried(case_ids), _levels(case_ids)
    return {key: _facts(rows, revisits.get(key), tried.get(key, []), levels.get(key), now)
            for key, rows in items.items()}


def _levels(case_ids: Sequence[int]) -> dict[int, str | None]:
    """With which level the rating of each case counts."""
    query = select(Case.id, counted.level()).join(Rating, Rating.id == Case.rating_id).where(Case.id.in_(case_ids))
    return dict(db.session.execute(query).all())


def _tried(case_ids: Sequence[int]) -> dict[int, list[tuple[datetime, str]]]:
    """(moment, result) of the attempts to reach the rater, in order."""
    found: dict[int, list[tuple[datetime, str]]] = {}
    query = select(ContactAttempt.case_id, ContactAttempt.tried_at, ContactAttempt.result)
    for case_id, *tried in db.session.execute(query.where(ContactAttempt.case_id.in_(case_ids)).order_by(
            ContactAttempt.tried_at, ContactAttempt.id)):
        found.setdefault(case_id, []).append(tuple(tried))
    return found


def _facts(rows: Sequence, revisit: Answered | None, tried: Sequence[tuple[datetime, str]], level: str | None,
           now: datetime) -> LedgerFacts:
    late = any(_late(row, now) for row in rows)
    steps = _milestones(rows[0].regulation, rows[0].kind) if rows else None
    if steps is None:
        return LedgerFacts(late=late, level=level)
    first = next((row for row in rows if row.element in steps.first_contact.ever), None)
    return LedgerFacts(
        first_contact_at=reaching.first_contact(regulations.get(rows[0].regulation).unreachable, tried),
        first_contact_due=first.due_at if first else None,
        rectified_at=max(_handled(rows, steps), default=None),
        revisit=revisit,
        late=late,
        level=level,
    )


def _milestones(regulation: str, process: str) -> Milestones | None:
    known = regulations.all_regulations().get(regulation)
    return known.milestones.get(process) if known else None


def _handled(rows: Sequence, steps: Milestones) -> list[datetime]:
    """When the tasks were done that end the handling; those on the spot count alone, once a revisit has begun."""
    done = [row for row in rows if row.status == "completed"]
    handled = [row.completed_at for row in done if row.element in steps.handled.ever]
    if not handled and any(row.element in steps.revisited.ever for row in rows):
        handled = [row.completed_at for row in done if row.element in steps.handled.on_the_spot]
    return handled


def _late(row, now: datetime) -> bool:
    until = row.completed_at if row.status == "completed" else now
    return row.status != "cancelled" and is_over(row.due_at, until)


def _revisits(case_ids: Sequence[int]) -> dict[int, Answered]:
    """The last answer of each case's revisit."""
    tasks = {task for known in regulations.all_regulations().values() for steps in known.milestones.values()
             for task in steps.revisited.ever}
    columns = (Submission.case_id, Submission.element, Submission.form_values, Case.regulation, Case.kind,
               ProcessInstance.definition)
    query = select(*columns).join(Case, Case.id == Submission.case_id).join(
        ProcessInstance, ProcessInstance.case_id == Case.id).where(
        Submission.case_id.in_(case_ids), Submission.element.in_(tasks)).order_by(Submission.id)
    answers = ((row.case_id, _answer(row)) for row in db.session.execute(query))
    return {case_id: answer for case_id, answer in answers if answer}


def _answer(row) -> Answered | None:
    steps = _milestones(row.regulation, row.kind)
    if steps is None or row.element not in steps.revisited.ever:
        return None
    value = orjson.loads(row.form_values).get(steps.revisited.result)
    return Answered(str(value), row.definition, row.element, steps.revisited.result) if value else None
