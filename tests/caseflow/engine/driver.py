"""Drives a case through the engine by the names of its elements, restoring it from its bytes at each step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from caseflow.engine import definition, step
from caseflow.engine.values import Context, Step

DIAGRAMS = Path(__file__).resolve().parents[2] / "data" / "diagrams"
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
RATING = {
    "received_at": "2026-03-02T00:30:00+00:00",
    "level": "dissatisfied",
    "real_name": True,
    "business_level": "city",
}


def diagram(name: str, *others: str) -> definition.Definition:
    """A definition from tests/data/diagrams."""
    files = {f"{n}.bpmn": (DIAGRAMS / f"{n}.bpmn").read_bytes() for n in (name, *others)}
    return definition.load(files, trusted=True)


def ungated(source: bytes, process: str = "test_process") -> definition.Definition:
    """A definition that the gate has not seen: for what only a broken gate would let in."""
    return definition.build("0" * 64, process, {"test.bpmn": source})


class Driver:
    def __init__(self, definition: definition.Definition, variables: dict | None = None, now: datetime = MONDAY):
        self.definition = definition
        self.context = Context(now)
        self.history: list[Step] = []
        self._keep(step.start(definition, RATING if variables is None else variables, self.context))

    @property
    def last(self) -> Step:
        return self.history[-1]

    @property
    def open(self) -> list[str]:
        return sorted(task.element for task in self.last.tasks)

    @property
    def timers(self) -> list[str]:
        return sorted(timer.element for timer in self.last.timers)

    @property
    def messages(self) -> list[str]:
        return sorted(message.element for message in self.last.messages)

    @property
    def topics(self) -> list[str]:
        """The effects passed in the last step."""
        return [effect.topic for effect in self.last.effects]

    def task(self, element: str):
        return next(task for task in self.last.tasks if task.element == element)

    def timer(self, element: str):
        return next(timer for timer in self.last.timers if timer.element == element)

    def later(self, **amount: float) -> None:
        self.context = Context(self.context.now + timedelta(**amount))

    def complete(self, element: str, **values) -> Step:
        token = self.task(element).token
        return self._keep(step.complete(self.definition, self.last.state, token, values, self.context))

    def fire(self, element: str) -> Step:
        return self._keep(step.fire(self.definition, self.last.state, self.timer(element).token, self.context))

    def deliver(self, message: str) -> Step:
        return self._keep(step.deliver(self.definition, self.last.state, message, self.context))

    def _keep(self, made: Step) -> Step:
        looked = step.inspect(self.definition, made.state)
        assert (looked.state, looked.tasks, looked.timers, looked.messages) == (
            made.state, made.tasks, made.timers, made.messages
        )
        assert (looked.ended, looked.outcome, looked.variables) == (made.ended, made.outcome, made.variables)
        self.history.append(made)
        return made
