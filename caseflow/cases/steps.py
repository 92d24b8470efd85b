"""What can be done with a case: open it, complete a task, fire what is due, deliver a message.

Every operation follows one order: lock the case → for a task: may they see the case? is it open? may they do it? is the
form right? → what happened, as a fact, and one engine step → `advance.record`. Nothing is committed here: the entry
point does, and on any error it keeps nothing.

`advance.record` asks the fold what the step comes to, as facts in this order: the new state, timers, tasks, messages,
effects, the summary, and where an end event was reached CaseClosed, which sets the case's `status` and `outcome`. The
case in hand follows them; their rows, notices and journal entries are noted, and then `holding.save` writes it all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from caseflow.casefile import holding, journal, kinds, offices, store
from caseflow.casefile.begun import CaseOpened
from caseflow.casefile.facts import MessageDelivered, TaskCompleted
from caseflow.casefile.hand import HeldCase, HeldItem, HeldTimer
from caseflow.casefile.kinds import Kind, Subject
from caseflow.cases import advance, fold
from caseflow.cases import branches as responsible
from caseflow.engine import step as engine
from caseflow.engine.definition import Definition
from caseflow.engine.values import Context, UserTask
from caseflow.errors import (
    InvalidForm,
    NotFound,
    TaskNotOpen,
    TokenReused,
)
from caseflow.law import calendars, regulations
from caseflow.models import Case, Rating, ServiceRecord, Submission, WorkItem, db
from caseflow.moments import day_of, is_over, over_by
from caseflow.people import assignable, branches, impartiality, permissions
from caseflow.people.permissions import SYSTEM, Actor
from caseflow.processes import deployed, form_values
from caseflow.processes.form_values import Circumstances
from caseflow.raters import unreachable


def begin(kind: Kind, subject: Subject, now: datetime) -> tuple[HeldCase, Definition]:
    """A new case of this kind about this subject with the next file number, under the current process of its kind.

    Seen by the responsible unit, the lead office, the branch that has the contact with the rater and the offices of its
    subject; nothing is open in it before `start`.
    """
    regulation, year = regulations.get(subject.regulation), day_of(now).year
    definition = deployed.current(regulation.key, kind.process)
    last, = store.NEXT_NUMBER.first(key=kind.sequence.format(regulation=regulation.key, year=year))
    case = store.begin(
        number=kind.number_format(regulation).format(year=year, number=last), regulation=regulation.key,
        after_expiry=regulation.is_over(day_of(now)), kind=kind.name, rating_id=subject.rating_id,
        unit_id=subject.unit_id, opened_at=now, definition=definition.digest)
    for key in ("responsible", regulation.lead, *subject.offices):
        offices.takes_part(case, offices.unit_for(case, key))
    if regulation.contact_office in regulation.branches:
        offices.takes_part(case, branches.offices_of(case, regulation, day_of(now))[regulation.contact_office])
    return case, definition


def start(case: HeldCase, definition: Definition, subject: Subject, actor: Actor, now: datetime) -> None:
    """Let the case that was begun run to its first tasks. Journaled as case_opened."""
    advance.keep(case, [CaseOpened.of(case, subject.variables, subject.reachable)], actor, now)
    step = engine.start(definition, subject.variables, Context(now))
    advance.record(case, definition, step, actor, now)


def task_of(work_item_id: int) -> tuple[Definition, UserTask]:
    """What a work item asks for at its visit, under the process its case began with. NotFound.

    Who may see it is not judged here.
    """
    found = store.TASK_OF.first(item=work_item_id)
    if found is None:
        raise NotFound
    digest, element, visit = found
    definition = deployed.by_digest(digest)
    return definition, assignable.offered_at(deployed.task(definition, element, visit), work_item_id)


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

    The submission is stored and the task done (TaskCompleted) before the engine steps; what follows is record's.
    The same token by the same person again answers with the first submission and changes nothing. Refuses with
    NotFound, PermissionDenied, NotImpartial, OtherPersonNeeded, TaskNotOpen, TokenReused (same token, other content),
    InvalidForm, or LateReasonMissing: who completes an overdue task says why, and the journal's entry keeps it.
    """
    case = holding.hold_by_item(work_item_id)
    item = case.item(work_item_id)
    if item is None or not permissions.may_work(actor, item):
        permissions.require_see(actor, case)
    definition = deployed.by_digest(case.definition)
    if item is None:
        return _same_again(work_item_id, definition, actor, form_token, values)
    permissions.require_work(actor, item)
    impartiality.require(actor.user_id, item, case)
    form = assignable.offered(deployed.task(definition, item.element, item.visit), case.id).form
    accepted = form_values.accept_by_rules(form, values, circumstances(case.regulation, definition, case.state, now))
    unreachable.require(case, item.id, form, accepted)
    deciding = form_values.deciding(form, accepted)
    late = fold.lateness(item.due_at, late_reason, now)
    submission_id = _submit(case, item, actor, form_token, accepted, now)
    advance.keep(case, [TaskCompleted(item, deciding, late, form_values.others(form, accepted))], actor, now)
    _give(case, item, assignable.chosen(form, accepted, case.id), actor, now)
    waited = set(case.awaited)
    step = engine.complete(definition, case.state, item.token, deciding, Context(now))
    advance.record(case, definition, step, actor, now)
    kind = kinds.of(case.kind)
    kind.after_task(case, waited, actor, now)
    kind.after_step(case, now)
    return Receipt(submission_id, case.id, item.id, item.element)


