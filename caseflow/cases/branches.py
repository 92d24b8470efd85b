"""The branches of a case follow its responsible unit: what a lane names by area is another office after a transfer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from caseflow.casefile import assigning, journal, offices
from caseflow.casefile.hand import HeldCase, HeldItem
from caseflow.law import regulations
from caseflow.models import CaseUnit, WorkItem
from caseflow.models.prepared import Prepared
from caseflow.moments import day_of
from caseflow.notices import outbox
from caseflow.people import branches
from caseflow.people.permissions import Actor
from caseflow.processes import deployed

_part, _item = CaseUnit.__table__.c, WorkItem.__table__.c
_LEAVE = Prepared(delete(CaseUnit.__table__).where(
    _part.case_id == bindparam("case"), _part.unit_id == bindparam("unit")))
_DONE = Prepared(select(_item.id).where(
    _item.case_id == bindparam("case"), _item.unit_id == bindparam("unit"), _item.status == "completed").limit(1))


def transfer(case: HeldCase, unit_id: int, actor: Actor, now: datetime) -> None:
    """Make another unit responsible. Open tasks of a branch go to the branch of its area (task_reassigned), which is
    told; one that has done nothing in the case does not see it any more. Written by the case's next `save`.
    """
    regulation, day = regulations.get(case.regulation), day_of(now)
    before = branches.offices_of(case, regulation, day)
    case.unit_id = unit_id
    after = branches.offices_of(case, regulation, day)
    moved = {key for key in regulation.branches if before.get(key) != after.get(key)}
    if not moved:
        return
    _hand_over(case, moved, after, actor, now)
    for key in moved & {regulation.contact_office}:
        offices.takes_part(case, after[key])
    staying = {after[key] for key in (*regulation.branches, regulation.lead, "responsible")}
    for unit in {before[key] for key in moved} - staying:
        if not _takes_part(case, unit):
            case.note(_LEAVE, case=case.id, unit=unit)


def choose(case: HeldCase, unit_id: int, item: HeldItem, actor: Actor, now: datetime) -> None:
    """Who did this task has chosen another unit, which is responsible from now on, as after a transfer; it is told.
    Journaled as unit_chosen; written by the case's next `save`."""
    before = case.unit_id
    transfer(case, unit_id, actor, now)
    offices.takes_part(case, unit_id)
    journal.append(case, "unit_chosen", actor, now, {
        "element": item.element, "token": item.token, "from_unit": before, "unit": unit_id})
    outbox.send(f"{case.id}:{item.token}:chosen", "handed_over", case=case, unit_id=unit_id, role="officer",
                details={"number": case.number, "name": ""}, now=now)


def _hand_over(case: HeldCase, moved: set[str], to: Mapping[str, int], actor: Actor, now: datetime) -> None:
    tasks = deployed.by_digest(case.definition).user_tasks
    for item in list(case.items.values()):
        key = tasks[item.element].unit
        if key in moved and item.unit_id != to[key]:
            offices.takes_part(case, to[key])
            assigning.give(case, item, None, actor, "task_reassigned", now, {
                "from_unit": item.unit_id, "from_user": item.assignee_id, "unit": to[key], "user": None, "to": ""},
                unit_id=to[key])
            outbox.send(f"{case.id}:{item.token}:branch:{case.journal_seq}", "handed_over", case=case,
                        unit_id=to[key], role=item.role, user_id=None,
                        details={"number": case.number, "name": item.name}, now=now)


def _takes_part(case: HeldCase, unit_id: int) -> bool:
    """Whether it has an open task in the case, or has done one."""
    return any(item.unit_id == unit_id for item in case.items.values()) or _DONE.first(
        case=case.id, unit=unit_id) is not None
