"""What can be done with a case: open it, complete a task, fire what is due, deliver a message.

Every operation follows one order: lock the case → permission → is it open? → the form's rules → one engine
step → projections, timers, effects → journal and outbox. Nothing is committed here: the entry point does.
On any error nothing was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from caseflow import texts
from caseflow.casefile import journal, offices, store
from caseflow.casefile.hand import HeldCase, HeldItem, HeldTimer
from caseflow.cases import clock, fold
from caseflow.engine import step as engine
from caseflow.engine.definition import Definition
from caseflow.engine.values import Context, UserTask
from caseflow.errors import (
    InvalidForm,
    InvalidInput,
    LateReasonMissing,
    NotFound,
    RegulationExpired,
    TaskNotOpen,
    TokenReused,
)
from caseflow.law import regulation_file, regulations
from caseflow.models import Appeal, Case, Rating, ServiceRecord, Submission, Unit, WorkItem, db
from caseflow.models.cases import KIND
from caseflow.moments import ONE_SECOND, day_of
from caseflow.people import impartiality, permissions
from caseflow.people.permissions import SYSTEM, Actor
from caseflow.processes import deployed, form_values
from caseflow.raters import unreachable

UPHELD = "appeal_upheld"                 # the message that voids the rating


def open_case(rating: Rating, now: datetime, actor: Actor = SYSTEM, *, intake: Mapping | None = None) -> HeldCase:
    """Open the case of a bad rating under the regulation of its area, at once, with a file number.

    The case keeps the process it starts under. Past the regulation's validity it is marked, or refused
    with RegulationExpired, as regulation.toml says (HF-18). Refuses a rating that already has a case.
    The journal begins with the rating; `intake` is what else its intake has to say there.
    """
    regulation = regulations.get(rating.regulation)
    expired = _past_validity(regulation, now)
    if expired and regulation.after_expiry == "refuse":
        raise RegulationExpired(f"{regulation.name} was valid to {regulation.valid_to}.")
    if store.CASE_OF.first(rating=rating.id, kind=KIND):
        raise InvalidInput("This rating has a case already.")
    case, definition = begin(rating, KIND, regulation.number_format, now)
    journal.append(case, "rating_received", actor, now, {
        "rating": rating.id, "source": rating.source, "level": rating.level,
        "received_at": rating.received_at.isoformat(), **(intake or {})})
    start(case, definition, rating, actor, now)
    return case


def begin(rating: Rating, kind: str, number_format: str, now: datetime) -> tuple[HeldCase, Definition]:
    """A new case about this rating with the next file number, seen by the rated unit and the lead office.

    Nothing is open in it before `start`.
    """
    regulation, year = regulations.get(rating.regulation), day_of(now).year
    definition = deployed.current(regulation.key, kind)
    sequence = f"{regulation.key}-{year}" if kind == KIND else f"{regulation.key}-{kind}-{year}"
    last, = store.NEXT_NUMBER.first(key=sequence)
    case = store.begin(
        number=number_format.format(year=year, number=last), regulation=regulation.key,
        after_expiry=_past_validity(regulation, now), kind=kind, rating_id=rating.id,
        unit_id=rating.service.unit_id, opened_at=now, definition=definition.digest)
    for key in ("responsible", regulation.lead):
        offices.takes_part(case, offices.unit_for(case, key))
    return case, definition


def start(case: HeldCase, definition: Definition, rating: Rating, actor: Actor, now: datetime) -> None:
    """Let the case that was begun run to its first tasks. Journaled as case_opened."""
    journal.append(case, "case_opened", actor, now, {
        "number": case.number, "rating": rating.id, "regulation": case.regulation, "definition": definition.digest,
        "after_expiry": case.after_expiry})
    step = engine.start(definition, _variables(rating, db.session.get(Unit, case.unit_id)), Context(now))
    fold.record(case, definition, step, actor, now)


def _past_validity(regulation: regulation_file.Regulation, now: datetime) -> bool:
    return regulation.valid_to is not None and day_of(now) > regulation.valid_to


def _variables(rating: Rating, unit: Unit) -> dict[str, object]:
    return {
        "received_at": rating.received_at.isoformat(), "level": rating.level,
        "real_name": rating.real_name, "business_level": unit.level,
    }


def task_of(work_item_id: int) -> tuple[Definition, UserTask]:
    """What a work item asks for at its visit, under the process its case began with. NotFound.

    Who may see it is not judged here.
    """
    found = store.TASK_OF.first(item=work_item_id)
    if found is None:
        raise NotFound
    digest, element, visit = found
    definition = deployed.by_digest(digest)
    return definition, deployed.task(definition, element, visit)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What complete_task answers: the number of the stored Submission, and what it completed."""

    id: int
    case_id: int
    work_item_id: int
    element: str


