"""The worklist: what waits for whom, taking it, giving it back, and drafts. Reads tables, never engine state."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import contains_eager

from caseflow import open_work, paging
from caseflow.casefile import journal, store
from caseflow.casefile.hand import HeldCase, HeldItem
from caseflow.errors import AlreadyClaimed, InvalidInput, NotFound, PermissionDenied, TaskNotOpen
from caseflow.models import Case, CaseReference, Draft, Rating, ServiceRecord, Unit, WorkItem, db
from caseflow.moments import SHANGHAI
from caseflow.open_work import EARLIEST_FIRST
from caseflow.paging import MOST_COUNTED, MOST_SHOWN, Page, counted
from caseflow.people import impartiality, permissions
from caseflow.people.permissions import Actor

DRAFT_LIMIT = 64_000   # bytes of JSON
MOST_PASSED_OVER = 50  # tasks that are tried when the most urgent one is asked for
def find(work_item_id: int, actor: Actor) -> WorkItem:
    """The work item; NotFound when the actor may not see its case."""
    item = db.session.get(WorkItem, work_item_id)
    if item is None:
        raise NotFound
    permissions.require_see(actor, item.case)
    return item


def claim(work_item_id: int, actor: Actor, now: datetime) -> HeldItem:
    """Take a free task of one's own unit and role. Taking one's own again changes nothing.

    Refuses with AlreadyClaimed, TaskNotOpen, PermissionDenied or NotImpartial; journaled as task_claimed.
    """
    case, item = held_item(work_item_id, actor)
    if item.assignee_id == actor.user_id:
        return item
    if item.assignee_id is not None:
        raise AlreadyClaimed
    permissions.require_work(actor, item)
    impartiality.require(actor.user_id, item, case.id)
    return _assign(case, item, actor.user_id, "task_claimed", actor, now)


def claim_next(actor: Actor, now: datetime) -> HeldItem | None:
    """Take the free task that is due first of those the actor may take; None when there is none.

    One that a colleague takes meanwhile, or that the actor may not do, is passed over.
    """
    for work_item_id in open_work.earliest(open_work.places(actor, "unit"), None, 0, MOST_PASSED_OVER):
        with suppress(AlreadyClaimed, TaskNotOpen, PermissionDenied):
            return claim(work_item_id, actor, now)
    return None


def anything_free(actor: Actor) -> bool:
    """Whether a task waits to be taken at a post of the actor's."""
    return bool(db.session.scalar(select(open_work.number(open_work.places(actor, "unit"), None, 1))))


def release(work_item_id: int, actor: Actor, now: datetime) -> HeldItem:
    """Give a task one has taken back to its unit. Journaled as task_released."""
    case, item = held_item(work_item_id, actor)
    if item.assignee_id is None:
        return item
    permissions.require_work(actor, item)
    if item.role == "staff":
        raise PermissionDenied("This task is yours alone; nobody else could take it.")
    return _assign(case, item, None, "task_released", actor, now)


def hand_over(case: HeldCase, item: HeldItem, user_id: int | None, kind: str, actor: Actor, now: datetime) -> HeldItem:
    """Make a task somebody's (None: free for the office); journaled with whose it is now. The caller has judged it."""
    return _assign(case, item, user_id, kind, actor, now, to=user_id)


def _assign(case: HeldCase, item: HeldItem, user_id: int | None, kind: str, actor: Actor, now: datetime,
            **details: int | None) -> HeldItem:
    case.note(store.ASSIGN_ITEM, case=case.id, of=item.token, assignee_id=user_id)
    journal.append(case, kind, actor, now, {"element": item.element, "token": item.token, **details})
    store.save(case)
    return replace(item, assignee_id=user_id)


def held_item(work_item_id: int, actor: Actor) -> tuple[HeldCase, HeldItem]:
    """An open task with its case, locked. Refuses with NotFound or TaskNotOpen."""
    case = store.hold_by_item(work_item_id)
    permissions.require_see(actor, case)
    item = case.item(work_item_id)
    if item is None:
        raise TaskNotOpen
    return case, item


def save_draft(work_item_id: int, actor: Actor, values: Mapping[str, object], now: datetime) -> Draft:
    """Keep what the actor has typed so far, whatever it is; the last one wins. Refuses over 64 kB."""
    _, item = held_item(work_item_id, actor)
    permissions.require_work(actor, item)
    text = orjson.dumps(dict(values)).decode()
    if len(text.encode()) > DRAFT_LIMIT:
        raise InvalidInput(fields={"draft": "too_long"})
    return db.session.merge(Draft(work_item_id=item.id, user_id=actor.user_id, form_values=text, saved_at=now))


def draft_of(work_item_id: int, actor: Actor) -> dict:
    """What the actor has typed into this task before, or nothing."""
    draft = db.session.get(Draft, (work_item_id, actor.user_id))
    return orjson.loads(draft.form_values) if draft else {}


def _due(due: str | None, now: datetime):
    """overdue: past; today: ends on this Shanghai day; soon: within the next three calendar days."""
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return {
        "overdue": WorkItem.due_at < now,
        "today": and_(WorkItem.due_at >= now, WorkItem.due_at < midnight),
        "soon": and_(WorkItem.due_at >= now, WorkItem.due_at < midnight + timedelta(days=3)),
    }.get(due or "")


