"""Handing tasks to another person or unit (转办): said before it is done, in groups of few, undone for ten minutes.

A transaction for each group, and not one for all: no case stays locked longer than the turn of its group, and what a
stop in the middle leaves is on the list of the handover as waiting and can be gone on with. A group in which somebody
else was faster is taken back and gone through one by one, so that a task that moved on meanwhile keeps no other from
being handed over. No task is ever half handed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import joinedload

from caseflow import texts
from caseflow.casefile import assigning, holding, journal, offices
from caseflow.casefile.hand import HeldCase, HeldItem
from caseflow.cases import branches
from caseflow.errors import InvalidInput, NotFound, PermissionDenied, TaskNotOpen
from caseflow.law.appeal_rules import STAFF
from caseflow.models import (
    Absence,
    Case,
    CaseUnit,
    Handover,
    HandoverItem,
    Rating,
    ServiceRecord,
    Unit,
    User,
    WorkItem,
    db,
)
from caseflow.models.people import POSTS
from caseflow.models.prepared import Prepared
from caseflow.notices import outbox
from caseflow.people import assignable, impartiality, permissions
from caseflow.people.permissions import Actor

MOST = 1_000                        # tasks in one handover
GROUP = 25                          # of them in one transaction
UNDO_WITHIN = timedelta(minutes=10)
LONGEST_NOTE = 2_000                # characters


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


@dataclass(frozen=True, slots=True)
class Successor:
    """What decides of a target whether it may have a task: asked once for many. `roles` are those at the unit;
    `handles`: whether any case may be given to it."""

    unit_id: int
    regulation: str
    handles: bool
    user_id: int | None = None
    name: str = ""
    staff_no: str = ""
    active: bool = True
    away: bool = False
    roles: frozenset[str] = frozenset()


_row = HandoverItem.__table__.c
_ITS_ROW = (_row.handover_id == bindparam("handover"), _row.work_item_id == bindparam("item"))
_KEPT = ("outcome", "from_unit_id", "from_user_id", "joined", "responsible", "moved_at")
_READ = Prepared(select(*(_row[name] for name in _KEPT), _row.acknowledged_at).where(*_ITS_ROW))
_NOTE = Prepared(update(HandoverItem.__table__).where(*_ITS_ROW).values({name: bindparam(name) for name in _KEPT}))
_UNDONE = Prepared(update(HandoverItem.__table__).where(*_ITS_ROW).values(outcome="undone"))
_LEAVE = Prepared(delete(CaseUnit.__table__).where(
    CaseUnit.__table__.c.case_id == bindparam("case"), CaseUnit.__table__.c.unit_id == bindparam("unit")))
_HANDLER = Prepared(select(ServiceRecord.__table__.c.handler_no).join(
    Rating.__table__, Rating.__table__.c.service_record_id == ServiceRecord.__table__.c.id).where(
    Rating.__table__.c.id == bindparam("rating")))


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
        post.unit_id == unit.id and post.role in POSTS for post in user.roles)])
        for unit in units]


def places_of(work_item_ids: Sequence[int]) -> list[str]:
    """The regulations of the first thousand of these tasks, by key."""
    found = select(Case.regulation).join(WorkItem, WorkItem.case_id == Case.id).where(
        WorkItem.id.in_(work_item_ids[:MOST])).distinct()
    return sorted(db.session.scalars(found))


def successor(to: Target) -> Successor:
    """What is asked of this target about each task."""
    user, handles = to.user, assignable.handles(to.unit)
    if user is None:
        return Successor(to.unit.id, to.unit.regulation, handles)
    roles = frozenset(post.role for post in user.roles if post.unit_id == to.unit.id)
    return Successor(to.unit.id, to.unit.regulation, handles, user.id, user.name, user.staff_no or "", user.active,
                     is_away(user.id), roles)


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
    after = successor(to)
    return [Forecast(item, "closed" if item.status != "open" else obstacle(item.case, item, after, supervised))
            for item in items]


def obstacle(case: Case | HeldCase, item: WorkItem | HeldItem, to: Successor, supervised: frozenset[int]) -> str:
    """Why this open task may not be handed over, as a code, or "".

    not_supervised, personal, other_place, fixed_unit, handles_none, same, inactive, absent, not_in_unit, no_role,
    conflict or other_task.
    """
    if item.unit_id not in supervised:
        return "not_supervised"
    if item.role == STAFF:
        return "personal"
    if to.regulation != case.regulation:
        return "other_place"
    if to.unit_id != item.unit_id != case.unit_id:
        return "fixed_unit"     # the regulation names the office: a revisit is not the rated unit's
    if to.unit_id != item.unit_id and not to.handles and not assignable.is_rated(case.id, to.unit_id):
        return "handles_none"   # the lead office, a branch, one without officers: whoever has it, has the case
    if (item.unit_id, item.assignee_id) == (to.unit_id, to.user_id):
        return "same"
    return _obstacle_of_person(case, item, to) if to.user_id is not None else ""


def _obstacle_of_person(case: Case | HeldCase, item: WorkItem | HeldItem, to: Successor) -> str:
    if not to.active:
        return "inactive"
    if to.away:
        return "absent"
    if item.role not in to.roles:
        return "no_role" if to.roles else "not_in_unit"
    reason = "rated" if is_rated(case, to) else impartiality.reason(to.user_id, item, case)
    return reason if reason == impartiality.OTHER_TASK else "conflict" if reason else ""


def is_rated(case: Case | HeldCase, to: Successor) -> bool:
    """Whether the rating is about this person: nobody is handed the bad review of their own service (回避)."""
    return bool(to.staff_no) and _HANDLER.first(rating=case.rating_id) == (to.staff_no,)


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
    require_words(reason, note)
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


def require_words(reason: str, note: str) -> None:
    """Refuse with InvalidInput a reason that is none, and a note that cannot be kept."""
    problems = {"reason": texts.reason_problem(reason), "note": texts.text_problem(note, LONGEST_NOTE, required=False)}
    if any(problems.values()):
        raise InvalidInput(fields={name: code for name, code in problems.items() if code})


def those(handover_id: int, outcome: str) -> list[int]:
    """The tasks of a handover that came out like this; those that are still to be moved are "waiting"."""
    return list(db.session.scalars(select(HandoverItem.work_item_id).where(
        HandoverItem.handover_id == handover_id, HandoverItem.outcome == outcome).order_by(
        HandoverItem.work_item_id)))


def progress(form_token: str, actor: Actor) -> tuple[int, int]:
    """How many tasks of the actor's handover with this token are dealt with, and of how many; (0, 0) before it is."""
    mine = (Handover.form_token == form_token, Handover.actor_id == actor.user_id)
    found = dict(db.session.execute(
        select(HandoverItem.outcome, func.count()).join(Handover).where(*mine).group_by(HandoverItem.outcome)).all())
    return sum(found.values()) - found.get("waiting", 0), sum(found.values())


