"""Every state a case can be in, and every move from one to another, found by driving the engine itself.

Tried are all answers that decide something and that the rules of the forms take, every waiting timer at any time (an
order of timers that the calendar would not allow is tried as well), and every awaited message. States are canonical
(canonical.py), so that the graph is finite unless a process can count for ever. A bound that is hit leaves the graph
incomplete, and says so.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from caseflow.engine import step
from caseflow.engine.definition import Definition
from caseflow.engine.values import Context, DeadlineRule, OpenTimer, Step
from caseflow.errors import StepFailed
from caseflow.proof.answers import Answers
from caseflow.proof.canonical import Canon
from caseflow.proof.reading import Reading
from caseflow.proof.values import Bounds

CONTEXT = Context(now=datetime(2026, 3, 2, 2, tzinfo=UTC))
LOST = -1           # where a step leads that the engine cannot take


@dataclass(frozen=True, slots=True)
class Deadline:
    """A timer that waits. `interrupting`: it ends what it guards when it fires; `guards` is that, "" for a pause."""

    element: str
    rule: DeadlineRule
    interrupting: bool
    guards: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a case. `kind` is start, complete, timer, message or day (one day passes); `target` numbers the state
    it leads to, LOST where the engine fails, `fault` then being the element where it stopped.

    `opened` are the tasks it opens with their deadlines, `guarded` the open tasks whose deadline the timer was,
    `closed` those of them that are gone afterwards, `started` the timers that begin to wait.
    """

    kind: str
    element: str
    values: Mapping[str, object]
    passed: tuple[str, ...]
    target: int
    opened: tuple[tuple[str, tuple[Deadline, ...]], ...] = ()
    guarded: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    started: tuple[str, ...] = ()
    fault: str = ""


@dataclass(slots=True)
class Node:
    """A state: what is open in it, and where it leads. `tasks` are element ids, `messages` the names it waits for,
    `timers` those that wait.

    `outcome` is set when it is an end.
    """

    tasks: tuple[str, ...]
    messages: frozenset[str]
    timers: tuple[Deadline, ...]
    ended: bool
    outcome: str | None
    moves: list[Move] = field(default_factory=list)


@dataclass
class Graph:
    """All that was found: the states by their number, and how many moves there are between them.

    `starts` are the moves that begin a case. `hit` is the code of what kept it from being complete, "" for nothing.
    """

    definition: Definition
    nodes: list[Node] = field(default_factory=list)
    starts: list[Move] = field(default_factory=list)
    moves: int = 0
    hit: str = ""           # too_many_states or values_sampled

    @property
    def complete(self) -> bool:
        """Whether no bound was hit and no values had to be sampled."""
        return not self.hit


def explore(definition: Definition, wanted: Mapping[str, frozenset[str]], bounds: Bounds) -> Graph:
    """The graph of a process; `wanted` are the fields that rules name, with the answers they mean.

    Beyond `bounds` it is left incomplete. Breadth first: the first way found to a state is a shortest one.
    """
    return _Explorer(definition, wanted, bounds).run()


class _Explorer:
    def __init__(self, definition: Definition, wanted: Mapping[str, frozenset[str]], bounds: Bounds) -> None:
        self.definition, self.bounds = definition, bounds
        self.reading = Reading(definition, wanted)
        self.canon, self.answers = Canon(self.reading), Answers(self.reading.asked, wanted, self.reading.rules)
        self.graph = Graph(definition)
        self.known: dict[bytes, int] = {}
        self.waiting: deque[tuple[int, bytes]] = deque()

    def run(self) -> Graph:
        """Breadth first, so that the first way found to a state is a shortest one."""
        for values in self.answers.to_start():
            self.graph.starts.append(self._move(
                "start", "", values, lambda values=values: step.start(self.definition, values, CONTEXT), None))
        while self.waiting and not self.graph.hit:
            number, state = self.waiting.popleft()
            stand = step.inspect(self.definition, state)
            for move in self._moves(stand):
                self.graph.nodes[number].moves.append(move)
                self.graph.moves += 1
            if self.graph.moves > self.bounds.moves or len(self.known) > self.bounds.states:
                self.graph.hit = "too_many_states"
        if not self.graph.hit and (self.answers.sampled or self.reading.asked.reach is None):
            self.graph.hit = "values_sampled"
        return self.graph

    def _moves(self, stand: Step) -> Iterator[Move]:
        state, definition = stand.state, self.definition
        days = self.canon.days(state)
        for task in stand.tasks:
            for values in self.answers.to_form(
                    definition.user_tasks[task.element], task.visit, days, stand.variables):
                yield self._move(
                    "complete", task.element, values, lambda token=task.token, values=values: step.complete(
                        definition, state, token, values, CONTEXT), stand)
        for timer in stand.timers:
            guarded = [task for task in stand.tasks if timer.token in task.deadlines]
            yield self._move("timer", timer.element, {}, lambda token=timer.token: step.fire(
                definition, state, token, CONTEXT), stand, guarded)
        for message in sorted({awaited.message for awaited in stand.messages}):
            yield self._move("message", message, {}, lambda message=message: step.deliver(
                definition, state, message, CONTEXT), stand)
        if days:
            later = self._number(self.canon.of(state, 1), stand)
            yield Move("day", "", {}, (), later)

    def _move(self, kind: str, element: str, values: Mapping, act, before: Step | None, guarded=()) -> Move:
        try:
            after = act()
        except StepFailed as fault:
            where = str(fault.details.get("element") or element)
            return Move(kind, element, values, (element,) if element and kind != "message" else (), LOST, fault=where)
        known = {task.token for task in before.tasks} if before else set()
        there = {task.token for task in after.tasks}
        waited = {timer.token for timer in before.timers} if before else set()
        timers = {timer.token: _deadline(timer) for timer in after.timers}
        limits = self.definition.limits
        opened = tuple((task.element, tuple(timer for token, timer in timers.items() if token in task.deadlines
                                            or timer.element in limits.get(task.element, ())))
                       for task in after.tasks if task.token not in known)
        return Move(kind, element, values, after.passed, self._number(self.canon.of(after.state), after), opened,
                    tuple(task.element for task in guarded),
                    tuple(task.element for task in guarded if task.token not in there),
                    tuple(timer.element for token, timer in timers.items() if token not in waited))

    def _number(self, state: bytes, stand: Step) -> int:
        number = self.known.get(state)
        if number is None:
            number = self.known[state] = len(self.graph.nodes)
            messages = frozenset(awaited.message for awaited in stand.messages)
            self.graph.nodes.append(Node(
                tuple(task.element for task in stand.tasks), messages,
                tuple(_deadline(timer) for timer in stand.timers), stand.ended, stand.outcome))
            if not stand.ended:
                self.waiting.append((number, state))
        return number


def _deadline(timer: OpenTimer) -> Deadline:
    return Deadline(timer.element, timer.rule, timer.interrupting, timer.attached_to)
