"""The way of a case gone again with the engine, beside what the journal says of it; as the proof's graph of one path.

What a move passed is what the engine passes, without the effects of which the journal has no entry: those did not
happen. From where the two part, or where the journal does not hold with what the case began, only what has an entry
counts: tasks, effects, deadlines, ends. So a breach shows in the rules that it breaks, and not only as a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from caseflow.engine import migrate, rearming
from caseflow.engine import step as engine
from caseflow.engine.definition import Definition
from caseflow.engine.values import CASE_VARIABLES, Context, Step
from caseflow.errors import CaseflowError
from caseflow.monitor.course import Act, Course
from caseflow.monitor.reasons import CODES
from caseflow.monitor.values import Law, Line, Stray
from caseflow.proof.explorer import Graph, Move, Node
from caseflow.proof.reading import Reading
from caseflow.proof.reasons import named


@dataclass(frozen=True, slots=True)
class Retraced:
    """The way as a graph of one path: move n leads to state n, and act n of the course is what moved. `drawn`: so many
    acts were followed with the engine; `open` are the tokens of the open tasks after each of these."""

    graph: Graph
    strays: tuple[Stray, ...]
    drawn: int
    open: tuple[frozenset[int], ...]

    @property
    def followed(self) -> bool:
        """Whether all acts were."""
        return self.drawn == len(self.graph.nodes)


def begun_with(course: Course, definition: Definition) -> Mapping[str, object] | None:
    """The variables with which the case began; None where the journal lacks one that its process asks for."""
    if course.variables is not None:
        return course.variables
    known = {} if course.received is None else {"received_at": course.received.isoformat()}
    return known if _asked(definition) <= known.keys() else None


@lru_cache(maxsize=64)
def _asked(definition: Definition) -> frozenset[str]:
    return frozenset(Reading(definition).asked.names & CASE_VARIABLES.keys())


def retrace(course: Course, law: Law) -> Retraced:
    """All acts of the course; the engine follows as far as it can. NotFound, StepFailed: a version is lost."""
    return _Retracing(course, law).run()


@dataclass
class _Retracing:
    course: Course
    law: Law
    step: Step | None = None
    strays: list[Stray] = field(default_factory=list)
    open: list[frozenset[int]] = field(default_factory=list)

    def run(self) -> Retraced:
        course, final = self.course, self.law.version(self.course.digest)
        graph, moves, following = Graph(final), [], begun_with(course, final) is not None
        for number, act in enumerate(course.acts):
            drawn = self._follow(act) if following else None
            if drawn is not None and not self._compare(act, drawn, self.step):
                drawn = None
            following, self.step = drawn is not None, drawn
            if drawn is not None:
                self.open.append(frozenset(task.token for task in drawn.tasks))
            moves.append(self._move(act, drawn, number))
            graph.nodes.append(self._node(act, drawn, number))
        graph.starts = moves[:1]
        for node, move in zip(graph.nodes, moves[1:], strict=False):
            node.moves.append(move)
        graph.moves = len(moves)
        return Retraced(graph, tuple(self.strays), len(self.open), tuple(self.open))

    def _follow(self, act: Act) -> Step | None:
        """What the engine makes of this act; None, and a stray, where it refuses."""
        if self.step is None and act.kind != "start":
            return None
        try:
            return _GO[act.kind](self, act)
        except CaseflowError as error:
            self._stray(act.line, "cannot_follow", str(act.line.details.get("element", "")), why=error.code)
            return None

    def _move(self, act: Act, drawn: Step | None, number: int) -> Move:
        told = act.line.details
        element = told.get("message", "") if act.kind in ("message", "noted") else told.get("element", "")
        ran = [line.details["element"] for line in act.led_to("effect_applied")]
        if drawn is None:
            passed = tuple(filter(None, (*self._own(act), *ran, *self._outcome(act))))
        else:
            lost = {call.element for call in drawn.effects} - set(ran)
            passed = tuple(one for one in drawn.passed if one not in lost)
        opened = tuple((line.details["element"], ()) for line in act.led_to("task_opened")
                       if self.course.tasks[line.details["token"]].opened is line)
        return Move(act.kind, element, self._values(act), passed, number, opened)

    def _own(self, act: Act) -> Iterator[str]:
        """What an act passes by itself."""
        if act.kind in ("complete", "timer"):
            yield str(act.line.details["element"])
        elif act.kind == "start":
            yield from (one.id for one in self.law.version(act.digest).elements.values()
                        if one.kind == "startEvent" and not one.parent)

    def _outcome(self, act: Act) -> list[str]:
        return [str(line.details["outcome"] or "") for line in act.led_to("case_closed")]

    def _values(self, act: Act) -> Mapping[str, object]:
        if act.kind == "start":
            return begun_with(self.course, self.law.version(act.digest)) or {}
        return self.deciding(act) if act.kind == "complete" else {}

    def deciding(self, act: Act) -> Mapping[str, object]:
        """The answers of a completion as the engine got them: those not given are None."""
        answers, task = act.line.details.get("answers", {}), self.law.version(act.digest).user_tasks.get(
            act.line.details["element"])
        return {**{one.id: None for one in (task.form if task else ()) if one.decides}, **answers}

    def _node(self, act: Act, drawn: Step | None, number: int) -> Node:
        closed = act.led_to("case_closed")
        outcome = closed[0].details["outcome"] if closed else None
        if drawn is not None:
            return Node(tuple(task.element for task in drawn.tasks),
                        frozenset(one.message for one in drawn.messages), (), bool(closed), outcome)
        waiting = tuple(task.element for task in self.course.tasks.values()
                        if task.begun <= number and (task.ended is None or task.ended > number))
        return Node(waiting, frozenset(), (), bool(closed), outcome)

    def _compare(self, act: Act, drawn: Step, before: Step | None) -> bool:
        """Tell where this act led otherwise than drawn; whether the engine stands where the case stands."""
        if act.kind == "noted":
            return True
        had = {one.token for one in (*before.tasks, *before.timers)} if before else set()
        tasks = self._differ(act, "task_opened", ("task_not_opened", "task_not_drawn"), {
            (one.token, one.element): {} for one in drawn.tasks if one.token not in had})
        self._differ(act, "timer_set", ("timer_not_set", "timer_not_drawn"), {
            (one.token, one.element): {} for one in drawn.timers if one.token not in had})
        self._differ(act, "effect_applied", ("effect_not_run", "effect_not_drawn"), {
            (one.token, one.element): {"topic": one.topic} for one in drawn.effects})
        closed = act.led_to("case_closed")
        found = closed[0].details["outcome"] if closed else ""
        if bool(closed) != drawn.ended or (closed and found != drawn.outcome):
            self._stray(act.line, "ended_otherwise", "", found=found or "", wanted=drawn.outcome or "")
            return False
        return tasks

    def _differ(self, act: Act, kind: str, codes: tuple[str, str], drawn: Mapping[tuple, Mapping]) -> bool:
        """Tell what is drawn and has no entry, and what has an entry and is not drawn; whether there is neither."""
        lines = {(line.details["token"], line.details["element"]): line for line in act.led_to(kind)
                 if kind != "task_opened" or self.course.tasks[line.details["token"]].opened is line}
        for key, facts in drawn.items():
            if key not in lines:
                self._stray(act.line, codes[0], key[1], **facts)
        for key, line in lines.items():
            if key not in drawn:
                self._stray(line, codes[1], key[1], topic=line.details.get("topic", ""))
        return drawn.keys() == lines.keys()

    def _stray(self, line: Line, code: str, element: str, **facts: object) -> None:
        facts["name"] = named(self.law.version(self.course.digest), element) if element else ""
        self.strays.append(Stray(line.seq, element, code, {name: facts.get(name, "") for name in CODES[code]}))

    # --- acts -----------------------------------------------------------------------------------------------------

    def _start(self, act: Act) -> Step:
        definition = self.law.version(act.digest)
        return engine.start(definition, begun_with(self.course, definition) or {}, Context(act.line.at))

    def _complete(self, act: Act) -> Step:
        return engine.complete(self.law.version(act.digest), self.step.state, act.line.details["token"],
                               self.deciding(act), Context(act.line.at))

    def _fire(self, act: Act) -> Step:
        return engine.fire(self.law.version(act.digest), self.step.state, act.line.details["token"],
                           Context(act.line.at))

    def _deliver(self, act: Act) -> Step:
        return engine.deliver(self.law.version(act.digest), self.step.state, str(act.line.details["message"]),
                              Context(act.line.at))

    def _noted(self, act: Act) -> Step:
        return engine.inspect(self.law.version(act.digest), self.step.state)

    def _moved(self, act: Act) -> Step:
        told = act.line.details
        before, after = self.law.version(str(told["from"])), self.law.version(str(told["to"]))
        return migrate.move(before, after, self.step.state, told["choices"], Context(act.line.at)).step

    def _again(self, act: Act) -> Step:
        told = act.line.details
        return rearming.wait_again(self.law.version(act.digest), self.step.state, str(told["element"]),
                                   self.course.timers[told["token"]].rule)[0]


_GO: Mapping[str, Callable[[_Retracing, Act], Step]] = {
    "start": _Retracing._start, "complete": _Retracing._complete, "timer": _Retracing._fire,
    "message": _Retracing._deliver, "noted": _Retracing._noted, "moved": _Retracing._moved,
    "again": _Retracing._again}
