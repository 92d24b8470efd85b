"""Bring the rows of a case in step with what the engine left behind.

Lists, counts and the scheduler read these rows; the engine's state is read only by the next step.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import lazyload

from caseflow import calendars, deadlines, effects, journal, regulations
from caseflow.engine.definition import Definition
from caseflow.engine.values import OpenTask, OpenTimer, Step
from caseflow.errors import ConfigurationError
from caseflow.models import AwaitedMessage, Case, CaseUnit, Timer, Unit, WorkItem, db, insert_new
from caseflow.permissions import Actor
from caseflow.regulations import Regulation


@dataclass(frozen=True, slots=True)
class Advance:
    """One step of one case, as it is being recorded: who caused it, when, under which process."""

    case: Case
    definition: Definition
    regulation: Regulation
    actor: Actor
    now: datetime


def record(case: Case, definition: Definition, step: Step, actor: Actor, now: datetime) -> None:
    """Store the state and make work items, timers, messages, effects and summary follow it; journal all of it.

    What is already open is read once; everything new is written together in one flush at the end.
    """
    with db.session.no_autoflush:
        _follow(Advance(case, definition, regulations.get(case.regulation), actor, now), step)
    db.session.flush()


def _follow(advance: Advance, step: Step) -> None:
    case = advance.case
    case.instance.state = step.state
    case.instance.state_digest = hashlib.sha256(step.state).hexdigest()
    case.instance.ended = step.ended
    timers = _follow_timers(advance, step)
    items = _follow_tasks(advance, step, timers)
    if advance.definition.messages:
        _follow_messages(case, step)
    _apply_effects(advance, step)
    _summarise(advance, step, timers, items)


def _follow_timers(advance: Advance, step: Step) -> dict[int, Timer]:
    case = advance.case
    rows = {t.token: t for t in db.session.scalars(
        select(Timer).where(Timer.case_id == case.id, Timer.status == "pending")) if t.status == "pending"}
    waiting = {t.token for t in step.timers}
    for token in rows.keys() - waiting:
        rows.pop(token).status = "cancelled"
    for timer in step.timers:
        if timer.token not in rows:
            rows[timer.token] = _set_timer(advance, timer)
    return rows


def _set_timer(advance: Advance, timer: OpenTimer) -> Timer:
    regulation, rule = advance.regulation, timer.rule
    calendar = calendars.load(regulation.calendar)
    deadline = deadlines.compute(rule, calendar, regulation.close_of_business)
    row = Timer(
        case_id=advance.case.id, token=timer.token, element=timer.element, attached_to=timer.attached_to,
        interrupting=timer.interrupting, unit=rule.unit, amount=rule.amount, since=rule.since,
        since_name=rule.since_name, due_at=deadline.due_at, calendar=deadline.calendar,
        provisional=deadline.provisional, status="pending", created_at=advance.now)
    db.session.add(row)
    journal.append(advance.case, "timer_set", advance.actor, advance.now, {
        "element": timer.element, "token": timer.token, "due_at": deadline.due_at.isoformat(),
        "unit": rule.unit, "amount": rule.amount, "since": rule.since, "since_name": rule.since_name,
        "provisional": deadline.provisional})
    return row


def _follow_tasks(advance: Advance, step: Step, timers: Mapping[int, Timer]) -> list[WorkItem]:
    case = advance.case
    rows = {i.token: i for i in db.session.scalars(
        select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.status == "open").options(
            lazyload(WorkItem.case))) if i.status == "open"}
    waiting = {t.token for t in step.tasks}
    for token in rows.keys() - waiting:
        rows.pop(token).status = "cancelled"
    for task in step.tasks:
        item = rows.get(task.token)
        if item is None:
            item = rows[task.token] = _open_item(advance, task)
        due = min((timers[t] for t in task.deadlines if t in timers), key=lambda t: t.due_at, default=None)
        if due is not None:   # a deadline that has fired leaves its due date behind: the task is overdue
            item.due_at, item.due_provisional = due.due_at, due.provisional
    return list(rows.values())


def _open_item(advance: Advance, task: OpenTask) -> WorkItem:
    case, user_task = advance.case, advance.definition.user_tasks[task.element]
    unit_id = unit_for(case, user_task.unit)
    item = WorkItem(
        case_id=case.id, token=task.token, element=task.element, visit=task.visit, name=user_task.element.name,
        unit_id=unit_id, role=user_task.role, status="open", opened_at=advance.now)
    db.session.add(item)
    if unit_id != case.unit_id:
        takes_part(case.id, unit_id)
    journal.append(case, "task_opened", advance.actor, advance.now, {
        "element": task.element, "token": task.token, "visit": task.visit, "unit": unit_id, "role": user_task.role})
    return item


def _follow_messages(case: Case, step: Step) -> None:
    rows = {m.token for m in db.session.scalars(select(AwaitedMessage).where(AwaitedMessage.case_id == case.id))}
    waiting = {m.token: m for m in step.messages}
    gone = rows - waiting.keys()
    if gone:
        db.session.execute(delete(AwaitedMessage).where(
            AwaitedMessage.case_id == case.id, AwaitedMessage.token.in_(gone)))
    for token in waiting.keys() - rows:
        message = waiting[token]
        db.session.add(AwaitedMessage(case_id=case.id, token=token, element=message.element, message=message.message))


def _apply_effects(advance: Advance, step: Step) -> None:
    case = advance.case
    units = units_of(case) if step.effects else {}
    for call in step.effects:
        effects.apply(effects.Occasion(
            case, advance.regulation, units, call, _task_of(advance.definition, step, call.element),
            advance.actor, advance.now))


def _task_of(definition: Definition, step: Step, element: str) -> str:
    """The name of the task an effect is about: what the fired deadline guards, else what the effect is called."""
    elements = definition.elements
    guarded = next((elements[passed].attached_to for passed in step.passed if elements[passed].attached_to), element)
    return elements[guarded].name


def _summarise(advance: Advance, step: Step, timers: Mapping[int, Timer], items: list[WorkItem]) -> None:
    case = advance.case
    case.step = "、".join(sorted({item.name for item in items}))[:120]
    case.next_due = case.next_try = min((t.due_at for t in timers.values()), default=None)
    case.attempts = 0
    if step.ended:
        case.status = "voided" if case.rating.voided_at else "closed"
        case.closed_at, case.outcome = advance.now, step.outcome
        journal.append(case, "case_closed", advance.actor, advance.now, {"outcome": step.outcome})


def units_of(case: Case) -> dict[str, int]:
    """Unit key → id for the offices of the case's regulation, with "responsible" for the rated one."""
    rows = db.session.execute(select(Unit.key, Unit.id).where(
        Unit.regulation == case.regulation, Unit.key.is_not(None)))
    return {**dict(map(tuple, rows)), "responsible": case.unit_id}


def unit_for(case: Case, key: str) -> int:
    units = units_of(case) if key != "responsible" else {"responsible": case.unit_id}
    if key not in units:
        raise ConfigurationError(f"{case.regulation} has no unit {key!r}; see regulation.toml.")
    return units[key]


def takes_part(case_id: int, unit_id: int) -> None:
    """Let a unit see the case from now on."""
    insert_new(CaseUnit, case_id=case_id, unit_id=unit_id)
