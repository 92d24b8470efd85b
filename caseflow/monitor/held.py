"""A case in the hand of the judges: its course, its way, its law, and what one of them has to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from caseflow.engine.definition import Definition
from caseflow.engine.values import UserTask
from caseflow.monitor.course import Course, Task
from caseflow.monitor.reasons import CODES
from caseflow.monitor.retrace import Retraced
from caseflow.monitor.values import Law
from caseflow.proof import Rule
from caseflow.proof.explorer import Move
from caseflow.proof.language import Check
from caseflow.proof.reasons import CODES as OF_PATHS
from caseflow.proof.reasons import named


@dataclass(frozen=True, slots=True)
class Said:
    """What a judge says of something it looked at (the numbers of entries): nothing is wrong (no code), the rule is
    broken, or, not `known`, that the journal does not tell."""

    looked: tuple[int, ...] = ()
    element: str = ""
    code: str = ""
    facts: Mapping[str, object] = ()
    known: bool = True


@dataclass(frozen=True, slots=True)
class Held:
    """A finished case. `rules` are all of its process, `checks` the same as read."""

    course: Course
    way: Retraced
    law: Law
    definition: Definition
    rules: Sequence[Rule]
    checks: Sequence[Check]

    def name(self, element: str) -> str:
        """An element as people read it."""
        return named(self.definition, element)

    def move(self, number: int) -> Move:
        """The move that the act of this number made."""
        graph = self.way.graph
        return graph.starts[0] if number == 0 else graph.nodes[number - 1].moves[0]

    def task(self, task: Task) -> UserTask | None:
        """What this task asked for at its visit; None where its version has no such task."""
        found = self.law.version(task.digest).user_tasks.get(task.element)
        return found.at_visit(task.visit) if found else None

    def over(self, task: Task) -> tuple[datetime, int]:
        """When a task waited no more, done or not, and the entry that says so."""
        if task.done is not None:
            return task.done.at, task.done.seq
        gone = next((number for number, there in enumerate(self.way.open)
                     if number >= task.begun and task.token not in there), None)
        line = self.course.closed if gone is None else self.course.acts[gone].line
        return line.at, line.seq

    def done(self, elements: Iterable[str]) -> list[Task]:
        """The tasks of these elements that were done."""
        return [task for task in self.course.of(elements) if task.done is not None]


def broken(looked: Iterable[int], element: str, code: str, **facts: object) -> Said:
    """That the rule is broken; the facts of its code are among those given."""
    return Said(tuple(looked), element, code, _facts(code, facts))


def untold(looked: Iterable[int], element: str, code: str, **facts: object) -> Said:
    """That the journal does not tell."""
    return Said(tuple(looked), element, code, _facts(code, facts), known=False)


def _facts(code: str, facts: Mapping[str, object]) -> Mapping[str, object]:
    return {name: facts[name] for name in (CODES.get(code) or OF_PATHS[code])}