def _give(case: HeldCase, item: HeldItem, unit_id: int | None, actor: Actor, now: datetime) -> None:
    """The unit that a form has chosen is responsible from now on; what opens next for the responsible is its."""
    if unit_id not in (None, case.unit_id):
        responsible.choose(case, unit_id, item, actor, now)


def circumstances(regulation: str, definition: Definition, state: bytes, now: datetime) -> Circumstances:
    """What the rules of a form may know of a case in this state; nothing is read unless a rule asks."""
    law = regulations.get(regulation)
    return Circumstances(now, law, lambda: calendars.load(law.calendar),
                         lambda: engine.inspect(definition, state).variables)


def deliver_if_awaited(case_id: int, message: str, now: datetime, actor: Actor) -> None:
    """Deliver a message to a related case. One that has ended, or not come so far, keeps its place: its journal says
    that the message came (message_noted)."""
    try:
        deliver_message(case_id, message, now, actor)
    except TaskNotOpen:
        case = holding.hold(case_id)
        journal.append(case, "message_noted", actor, now, {"message": message})
        holding.save(case)


def _submit(case: HeldCase, item: HeldItem, actor: Actor, form_token: str, accepted: Mapping[str, object],
            now: datetime) -> int:
    """Store what was filled in and drop the draft; the submission's id.

    A draft of somebody else stays: they were not the faster one, and may copy it.
    """
    submission_id, = store.INSERT_SUBMISSION.first(
        case_id=case.id, work_item_id=item.id, element=item.element, form_token=form_token,
        form_values=orjson.dumps(accepted, option=orjson.OPT_SORT_KEYS).decode(),
        submitted_by=actor.user_id, submitted_at=now)
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
    form = assignable.offered(deployed.task(definition, earlier.element, visit), earlier.case_id).form
    try:
        same = orjson.loads(earlier.form_values) == form_values.accept(form, values, day_of(earlier.submitted_at))
    except InvalidForm:
        same = False
    if not same:
        raise TokenReused
    return Receipt(earlier.id, earlier.case_id, earlier.work_item_id, earlier.element)


def is_late(item: WorkItem | HeldItem, now: datetime) -> bool:
    """Whether the limit of an open task is over. One whose clock stands still has none."""
    return is_over(item.due_at, now)


def deliver_message(case_id: int, message: str, now: datetime, actor: Actor = SYSTEM) -> None:
    """Deliver a message the case waits for, such as the decision on an appeal. TaskNotOpen when it does not."""
    case = holding.hold(case_id)
    definition = deployed.by_digest(case.definition)
    step = engine.deliver(definition, case.state, message, Context(now))
    advance.keep(case, [MessageDelivered(message)], actor, now)
    advance.record(case, definition, step, actor, now)
    kinds.of(case.kind).after_step(case, now)


# --- time ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DueCase:
    """A case with something due; `next_due` is its earliest due moment."""

    id: int
    next_due: datetime | None


def due_cases(now: datetime, limit: int = 100) -> list[int]:
    """The cases with something due, the longest overdue first; parked ones are left alone."""
    return [case_id for case_id, _ in store.DUE.rows(until=over_by(now), limit=limit)]


def claim_due(now: datetime) -> DueCase | None:
    """The longest overdue case that no other scheduler holds, locked to the end of the transaction."""
    found = store.CLAIM_DUE.first(until=over_by(now), limit=1)
    return DueCase(*found) if found else None


def fire_due(case_id: int, now: datetime) -> int:
    """Fire every timer of the case whose due moment has passed, oldest first; returns how many.

    Each firing and its effects are one transaction with the state, and unique per visit. What the first
    firing cancels does not fire any more.
    """
    case = holding.hold(case_id)
    definition = deployed.by_digest(case.definition)
    fired = 0
    while (timer := fold.next_over(case, now)) is not None:
        _fire(case, definition, timer, now)
        fired += 1
    if not fired:
        case.next_due = case.next_try = fold.earliest_due(case)
        holding.save(case)
    return fired


def _fire(case: HeldCase, definition: Definition, timer: HeldTimer, now: datetime) -> None:
    step = engine.fire(definition, case.state, timer.token, Context(now))
    advance.keep(case, fold.fired(timer, now), SYSTEM, now)
    advance.record(case, definition, step, SYSTEM, now)
    kinds.of(case.kind).after_step(case, now)


def find(number: str, actor: Actor) -> Case:
    """The case with this file number; NotFound when the actor may not see it."""
    query = select(Case, permissions.may_see_it(actor)).where(Case.number == number).options(
        joinedload(Case.instance), joinedload(Case.rating).joinedload(Rating.service).joinedload(ServiceRecord.unit))
    case, seen = db.session.execute(query).first() or (None, False)
    if not seen:
        raise NotFound
    return case
