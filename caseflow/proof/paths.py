"""Rules over paths: each is a small automaton that watches the moves of a case, and is run over the whole graph.

An automaton starts from `begin`; `move` gives its next memory, or a Breach; `end` looks at the outcome of a case that
has ended. Memories are hashable, so that a graph with its memory stays finite.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from caseflow.engine.definition import Definition
from caseflow.proof.explorer import LOST, Graph, Move, Node
from caseflow.proof.language import Check
from caseflow.proof.reasons import Breach, all_named, answer, breach, named
from caseflow.proof.values import PathStep
from caseflow.proof.vocabulary import answers_of


@dataclass(frozen=True, slots=True)
class Found:
    """A breach with the shortest way to it."""

    breach: Breach
    path: tuple[PathStep, ...]


class Watch:
    """An automaton for one rule; one object is run over a whole graph, so all that it remembers is in the memory.

    `subjects` are the elements of the rule's first part; `graph` is set by watch().
    """

    begin: Hashable = False

    def __init__(self, check: Check, definition: Definition) -> None:
        self.check, self.definition = check, definition
        self.subjects = check.words(check.parts[0] if check.parts else None)

    def name(self, element: str) -> str:
        """An element as people read it."""
        return named(self.definition, element)

    def names(self, elements: Iterable[str]) -> tuple[str, ...]:
        """Several elements as people read them."""
        return all_named(self.definition, elements)

    def move(self, memory, move: Move, after: Node | None) -> Hashable | Breach:
        """The memory after this move, or a Breach. `after` is the state it leads to, None where the engine fails."""
        return memory

    def end(self, memory, outcome: str) -> Breach | None:
        """What is wrong with an ended case that had this memory and this outcome (the id of an end event)."""
        return None

    def state(self, node: Node) -> Breach | None:
        """What is wrong with a state, whatever happened before."""
        return None


class AtMost(Watch):
    """at_most: a case passes these steps so many times, counted together, and not once more (HN-15: one return)."""

    begin = 0

    def move(self, memory, move, after):
        """Memory: how often they were passed."""
        most = self.check.parts[1]
        for element in move.passed:
            if element in self.subjects:
                memory += 1
                if memory > most:
                    task = element if element in self.definition.user_tasks else ""
                    return breach(element, "too_often", name=self.name(element), times=memory, most=most, task=task)
        return memory


class Had(Watch):
    """every_closed_case_had: no case ends without one of these steps.

    The ends in `unless` are excepted; where `only` is given, no other ends are looked at.
    """

    def move(self, memory, move, after):
        """Memory: whether one was passed."""
        return memory or any(element in self.subjects for element in move.passed)

    def end(self, memory, outcome):
        """Broken by a case that passed none."""
        only, unless = self.check.words(self.check.named.get("only")), self.check.words(self.check.named.get("unless"))
        if memory or outcome in unless or (only and outcome not in only):
            return None
        return breach(self.subjects[0], "not_passed", names=self.names(self.subjects), outcome=self.name(outcome))


class Never(Watch):
    """never: a case that passed one of these steps ends as `unless` says."""

    def move(self, memory, move, after):
        """Memory: the first that was passed, "" for none."""
        return memory or next((element for element in move.passed if element in self.subjects), "")

    begin = ""

    def end(self, memory, outcome):
        """Broken by any other end."""
        unless = self.check.words(self.check.named.get("unless"))
        if not memory or outcome in unless:
            return None
        return breach(memory, "passed_yet", name=self.name(memory), outcome=self.name(outcome),
                      allowed=self.names(unless))


class Before(Watch):
    """before: no later step is opened or passed before one of these has been passed."""

    def move(self, memory, move, after):
        """Memory: whether one has been passed."""
        later = self.check.words(self.check.parts[1])
        for element in (*move.passed, *(task for task, _ in move.opened)):
            if element in later and not memory:
                return breach(element, "too_early", names=self.names(self.subjects), name=self.name(element))
            memory = memory or (element in self.subjects and element in move.passed)
        return memory


class AtStart(Watch):
    """at_start: one of these steps is passed before anything waits."""

    def move(self, memory, move, after):
        """Only the move that begins a case is looked at."""
        if move.kind == "start" and not any(element in self.subjects for element in move.passed):
            return breach(self.subjects[0], "not_at_start", names=self.names(self.subjects))
        return memory


class FollowedBy(Watch):
    """followed_by: a step is followed by another (`to`), before a third (`first`) and before the end."""

    begin = ("", False)

    def __init__(self, check, definition):
        super().__init__(check, definition)
        self.to = check.words(check.named["to"] if "to" in check.named else check.parts[1])
        self.unless = check.words(check.named.get("unless"))
        self.first, self.had = check.words(check.named.get("before")), check.words(check.named.get("unless_had"))

    def owes(self, move: Move, element: str) -> bool:
        """Whether passing this element makes the case owe the other step."""
        return element in self.subjects

    def move(self, memory, move, after):
        """Memory: the element that waits for its follower, "" for none; whether one of `unless_had` was passed."""
        owed, had = memory
        for element in move.passed:
            if owed and element in self.first:
                return self.breach(owed, element)
            owed = "" if element in self.to else owed
            if not had and self.owes(move, element):
                owed = element
            had = had or element in self.had
        for element, _ in move.opened:
            if owed and element in self.first:
                return self.breach(owed, element)
        return owed, had

    def end(self, memory, outcome):
        """Broken while something is owed, but for the ends of `unless`."""
        return self.breach(memory[0], outcome) if memory[0] and outcome not in self.unless else None

    def breach(self, owed: str, reached: str) -> Breach:
        """That `reached` was reached while `owed` had not been followed."""
        code, facts = self.reason(owed)
        return breach(owed, code, **facts, name=self.name(owed), to=self.names(self.to), reached=self.name(reached))

    def reason(self, owed: str) -> tuple[str, Mapping[str, object]]:
        """What made the case owe it: the code of the breach, and the facts of that code alone."""
        return "step_not_followed", {}


class Leads(FollowedBy):
    """leads: an answer is followed by a step: an answer to a task, or, at the start, what is known of the case."""

    def __init__(self, check, definition):
        super().__init__(check, definition)
        [(self.field, self.meant)] = answers_of(check).items()

    def owes(self, move, element):
        """Whether the task is completed, or the case begun, with one of the answers meant."""
        answered = element == move.element if move.kind == "complete" else move.kind == "start"
        return element in self.subjects and answered and answer_in(move, self.field) in self.meant

    def reason(self, owed):
        """The answer, which was given to a task or is known of the case."""
        code = "answer_not_followed" if owed in self.definition.user_tasks else "case_not_followed"
        return code, {"answer": answer(self.definition, self.field, self.meant)}


class LastAnswer(Watch):
    """Remembers the last answer to a field. `meant` are the answers the rule means, as the form writes them."""

    begin = None

    def __init__(self, check, definition):
        super().__init__(check, definition)
        [(self.field, self.meant)] = answers_of(check).items()

    def move(self, memory, move, after):
        """Memory: the last answer, None before any."""
        return answer_in(move, self.field) if self.field in move.values else memory

    def answer(self) -> Mapping[str, object]:
        """The answers meant, as people read them."""
        return answer(self.definition, self.field, self.meant)


class OnlyIf(Watch):
    """only_if: a case ends so only when the last answer to one of the fields is one of those meant."""

    begin = ()

    def __init__(self, check, definition):
        super().__init__(check, definition)
        self.meant = answers_of(check)

    def move(self, memory, move, after):
        """Memory: the fields whose last answer is meant, in order."""
        return tuple(name for name, meant in self.meant.items() if (
            answer_in(move, name) in meant if name in move.values else name in memory))

    def end(self, memory, outcome):
        """Broken by any other last answers."""
        if outcome not in self.subjects or memory:
            return None
        name, meant = next(iter(self.meant.items()))
        return breach(outcome, "ends_without_answer", answer=answer(self.definition, name, meant),
                      outcome=self.name(outcome))


class OnlyFor(LastAnswer):
    """only_for: a step is opened or passed only when the last answer is one of those meant."""

    def move(self, memory, move, after):
        """An answer given in the same move counts."""
        memory = super().move(memory, move, after)
        for element in (*move.passed, *(task for task, _ in move.opened)):
            if element in self.subjects and memory not in self.meant:
                return breach(element, "goes_without_answer", answer=self.answer(), name=self.name(element))
        return memory


class AfterMessage(Watch):
    """after_message: a step is passed only after the message has come."""

    def move(self, memory, move, after):
        """Memory: whether it has come."""
        memory = memory or (move.kind == "message" and move.element == self.check.parts[1])
        for element in move.passed:
            if element in self.subjects and not memory:
                return breach(element, "goes_without_message", message=self.check.parts[1], name=self.name(element))
        return memory


class Concludes(LastAnswer):
    """concludes: with one of the answers meant as the last, a case ends as `outcomes` or `unless` say."""

    def end(self, memory, outcome):
        """Broken by any other end."""
        allowed = (*self.check.words(self.check.named["outcomes"]), *self.check.words(self.check.named.get("unless")))
        if memory not in self.meant or outcome in allowed:
            return None
        wanted = self.check.words(self.check.named["outcomes"])
        return breach(outcome, "ends_otherwise", answer=self.answer(), outcome=self.name(outcome),
                      wanted=self.names(wanted))


class MessageEnds(Watch):
    """message_ends: while one of these tasks is open, the message leads the case to this end, by way of `passing`."""

    def state(self, node):
        """Broken where the message is not awaited beside such a task, or does not end the case so."""
        during = self.check.words(self.check.named["during"])
        there = [task for task in node.tasks if task in during]
        if not there:
            return None
        message, [outcome] = self.subjects[0], self.check.words(self.check.named["outcome"])
        passing = self.check.words(self.check.named.get("passing"))
        if message not in node.messages:
            return breach(there[0], "message_not_awaited", name=self.name(there[0]), message=message)
        for move in node.moves:
            if move.kind == "message" and move.element == message:
                return self.ending(move, there[0], outcome, passing)
        return None

    def ending(self, move: Move, task: str, outcome: str, passing: tuple[str, ...]) -> Breach | None:
        """What is wrong with the move the message makes while `task` is open."""
        missing = [element for element in passing if element not in move.passed]
        if missing:
            return breach(missing[0], "message_passes_by", name=self.name(task), message=move.element,
                          names=self.names(missing))
        end = self.graph.nodes[move.target] if move.target != LOST else None
        if end is None or not end.ended or end.outcome != outcome:
            return breach(task, "message_ends_otherwise", name=self.name(task), message=move.element,
                          outcome=self.name(outcome))
        return None

    graph: Graph


WATCHES = {"at_most": AtMost, "every_closed_case_had": Had, "never": Never, "before": Before, "at_start": AtStart,
           "followed_by": FollowedBy, "leads": Leads, "only_if": OnlyIf, "concludes": Concludes,
           "message_ends": MessageEnds, "only_for": OnlyFor, "after_message": AfterMessage}


def answer_in(move: Move, name: str) -> str | None:
    """The answer to a field in this move, as a rule writes it ("true" and "false" for yes and no); None without one."""
    return answered(move.values.get(name))


def answered(value: object) -> object:
    """A value as a rule and a visible_when write it."""
    return str(value).lower() if isinstance(value, bool) else value


def watch(graph: Graph, automaton: Watch) -> Found | None:
    """The shortest path on which a rule is broken, if there is one.

    Each state is visited once with each memory, so the work is bounded by their product.
    """
    automaton.graph = graph
    came: dict[tuple[int, Hashable], tuple[tuple[int, Hashable] | None, Move]] = {}
    waiting: deque[tuple[int, Hashable]] = deque()
    for at, memory, moves in _visited(graph, automaton, waiting):
        for move in moves:
            after = graph.nodes[move.target] if move.target != LOST else None
            told = automaton.move(memory, move, after)
            key = (move.target, told)
            if not isinstance(told, Breach):
                if after is None or key in came:
                    continue
                came[key] = (at, move)
                waiting.append(key)
                told = automaton.state(after) or (automaton.end(told, after.outcome) if after.ended else None)
                if told is None:
                    continue
            return Found(told, way(came, at, move))
    return None


def way_to(graph: Graph, element: str) -> tuple[PathStep, ...]:
    """The shortest path on which an element is opened or passed; () for one that no case comes to."""
    found = watch(graph, _Comes(element, graph.definition)) if element else None
    return found.path if found else ()


class _Comes(Watch):
    """Stops where a case comes to an element."""

    def __init__(self, element: str, definition: Definition) -> None:
        self.element, self.definition = element, definition

    def move(self, memory, move, after):
        """Stopped, with nothing to say, when it is opened or passed."""
        there = self.element in move.passed or any(task == self.element for task, _ in move.opened)
        return Breach(self.element, "", {}) if there else memory


def _visited(graph: Graph, automaton: Watch, waiting: deque) -> Iterator[tuple]:
    yield None, automaton.begin, graph.starts
    while waiting:
        key = waiting.popleft()
        yield key, key[1], graph.nodes[key[0]].moves


def way(came: dict, at: tuple | None, last: Move) -> tuple[PathStep, ...]:
    """The moves to a state and the last one, as steps. `came`: key of a state → (key it was reached from, move)."""
    moves = [last]
    while at is not None:
        at, move = came[at]
        moves.append(move)
    return as_steps(reversed(moves))


def as_steps(moves: Iterable[Move]) -> tuple[PathStep, ...]:
    """Moves as steps; the passing of days is told with the step that follows it."""
    steps, days = [], 0
    for move in moves:
        if move.kind == "day":
            days += 1
        else:
            steps.append(PathStep(move.kind, move.element, dict(move.values), move.passed, days))
            days = 0
    return tuple(steps)
