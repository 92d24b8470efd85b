"""Cases that the scheduler could not move: parked, seen, and set going again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from caseflow import paging
from caseflow.casefile import journal
from caseflow.errors import CaseflowError, NotFound, PermissionDenied
from caseflow.models import Case, Incident, db, lock_case_row
from caseflow.people import permissions
from caseflow.people.permissions import SYSTEM, Actor

ATTEMPTS = 5                             # failures after which a case is parked as an incident
FIRST_PAUSE = timedelta(seconds=30)      # doubled with each further failure
PER_PAGE = 50


def record_failure(case_id: int, error: BaseException, now: datetime) -> None:
    """Note that the scheduler could not move the case: it waits longer each time, and is parked at the fifth."""
    case = lock_case_row(case_id)
    case.attempts += 1
    if case.attempts < ATTEMPTS:
        case.next_try = now + FIRST_PAUSE * 2 ** (case.attempts - 1)
        return
    kind = (error.code if isinstance(error, CaseflowError) else type(error).__name__)[:32]
    detail = str(error).partition("\n")[0][:2000]   # what follows in a database's error quotes the row
    case.incident, case.next_try = True, None
    db.session.add(Incident(case_id=case.id, kind=kind, detail=detail, raised_at=now))
    journal.append(case, "incident_raised", SYSTEM, now, {"kind": kind, "attempts": case.attempts})


def resolve_incident(incident_id: int, actor: Actor, now: datetime) -> Case:
    """Let the scheduler try a parked case again, at once.

    Supervisors who see the case may, and administrators of its place, who learn nothing else of it.
    """
    incident = db.session.get(Incident, incident_id)
    if incident is None:
        raise NotFound
    case = lock_case_row(incident.case_id)
    db.session.refresh(incident)
    if not permissions.administers(actor, case.regulation):
        permissions.require_see(actor, case)
        if not actor.has_role("supervisor"):
            raise PermissionDenied
    if incident.resolved_at is None:
        incident.resolved_at, incident.resolved_by = now, actor.user_id
        case.incident, case.attempts, case.next_try = False, 0, case.next_due
        journal.append(case, "incident_resolved", actor, now, {"incident": incident.id})
    return case


def incidents(actor: Actor, *, page: int = 1, per_page: int = PER_PAGE) -> list[tuple[Incident, Case]]:
    """Parked cases one may see, or of the place one administers: unresolved ones first, then the newest."""
    query = select(Incident, Case).join(Case, Case.id == Incident.case_id).where(or_(
        permissions.visible_cases(actor), Case.regulation.in_(permissions.administered(actor))))
    query = query.order_by(Incident.resolved_at.is_not(None), Incident.id.desc())
    rows = db.session.execute(paging.cut(query, page, per_page)).unique()
    return [(incident, case) for incident, case in rows]
