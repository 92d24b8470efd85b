"""A case without rows: what a real one would have open, due and journaled, for try-outs, scenarios and replays.

The engine, the deadlines and the order of the journal are those of real cases (cases.py, projection.py, effects.py);
offices stand in the journal by their key. Moments are aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from caseflow.engine import step as engine
from caseflow.engine.definition import Definition
from caseflow.engine.values import Context, DeadlineRule, EffectCall, OpenTimer, Step
from caseflow.errors import StepFailed
from caseflow.law import deadlines
from caseflow.law.regulation_file import Regulation
from caseflow.law.working_days import Calendar

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)        # a Monday, 09:00 in Shanghai
APPEAL = "appeal"
ONCE = ("return_for_rehandling", "return_for_evidence")
OF_APPEALS = ("return_for_evidence", "uphold_appeal", "dismiss_appeal", "record_reference")


@dataclass(frozen=True, slots=True)
class Ground:
    """What a run stands on."""

    definition: Definition
    regulation: Regulation
    calendar: Calendar

    @property
    def kind(self) -> str:
        """rectification or appeal: the process without the name of its place."""
        return self.definition.process_id.removeprefix(f"{self.regulation.key}_")


@dataclass(frozen=True, slots=True)
class Task:
    """A task of the run. `status` is open, completed or cancelled; `post` is unit.role."""

    token: int
    element: str
    visit: int
    unit: str
    role: str
    opened_at: datetime
    due_at: datetime | None
    provisional: bool
    status: str = "open"

    @property
    def post(self) -> str:
        """unit.role, as in the diagram."""
        return f"{self.unit}.{self.role}"


@dataclass(frozen=True, slots=True)
class Limit:
    """A deadline that runs, and how its due moment was computed."""

    token: int
    element: str
    attached_to: str
    rule: DeadlineRule
    due_at: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """What the journal would hold."""

    seq: int
    at: datetime
    actor: str
    kind: str
    details: Mapping[str, Any]


class TriedCase:
    """A case in hand: what projection.py keeps in rows, as values.

    `passed` are the elements that were completed, `chosen` the flows exclusive gateways took, `fired` the deadlines,
    in their order; `dues` every due moment that was set, as (element, moment); `answers` the newest of each field.
    """

    system, lead = "系统", "牵头单位"

    def __init__(self, ground: Ground) -> None:
        self.ground, self.now, self.number = ground, START, ""
        self.state, self.ended, self.outcome = b"", False, None
        self.tasks: dict[int, Task] = {}
        self.limits: dict[int, Limit] = {}
        self.awaited: dict[int, tuple[str, str]] = {}
        self.answers: dict[str, object] = {}
        self.journal: list[Entry] = []
        self.passed: list[str] = []
        self.chosen: list[tuple[str, str]] = []
        self.fired: list[str] = []
        self.effects: list[str] = []
        self.dues: list[tuple[str, datetime]] = []

    def kept(self) -> TriedCase:
        """The case as it is, to go back to."""
        copy = object.__new__(type(self))
        for name, value in vars(self).items():
            setattr(copy, name, value.copy() if isinstance(value, (dict, list)) else value)
        return copy

    def note(self, kind: str, details: Mapping[str, Any], actor: str = system) -> None:
        """What the journal would hold: an entry at the case's moment, numbered from 1."""
        self.journal.append(Entry(len(self.journal) + 1, self.now, actor, kind, details))

    def complete(self, task: Task, accepted: Mapping[str, object], deciding: Mapping[str, object],
                 late: Mapping[str, object]) -> None:
        """One task done, with answers that its form has accepted."""
        self.answers.update((name, value) for name, value in accepted.items() if value is not None)
        self.note("task_completed", {
            "element": task.element, "token": task.token, "visit": task.visit, **late,
            "answers": {name: value for name, value in deciding.items() if value is not None}}, task.post)
        step = engine.complete(self.ground.definition, self.state, task.token, deciding, Context(self.now))
        self.tasks[task.token] = replace(task, status="completed")
        self.follow(step, task.post)

    def fire(self, limit: Limit) -> None:
        """A deadline happens, at the case's moment, and what follows from it."""
        step = engine.fire(self.ground.definition, self.state, limit.token, Context(self.now))
        del self.limits[limit.token]
        self.fired.append(limit.element)
        self.note("timer_fired", {
            "element": limit.element, "token": limit.token, "attached_to": limit.attached_to,
            "due_at": limit.due_at.isoformat(), "lag_seconds": int((self.now - limit.due_at).total_seconds())})
        self.follow(step)

    def follow(self, step: Step, actor: str = system) -> None:
        """What projection.record does, in its order."""
        self.state, self.ended = step.state, step.ended
        self.passed += step.passed
        self.chosen += step.chosen
        self._follow_limits(step, actor)
        self._follow_tasks(step, actor)
        self.awaited = {message.token: (message.element, message.message) for message in step.messages}
        for call in step.effects:
            self._apply(call, actor)
        if step.ended:
            self.outcome = step.outcome
            self.note("case_closed", {"outcome": step.outcome}, actor)

    def _follow_limits(self, step: Step, actor: str) -> None:
        waiting = {timer.token for timer in step.timers}
        self.limits = {token: limit for token, limit in self.limits.items() if token in waiting}
        for timer in step.timers:
            if timer.token not in self.limits:
                self.limits[timer.token] = self._set(timer, actor)

    def due(self, timer: OpenTimer) -> tuple[datetime, bool]:
        """When this deadline ends, and whether provisionally."""
        found = deadlines.compute(timer.rule, self.ground.calendar, self.ground.regulation.close_of_business)
        return found.due_at, found.provisional

    def _set(self, timer: OpenTimer, actor: str) -> Limit:
        due_at, provisional = self.due(timer)
        limit = Limit(timer.token, timer.element, timer.attached_to, timer.rule, due_at, provisional)
        self.dues.append((timer.element, due_at))
        self.note("timer_set", {
            "element": limit.element, "token": limit.token, "due_at": due_at.isoformat(), "unit": timer.rule.unit,
            "amount": timer.rule.amount, "since": timer.rule.since, "since_name": timer.rule.since_name,
            "provisional": provisional}, actor)
        return limit

    def _follow_tasks(self, step: Step, actor: str) -> None:
        waiting = {task.token for task in step.tasks}
        for token, task in self.tasks.items():
            if task.status == "open" and token not in waiting:
                self.tasks[token] = replace(task, status="cancelled")
        for task in step.tasks:
            due = min((self.limits[token] for token in task.deadlines if token in self.limits),
                      key=lambda limit: limit.due_at, default=None)
            if task.token not in self.tasks:
                drawn = self.ground.definition.user_tasks[task.element]
                self.tasks[task.token] = Task(
                    task.token, task.element, task.visit, drawn.unit, drawn.role, self.now, None, False)
                self.note("task_opened", {"element": task.element, "token": task.token, "visit": task.visit,
                                          "unit": drawn.unit, "role": drawn.role}, actor)
            if due is not None:      # a deadline that has fired leaves its due date behind
                self.tasks[task.token] = replace(
                    self.tasks[task.token], due_at=due.due_at, provisional=due.provisional)

    def _apply(self, call: EffectCall, actor: str) -> None:
        """What effects.py would record, and refuse."""
        if call.topic in ONCE and call.topic in self.effects:
            raise StepFailed(f"{call.topic} is possible once in a case.", element=call.element)
        if call.topic in OF_APPEALS and self.ground.kind != APPEAL:
            raise StepFailed("This effect belongs to an appeal.", element=call.element)
        details = self._details(call)
        self.effects.append(call.topic)
        self.note("effect_applied", {"topic": call.topic, "element": call.element, "token": call.token, **details},
                  actor)

    def _details(self, call: EffectCall) -> dict[str, object]:
        if call.topic == "record_newest_rating" and "newest_level" not in self.answers:
            raise StepFailed("No form of this case has asked for the newest rating.", element=call.element)
        consequences = self.ground.regulation.appeal.consequences if self.ground.regulation.appeal else ()
        failed = {"consequences": list(consequences)} if consequences and self.answers.get("duty_failed") else {}
        return {
            "open_file": lambda: {"number": self.number},
            "record_newest_rating": lambda: {"level": self.answers["newest_level"]},
            "record_reference": lambda: {"reference": self.answers.get("provincial_no")},
            "void_rating": lambda: {"rating": 0},
            "uphold_appeal": lambda: {"decision": "upheld", "finding": self.answers.get("finding")},
            "dismiss_appeal": lambda: {"decision": "dismissed", "finding": None, **failed},
        }.get(call.topic, dict)()
