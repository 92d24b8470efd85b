"""Why a case cannot be moved to another version of its process: one obstacle for each thing that does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from caseflow.engine.definition import Definition
from caseflow.engine.markings import Branch, Branches, branches_of, runs
from caseflow.engine.reading import Readings, ahead, readings
from caseflow.engine.specs import CaseProcess, Subprocess
from caseflow.engine.workflow import CaseTask, CaseWorkflow, Run

branches_in = lru_cache(maxsize=256)(branches_of)
readings_of = lru_cache(maxsize=256)(readings)

CODES = frozenset((
    "ended", "gone", "kind", "moved", "called", "message", "branches", "outcome", "values", "unasked", "visits",
    "deadline", "choice", "stopped", "state",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason. `code` is one of CODES; `element` the id it is about, "" for the case as a whole; `name` what that
    (or a field) is called."""

    code: str
    element: str = ""
    name: str = ""


def obstacles(old: Definition, new: Definition, run: Run) -> tuple[Obstacle, ...]:
    """What keeps this case, at rest under `old`, from going on under `new`; nothing when it can be moved.

    Branches, values and visits are looked at only when everything open has its place in `new`.
    """
    if run.top.completed:
        return (Obstacle("ended"),)
    fit = _Fit(old, new, run)
    found = [*fit.places(run.top, new.process), *fit.outcome()]
    if not found:
        found = [*fit.branches(run.top, new.process), *fit.values(), *fit.visits()]
    return tuple(found)


def source_in(task: CaseTask, join, process: CaseProcess) -> str | None:
    """Where a token that waits at a join comes from in the new version: the last step of the same branch, else None.

    The same branch is the one that has what is left of the old one.
    """
    if task.source in join._inputs:
        return task.source
    before, after = branches_in(task.workflow.spec), branches_in(process)
    branch = before.into[task.source, task.task_spec.name]
    same = {after.at[name] for name, found in before.at.items() if found is branch and name in after.at}
    return after.arrival(join.name, same.pop()) if len(same) == 1 else None


