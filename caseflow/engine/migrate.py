"""A case at rest under one version of its process → the same case under another, element by element.

What is open stays open with its token, its visit and its values: an open element must be there again, of the same kind
and in the same subprocess. Counts of visits stay. Of the events at an open element's border those that are new begin to
wait, those that are gone are withdrawn, and one that has happened does not happen again. A running timer keeps its
moment, or is set anew by the new rule with a token of its own. Nothing is passed: no effect follows from a migration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from caseflow.engine import state as states
from caseflow.engine.definition import Definition
from caseflow.engine.expressions import Environment
from caseflow.engine.fitting import Obstacle, obstacles, source_in
from caseflow.engine.reading import timer_text
from caseflow.engine.step import inspect
from caseflow.engine.values import Context, Step
from caseflow.engine.workflow import COMPLETED, STARTED, WAITING, CaseTask, CaseWorkflow, Run
from caseflow.errors import CannotMove, StepFailed

KEEP, RESTART = "keep", "restart"


@dataclass(frozen=True, slots=True)
class MovedTimer:
    """What became of a timer: kept (one token), restarted (both), begun (no token before) or withdrawn (none after).

    That is `how`; `element` is the timer's id. `changed`: the new version has another rule for it, so that whether it
    is kept or restarted is to be chosen.
    """

    element: str
    how: str
    before: int | None
    after: int | None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """The case under the new version: what is open, as in a step that passed nothing, and what became of its timers."""

    step: Step
    timers: tuple[MovedTimer, ...]


def move(old: Definition, new: Definition, state: bytes, choices: Mapping[str, str], context: Context) -> Moved:
    """The state under `new`. Refuses with CannotMove, whose obstacles say why; StepFailed for no state of `old`.

    `choices`: timer element → "keep" or "restart"; one that is not named keeps its moment. Timers that begin or restart
    count from `context.now`, where they do not count from a date.
    """
    run = states.load(state, Run(old.inner), old)
    found = obstacles(old, new, run)
    if found:
        raise CannotMove(obstacles=found)
    mover = _Mover(run, new, choices, context)
    mover.place(run.top, mover.run.top)
    try:
        return Moved(inspect(new, states.dump(mover.run, new.digest)), tuple(mover.timers))
    except StepFailed as refusal:
        raise CannotMove(obstacles=(Obstacle("state"),)) from refusal


class _Mover:
    def __init__(self, old: Run, new: Definition, choices: Mapping[str, str], context: Context) -> None:
        run = self.run = Run(new.inner)
        run.last_token, run.last_write = old.last_token, old.last_write
        run.outcome = old.outcome if old.outcome in new.process.task_specs else None
        run.visits, run.entered = dict(old.visits), dict(old.entered)
        run.use(Environment(now=context.now, visits=run.visits))
        run.top = CaseWorkflow(run, new.process)
        self.choices = choices
        self.timers: list[MovedTimer] = []

    def place(self, old: CaseWorkflow, to: CaseWorkflow) -> None:
        """Let everything open in a process be open in its new version; events come with what they guard."""
        for task in list(old.tasks.values()):
            if not task.task_spec.keeps and not task.task_spec.guards:
                self._place(task, to)

    def _place(self, task: CaseTask, to: CaseWorkflow) -> None:
        kind = task.task_spec.rests
        spec = to.spec.end if kind == "end" else to.spec.task_specs[task.task_spec.name]
        if kind == "timer":
            self._timer(task, spec, to, None)
            return
        group = self._group(task, spec, to)
        made = CaseTask(to, spec, group, states.STATE_OF[kind], task.id)
        made.data, made.internal_data, made.source = task.data, dict(task.internal_data), task.source
        if kind == "end":
            to.end_task = made
        elif kind == "join":
            made.source = source_in(task, spec, to.spec)
        elif kind == "inner":
            made._set_state(STARTED)
            made.inner = CaseWorkflow(self.run, self.run.specs[spec.spec], host=made)
            self.place(task.inner, made.inner)
        self._events(task, made, to)

    def _group(self, task: CaseTask, spec, to: CaseWorkflow) -> CaseTask | None:
        """The group of an activity with events at its border: the one it had, or a new one."""
        if spec.group is None:
            return None
        before = task.parent if task.task_spec.group else None
        group = CaseTask(to, to.spec.task_specs[spec.group], None, COMPLETED, before.id if before else None)
        group.data = before.data if before else task.data
        return group

    def _events(self, task: CaseTask, made: CaseTask, to: CaseWorkflow) -> None:
        """The events at the border of an activity."""
        waiting = {other.task_spec.name: other for other in task.group_members() if other.task_spec.guards}
        known = {spec.name: spec for spec in border_of(task)}
        for spec in border_of(made):
            before = waiting.get(spec.name)
            same = spec.name in known and known[spec.name].rests == spec.rests
            if before is not None and same:
                del waiting[spec.name]
                self._carry(before, spec, to, made.parent)
            elif not same:
                self._begin(spec, to, made.parent, made.parent.data)
        for name, gone in waiting.items():
            if gone.task_spec.rests == "timer":
                self.timers.append(MovedTimer(name, "withdrawn", gone.id, None))

    def _carry(self, event: CaseTask, spec, to: CaseWorkflow, group: CaseTask) -> None:
        if spec.rests == "timer":
            self._timer(event, spec, to, group)
        else:
            CaseTask(to, spec, group, WAITING, event.id).data = event.data

    def _timer(self, before: CaseTask, spec, to: CaseWorkflow, group: CaseTask | None) -> None:
        changed = timer_text(before.task_spec) != timer_text(spec)
        if self.choices.get(spec.name, KEEP) == RESTART:
            made = self._wait(spec, to, group, before.data)
            self.timers.append(MovedTimer(spec.name, "restarted", before.id, made.id, changed))
            return
        made = CaseTask(to, spec, group, WAITING, before.id)
        made.data, made.internal_data = before.data, {"rule": before.internal_data["rule"]}
        self.timers.append(MovedTimer(spec.name, "kept", before.id, before.id, changed))

    def _begin(self, spec, to: CaseWorkflow, group: CaseTask, data) -> None:
        made = self._wait(spec, to, group, data)
        if spec.rests == "timer":
            self.timers.append(MovedTimer(spec.name, "begun", None, made.id))

    def _wait(self, spec, to: CaseWorkflow, group: CaseTask | None, data) -> CaseTask:
        """A timer or message that begins to wait now."""
        made = CaseTask(to, spec, group)
        made.data = data
        try:
            spec.event_definition.has_fired(made)
        except Exception as fault:
            raise CannotMove(obstacles=(Obstacle("deadline", spec.name, spec.bpmn_name or spec.name),)) from fault
        made._set_state(WAITING)
        return made


def border_of(task: CaseTask) -> tuple:
    """The specs of the events at the border of an activity, in the order of the file."""
    return task.workflow.spec.task_specs[task.task_spec.group].following[1:] if task.task_spec.group else ()
