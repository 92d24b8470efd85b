"""Bad reviews that say the same: linked by a supervisor of the lead office, and worked on together.

Both cases stay open and each gets its own submissions, journal, revisit and end, because every bad review has to be put
right and answered (件件有整改、有反馈, GC-2(二), HN-14). What is spared is filling in the same form twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, CompoundSelect, or_, select, union
from sqlalchemy.orm import joinedload

from caseflow import texts
from caseflow.casefile import journal, kinds
from caseflow.casefile.readings import Reading
from caseflow.cases import steps
from caseflow.errors import CaseflowError, ConcurrentUpdate, InvalidInput, PermissionDenied
from caseflow.law import regulations
from caseflow.models import Case, DuplicateLink, ProcessInstance, Rating, ServiceRecord, WorkItem, db, lock_case_row
from caseflow.people import impartiality, permissions
from caseflow.people.permissions import Actor

MOST = 20       # cases that are offered, or linked with one


def may_link(case: Case, actor: Actor) -> bool:
    """Supervisors of the lead office, or of a unit above it, in an open case of a kind that may repeat another."""
    rules = regulations.offered(case.regulation, "duplicates")
    return rules is not None and rules.available and kinds.of(case.kind).may_repeat and case.status == "open" \
        and permissions.leads(actor, case)


def alike(case: Case | Reading, links: Sequence[DuplicateLink] | None = None) -> list[Case]:
    """The open cases of the same regulation and responsible unit that are about the same case of business or come from
    the same rater (by telephone), oldest first; those that are linked already are left out."""
    if case.rating is None:
        return []
    same = [ServiceRecord.project_no == case.rating.service.project_no]
    if case.rating.real_name and case.rating.rater_phone:
        same.append(Rating.rater_phone == case.rating.rater_phone)
    links = of_case(case) if links is None else links
    linked = {number for link in links for number in (link.case_id, link.of_id)}
    found = union(*(_open_like(case).where(condition).subquery().select() for condition in same))
    rows = select(Case).where(Case.id.in_(found), Case.id.not_in(linked)).order_by(Case.id).limit(MOST)
    return list(db.session.scalars(rows))


def _open_like(case: Case | Reading):
    return select(Case.id).join(Rating, Rating.id == Case.rating_id).join(
        ServiceRecord, ServiceRecord.id == Rating.service_record_id).where(
        Case.id != case.id, Case.regulation == case.regulation, Case.kind == case.kind, Case.status == "open",
        Case.unit_id == case.unit_id).limit(MOST)


def link(case_id: int, of_id: int, actor: Actor, reason: str, now: datetime) -> DuplicateLink:
    """Say that a case repeats another open one (`of_id`); said already, it is answered as it stands.

    Refuses with NotFound, PermissionDenied, or InvalidInput: `of` is not alike, linked (this one or the other is part
    of a chain) or too_many. Journaled in both cases as duplicate_linked.
    """
    if case_id == of_id:
        raise InvalidInput(fields={"of": "not_alike"})
    case, other = _locked(actor, case_id, of_id)
    standing = _standing(case.id)
    if standing is not None and standing.of_id == other.id:
        return standing
    wrong = _problem_of(reason)
    if standing is not None or _standing(other.id) is not None or any(row.of_id == case.id for row in of_case(case)):
        wrong["of"] = "linked"
    elif other.id not in {row.id for row in alike(case)}:
        wrong["of"] = "not_alike"
    elif len(of_case(other)) >= MOST:
        wrong["of"] = "too_many"
    if wrong:
        raise InvalidInput(fields=wrong)
    row = DuplicateLink(case_id=case.id, of_id=other.id, reason=reason.strip(), linked_by=actor.user_id, linked_at=now)
    db.session.add(row)
    db.session.flush()
    for place in (case, other):
        journal.append(place, "duplicate_linked", actor, now, {
            "link": row.id, "number": case.number, "of": other.number, "reason": reason.strip()})
    return row


def unlink(case_id: int, actor: Actor, reason: str, now: datetime) -> None:
    """A case does not repeat another after all; again changes nothing. Refuses like `link`.

    Journaled in both as duplicate_unlinked.
    """
    standing = _standing(case_id)
    case, *others = _locked(actor, case_id, *([standing.of_id] if standing else []))
    wrong = _problem_of(reason)
    if wrong:
        raise InvalidInput(fields=wrong)
    if standing is None:
        return
    db.session.refresh(standing)
    if standing.removed_at is not None:
        return
    standing.removed_by, standing.removed_at, standing.removal_reason = actor.user_id, now, reason.strip()
    for place in (case, *others):
        journal.append(place, "duplicate_unlinked", actor, now, {
            "link": standing.id, "number": case.number, "of": others[0].number, "reason": reason.strip()})


def _locked(actor: Actor, case_id: int, *others: int) -> list[Case]:
    """The case and the others, locked in the order of their ids; who may not link the first is refused."""
    held = {key: lock_case_row(key) for key in sorted({case_id, *others})}
    for case in held.values():
        permissions.require_see(actor, case)
    if not may_link(held[case_id], actor):
        raise PermissionDenied
    return [held[key] for key in (case_id, *others)]


def _problem_of(reason: str) -> dict[str, str]:
    problem = texts.reason_problem(reason)
    return {"reason": problem} if problem else {}


def of_case(case: Case | Reading) -> list[DuplicateLink]:
    """The links that stand in which a case takes part, of a case the reader may see."""
    query = select(DuplicateLink).where(
        _stands(), or_(DuplicateLink.case_id == case.id, DuplicateLink.of_id == case.id)).order_by(DuplicateLink.id)
    return list(db.session.scalars(query.options(joinedload(DuplicateLink.case), joinedload(DuplicateLink.of))))


def _standing(case_id: int) -> DuplicateLink | None:
    return db.session.scalar(select(DuplicateLink).where(_stands(), DuplicateLink.case_id == case_id))


def _stands() -> ColumnElement[bool]:
    return DuplicateLink.removed_at.is_(None)


# --- working on them together ---------------------------------------------------------------------------------------


def together(item: WorkItem, actor: Actor) -> list[WorkItem]:
    """The open tasks of linked cases that ask for the same as this one and are the actor's to do too."""
    if not kinds.of(item.case.kind).may_repeat:
        return []
    return [other for other in _same_tasks(item) if other.status == "open" and permissions.may_work(actor, other)
            and impartiality.reason(actor.user_id, other, other.case) is None]


