"""A deadline that was over by the calendar so far ends later by a notice: what was late by mistake is not (逾期撤回).

Every task it guarded is due at the later moment from now on, and late only by that. What it guards still is watched
again. The journal keeps both; those to whom the lateness was escalated are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import and_, or_, select

from caseflow.casefile import store
from caseflow.casefile.agreed import FiringWithdrawn, TimerAgreed
from caseflow.casefile.facts import DueRecomputed, Fact, LedgerKept, StateKept, TimerDated, TimerSet
from caseflow.casefile.hand import HeldCase, HeldTimer
from caseflow.cases import advance
from caseflow.engine import rearming
from caseflow.engine.definition import Definition
from caseflow.engine.values import Step
from caseflow.errors import TaskNotOpen
from caseflow.law.deadlines import Deadline, rule_of
from caseflow.models import DeadlineEntry, OutboxMessage, Timer, TimerFiring, WorkItem, db
from caseflow.moments import is_over
from caseflow.notices import outbox
from caseflow.people.permissions import Actor
from caseflow.processes import deployed

TOLD_OF = ("overdue", "still_late")     # the notices that say that something is late


@dataclass(frozen=True, slots=True)
class Later:
    """A timer that has fired with its ledger, where the calendar puts it now, what is agreed beside it then, and the
    notice that says so."""

    timer: Timer
    ledger: Sequence[DeadlineEntry]
    deadline: Deadline
    agreed_at: datetime | None
    notice: str

    @property
    def due_at(self) -> datetime:
        """The moment by the notice."""
        return self.deadline.due_at


def mend(case: HeldCase, later: Later, actor: Actor, now: datetime) -> None:
    """Let what this firing made late be due later. Journaled as lateness_withdrawn, or as due_recomputed where a task
    is late by the later moment too."""
    definition, timer = deployed.by_digest(case.definition), later.timer
    done, waits = _done(case, definition, timer), _waits(case, definition, timer)
    for item in done:
        case.note(store.DATE_ITEM, case=case.id, of=item.token, due_at=later.due_at,
                  due_provisional=later.deadline.provisional, agreed_at=later.agreed_at, clock_stopped=False)
    late = any(is_over(later.due_at, item.completed_at or case.closed_at) for item in done)
    if is_over(later.due_at, now) if waits else late:
        advance.keep(case, [*_dated(later, now), DueRecomputed(
            timer.element, timer.token, timer.due_at, later.due_at, later.deadline.provisional,
            later.deadline.calendar)], actor, now)
        return
    _tell(case, later, now)
    facts = _again(later, *waits, now) if waits else [*_dated(later, now), _withdrawn(later, None)]
    advance.keep(case, facts, actor, now)


def settle(case: HeldCase, timer: Timer) -> None:
    """Let the tasks that have ended show that their limit, which the notice does not put off, is provisional no more;
    those that are open follow it by themselves (due.follow)."""
    for item in _ended(case, deployed.by_digest(case.definition), timer):
        case.note(store.DATE_ITEM, case=case.id, of=item.token, due_at=item.due_at, due_provisional=False,
                  agreed_at=item.agreed_at, clock_stopped=item.clock_stopped)


def _done(case: HeldCase, definition: Definition, timer: Timer) -> list[WorkItem]:
    """The tasks whose limit this was that are completed, or were called off when the case was voided."""
    statuses = ("completed", "cancelled") if case.status == "voided" else ("completed",)
    return [item for item in _ended(case, definition, timer) if item.status in statuses]


def _ended(case: HeldCase, definition: Definition, timer: Timer) -> list[WorkItem]:
    """The tasks, completed or cancelled, whose limit this was."""
    tasks = [task for task, limits in definition.limits.items() if timer.element in limits]
    return list(db.session.scalars(select(WorkItem).where(
        WorkItem.case_id == case.id, WorkItem.status != "open", WorkItem.element.in_(tasks),
        WorkItem.due_at == timer.due_at)))


def _waits(case: HeldCase, definition: Definition, timer: Timer) -> tuple[Step, int] | None:
    """The case with what this timer guards watched again; None where that is over, or has another deadline by now."""
    newest = case.fired.get(timer.element)
    if newest is None or newest.token != timer.token:
        return None
    try:
        return rearming.wait_again(definition, case.state, timer.element, rule_of(timer))
    except TaskNotOpen:
        return None


def _dated(later: Later, now: datetime) -> list[Fact]:
    timer, deadline = later.timer, later.deadline
    return [
        LedgerKept(timer.token, _last(later) + 1, "recomputed", now, reason=deadline.calendar,
                   due_at=later.agreed_at or later.due_at),
        TimerDated(timer.token, later.due_at, deadline.provisional, deadline.calendar),
        TimerAgreed(timer.token, later.agreed_at, timer.clock_stopped)]


def _again(later: Later, step: Step, token: int, now: datetime) -> list[Fact]:
    """A new timer takes the place of the one that has fired, with what was agreed beside it."""
    timer, deadline = later.timer, later.deadline
    held = HeldTimer(token, timer.element, timer.attached_to, later.due_at, deadline.provisional, timer.clock_stopped,
                     later.agreed_at)
    ended = [LedgerKept(timer.token, _last(later) + 1, "ended", now)] if timer.clock_stopped else []
    kept = [LedgerKept(token, entry.seq, entry.kind, entry.at, entry.amount, entry.used, entry.category, entry.reason,
                       entry.due_at) for entry in later.ledger]
    moved = LedgerKept(token, _last(later) + 1, "recomputed", now, reason=deadline.calendar,
                       due_at=later.agreed_at or later.due_at)
    return [StateKept(step.state, step.ended), *ended, _withdrawn(later, token),
            TimerSet(held, rule_of(timer), False, deadline.calendar), *kept, moved]


def _last(later: Later) -> int:
    return max((entry.seq for entry in later.ledger), default=0)


def _withdrawn(later: Later, again: int | None) -> FiringWithdrawn:
    timer = later.timer
    return FiringWithdrawn(timer.element, timer.token, timer.due_at, later.due_at, later.deadline.calendar,
                           later.notice, again)


def _tell(case: HeldCase, later: Later, now: datetime) -> None:
    """Whoever was told of the lateness is told that it is withdrawn."""
    for (unit_id, role), details in _told(case, later.timer).items():
        outbox.send(f"{case.id}:{later.timer.token}:withdrawn:{unit_id}:{role}", "overdue_withdrawn", case=case,
                    unit_id=unit_id, role=role, details=details, now=now)


def _told(case: HeldCase, timer: Timer) -> Mapping[tuple[int, str], Mapping[str, object]]:
    """The posts (unit id, role) that were told, by the drawing or the ladder, each with what it was told of."""
    fired_at = db.session.scalar(select(TimerFiring.fired_at).where(
        TimerFiring.case_id == case.id, TimerFiring.token == timer.token))
    by_ladder = OutboxMessage.key.endswith(f":{(timer.agreed_at or timer.due_at).isoformat()}")
    sent = select(OutboxMessage).where(OutboxMessage.case_id == case.id, OutboxMessage.kind.in_(TOLD_OF), or_(
        and_(OutboxMessage.kind == "overdue", OutboxMessage.created_at == fired_at), by_ladder))
    return {(message.unit_id, message.role): orjson.loads(message.details)
            for message in db.session.scalars(sent.order_by(OutboxMessage.id))}