def move(handover_id: int, work_item_ids: Sequence[int], actor: Actor, now: datetime) -> list[str]:
    """Hand over these tasks of the handover, or note why one may not be; their outcomes. A second call changes nothing.

    A task of the responsible unit that goes to another takes the case's responsibility along, so that what follows
    comes to the new unit too, and to the branches of its area. Journaled as task_reassigned; the successor (a person,
    or the office) gets a notice.
    """
    handover = db.session.get(Handover, handover_id, populate_existing=True)
    if handover is None:
        raise NotFound
    if handover.actor_id != actor.user_id:
        raise PermissionDenied
    reason, to = handover.reason, successor(Target(handover.unit, handover.user))
    supervised = permissions.supervised_units(actor)
    return [_move(handover_id, number, reason, to, supervised, actor, now) for number in work_item_ids]


def _move(handover_id: int, work_item_id: int, reason: str, to: Successor, supervised: frozenset[int], actor: Actor,
          now: datetime) -> str:
    case = holding.hold_by_item(work_item_id)
    row = {"handover": handover_id, "item": work_item_id}
    found = _READ.first(**row)
    if found is None:
        raise NotFound
    if found[0] != "waiting":
        return found[0]
    item = case.item(work_item_id)
    row |= {"outcome": "closed", "from_unit_id": None, "from_user_id": None, "joined": False, "responsible": False,
            "moved_at": None}
    if item is not None:
        row["outcome"] = obstacle(case, item, to, supervised) or "moved"
    if row["outcome"] == "moved":
        row |= _hand(case, item, to, {"handover": handover_id, "reason": reason}, actor, now)
    _NOTE.write(**row)
    return row["outcome"]


