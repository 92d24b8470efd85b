"""What a step of the engine comes to in a case: one list of facts, for whoever keeps the case.

Pure. A case in hand, the step, what else it is judged by (`Known`) and the moment go in; facts come out, in the order
in which the journal tells them. The database (advance.py) and a trial (trials/tried_case.py) stand on the same fold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from caseflow import texts
from caseflow.casefile import kinds
from caseflow.casefile.agreed import TimerAgreed
from caseflow.casefile.effected import EffectApplied, RatingVoided
from caseflow.casefile.facts import (
    CaseClosed,
    CaseSummarised,
    Fact,
    LedgerKept,
    MessageAwaited,
    MessageAwaitedNoMore,
    StateKept,
    TaskCancelled,
    TaskDated,
    TaskOpened,
    TimerEnded,
    TimerFired,
    TimerSet,
    UnitTakesPart,
)
from caseflow.casefile.hand import HeldCase, HeldItem, HeldTimer
from caseflow.cases import agreeable, standstill
from caseflow.cases.effects import registry
from caseflow.cases.effects.occasion import FiledAppeal, Occasion
from caseflow.cases.standstill import StoppingAppeal
from caseflow.engine.definition import Definition
from caseflow.engine.values import Element, OpenTask, OpenTimer, Step
from caseflow.errors import ConfigurationError, LateReasonMissing
from caseflow.law import deadlines
from caseflow.law.regulation_file import Regulation
from caseflow.law.working_days import Calendar
from caseflow.moments import is_over

TIMED = ("boundaryEvent", "intermediateCatchEvent")     # the nodes that wait, for a moment or for a message


@dataclass(frozen=True, slots=True)
class Known:
    """By what a step is judged beside the case in hand. What it does not need may be missing.

    `units` are the offices by key, "responsible" and the branches of its area included; `ledgers` how many entries the
    ledgers of stopped timers have, by token; `applied` the effects that the case has had; `answers` the newest of each
    field.
    """

    definition: Definition
    regulation: Regulation
    units: Mapping[str, int]
    calendar: Calendar | None = None
    stopping: Sequence[StoppingAppeal] = ()
    ledgers: Mapping[int, int] = field(default_factory=dict)
    applied: frozenset[str] = frozenset()
    answers: Mapping[str, object] = field(default_factory=dict)
    appeal: FiledAppeal | None = None
    voided: bool = False


@dataclass(slots=True)
class _Folding:
    """A copy of the case that follows each fact, so that the next one is found in the case as it then is."""

    case: HeldCase
    step: Step
    known: Known
    now: datetime
    facts: list[Fact] = field(default_factory=list)

    def add(self, *facts: Fact) -> None:
        for fact in facts:
            fact.move(self.case)
            self.facts.append(fact)


def fold(case: HeldCase, step: Step, known: Known, now: datetime) -> tuple[Fact, ...]:
    """What the step comes to: state, timers, tasks, messages, effects, summary. The case stays as it is.

    StepFailed or InvalidForm for an effect that is refused, ConfigurationError for an office that the regulation does
    not have.
    """
    folding = _Folding(case.copy(), step, known, now)
    folding.add(StateKept(step.state, step.ended))
    for follow in (_timers, _tasks, _agreements, _messages, _effects, _summary):
        follow(folding)
    return tuple(folding.facts)


def dated(case: HeldCase, definition: Definition) -> list[TaskDated]:
    """Where the limits of the open tasks stand now, over or not, and what is agreed beside them."""
    facts = []
    for token, item in sorted(case.items.items()):
        due = _limit(case, definition, item.element)
        if due is None:
            continue
        shown = due.due_at, due.provisional, due.agreed_at, due.stopped
        if (item.due_at, item.due_provisional, item.agreed_at, item.clock_stopped) != shown:
            facts.append(TaskDated(token, *shown))
    return facts


def earliest_due(case: HeldCase) -> datetime | None:
    """When the next deadline of the case is over."""
    return min((timer.due_at for timer in case.timers.values()), default=None)


def next_over(case: HeldCase, now: datetime) -> HeldTimer | None:
    """The deadline of the case that was over first, if one is; over is one second after its due moment."""
    due = [timer for timer in case.timers.values() if is_over(timer.due_at, now)]
    return min(due, key=lambda timer: (timer.due_at, timer.token), default=None)


def fired(timer: HeldTimer, now: datetime) -> tuple[Fact, ...]:
    """A deadline happens; what follows from it is the step's."""
    return TimerEnded(timer.token, "fired"), TimerFired(timer, now)


def _timers(folding: _Folding) -> None:
    case, known = folding.case, folding.known
    for token in sorted(case.timers.keys() - {timer.token for timer in folding.step.timers}):
        if case.timers[token].stopped:      # its task is over: the clock no longer stands still
            folding.add(LedgerKept(token, known.ledgers[token] + 1, "ended", folding.now))
        folding.add(TimerEnded(token))
    for timer in folding.step.timers:
        if timer.token not in case.timers:
            folding.add(*_set(case, timer, known, folding.now))


