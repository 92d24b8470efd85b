"""How to reach the rater: who may see it, and seeing it, which is journaled. Screens mask it for everybody else."""

from __future__ import annotations

from datetime import datetime

from caseflow import texts
from caseflow.casefile import journal, kinds, readings
from caseflow.casefile.readings import Reading
from caseflow.errors import InvalidInput, PermissionDenied
from caseflow.law import regulations
from caseflow.models import Case, lock_case_row
from caseflow.models.people import OFFICIALS
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.raters import telling


def may_reveal(case: Case | Reading, actor: Actor) -> bool:
    """Whoever holds an open task of the case may; where a regulation names one office for contact, only that office and
    its branch of the area while the case is open (HN-14: through 12345); and the office that has to tell the rater of
    an appeal's decision. Never through a case whose kind does not speak to raters (an appeal), and never the rated
    person."""
    read = readings.of(case)
    if not kinds.of(case.kind).speaks_to_rater or is_rated(case, actor):
        return False
    if telling.has_to_tell(read, actor):
        return True
    if case.status != "open":
        return False
    regulation = regulations.get(case.regulation)
    if regulation.contact_through is None:
        return any(permissions.may_work(actor, item) for item in read.open_items)
    offices = {read.offices.get(key) for key in (regulation.contact_through, regulation.contact_office)}
    return any(unit in offices and role in OFFICIALS for role, unit in actor.roles)


def is_rated(case: Case | Reading, actor: Actor) -> bool:
    """Whether the rating is about the actor, who is never told whose it is: also where the case was handed on."""
    if case.rating is None:
        return False
    return bool(actor.staff_no) and actor.staff_no == case.rating.service.handler_no and any(
        unit in (case.unit_id, case.rating.service.unit_id) for _, unit in actor.roles)


def reveal(case_id: int, actor: Actor, reason: str, now: datetime) -> tuple[str, str]:
    """Name and telephone of the rater, for a reason that is journaled (QJ-13, HN-11)."""
    case = lock_case_row(case_id)
    permissions.require_see(actor, case)
    if not may_reveal(case, actor):
        raise PermissionDenied
    problem = texts.reason_problem(reason)
    if problem:
        raise InvalidInput(fields={"reason": problem})
    journal.append(case, "contact_revealed", actor, now, {"reason": reason.strip()})
    return case.rating.rater_name or "", case.rating.rater_phone or ""
