"""Bring the rows of a case in step with what the engine left behind.

Lists, counts and the scheduler read these rows; the engine's state is read only by the next step.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from caseflow.casefile import journal, kinds, store
from caseflow.casefile.hand import HeldCase, HeldItem, HeldTimer
from caseflow.casefile.offices import takes_part, unit_for, units_of
from caseflow.cases import clock_entries
from caseflow.cases.effects import occasion, registry
from caseflow.engine.definition import Definition
from caseflow.engine.values import OpenTask, OpenTimer, Step
from caseflow.law import calendars, deadlines, regulations
from caseflow.law.regulation_file import Regulation
from caseflow.law.working_days import Calendar
from caseflow.people.permissions import Actor


@dataclass(frozen=True, slots=True)
class Advance:
    """One step of one case, as it is being recorded: who caused it, when, under which process."""

    case: HeldCase
    definition: Definition
    regulation: Regulation
    actor: Actor
    now: datetime


def record(case: HeldCase, definition: Definition, step: Step, actor: Actor, now: datetime) -> None:
    """Store the state and make work items, timers, messages, effects and summary follow it; journal all of it."""
    follow(Advance(case, definition, regulations.get(case.regulation), actor, now), step)
    store.save(case)


def follow(advance: Advance, step: Step) -> None:
    """The same, noted in the held case and not written yet."""
    store.keep_state(advance.case, step.state, step.ended)
    _follow_timers(advance, step)
    _follow_tasks(advance, step)
    _follow_messages(advance.case, step)
    _apply_effects(advance, step)
    _summarise(advance, step)


def _follow_timers(advance: Advance, step: Step) -> None:
    case = advance.case
    for token in case.timers.keys() - {timer.token for timer in step.timers}:
        if case.timers.pop(token).stopped:
            clock_entries.end(case, token, advance.actor, advance.now)
        case.note(store.END_TIMER, case=case.id, of=token, status="cancelled")
    new = [timer for timer in step.timers if timer.token not in case.timers]
    calendar = calendars.load(advance.regulation.calendar) if new else None
    for timer in new:
        case.timers[timer.token] = _set_timer(advance, timer, calendar)


def _set_timer(advance: Advance, timer: OpenTimer, calendar: Calendar) -> HeldTimer:
    case, rule = advance.case, timer.rule
    deadline = deadlines.compute(rule, calendar, advance.regulation.close_of_business)
    carried, stopped = clock_entries.begin(
        case, timer.token, rule, advance.regulation, calendar, advance.actor, advance.now)
    if carried is not None:
        deadline = replace(deadline, due_at=carried.due_at, provisional=carried.provisional)
    case.note(
        store.INSERT_TIMER, case_id=case.id, token=timer.token, element=timer.element, attached_to=timer.attached_to,
        interrupting=timer.interrupting, unit=rule.unit, amount=rule.amount, since=rule.since,
        since_name=rule.since_name, due_at=deadline.due_at, calendar=deadline.calendar,
        provisional=deadline.provisional, status="stopped" if stopped else "pending", created_at=advance.now)
    journal.append(case, "timer_set", advance.actor, advance.now, {
        "element": timer.element, "token": timer.token, "due_at": deadline.due_at.isoformat(),
        "unit": rule.unit, "amount": rule.amount, "since": rule.since, "since_name": rule.since_name,
        "provisional": deadline.provisional, **({"stopped": True} if stopped else {})})
    return HeldTimer(timer.token, timer.element, timer.attached_to, deadline.due_at, deadline.provisional, stopped)


def _follow_tasks(advance: Advance, step: Step) -> None:
    case = advance.case
    for token in case.items.keys() - {task.token for task in step.tasks}:
        del case.items[token]
        case.note(store.CLOSE_ITEM, case=case.id, of=token, status="cancelled", completed_at=None, completed_by=None)
    for task in step.tasks:
        if task.token not in case.items:
            case.items[task.token] = _open_item(advance, task, _deadline(case, task))
    date_items(case, step)


def date_items(case: HeldCase, step: Step) -> None:
    """Let the open items show where their deadlines stand now. One whose clock stands still shows no due moment."""
    for task in step.tasks:
        item, due = case.items[task.token], _deadline(case, task)
        if due is None:      # a deadline that has fired leaves its due date behind: the task is overdue
            continue
        shown = (None, False, True) if due.stopped else (due.due_at, due.provisional, False)
        if (item.due_at, item.due_provisional, item.clock_stopped) != shown:
            values = dict(zip(("due_at", "due_provisional", "clock_stopped"), shown, strict=True))
            case.items[task.token] = replace(item, **values)
            case.note(store.DATE_ITEM, case=case.id, of=task.token, **values)


def _deadline(case: HeldCase, task: OpenTask) -> HeldTimer | None:
    """The timer that counts for a task: of those around it the first that runs, else one that stands still."""
    around = (case.timers[token] for token in task.deadlines if token in case.timers)
    return min(around, key=lambda timer: (timer.stopped, timer.due_at), default=None)


def _open_item(advance: Advance, task: OpenTask, due: HeldTimer | None) -> HeldItem:
    case, user_task = advance.case, advance.definition.user_tasks[task.element]
    stopped = due is not None and due.stopped
    item = HeldItem(
        None, task.token, task.element, user_task.element.name, task.visit, unit_for(case, user_task.unit),
        user_task.role, None, None if due is None or stopped else due.due_at,
        due is not None and due.provisional and not stopped, stopped)
    case.note(
        store.INSERT_ITEM, case_id=case.id, token=item.token, element=item.element, visit=item.visit, name=item.name,
        unit_id=item.unit_id, role=item.role, assignee_id=None, status="open", opened_at=advance.now,
        due_at=item.due_at, due_provisional=item.due_provisional, clock_stopped=item.clock_stopped)
    if item.unit_id != case.unit_id:
        takes_part(case, item.unit_id)
    journal.append(case, "task_opened", advance.actor, advance.now, {
        "element": task.element, "token": task.token, "visit": task.visit, "unit": item.unit_id, "role": item.role})
    return item


def _follow_messages(case: HeldCase, step: Step) -> None:
    waiting = {message.token: message for message in step.messages}
    for token in case.awaited - waiting.keys():
        case.note(store.DELETE_AWAITED, case=case.id, of=token)
    for token in waiting.keys() - case.awaited:
        message = waiting[token]
        case.note(store.INSERT_AWAITED, case_id=case.id, token=token, element=message.element, message=message.message)
    case.awaited = set(waiting)


def _apply_effects(advance: Advance, step: Step) -> None:
    case = advance.case
    units = units_of(case) if step.effects else {}
    for call in step.effects:
        registry.apply(occasion.Occasion(
            case, advance.regulation, units, call, _task_of(advance.definition, step, call.element),
            advance.actor, advance.now))


def _task_of(definition: Definition, step: Step, element: str) -> str:
    """The name of the task an effect is about: what the fired deadline guards, else what the effect is called."""
    elements = definition.elements
    guarded = next((elements[passed].attached_to for passed in step.passed if elements[passed].attached_to), element)
    return elements[guarded].name


def _summarise(advance: Advance, step: Step) -> None:
    case = advance.case
    case.step = "、".join(sorted({item.name for item in case.items.values()}))[:120]
    case.next_due = case.next_try = earliest_due(case)
    case.attempts = 0
    if step.ended:
        case.status = kinds.of(case.kind).status_at_end(case)
        case.closed_at, case.outcome = advance.now, step.outcome
        journal.append(case, "case_closed", advance.actor, advance.now, {"outcome": step.outcome})


def earliest_due(case: HeldCase) -> datetime | None:
    """When the next deadline of the case that runs is over."""
    return min((timer.due_at for timer in case.timers.values() if not timer.stopped), default=None)
