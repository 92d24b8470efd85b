"""One task: finding it, taking it, giving it back, its draft, and how its case stands."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import orjson
from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import contains_eager

from caseflow.casefile import assigning, holding
from caseflow.casefile.hand import HeldCase, HeldItem
from caseflow.errors import AlreadyClaimed, InvalidInput, NotFound, PermissionDenied, TaskNotOpen
from caseflow.law.appeal_rules import STAFF
from caseflow.models import AwaitedMessage, Case, Draft, Rating, ServiceRecord, Unit, WorkItem, db
from caseflow.models.prepared import Prepared
from caseflow.people import apart, impartiality, permissions, staffing
from caseflow.people.apart import Rules
from caseflow.people.permissions import Actor
from caseflow.work import open_work

DRAFT_LIMIT = 64_000   # bytes of JSON
MOST_PASSED_OVER = 50  # tasks that are tried when the most urgent one is asked for
_STANDING = Prepared(select(
    Case.id, Case.kind, Case.regulation, Case.number, Case.status, Case.outcome,
    exists().where(AwaitedMessage.case_id == Case.id)).where(Case.id == bindparam("case")))
_WAITING = Prepared(select(
    WorkItem.id, WorkItem.element, WorkItem.name, Unit.name.label("unit_name"), WorkItem.unit_id, WorkItem.role,
    WorkItem.assignee_id, WorkItem.stands_in, WorkItem.due_at).join(Unit, Unit.id == WorkItem.unit_id).where(
    WorkItem.case_id == bindparam("case"), WorkItem.status == "open").order_by(WorkItem.opened_at, WorkItem.id))


def find(work_item_id: int, actor: Actor) -> WorkItem:
    """The work item; NotFound when the actor may not see its case."""
    query = select(WorkItem, permissions.may_see_it(actor)).join(WorkItem.case).where(WorkItem.id == work_item_id)
    of_case = contains_eager(WorkItem.case)
    item, seen = db.session.execute(query.options(
        of_case, of_case.joinedload(Case.instance),
        of_case.joinedload(Case.rating).joinedload(Rating.service).joinedload(ServiceRecord.unit))).first() or (
        None, False)
    if not seen:
        raise NotFound
    return item


def claim(work_item_id: int, actor: Actor, now: datetime) -> HeldItem:
    """Take a free task of one's own unit and role, or for which one stands in. Taking one's own again changes nothing.

    Refuses with AlreadyClaimed, TaskNotOpen, PermissionDenied, NotImpartial or OtherPersonNeeded; journaled as
    task_claimed, with the article under which one stands in.
    """
    case, item = held_item(work_item_id, actor)
    if item.assignee_id == actor.user_id:
        return item
    if item.assignee_id is not None:
        raise AlreadyClaimed
    rule = staffing.stands_in(actor, item, case)
    if rule is None:
        permissions.require_work(actor, item)
    impartiality.require(actor.user_id, item, case)
    return hand_over(case, item, actor.user_id, "task_claimed", actor, now, {"article": rule.article} if rule else None,
                     stands_in=rule is not None)


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
    asked = _anything_free(open_work.whoever(actor), apart.kept_apart())
    return bool(db.session.scalar(asked, {"me": actor.user_id}))


@lru_cache(maxsize=open_work.KEPT)
def _anything_free(whoever: Actor, _rules: Rules) -> Select[tuple[int]]:
    return select(open_work.number(open_work.places(whoever, "unit"), None, 1))


def release(work_item_id: int, actor: Actor, now: datetime) -> HeldItem:
    """Give a task one has taken back to its unit. Journaled as task_released."""
    case, item = held_item(work_item_id, actor)
    if item.assignee_id is None:
        return item
    permissions.require_work(actor, item)
    if item.role == STAFF:
        raise PermissionDenied("This task is yours alone; nobody else could take it.")
    return hand_over(case, item, None, "task_released", actor, now)


def hand_over(case: HeldCase, item: HeldItem, to: int | None, why: str, actor: Actor, now: datetime,
              details: Mapping[str, object] | None = None, *, stands_in: bool = False) -> HeldItem:
    """Make a task somebody's (None: free for the office) and write it; `why` and `details` are those of its entry."""
    given = assigning.give(case, item, to, actor, why, now, details, stands_in=stands_in)
    holding.save(case)
    return given


def held_item(work_item_id: int, actor: Actor) -> tuple[HeldCase, HeldItem]:
    """An open task with its case, locked. Refuses with NotFound or TaskNotOpen."""
    case = holding.hold_by_item(work_item_id)
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
    return kept_draft(work_item_id, actor)[0]


def kept_draft(work_item_id: int, actor: Actor) -> tuple[dict, datetime | None]:
    """The same, and when it was saved last (aware UTC; None without one)."""
    draft = db.session.get(Draft, (work_item_id, actor.user_id))
    return (orjson.loads(draft.form_values), draft.saved_at) if draft else ({}, None)


@dataclass(frozen=True, slots=True)
class WaitingTask:
    """An open task: what it is called, whose it is, and until when."""

    id: int
    element: str
    name: str
    unit_name: str
    unit_id: int
    role: str
    assignee_id: int | None
    stands_in: bool
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands: open tasks in the order in which they were opened, and whether it waits for a message."""

    id: int
    kind: str
    regulation: str
    number: str
    status: str
    outcome: str | None
    awaits_message: bool
    waiting: tuple[WaitingTask, ...]

    def next_for(self, actor: Actor) -> WaitingTask | None:
        """The task that is due first of those the actor may do now."""
        mine = [task for task in self.waiting if permissions.may_work(actor, task)
                and impartiality.reason(actor.user_id, task, self) is None]
        return min(mine, key=lambda task: (task.due_at is None, task.due_at or 0, task.id), default=None)


def standing(case_id: int) -> Standing:
    """How this case stands now, in two small queries."""
    found = _STANDING.first(case=case_id)
    return Standing(*found, tuple(WaitingTask(*row) for row in _WAITING.rows(case=case_id)))
