"""Handing tasks to another person or unit (转办): said before it is done, one transaction for each task, undone for
ten minutes.

One transaction for each task, and not one for all: a task that moved on meanwhile keeps nobody else's from being
handed over, no case stays locked longer than its own turn, and what a stop in the middle leaves is on the list of the
handover as waiting and can be gone on with. No task is ever half handed over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from caseflow import impartiality, journal, notices, permissions
from caseflow.errors import InvalidInput, NotFound, PermissionDenied, TaskNotOpen, TooLateToUndo
from caseflow.models import Absence, Case, CaseUnit, Handover, HandoverItem, Unit, User, WorkItem, db, held
from caseflow.models.held import HeldCase, HeldItem
from caseflow.permissions import Actor

MOST = 1_000                        # tasks in one handover
UNDO_WITHIN = timedelta(minutes=10)
LONGEST = {"reason": 200, "note": 2_000}


@dataclass(frozen=True, slots=True)
class Target:
    """Whom tasks go to: a unit, or a person there."""

    unit: Unit
    user: User | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would become of one task: `obstacle` is "" or the code of what stands against it."""

    item: WorkItem
    obstacle: str


APPELLANTS = "staff"     # the role of what an appellant does in their own appeal
Bar = Callable[[Case, "WorkItem | HeldItem", User], bool]


def is_rated(case: Case, _item: WorkItem | HeldItem, user: User) -> bool:
    """Whether the rating is about this person: nobody is handed the bad review of their own service (回避)."""
    number = case.rating.service.handler_no
    return bool(number) and number == user.staff_no


def is_partial(case: Case, item: WorkItem | HeldItem, user: User) -> bool:
    """Whether this person may not review this appeal."""
    return impartiality.reason(user.id, item, case.id) is not None


BARS: tuple[Bar, ...] = (is_rated, is_partial)    # conflicts of interest; one that holds is the obstacle "conflict"


def target(unit_id: int, user_id: int | None, actor: Actor) -> Target:
    """The unit, and the person there; NotFound for those of a place the actor does not supervise."""
    unit = db.session.get(Unit, unit_id)
    user = db.session.get(User, user_id) if user_id is not None else None
    places = set(db.session.scalars(select(Unit.regulation).where(Unit.id.in_(permissions.supervised_units(actor)))))
    if unit is None or unit.regulation not in places or (user_id is not None and user is None):
        raise NotFound
    if user is not None and not any(post.unit.regulation in places for post in user.roles):
        raise NotFound
    return Target(unit, user)


def targets(actor: Actor, places: Sequence[str]) -> list[tuple[Unit, list[User]]]:
    """The units of these regulations, each with the active people there who handle tasks."""
    if not permissions.supervised_units(actor):
        return []
    units = db.session.scalars(select(Unit).where(Unit.regulation.in_(places)).order_by(Unit.regulation, Unit.name))
    people = db.session.scalars(select(User).where(User.active).order_by(User.name, User.id)).unique().all()
    return [(unit, [user for user in people if any(
        post.unit_id == unit.id and post.role in ("officer", "supervisor", "reviewer") for post in user.roles)])
        for unit in units]


def preview(work_item_ids: Sequence[int], to: Target, actor: Actor) -> list[Forecast]:
    """What would become of each task, in their order. Those the actor may not see are left out."""
    ids = list(dict.fromkeys(work_item_ids))
    if len(ids) > MOST:
        raise InvalidInput(fields={"items": "too_many"})
    found = {item.id: item for item in db.session.scalars(
        select(WorkItem).where(WorkItem.id.in_(ids)).options(joinedload(WorkItem.unit), joinedload(WorkItem.assignee))
    ).unique()}
    supervised = permissions.supervised_units(actor)
    seen = set(db.session.scalars(select(CaseUnit.case_id).where(
        CaseUnit.case_id.in_({item.case_id for item in found.values()}), CaseUnit.unit_id.in_(actor.visible_units))))
    items = [found[key] for key in ids if key in found and found[key].case_id in seen]
    return [Forecast(item, "closed" if item.status != "open" else obstacle(item.case, item, to, supervised))
            for item in items]


