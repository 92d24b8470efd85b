"""Handing one's own taken task to a colleague of the same office and role, and getting it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased, lazyload, selectinload

from caseflow import texts
from caseflow.casefile.hand import HeldCase, HeldItem
from caseflow.errors import AlreadyClaimed, Conflict, InvalidInput, PermissionDenied
from caseflow.models import Case, Delegation, RoleAssignment, User, WorkItem, db
from caseflow.notices import outbox
from caseflow.people import impartiality
from caseflow.people.impartiality import Bars
from caseflow.people.permissions import Actor
from caseflow.work import tasks

LONGEST_NOTE = 500   # characters
MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class Running:
    """A delegation as both see it."""

    work_item_id: int
    task: str
    number: str
    from_id: int
    from_name: str
    to_id: int
    to_name: str
    note: str
    begun_at: datetime
    due_at: datetime | None


def colleagues(item: WorkItem | HeldItem, case: Case | HeldCase, actor: Actor,
               bars: Bars | None = None) -> list[User]:
    """Who else holds the task's role at its office and may do it, by name.

    `bars` is what bars people from it, where that is known already.
    """
    holding = select(RoleAssignment.user_id).where(
        RoleAssignment.unit_id == item.unit_id, RoleAssignment.role == item.role)
    rows = select(User).where(User.active, User.id.in_(holding), User.id != actor.user_id).order_by(User.name, User.id)
    roles = selectinload if item.role == impartiality.REVIEWER else lazyload    # asked for of reviewers alone
    found = db.session.scalars(rows.options(roles(User.roles)))
    bars = bars or impartiality.bars_of(item, case)
    return [user for user in found if bars.bar(user) is None]


def delegate(work_item_id: int, actor: Actor, to_id: int, note: str, now: datetime) -> None:
    """Hand a task one has taken to a colleague, with a note for them; journaled as task_delegated, without the note.
    The colleague gets a notice.

    What was handed to oneself is given back, not handed on. Refuses with NotFound, TaskNotOpen, PermissionDenied,
    AlreadyClaimed (it is somebody else's), or InvalidInput whose fields say: to not_a_colleague, delegated; note
    required, too_long, not_text.
    """
    case, item = _mine(work_item_id, actor)
    problem = texts.text_problem(note, LONGEST_NOTE)
    wrong = {"note": problem} if problem else {}
    if to_id not in {user.id for user in colleagues(item, case, actor)}:
        wrong["to"] = "not_a_colleague"
    earlier = _running(work_item_id)
    if earlier is not None and earlier.to_id == actor.user_id:
        wrong["to"] = "delegated"
    if wrong:
        raise InvalidInput(fields=wrong)
    if earlier is not None:      # it has gone another way since
        earlier.ended_at = now
        db.session.flush()
    row = Delegation(work_item_id=work_item_id, from_id=actor.user_id, to_id=to_id, note=note.strip(), begun_at=now)
    db.session.add(row)
    db.session.flush()
    _tell("delegated", row, case, item, to_id, now)
    tasks.hand_over(case, item, to_id, "task_delegated", actor, now, {"to": to_id})


def give_back(work_item_id: int, actor: Actor, answer: str, now: datetime) -> None:
    """Give a task that was handed to oneself back to whom it came from, or to the office if they no longer do it.

    Journaled as task_given_back. Refuses as `delegate` does; Conflict when that is over.
    """
    case, item = _mine(work_item_id, actor)
    row = _running(work_item_id)
    if row is None or row.to_id != actor.user_id:
        raise Conflict
    problem = texts.text_problem(answer, LONGEST_NOTE, required=False)
    if problem:
        raise InvalidInput(fields={"note": problem})
    row.ended_at, row.answer = now, answer.strip()
    still_there = row.from_id in {user.id for user in colleagues(item, case, actor)}
    db.session.flush()
    if still_there:
        _tell("given_back", row, case, item, row.from_id, now)
    to = row.from_id if still_there else None
    tasks.hand_over(case, item, to, "task_given_back", actor, now, {"to": to})


def take_back(work_item_id: int, actor: Actor, now: datetime) -> None:
    """Take a task back that one has handed over; journaled as task_taken_back. Conflict when that is over, and as for
    claiming whoever may not have it any more."""
    case, item = tasks.held_item(work_item_id, actor)
    row = _running(work_item_id)
    if not actor.holds(item.role, item.unit_id):
        raise PermissionDenied
    if row is None or row.from_id != actor.user_id or item.assignee_id != row.to_id:
        raise Conflict
    impartiality.require(actor.user_id, item, case)
    row.ended_at = now
    db.session.flush()
    _tell("taken_back", row, case, item, row.to_id, now)
    tasks.hand_over(case, item, actor.user_id, "task_taken_back", actor, now, {"to": actor.user_id})


def _tell(kind: str, row: Delegation, case: HeldCase, item: HeldItem, user_id: int, now: datetime) -> None:
    """A notice to the one person it is for."""
    outbox.send(f"delegation:{row.id}:{kind}", kind, case=case, unit_id=item.unit_id, role=item.role, user_id=user_id,
                 details={"number": case.number, "name": item.name}, now=now)


def _mine(work_item_id: int, actor: Actor) -> tuple[HeldCase, HeldItem]:
    case, item = tasks.held_item(work_item_id, actor)
    if not actor.holds(item.role, item.unit_id) or item.assignee_id is None:
        raise PermissionDenied
    if item.assignee_id != actor.user_id:
        raise AlreadyClaimed
    return case, item


def _running(work_item_id: int) -> Delegation | None:
    return db.session.scalar(select(Delegation).where(
        Delegation.work_item_id == work_item_id, Delegation.ended_at.is_(None)))


def past_of(item: WorkItem) -> list[tuple[Delegation, str, str]]:
    """(delegation, who gave it, who took it) of a task, the last first."""
    giver, taker = aliased(User), aliased(User)
    rows = select(Delegation, giver.name, taker.name).join(giver, giver.id == Delegation.from_id).join(
        taker, taker.id == Delegation.to_id).where(Delegation.work_item_id == item.id).order_by(Delegation.id.desc())
    return [(row, by, to) for row, by, to in db.session.execute(rows)]


def of_item(item: WorkItem, past: Iterable[tuple[Delegation, str, str]] | None = None) -> Running | None:
    """The delegation under which the task is done now, if it is. `past` is its `past_of`, where that is known."""
    if item.status != "open":
        return None
    return next((
        Running(item.id, item.name, item.case.number, row.from_id, by, row.to_id, to, row.note, row.begun_at,
                item.due_at)
        for row, by, to in (past_of(item) if past is None else past)
        if row.ended_at is None and row.to_id == item.assignee_id), None)


def last_answer(actor: Actor, past: Iterable[tuple[Delegation, str, str]]) -> tuple[str, str] | None:
    """(by whom, what was said) when the actor's task was last given back to them with a word."""
    found = next(((to, row.answer) for row, _, to in past if row.from_id == actor.user_id and row.ended_at), None)
    return found if found and found[1] else None


def handed_over_by(actor: Actor) -> list[Running]:
    """What the actor has handed to others and they have not done yet, the earliest due first."""
    return _listed(Delegation.from_id == actor.user_id)


def _listed(condition) -> list[Running]:
    giver, taker = aliased(User), aliased(User)
    rows = (
        select(WorkItem.id, WorkItem.name, Case.number, giver.id, giver.name, taker.id, taker.name, Delegation.note,
               Delegation.begun_at, WorkItem.due_at)
        .select_from(Delegation).join(WorkItem, WorkItem.id == Delegation.work_item_id)
        .join(Case, Case.id == WorkItem.case_id)
        .join(giver, giver.id == Delegation.from_id).join(taker, taker.id == Delegation.to_id)
        .where(condition, Delegation.ended_at.is_(None), WorkItem.status == "open",
               WorkItem.assignee_id == Delegation.to_id)
        .order_by(WorkItem.due_at.is_(None), WorkItem.due_at, WorkItem.id).limit(MOST_LISTED))
    return [Running(*row) for row in db.session.execute(rows)]