def my_work(actor: Actor, *, now: datetime, scope: str = "all", due: str | None = None, regulation: str | None = None,
            search: str = "", page: int = 1, per_page: int = 50) -> Page:
    """Open work items that are the actor's or free for them, the earliest due first, undated ones last.

    `search` looks into case number, item of service, name of the office and linked numbers. Counts to a thousand, or
    to the end of the next page.
    """
    places, bound = open_work.places(actor, scope, regulation), _due(due, now)
    most = max(MOST_COUNTED, (page + 1) * per_page)
    if search:
        conditions = [or_(false(), *places), *([] if bound is None else [bound])]
        matching = _searching(select(WorkItem.id).join(WorkItem.case), search).where(*conditions)
        start = matching.order_by(*EARLIEST_FIRST).limit(per_page).offset((page - 1) * per_page)
        ids, total = list(db.session.scalars(start)), paging.bounded(matching.limit(most + 1))
    else:
        ids = open_work.earliest(places, bound, (page - 1) * per_page, per_page)
        total = open_work.number(places, bound, most + 1)
    rows = select(WorkItem).join(WorkItem.case).options(contains_eager(WorkItem.case)).where(WorkItem.id.in_(ids))
    items = db.session.scalars(rows.order_by(*EARLIEST_FIRST)).unique() if ids else []
    return counted(list(items), db.session.scalar(select(total)), page, per_page, most)


def _searching(query: Select, text: str) -> Select:
    text = text.replace("\x00", "")    # PostgreSQL takes none
    like = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    elsewhere = select(CaseReference.case_id).where(
        CaseReference.removed_at.is_(None), CaseReference.number.ilike(like, escape="\\"))
    return (
        query.join(Rating, Case.rating_id == Rating.id)
        .join(ServiceRecord, Rating.service_record_id == ServiceRecord.id)
        .join(Unit, Case.unit_id == Unit.id)
        .where(or_(Case.id.in_(elsewhere), *(c.ilike(like, escape="\\") for c in (
            Case.number, ServiceRecord.task_name, ServiceRecord.project_no, Unit.name))))
    )


def next_in_case(case_id: int, actor: Actor) -> WorkItem | None:
    """An open task of this case that the actor may do now."""
    query = select(WorkItem).where(WorkItem.case_id == case_id, or_(false(), *open_work.places(actor)))
    return db.session.scalar(query.order_by(*EARLIEST_FIRST).limit(1))


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What the ledger (台账) is narrowed to. Moments are aware; `unit_id` is the responsible unit."""

    regulation: str | None = None
    status: str | None = None
    kind: str | None = None
    unit_id: int | None = None
    level: str | None = None
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    overdue: bool = False
    search: str = ""


def ledger(actor: Actor, wanted: CaseFilter, now: datetime, *, page: int = 1, per_page: int = 50) -> Page:
    """The cases the actor may see, newest first."""
    query = ledger_query(actor, wanted, now)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = query.order_by(Case.opened_at.desc(), Case.id.desc()).limit(per_page).offset((page - 1) * per_page)
    return Page(list(db.session.scalars(rows).unique()), total, page, per_page)


def ledger_query(actor: Actor, wanted: CaseFilter, now: datetime) -> Select:
    """The same cases, unordered, for whoever wants all of them."""
    query = select(Case).where(permissions.visible_cases(actor))
    exact = {Case.regulation: wanted.regulation, Case.status: wanted.status, Case.kind: wanted.kind,
             Case.unit_id: wanted.unit_id}
    for column, value in exact.items():
        if value is not None:
            query = query.where(column == value)
    if wanted.level:
        query = query.where(Case.rating.has(Rating.level == wanted.level))
    if wanted.opened_from:
        query = query.where(Case.opened_at >= wanted.opened_from)
    if wanted.opened_to:
        query = query.where(Case.opened_at < wanted.opened_to)
    if wanted.overdue:
        late = select(WorkItem.id).where(
            WorkItem.case_id == Case.id, or_(
                and_(WorkItem.status == "open", WorkItem.due_at < now),
                and_(WorkItem.status == "completed", WorkItem.due_at < WorkItem.completed_at)))
        query = query.where(late.exists())
    return _searching(query, wanted.search) if wanted.search else query


def counts(actor: Actor, now: datetime) -> dict[str, int]:
    """How many open tasks the actor has: all, mine, overdue; and incidents they may see. Counts little beyond 99."""
    everything, mine = open_work.places(actor), open_work.places(actor, "mine")
    incidents = select(Case.id).where(Case.incident, permissions.visible_cases(actor)).limit(MOST_SHOWN + 1)
    figures = {
        "work": open_work.number(everything, None, MOST_SHOWN + 1),
        "mine": open_work.number(mine, None, MOST_SHOWN + 1),
        "overdue": open_work.number(everything, WorkItem.due_at < now, MOST_SHOWN + 1),
        "incidents": paging.bounded(incidents),
    }
    found = db.session.execute(select(*figures.values())).one()
    return {name: min(figure, MOST_SHOWN + 1) for name, figure in zip(figures, found, strict=True)}