def obstacle(case: Case, item: WorkItem | HeldItem, to: Target, supervised: frozenset[int]) -> str:
    """Why this open task may not be handed over, as a code, or "".

    not_supervised, personal, other_place, fixed_unit, same, inactive, absent, not_in_unit, no_role or conflict.
    """
    if item.unit_id not in supervised:
        return "not_supervised"
    if item.role == APPELLANTS:
        return "personal"
    if to.unit.regulation != case.regulation:
        return "other_place"
    if to.unit.id != item.unit_id != case.unit_id:
        return "fixed_unit"     # the regulation names the office: a revisit is not the rated unit's
    if (item.unit_id, item.assignee_id) == (to.unit.id, to.user and to.user.id):
        return "same"
    if to.user is None:
        return ""
    if not to.user.active:
        return "inactive"
    if is_away(to.user.id):
        return "absent"
    roles = {post.role for post in to.user.roles if post.unit_id == to.unit.id}
    if item.role not in roles:
        return "no_role" if roles else "not_in_unit"
    return "conflict" if any(bar(case, item, to.user) for bar in BARS) else ""


def is_away(user_id: int) -> bool:
    """Whether an absence of this person lasts."""
    lasts = select(Absence.id).where(
        Absence.user_id == user_id, Absence.begun_at.is_not(None), Absence.ended_at.is_(None))
    return db.session.scalar(lasts.limit(1)) is not None


def begin(work_item_ids: Sequence[int], to: Target, actor: Actor, reason: str, note: str, form_token: str,
          now: datetime) -> Handover:
    """Write down what is meant to be handed over; the same token again answers with the first. Nothing moves yet.

    Refuses with InvalidInput (no reason, too many) or NotFound (nothing the actor may see).
    """
    known = db.session.scalar(select(Handover).where(Handover.form_token == form_token))
    if known is not None:
        if known.actor_id != actor.user_id:
            raise NotFound
        return known
    reason, note = reason.strip(), note.strip()
    problems = {name: "too_long" for name, text in (("reason", reason), ("note", note)) if len(text) > LONGEST[name]}
    if len(reason) < 2:
        problems["reason"] = "required"
    if problems:
        raise InvalidInput(fields=problems)
    forecasts = preview(work_item_ids, to, actor)
    if not forecasts:
        raise NotFound
    handover = Handover(form_token=form_token, actor_id=actor.user_id, at=now, unit_id=to.unit.id,
                        user_id=to.user and to.user.id, reason=reason, note=note)
    db.session.add(handover)
    db.session.flush()
    db.session.add_all(HandoverItem(handover_id=handover.id, work_item_id=forecast.item.id, outcome="waiting")
                       for forecast in forecasts)
    db.session.flush()
    return handover


def waiting(handover_id: int) -> list[int]:
    """The tasks of a handover that are still to be moved."""
    return list(db.session.scalars(select(HandoverItem.work_item_id).where(
        HandoverItem.handover_id == handover_id, HandoverItem.outcome == "waiting").order_by(
        HandoverItem.work_item_id)))


def move(handover_id: int, work_item_id: int, actor: Actor, now: datetime, *,
         supervised: frozenset[int] | None = None) -> str:
    """Hand over one task of the handover, or note why it may not be; its outcome. Once: a second call changes nothing.

    A task of the responsible unit that goes to another takes the case's responsibility along, so that what follows
    comes to the new unit too. Journaled as task_reassigned; the successor gets a notice. `supervised` spares asking
    for permissions.supervised_units once for each of many.
    """
    case = held.hold_by_item(work_item_id)
    row = _row(handover_id, work_item_id)
    if row.outcome != "waiting":
        return row.outcome
    handover = row.handover
    if handover.actor_id != actor.user_id:
        raise PermissionDenied
    item, to = case.item(work_item_id), Target(handover.unit, handover.user)
    if supervised is None:
        supervised = permissions.supervised_units(actor)
    row.outcome = "closed" if item is None else obstacle(
        db.session.get(Case, case.id), item, to, supervised) or "moved"
    if row.outcome == "moved":
        _hand(case, item, row, to, actor, now)
    return row.outcome


def _hand(case: HeldCase, item: HeldItem, row: HandoverItem, to: Target, actor: Actor, now: datetime) -> None:
    row.from_unit_id, row.from_user_id, row.moved_at = item.unit_id, item.assignee_id, now
    if to.unit.id != item.unit_id:
        row.joined = db.session.get(CaseUnit, (case.id, to.unit.id)) is None
        case.note(held.INSERT_UNIT, case_id=case.id, unit_id=to.unit.id)
        row.responsible = case.unit_id == item.unit_id
        if row.responsible:
            case.unit_id = to.unit.id
    details = {"handover": row.handover_id, "reason": row.handover.reason}
    _change(case, item, to.unit.id, to.user, "task_reassigned", actor, now, details)
    notices.send(f"{case.id}:{item.token}:handover:{row.handover_id}", "handed_over", case=case, unit_id=to.unit.id,
                 role=item.role, details={"number": case.number, "name": item.name}, now=now)
    db.session.flush()
    held.save(case)


