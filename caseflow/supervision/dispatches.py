"""A wrong dispatch: the responsible unit sends a case back, once and before it has done anything in it; a supervisor of
the lead office transfers it to another unit or confirms the dispatch. The clock goes on meanwhile."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select

from caseflow import texts
from caseflow.casefile import holding, journal, kinds, readings
from caseflow.casefile.hand import HeldCase
from caseflow.casefile.readings import Reading
from caseflow.errors import (
    ConcurrentUpdate,
    DispatchNotRefusable,
    InvalidInput,
    NotFound,
    PermissionDenied,
    TaskNotOpen,
)
from caseflow.law import regulations
from caseflow.models import Case, DispatchRefusal, RoleAssignment, Unit, User, WorkItem, db
from caseflow.models.people import OFFICIALS
from caseflow.notices import outbox
from caseflow.people import assignable, permissions
from caseflow.people.permissions import Actor
from caseflow.supervision import reassign


def obstacle(case: Case | HeldCase | Reading, actor: Actor) -> str:
    """Why the actor may not send this case back, as a code, or "".

    unavailable, not_yours, closed, lead_office, again (the unit has done so before), no_task, accepted (it has done a
    task of the case).
    """
    refusal = regulations.offered(case.regulation, "refusal")
    if refusal is None or not refusal.available or not kinds.of(case.kind).may_be_sent_back:
        return "unavailable"
    if not any(actor.holds(role, case.unit_id) for role in OFFICIALS):
        return "not_yours"
    if case.status != "open":
        return "closed"
    if case.unit_id == permissions.lead_of(case):
        return "lead_office"
    if _has_refused(case):
        return "again"
    statuses = _statuses(case)
    if "completed" in statuses:
        return "accepted"
    return "" if "open" in statuses else "no_task"


def may_decide(case: Case | HeldCase, actor: Actor) -> bool:
    """Supervisors of the lead office, or of a unit above it."""
    return permissions.leads(actor, case)


def refuse(case_id: int, actor: Actor, reason: str, suggested_id: int | None, now: datetime) -> DispatchRefusal:
    """Say that the case is not the unit's own, why, and whose it is if known. The lead office's supervisors are told.

    Refuses with NotFound, PermissionDenied, DispatchNotRefusable or InvalidInput. Journaled as dispatch_refused.
    """
    case = holding.hold(case_id)
    permissions.require_see(actor, case)
    code = obstacle(case, actor)
    if code == "not_yours":
        raise PermissionDenied
    if code:
        raise DispatchNotRefusable(reason=code)
    wrong = _problem_of(reason)
    if suggested_id is not None and suggested_id not in {unit.id for unit in candidates(case)}:
        wrong["unit"] = "unknown"
    if wrong:
        raise InvalidInput(fields=wrong)
    refusal = DispatchRefusal(case_id=case.id, unit_id=case.unit_id, reason=reason.strip(), suggested_id=suggested_id,
                              refused_by=actor.user_id, refused_at=now)
    db.session.add(refusal)
    db.session.flush()
    _tell(case, refusal, "dispatch_refused", permissions.lead_of(case), "supervisor", now)
    journal.append(case, "dispatch_refused", actor, now, {
        "refusal": refusal.id, "unit": case.unit_id, "suggested": suggested_id, "reason": reason.strip()})
    holding.save(case)
    return refusal


def transfer(refusal_id: int, actor: Actor, unit_id: int, reason: str, now: datetime) -> None:
    """Hand the case over to another unit, with all tasks that the refusing one has open, as any other handover.

    Refuses with NotFound, PermissionDenied, ConcurrentUpdate (decided, or handed over meanwhile), TaskNotOpen (nothing
    is left to hand over) or InvalidInput. Journaled as dispatch_transferred, and task_reassigned for each task.
    """
    case, refusal = _undecided(refusal_id, actor)
    wrong = _problem_of(reason)
    unit = next((unit for unit in candidates(case) if unit.id == unit_id), None)
    if unit is None:
        wrong["unit"] = "unknown"
    elif not _can_handle(unit_id, {item.role for item in case.items.values() if item.unit_id == refusal.unit_id}):
        wrong["unit"] = "nobody"
    if wrong:
        raise InvalidInput(fields=wrong)
    tasks = [item.id for item in case.items.values() if item.unit_id == refusal.unit_id]
    if not tasks:
        raise TaskNotOpen
    _decide(case, refusal, actor, "transferred", reason, now, unit_id)
    handover = reassign.begin(
        tasks, reassign.Target(unit), actor, reason.strip(), "", f"refusal:{refusal_id}", now)
    if set(reassign.move(handover.id, tasks, actor, now)) != {"moved"}:
        raise ConcurrentUpdate


def confirm(refusal_id: int, actor: Actor, reason: str, now: datetime) -> None:
    """The dispatch was right: the unit goes on. Refuses like `transfer`; journaled as dispatch_confirmed."""
    case, refusal = _undecided(refusal_id, actor)
    wrong = _problem_of(reason)
    if wrong:
        raise InvalidInput(fields=wrong)
    _decide(case, refusal, actor, "confirmed", reason, now)


def _undecided(refusal_id: int, actor: Actor) -> tuple[HeldCase, DispatchRefusal]:
    case_id = db.session.scalar(select(DispatchRefusal.case_id).where(DispatchRefusal.id == refusal_id))
    if case_id is None:
        raise NotFound
    case = holding.hold(case_id)
    permissions.require_see(actor, case)
    if not may_decide(case, actor):
        raise PermissionDenied
    refusal = db.session.get(DispatchRefusal, refusal_id, populate_existing=True)
    if refusal.decision is not None or case.unit_id != refusal.unit_id or case.status != "open":
        raise ConcurrentUpdate
    return case, refusal


def _decide(case: HeldCase, refusal: DispatchRefusal, actor: Actor, decision: str, reason: str, now: datetime,
            to_unit_id: int | None = None) -> None:
    refusal.decision, refusal.decision_reason, refusal.to_unit_id = decision, reason.strip(), to_unit_id
    refusal.decided_by, refusal.decided_at = actor.user_id, now
    _tell(case, refusal, f"dispatch_{decision}", refusal.unit_id, "officer", now)
    journal.append(case, f"dispatch_{decision}", actor, now, {
        "refusal": refusal.id, "unit": refusal.unit_id, "to": to_unit_id, "reason": reason.strip()})
    db.session.flush()
    holding.save(case)


def candidates(case: Case | HeldCase) -> list[Unit]:
    """The other units of the place to which the case could go."""
    return [unit for unit in assignable.units_for(case.id) if unit.id != case.unit_id]


def _can_handle(unit_id: int, roles: set[str]) -> bool:
    """Whether somebody active has each of these roles at the unit."""
    posts = select(RoleAssignment.role).where(
        RoleAssignment.unit_id == unit_id, exists().where(User.id == RoleAssignment.user_id, User.active))
    return roles <= set(db.session.scalars(posts))


def of_case(case: Case | Reading) -> list[DispatchRefusal]:
    """What was sent back of a case the reader may see, oldest first."""
    return list(readings.of(case).refusals)


def is_waiting(refusal: DispatchRefusal, case: Case | Reading) -> bool:
    """Whether a supervisor still has to decide; a case that was handed over or closed meanwhile needs no decision."""
    return refusal.decision is None and case.unit_id == refusal.unit_id and case.status == "open"


def waiting_for(actor: Actor, most: int = 50) -> list[DispatchRefusal]:
    """What the actor has to decide, oldest first."""
    places = permissions.led_by(permissions.supervised_units(actor))
    if not places:
        return []
    query = select(DispatchRefusal).join(DispatchRefusal.case).where(
        DispatchRefusal.decision.is_(None), Case.status == "open", Case.unit_id == DispatchRefusal.unit_id,
        Case.regulation.in_(places))
    return list(db.session.scalars(query.order_by(DispatchRefusal.id).limit(most)))


def _has_refused(case: Case | HeldCase | Reading) -> bool:
    """Whether the responsible unit has sent this case back before."""
    if isinstance(case, Reading):
        return any(row.unit_id == case.unit_id for row in case.refusals)
    return bool(db.session.scalar(select(exists().where(
        DispatchRefusal.case_id == case.id, DispatchRefusal.unit_id == case.unit_id))))


def _statuses(case: Case | HeldCase | Reading) -> set[str]:
    """How the tasks of the responsible unit stand."""
    if isinstance(case, Reading):
        return {item.status for item in case.items if item.unit_id == case.unit_id}
    return set(db.session.scalars(select(WorkItem.status).where(
        WorkItem.case_id == case.id, WorkItem.unit_id == case.unit_id)))


def _problem_of(reason: str) -> dict[str, str]:
    problem = texts.reason_problem(reason)
    return {"reason": problem} if problem else {}


def _tell(case: HeldCase, refusal: DispatchRefusal, kind: str, unit_id: int, role: str, now: datetime) -> None:
    outbox.send(f"{case.id}:{kind}:{refusal.id}", kind, case=case, unit_id=unit_id, role=role,
                 details={"number": case.number, "name": ""}, now=now)
