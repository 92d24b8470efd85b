"""Urging (催办) and supervision orders (督办): a supervisor's word to those who have the work, on the record."""

from __future__ import annotations

from datetime import datetime

from caseflow import texts
from caseflow.casefile import holding, journal
from caseflow.casefile.hand import HeldCase
from caseflow.casefile.readings import Reading
from caseflow.errors import ConcurrentUpdate, InvalidInput, PermissionDenied, TaskNotOpen
from caseflow.models import Case
from caseflow.notices import outbox
from caseflow.people import permissions
from caseflow.people.permissions import Actor

KINDS = {  # kind → the roles at the units with open tasks that get it
    "urged": ("",),                             # the task's own role
    "supervised": ("", "supervisor"),           # and who answers for the unit
}
LONGEST_NOTE = 500


def may_urge(case: Case | HeldCase | Reading, actor: Actor) -> bool:
    """Supervisors of the responsible unit, of the lead office, or of a unit above them."""
    return permissions.may_supervise(actor, case)


def urge(case_id: int, kind: str, note: str, actor: Actor, now: datetime, *, seen: int | None = None) -> None:
    """Tell those who have the open tasks of the case to get on (urged), or by an order with what is demanded
    (supervised), which their supervisors get too. Journaled as the kind, with the note.

    `seen` is the number of the last journal entry the supervisor had before them. Refuses with NotFound,
    PermissionDenied, InvalidInput, TaskNotOpen (nothing is open) or ConcurrentUpdate.
    """
    case = holding.hold(case_id)
    permissions.require_see(actor, case)
    if not may_urge(case, actor):
        raise PermissionDenied
    note = note.strip()
    problem = texts.reason_problem(note, LONGEST_NOTE)
    if problem:
        raise InvalidInput(fields={"note": problem})
    if seen not in (None, case.journal_seq):
        raise ConcurrentUpdate
    if not case.items:
        raise TaskNotOpen
    to = {(item.unit_id, role or item.role) for item in case.items.values() for role in KINDS[kind]}
    for unit_id, role in sorted(to):
        outbox.send(f"{case.id}:{kind}:{case.journal_seq}:{unit_id}:{role}", kind, case=case, unit_id=unit_id,
                     role=role, details={"number": case.number, "name": case.step, "note": note}, now=now)
    journal.append(case, kind, actor, now, {"note": note, "tokens": sorted(case.items)})
    holding.save(case)