def _change(case: HeldCase, item: HeldItem, unit_id: int, user: User | None, kind: str, actor: Actor, now: datetime,
            details: dict) -> None:
    case.note(held.HAND_ITEM, case=case.id, of=item.token, unit_id=unit_id, assignee_id=user and user.id)
    journal.append(case, kind, actor, now, {
        "element": item.element, "token": item.token, "from_unit": item.unit_id, "from_user": item.assignee_id,
        "unit": unit_id, "user": user and user.id, "to": user.name if user else "", **details})


def find(handover_id: int, actor: Actor) -> Handover:
    """A handover of one's own; NotFound for another's."""
    handover = db.session.get(Handover, handover_id)
    if handover is None or handover.actor_id != actor.user_id:
        raise NotFound
    return handover


def items_of(handover_id: int) -> list[HandoverItem]:
    """The tasks of a handover with what became of them, in the order in which they were handed over."""
    query = select(HandoverItem).where(HandoverItem.handover_id == handover_id)
    return list(db.session.scalars(query.order_by(HandoverItem.work_item_id).options(
        joinedload(HandoverItem.item).joinedload(WorkItem.case))).unique())


def undo(handover_id: int, work_item_id: int, actor: Actor, now: datetime) -> None:
    """Give a task back to where it was, within ten minutes. Journaled as handover_undone; again: changes nothing.

    Refuses with NotFound, or TooLateToUndo when the time is over or the task is not as it was handed over.
    """
    find(handover_id, actor)
    case = held.hold_by_item(work_item_id)
    row = _row(handover_id, work_item_id)
    if row.outcome == "undone":
        return
    item, to = case.item(work_item_id), row.handover
    untouched = item is not None and (item.unit_id, item.assignee_id) == (to.unit_id, to.user_id)
    if row.outcome != "moved" or not untouched or now - row.moved_at > UNDO_WITHIN or row.acknowledged_at:
        raise TooLateToUndo
    row.outcome = "undone"
    if row.responsible:
        case.unit_id = row.from_unit_id
    before = db.session.get(User, row.from_user_id) if row.from_user_id else None
    stays = before if before and before.active else None      # nobody gets work who has left meanwhile
    _change(case, item, row.from_unit_id, stays, "handover_undone", actor, now, {"handover": handover_id})
    if row.joined and not any(other.unit_id == to.unit_id for other in case.items.values() if other is not item):
        db.session.execute(delete(CaseUnit).where(CaseUnit.case_id == case.id, CaseUnit.unit_id == to.unit_id))
    db.session.flush()
    held.save(case)


def last_of(work_item_id: int) -> HandoverItem | None:
    """The last handover of a task that was not undone: its note is for whoever has it now."""
    query = select(HandoverItem).where(HandoverItem.work_item_id == work_item_id, HandoverItem.outcome == "moved")
    return db.session.scalar(query.order_by(HandoverItem.handover_id.desc()).limit(1))


def acknowledge(work_item_id: int, actor: Actor, now: datetime) -> None:
    """The successor has read the handover note. Journaled as handover_acknowledged; again: changes nothing.

    Refuses with NotFound, PermissionDenied or TaskNotOpen.
    """
    case = held.hold_by_item(work_item_id)
    permissions.require_see(actor, case)
    item, row = case.item(work_item_id), last_of(work_item_id)
    if item is None or row is None:
        raise TaskNotOpen
    permissions.require_work(actor, item)
    if row.acknowledged_at is not None:
        return
    row.acknowledged_at, row.acknowledged_by = now, actor.user_id
    journal.append(case, "handover_acknowledged", actor, now, {
        "element": item.element, "token": item.token, "handover": row.handover_id})
    db.session.flush()
    held.save(case)


def _row(handover_id: int, work_item_id: int) -> HandoverItem:
    row = db.session.get(HandoverItem, (handover_id, work_item_id), populate_existing=True)
    if row is None:
        raise NotFound
    return row