class _Fit:
    def __init__(self, old: Definition, new: Definition, run: Run) -> None:
        self.old, self.new, self.run = old, new, run

    def places(self, workflow: CaseWorkflow, process: CaseProcess) -> Iterator[Obstacle]:
        """Open elements that are not where they were."""
        for task in _open(workflow):
            spec = task.task_spec
            refusal = self._place(task, process)
            if refusal is not None:
                yield refusal
            elif spec.rests == "inner":
                yield from self.places(task.inner, self.new.inner[process.task_specs[spec.name].spec])

    def _place(self, task: CaseTask, process: CaseProcess) -> Obstacle | None:
        spec, name = task.task_spec, self._name(task.task_spec.name)
        there, element = process.task_specs.get(spec.name), self.new.elements.get(spec.name)
        if element is None:
            return Obstacle("gone", spec.name, name)
        if element.kind != self.old.elements[spec.name].kind or (there is not None and there.rests != spec.rests):
            return Obstacle("kind", spec.name, name)
        if there is None:
            return Obstacle("moved", spec.name, name)
        if isinstance(spec, Subprocess) and spec.spec != there.spec:
            return Obstacle("called", spec.name, name)
        if spec.rests == "message" and spec.awaits != there.awaits:
            return Obstacle("message", spec.name, name)
        if spec.rests == "join" and source_in(task, there, process) is None:
            return self._branches(spec.name)
        return None

    def outcome(self) -> Iterator[Obstacle]:
        """An end that the main path has reached while side paths go on; any other is replaced by a later one."""
        outcome, top = self.run.outcome, self.run.top
        if outcome is not None and outcome not in self.new.process.task_specs:
            before = branches_in(top.spec)
            if runs(before, [_lies(before, task, task.source) for task in _open(top)])[0] == 0:
                yield Obstacle("outcome", outcome, self._name(outcome))

    def branches(self, workflow: CaseWorkflow, process: CaseProcess) -> Iterator[Obstacle]:
        """Parallel branches that would be taken once too often, or waited for in vain."""
        before, after = branches_in(workflow.spec), branches_in(process)
        open_ = _open(workflow)
        lying = runs(before, [_lies(before, task, task.source) for task in open_])
        moved = runs(after, [_lies(after, task, self._source(task, process)) for task in open_])
        if lying != moved:
            yield self._branches(next((task.task_spec.name for task in open_), ""))
        for task in open_:
            if task.inner is not None:
                yield from self.branches(task.inner, self.new.inner[task.task_spec.spec])

    def values(self) -> Iterator[Obstacle]:
        """Answers that the new version cannot use, and questions of it that were passed already."""
        known = {name: value for name, value in self.run.variables().items() if value is not None}
        places = {task.task_spec.name for task in self.run.tasks()}
        reach = ahead(self.new, places)
        asked = {field.id for name, task in self.new.user_tasks.items() if name in reach for field in task.form}
        before, after = readings_of(self.old), readings_of(self.new)
        for name in sorted(_read(after, reach) & known.keys()):
            if self._unusable(name, known[name]):
                yield Obstacle("values", "", self._label(name))
        for element in sorted(reach & after.variables.keys()):
            for name in sorted(after.variables[element] - before.variables.get(element, frozenset())):
                if name not in known and name not in asked and name in self._fields(self.new):
                    yield Obstacle("unasked", element, self._label(name))

    def visits(self) -> Iterator[Obstacle]:
        """What may happen only so often, counted at a task that the new version does not have (HN-15: one return)."""
        reach = ahead(self.old, {task.task_spec.name for task in self.run.tasks()})
        counted = set().union(*(found for name, found in readings_of(self.old).visits.items() if name in reach))
        limited = {name for name, task in self.old.user_tasks.items()
                   if name in reach and any(field.first_visit_only for field in task.form)}
        for name in sorted((counted | limited) & self.run.entered.keys()):
            if name not in self.new.user_tasks:
                yield Obstacle("visits", name, self._name(name))

    def _unusable(self, name: str, value: object) -> bool:
        types = self.old.variables.get(name), self.new.variables.get(name)
        if None not in types and types[0] != types[1]:
            return True
        choices = self._fields(self.new).get(name)
        return bool(choices) and value not in choices

    @staticmethod
    def _fields(definition: Definition) -> Mapping[str, set[str]]:
        """The fields that are asked for, each with the values that can be chosen (none: not a choice)."""
        found: dict[str, set[str]] = {}
        for task in definition.user_tasks.values():
            for field in task.form:
                found.setdefault(field.id, set()).update(value for value, _label in field.choices)
        return found

    def _source(self, task: CaseTask, process: CaseProcess) -> str:
        there = process.task_specs[task.task_spec.name]
        return source_in(task, there, process) or "" if task.task_spec.rests == "join" else ""

    def _branches(self, element: str) -> Obstacle:
        return Obstacle("branches", element, self._name(element))

    def _name(self, element: str) -> str:
        found = self.old.elements.get(element)
        return (found.name if found else "") or element

    def _label(self, name: str) -> str:
        tasks = (*self.new.user_tasks.values(), *self.old.user_tasks.values())
        return next((field.label for task in tasks for field in task.form if field.id == name), name)


def _open(workflow: CaseWorkflow) -> list[CaseTask]:
    """What holds a token: neither the record of a group, nor an event at a border, nor those that have ended."""
    return [task for task in workflow.tasks.values()
            if not task.task_spec.keeps and not task.task_spec.guards and task.task_spec.rests != "end"]


def _lies(branches: Branches, task: CaseTask, source: str) -> Branch:
    if task.task_spec.rests == "join":
        return branches.into[source, task.task_spec.name]
    return branches.at[task.task_spec.name]


def _read(found: Readings, reach: set[str]) -> set[str]:
    return set().union(*(names for element, names in found.variables.items() if element in reach))