def _set(case: HeldCase, timer: OpenTimer, known: Known, now: datetime) -> tuple[Fact, ...]:
    rule, regulation = timer.rule, known.regulation
    deadline = deadlines.compute(rule, known.calendar, regulation.close_of_business)
    held = HeldTimer(timer.token, timer.element, timer.attached_to, deadline.due_at, deadline.provisional)
    entries: list[LedgerKept] = []
    if not agreeable.refused(known.definition, regulation, timer.element):
        entries, agreed_at, stopped = standstill.begin(
            case, held, rule, regulation, known.calendar, known.stopping, now)
        held = replace(held, agreed_at=agreed_at, stopped=stopped)
    return *entries, TimerSet(held, rule, timer.interrupting, deadline.calendar)


def _tasks(folding: _Folding) -> None:
    case = folding.case
    for token in sorted(case.items.keys() - {task.token for task in folding.step.tasks}):
        folding.add(TaskCancelled(token))
    for task in folding.step.tasks:
        if task.token not in case.items:
            opened = TaskOpened(_item(case, task, folding.known))
            if opened.item.unit_id != case.unit_id:
                folding.add(UnitTakesPart(opened.item.unit_id))
            folding.add(opened)
    folding.add(*dated(case, folding.known.definition))


def _agreements(folding: _Folding) -> None:
    """A deadline that was over while its clock stood still, and whose task is over now: it stands still no more."""
    case, known = folding.case, folding.known
    stopped = [timer for timer in case.fired.values() if timer.stopped]
    shown = {_limit(case, known.definition, item.element) for item in case.items.values()} if stopped else ()
    for timer in stopped:
        if timer not in shown:
            folding.add(LedgerKept(timer.token, known.ledgers[timer.token] + 1, "ended", folding.now),
                        TimerAgreed(timer.token, timer.agreed_at, False))


def _item(case: HeldCase, task: OpenTask, known: Known) -> HeldItem:
    user_task, due = known.definition.user_tasks[task.element], _limit(case, known.definition, task.element)
    if user_task.unit not in known.units:
        raise ConfigurationError(f"{case.regulation} has no unit {user_task.unit!r}; see regulation.toml.")
    item = HeldItem(None, task.token, task.element, user_task.element.name, task.visit, known.units[user_task.unit],
                    user_task.role)
    return item if due is None else replace(
        item, due_at=due.due_at, due_provisional=due.provisional, agreed_at=due.agreed_at, clock_stopped=due.stopped)


def _limit(case: HeldCase, definition: Definition, element: str) -> HeldTimer | None:
    """The statutory limit of a task, over or not; reminders and what comes after it are none."""
    limits = (case.deadline(timer) for timer in definition.limits.get(element, ()))
    return min(filter(None, limits), key=lambda timer: timer.due_at, default=None)


def _messages(folding: _Folding) -> None:
    case, waiting = folding.case, {message.token: message for message in folding.step.messages}
    for token in sorted(case.awaited - waiting.keys()):
        folding.add(MessageAwaitedNoMore(token))
    for token in sorted(waiting.keys() - case.awaited):
        folding.add(MessageAwaited(token, waiting[token].element, waiting[token].message))


def _effects(folding: _Folding) -> None:
    known = folding.known
    for call in folding.step.effects:
        name = _task_of(known.definition, folding.step, call.element)
        occasion = Occasion(
            folding.case, known.regulation, known.units, call, name, folding.now, known.answers, known.appeal,
            _reminder(known.definition, folding.step))
        just_now = {fact.topic for fact in folding.facts if isinstance(fact, EffectApplied)}
        folding.add(*registry.apply(occasion, known.applied | just_now))


def _task_of(definition: Definition, step: Step, element: str) -> str:
    """The name of the task an effect is about: what the fired deadline guards, else what the effect is called."""
    elements = definition.elements
    guarded = next((elements[passed].attached_to for passed in step.passed if elements[passed].attached_to), element)
    return elements[guarded].name


def _reminder(definition: Definition, step: Step) -> Element | None:
    """The timer that this step passed, where it is the statutory limit of no task."""
    timers = (definition.elements[passed] for passed in step.passed if passed not in definition.messages)
    return next((timer for timer in timers if timer.kind in TIMED and not definition.is_limit(timer.id)), None)


def _summary(folding: _Folding) -> None:
    case, step = folding.case, folding.step
    names = "、".join(sorted({item.name for item in case.items.values()}))[:120]
    folding.add(CaseSummarised(names, earliest_due(case)))
    if step.ended:
        voided = folding.known.voided or any(isinstance(fact, RatingVoided) for fact in folding.facts)
        status = "voided" if voided and kinds.is_voidable(case.kind) else "closed"
        folding.add(CaseClosed(status, step.outcome, folding.now))


def lateness(due_at: datetime | None, reason: str, now: datetime) -> dict[str, object]:
    """What the journal says of the lateness of a task due then. LateReasonMissing for a late one without its reason."""
    if not is_over(due_at, now):
        return {"late": False}
    problem = texts.reason_problem(reason)
    if problem:
        raise LateReasonMissing(fields={"late_reason": problem})
    return {"late": True, "late_reason": reason.strip()}
