"""How to reach the rater: who may see it, and seeing it, which is journaled. Screens mask it for everybody else."""

from __future__ import annotations

from datetime import datetime

from caseflow import texts
from caseflow.casefile import journal, kinds, readings
from caseflow.casefile.readings import Reading
from caseflow.errors import InvalidInput, PermissionDenied
from caseflow.law import regulations
from caseflow.models import Case, WorkItem, lock_case_row
from caseflow.models.people import OFFICIALS
from caseflow.people import impartiality, permissions
from caseflow.people.permissions import Actor
from caseflow.processes import deployed
from caseflow.raters import reaching, telling


def may_reveal(case: Case | Reading, actor: Actor) -> bool:
    """Whoever holds an open task of the case may; where a regulation names one office for contact, only that office and
    its branch of the area while the case is open (HN-14: through 12345); and the office that has to tell the rater of
    an appeal's decision. Through a case whose kind does not speak to raters (an appeal), whoever has the task there
    that asks the rater, and must not recuse. Never the rated person."""
    read = readings.of(case)
    if is_rated(case, actor):
        return False
    if not kinds.of(case.kind).speaks_to_rater:
        return any(_asks_at(item, read, actor) for item in read.open_items)
    if telling.has_to_tell(read, actor):
        return True
    if case.status != "open":
        return False
    if regulations.get(case.regulation).contact_through is None:
        return any(permissions.may_work(actor, item) for item in read.open_items)
    return any(unit in _offices(read) and role in OFFICIALS for role, unit in actor.roles)


def speaks(case: Case | Reading, asking: object) -> bool:
    """Whether the rater may be contacted from this case now: by its kind, or since a task of it is `asking` them."""
    return kinds.of(case.kind).speaks_to_rater or asking is not None


def may_see_log(case: Case | Reading, actor: Actor) -> bool:
    """Whether whoever sees the case may see the attempts to reach its rater: in an appeal neither the parties nor those
    of the rated unit."""
    read = readings.of(case)
    return kinds.of(read.kind).speaks_to_rater or not (is_rated(read.case, actor) or _is_party(read, actor))


def _is_party(read: Reading, actor: Actor) -> bool:
    """Whether the actor filed an appeal against the rating, or has a post at a unit that answers for it."""
    filed = [appeal for appeal in read.appeals if appeal.case_id == read.id]
    units = {read.unit_id, *(appeal.unit_id for appeal in filed),
             *(appeal.rectification.unit_id for appeal in filed if appeal.rectification)}
    return any(appeal.appellant_id == actor.user_id for appeal in filed) or any(
        unit in units for _, unit in actor.roles)


def _asks_at(item: WorkItem, read: Reading, actor: Actor) -> bool:
    """Whether the actor may do this task, and its form asks what the rater says."""
    form = deployed.of(read.case).user_tasks[item.element].form
    if reaching.asks(form) is None or not permissions.may_work(actor, item):
        return False
    through = regulations.get(read.regulation).contact_through is None or item.unit_id in _offices(read)
    return through and impartiality.reason(actor.user_id, item, read.case) is None


def _offices(read: Reading) -> set[int | None]:
    """The office through which alone a regulation lets the rater be contacted, and its branch of the area."""
    regulation = regulations.get(read.regulation)
    return {read.offices.get(key) for key in (regulation.contact_through, regulation.contact_office)}


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