def linked_with(case_id: int) -> CompoundSelect:
    """The ids of the cases that are linked with this one, directly or by the case that both repeat; it may be among
    them."""
    link = DuplicateLink
    first = union(select(link.of_id).where(_stands(), link.case_id == case_id),    # the case that others repeat
                  select(link.of_id).where(_stands(), link.of_id == case_id),
                  select(link.case_id).where(_stands(), link.of_id == case_id)).subquery()
    return union(first.select(), select(link.case_id).where(_stands(), link.of_id.in_(first.select())))


def _same_tasks(item: WorkItem) -> list[WorkItem]:
    case_id = item.case_id
    definition = select(ProcessInstance.definition).where(ProcessInstance.case_id == item.case_id).scalar_subquery()
    query = select(WorkItem).join(ProcessInstance, ProcessInstance.case_id == WorkItem.case_id).where(
        WorkItem.case_id.in_(linked_with(case_id)), WorkItem.case_id != case_id, WorkItem.element == item.element,
        WorkItem.visit == item.visit, ProcessInstance.definition == definition)
    return list(db.session.scalars(query.order_by(WorkItem.case_id)).unique())


def complete(work_item_ids: Sequence[int], actor: Actor, values: Mapping[str, object], form_token: str, now: datetime,
             late_reason: str = "") -> steps.Receipt:
    """Complete a task, and with the same answers those of linked cases after it in the list: all of them, or none.

    Each case gets its own submission and journal entries. Refuses like steps.complete_task, where it is a linked case
    that refuses with its number as the detail `linked`, and with ConcurrentUpdate when the cases are no longer linked.
    Answers the receipt of the first.
    """
    first, *others = work_item_ids
    cases: dict[int, Case] = {}
    if others:
        item = db.session.get(WorkItem, first)
        tasks = {task.id: task.case_id for task in _same_tasks(item)} if item else {}
        if not set(others) <= tasks.keys():
            raise ConcurrentUpdate
        held = {case_id: lock_case_row(case_id) for case_id in sorted({item.case_id, *map(tasks.get, others)})}
        cases = {other: held[tasks[other]] for other in others}
    receipt = steps.complete_task(first, actor, values, form_token, now, late_reason)
    for other in others:
        try:
            steps.complete_task(other, actor, values, form_token, now, late_reason)
        except CaseflowError as error:
            error.details["linked"] = cases[other].number
            raise
    return receipt