def complete_task(work_item_id: int, actor: Actor, values: Mapping[str, object], form_token: str,
                  now: datetime, late_reason: str = "") -> Receipt:
    """Complete a task with what was filled in; the case moves on as its diagram says.

    The same token by the same person again answers with the first submission and changes nothing. Refuses with
    NotFound, PermissionDenied, NotImpartial, TaskNotOpen, TokenReused (same token, other content), InvalidForm, or
    LateReasonMissing: who completes an overdue task says why, and it is kept with the journal's entry.
    """
    case = store.hold_by_item(work_item_id)
    item = case.item(work_item_id)
    if item is None or not permissions.may_work(actor, item):
        permissions.require_see(actor, case)
    definition = deployed.by_digest(case.definition)
    if item is None:
        return _same_again(work_item_id, definition, actor, form_token, values)
    permissions.require_work(actor, item)
    impartiality.require(actor.user_id, item, case.id)
    form = deployed.task(definition, item.element, item.visit).form
    accepted = form_values.accept(form, values, day_of(now))
    unreachable.require(case, item.id, form, accepted)
    deciding = form_values.deciding(form, accepted)
    late = lateness(item.due_at, late_reason, now)
    submission_id = _submit(case, item, actor, form_token, accepted, now)
    journal.append(case, "task_completed", actor, now, {
        "element": item.element, "token": item.token, "visit": item.visit, **late,
        "answers": {k: v for k, v in deciding.items() if v is not None}})
    waited = set(case.awaited)
    step = engine.complete(definition, case.state, item.token, deciding, Context(now))
    fold.record(case, definition, step, actor, now)
    _tell_each_other(case, waited, actor, now)
    return Receipt(submission_id, case.id, item.id, item.element)


def _tell_each_other(case: HeldCase, waited: set[int], actor: Actor, now: datetime) -> None:
    """What an appeal has for its rectification; and for a rectification that waits from now on, what came before."""
    for message in case.to_rectification:
        found = store.CASE_OF.first(rating=case.rating_id, kind=KIND)
        if found:
            _deliver_if_awaited(found[0], message, now, actor)
    if case.kind == KIND and case.awaited - waited:
        voided_at, = store.VOIDED_AT.first(rating=case.rating_id)
        if voided_at is not None:
            _deliver_if_awaited(case.id, UPHELD, now, actor)
    _let_clock_run(case, now)


def _let_clock_run(case: HeldCase, now: datetime) -> None:
    """An appeal that is over stops the clock of its rectification no more."""
    if case.ended and case.kind == "appeal":
        appeal_id, rectification_id = db.session.execute(
            select(Appeal.id, Appeal.rectification_id).where(Appeal.case_id == case.id)).one()
        if rectification_id is not None:
            clock.restart_for_appeal(rectification_id, appeal_id, case.number, now)


def _deliver_if_awaited(case_id: int, message: str, now: datetime, actor: Actor) -> None:
    """A case that has ended, or not come so far, keeps its place: the journal says that the message came."""
    try:
        deliver_message(case_id, message, now, actor)
    except TaskNotOpen:
        case = store.hold(case_id)
        journal.append(case, "message_noted", actor, now, {"message": message})
        store.save(case)


def _submit(case: HeldCase, item: HeldItem, actor: Actor, form_token: str, accepted: Mapping[str, object],
            now: datetime) -> int:
    """Store what was filled in, close the work item, and drop the draft; the submission's id.

    A draft of somebody else stays: they were not the faster one, and may copy it.
    """
    submission_id, = store.INSERT_SUBMISSION.first(
        case_id=case.id, work_item_id=item.id, element=item.element, form_token=form_token,
        form_values=orjson.dumps(accepted, option=orjson.OPT_SORT_KEYS).decode(),
        submitted_by=actor.user_id, submitted_at=now)
    del case.items[item.token]
    case.note(store.CLOSE_ITEM, case=case.id, of=item.token, status="completed", completed_at=now,
              completed_by=actor.user_id)
    case.note(store.DELETE_DRAFT, item=item.id, user=actor.user_id)
    return submission_id