def _hand(case: HeldCase, item: HeldItem, to: Successor, why: dict, actor: Actor, now: datetime) -> dict[str, object]:
    """Hand this task over; what the row of the handover keeps of it."""
    joined = responsible = False
    if to.unit_id != item.unit_id:
        joined = offices.joins(case, to.unit_id)
        responsible = case.unit_id == item.unit_id
        if responsible:
            branches.transfer(case, to.unit_id, actor, now)
    _change(case, item, to.unit_id, to.user_id, to.name, actor, "task_reassigned", now, why)
    outbox.send(f"{case.id}:{item.token}:handover:{why['handover']}", "handed_to_you" if to.user_id else "handed_over",
                 case=case, unit_id=to.unit_id, role=item.role, user_id=to.user_id,
                 details={"number": case.number, "name": item.name}, now=now)
    holding.save(case)
    return {"from_unit_id": item.unit_id, "from_user_id": item.assignee_id, "moved_at": now, "joined": joined,
            "responsible": responsible}


def _change(case: HeldCase, item: HeldItem, unit_id: int, user_id: int | None, name: str, actor: Actor, why: str,
            now: datetime, details: dict) -> None:
    """Give it away; its entry says from where to where."""
    assigning.give(case, item, user_id, actor, why, now, {
        "from_unit": item.unit_id, "from_user": item.assignee_id, "unit": unit_id, "user": user_id, "to": name,
        **details}, unit_id=unit_id)


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


def undo(handover_id: int, work_item_ids: Sequence[int], actor: Actor, now: datetime) -> int:
    """Give these tasks back to where they were, within ten minutes; how many are back. Again: changes nothing.

    Left as they are: those whose time is over, those whose successor has gone on with them, and what never moved.
    Journaled as handover_undone.
    """
    handover = find(handover_id, actor)
    to, back = (handover.unit_id, handover.user_id), _those_who_stayed(handover_id)
    return sum(_undo(handover_id, number, to, back, actor, now) for number in work_item_ids)


def _those_who_stayed(handover_id: int) -> dict[int, str]:
    """Who had the tasks before and is still active: nobody gets work who has left meanwhile."""
    before = select(HandoverItem.from_user_id).where(HandoverItem.handover_id == handover_id)
    return dict(db.session.execute(select(User.id, User.name).where(User.active, User.id.in_(before))).all())


def _undo(handover_id: int, work_item_id: int, to: tuple[int, int | None], back: dict[int, str], actor: Actor,
          now: datetime) -> bool:
    case, row = holding.hold_by_item(work_item_id), {"handover": handover_id, "item": work_item_id}
    found = _READ.first(**row)
    if found is None:
        raise NotFound
    outcome, unit_id, user_id, joined, responsible, moved_at, acknowledged_at = found
    if outcome != "moved":
        return outcome == "undone"
    item = case.item(work_item_id)
    if item is None or (item.unit_id, item.assignee_id) != to or now - moved_at > UNDO_WITHIN or acknowledged_at:
        return False
    if responsible:
        branches.transfer(case, unit_id, actor, now)
    if user_id not in back or impartiality.reason(user_id, item, case):
        user_id = None
    _change(case, item, unit_id, user_id, back.get(user_id, ""), actor, "handover_undone", now,
            {"handover": handover_id})
    if joined and not any(other.unit_id == to[0] for other in case.items.values()):
        _LEAVE.write(case=case.id, unit=to[0])
    _UNDONE.write(**row)
    holding.save(case)
    return True


def last_of(work_item_id: int) -> HandoverItem | None:
    """The last handover of a task that was not undone: its note is for whoever has it now."""
    query = select(HandoverItem).where(HandoverItem.work_item_id == work_item_id, HandoverItem.outcome == "moved")
    return db.session.scalar(query.order_by(HandoverItem.handover_id.desc()).limit(1).options(
        joinedload(HandoverItem.handover).joinedload(Handover.actor).lazyload(User.roles)))


def acknowledge(work_item_id: int, actor: Actor, now: datetime) -> None:
    """The successor has read the handover note. Journaled as handover_acknowledged; again: changes nothing.

    Refuses with NotFound, PermissionDenied or TaskNotOpen.
    """
    case = holding.hold_by_item(work_item_id)
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
    holding.save(case)