def _same_again(work_item_id: int, definition: Definition, actor: Actor, form_token: str,
                values: Mapping[str, object]) -> Receipt:
    earlier = db.session.scalar(select(Submission).where(Submission.work_item_id == work_item_id))
    if earlier is None or earlier.form_token != form_token or earlier.submitted_by != actor.user_id:
        raise TaskNotOpen
    if earlier.element not in definition.user_tasks:    # the case was moved to a version without this step
        raise TaskNotOpen
    visit = db.session.scalar(select(WorkItem.visit).where(WorkItem.id == work_item_id))
    form = deployed.task(definition, earlier.element, visit).form
    try:
        same = orjson.loads(earlier.form_values) == form_values.accept(form, values, day_of(earlier.submitted_at))
    except InvalidForm:
        same = False
    if not same:
        raise TokenReused
    return Receipt(earlier.id, earlier.case_id, earlier.work_item_id, earlier.element)


def lateness(due_at: datetime | None, reason: str, now: datetime) -> dict[str, object]:
    """What the journal says of the lateness of a task due then. LateReasonMissing for a late one without its reason."""
    if due_at is None or now <= due_at:
        return {"late": False}
    problem = texts.reason_problem(reason)
    if problem:
        raise LateReasonMissing(fields={"late_reason": problem})
    return {"late": True, "late_reason": reason.strip()}


def is_late(item: WorkItem | HeldItem, now: datetime) -> bool:
    """Whether the due moment of an open task is past. One whose clock stands still has none."""
    return item.due_at is not None and now > item.due_at


def deliver_message(case_id: int, message: str, now: datetime, actor: Actor = SYSTEM) -> None:
    """Deliver a message the case waits for, such as the decision on an appeal. TaskNotOpen when it does not."""
    case = store.hold(case_id)
    definition = deployed.by_digest(case.definition)
    step = engine.deliver(definition, case.state, message, Context(now))
    journal.append(case, "message_delivered", actor, now, {"message": message})
    fold.record(case, definition, step, actor, now)
    _let_clock_run(case, now)


# --- time ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DueCase:
    """A case with something due; `next_due` is its earliest due moment."""

    id: int
    next_due: datetime | None


def due_cases(now: datetime, limit: int = 100) -> list[int]:
    """The cases with something due, the longest overdue first; parked ones are left alone."""
    return [case_id for case_id, _ in store.DUE.rows(until=now - ONE_SECOND, limit=limit)]


def claim_due(now: datetime) -> DueCase | None:
    """The longest overdue case that no other scheduler holds, locked to the end of the transaction."""
    found = store.CLAIM_DUE.first(until=now - ONE_SECOND, limit=1)
    return DueCase(*found) if found else None


def fire_due(case_id: int, now: datetime) -> int:
    """Fire every timer of the case whose due moment has passed, oldest first; returns how many.

    Each firing and its effects are one transaction with the state, and unique per visit. What the first
    firing cancels does not fire any more.
    """
    case = store.hold(case_id)
    definition = deployed.by_digest(case.definition)
    fired = 0
    while (timer := _next_due_timer(case, now)) is not None:
        _fire(case, definition, timer, now)
        fired += 1
    if not fired:
        case.next_due = case.next_try = fold.earliest_due(case)
        store.save(case)
    return fired


def _next_due_timer(case: HeldCase, now: datetime) -> HeldTimer | None:
    due = [timer for timer in case.timers.values() if not timer.stopped and timer.due_at <= now - ONE_SECOND]
    return min(due, key=lambda timer: (timer.due_at, timer.token), default=None)


def _fire(case: HeldCase, definition: Definition, timer: HeldTimer, now: datetime) -> None:
    step = engine.fire(definition, case.state, timer.token, Context(now))
    del case.timers[timer.token]
    case.note(store.END_TIMER, case=case.id, of=timer.token, status="fired")
    case.note(store.INSERT_FIRING, case_id=case.id, token=timer.token, due_at=timer.due_at, fired_at=now)
    journal.append(case, "timer_fired", SYSTEM, now, {
        "element": timer.element, "token": timer.token, "attached_to": timer.attached_to,
        "due_at": timer.due_at.isoformat(), "lag_seconds": int((now - timer.due_at).total_seconds())})
    fold.record(case, definition, step, SYSTEM, now)
    _let_clock_run(case, now)


def find(number: str, actor: Actor) -> Case:
    """The case with this file number; NotFound when the actor may not see it."""
    query = select(Case, permissions.may_see_it(actor)).where(Case.number == number).options(
        joinedload(Case.instance), joinedload(Case.rating).joinedload(Rating.service).joinedload(ServiceRecord.unit))
    case, seen = db.session.execute(query).first() or (None, False)
    if not seen:
        raise NotFound
    return case
