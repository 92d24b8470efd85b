"""Rules over paths: each is a small automaton that watches the moves of a case, and is run over the whole graph.

An automaton starts from `begin`; `move` gives its next memory, or a Breach; `end` looks at the outcome of a case that
has ended. Memories are hashable, so that a graph with its memory stays finite.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from caseflow.engine.definition import Definition
from caseflow.proof.explorer import LOST, Graph, Move, Node
from caseflow.proof.language import Check
from caseflow.proof.values import PathStep
from caseflow.proof.vocabulary import answers_of
from caseflow.proof.words import START_WORDS, listed, named


@dataclass(frozen=True, slots=True)
class Breach:
    """That a rule is broken: where (the id of an element, "" for none), and in Chinese what to do."""

    element: str
    why: str


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

    def name(self, *elements: str) -> str:
        """These elements as people read them."""
        return listed(named(self.definition, element) for element in elements)

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
                    task = element if element in self.definition.user_tasks else "任务"
                    return Breach(element, f"“{self.name(element)}”可以走到第{memory}次，最多{most}次；"
                                           f"请在往回的路上加条件，如 visits('{task}') < {most}。")
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
        return Breach(self.subjects[0], f"案件没有经过“{self.name(*self.subjects)}”就以“{self.name(outcome)}”结束；"
                                        "请让每条通向这个结束的路都经过它。")


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
        return Breach(memory, f"案件经过了“{self.name(memory)}”，却以“{self.name(outcome)}”结束；"
                              f"只有以“{self.name(*unless)}”结束的案件可以经过它。")


class Before(Watch):
    """before: no later step is opened or passed before one of these has been passed."""

    def move(self, memory, move, after):
        """Memory: whether one has been passed."""
        later = self.check.words(self.check.parts[1])
        for element in (*move.passed, *(task for task, _ in move.opened)):
            if element in later and not memory:
                return Breach(element, f"还没有经过“{self.name(*self.subjects)}”就到了“{self.name(element)}”；"
                                       "请调整连线，让前者在先。")
            memory = memory or (element in self.subjects and element in move.passed)
        return memory


class AtStart(Watch):
    """at_start: one of these steps is passed before anything waits."""

    def move(self, memory, move, after):
        """Only the move that begins a case is looked at."""
        if move.kind == "start" and not any(element in self.subjects for element in move.passed):
            return Breach(self.subjects[0], f"“{self.name(*self.subjects)}”没有在收到时立即进行；"
                                            "请把它接在开始之后、任何等待之前。")
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
        return Breach(owed, f"{self.reason(owed)}却没有经过“{self.name(*self.to)}”就到了“{self.name(reached)}”；"
                            "请检查网关的条件和连线。")

    def reason(self, owed: str) -> str:
        """What made the case owe it: the first words of the sentence."""
        return f"经过了“{self.name(owed)}”，"


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
        """The answer in words."""
        meant = answer_words(self.definition, self.field, self.meant)
        return f"在“{self.name(owed)}”选了“{meant}”，" if owed in self.definition.user_tasks else f"“{meant}”的案件，"


class LastAnswer(Watch):
    """Remembers the last answer to a field. `meant` are the answers the rule means, as the form writes them."""

    begin = None

    def __init__(self, check, definition):
        super().__init__(check, definition)
        [(self.field, self.meant)] = answers_of(check).items()

    def move(self, memory, move, after):
        """Memory: the last answer, None before any."""
        return answer_in(move, self.field) if self.field in move.values else memory

    def words(self) -> str:
        """The answers meant, as people read them."""
        return answer_words(self.definition, self.field, self.meant)


class OnlyIf(LastAnswer):
    """only_if: a case ends so only when the last answer is one of those meant."""

    def end(self, memory, outcome):
        """Broken by any other last answer."""
        if outcome not in self.subjects or memory in self.meant:
            return None
        return Breach(outcome, f"没有“{self.words()}”，案件也能以“{self.name(outcome)}”结束；请检查通向它的条件。")


class OnlyFor(LastAnswer):
    """only_for: a step is opened or passed only when the last answer is one of those meant."""

    def move(self, memory, move, after):
        """An answer given in the same move counts."""
        memory = super().move(memory, move, after)
        for element in (*move.passed, *(task for task, _ in move.opened)):
            if element in self.subjects and memory not in self.meant:
                return Breach(element, f"没有“{self.words()}”，案件也会走到“{self.name(element)}”；"
                                       "请检查通向它的条件和连线。")
        return memory


class AfterMessage(Watch):
    """after_message: a step is passed only after the message has come."""

    def move(self, memory, move, after):
        """Memory: whether it has come."""
        memory = memory or (move.kind == "message" and move.element == self.check.parts[1])
        for element in move.passed:
            if element in self.subjects and not memory:
                return Breach(element, f"没有收到消息“{self.check.parts[1]}”，案件也会走到“{self.name(element)}”；"
                                       "请只从消息事件连到它。")
        return memory


class Concludes(LastAnswer):
    """concludes: with one of the answers meant as the last, a case ends as `outcomes` or `unless` say."""

    def end(self, memory, outcome):
        """Broken by any other end."""
        allowed = (*self.check.words(self.check.named["outcomes"]), *self.check.words(self.check.named.get("unless")))
        if memory not in self.meant or outcome in allowed:
            return None
        wanted = self.check.words(self.check.named["outcomes"])
        return Breach(outcome, f"“{self.words()}”的案件以“{self.name(outcome)}”结束，应当以“{self.name(*wanted)}”结束；"
                               "请检查网关的条件和连线。")


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
            return Breach(there[0], f"在“{self.name(there[0])}”时收不到消息“{message}”；"
                                    "请把消息事件附在包含它的子流程上。")
        for move in node.moves:
            if move.kind == "message" and move.element == message:
                return self.ending(move, there[0], outcome, passing)
        return None

    def ending(self, move: Move, task: str, outcome: str, passing: tuple[str, ...]) -> Breach | None:
        """What is wrong with the move the message makes while `task` is open."""
        missing = [element for element in passing if element not in move.passed]
        if missing:
            return Breach(missing[0], f"在“{self.name(task)}”时收到“{move.element}”，没有经过“{self.name(*missing)}”；"
                                      "请检查消息事件之后的连线。")
        end = self.graph.nodes[move.target] if move.target != LOST else None
        if end is None or not end.ended or end.outcome != outcome:
            return Breach(task, f"在“{self.name(task)}”时收到“{move.element}”，案件没有以“{self.name(outcome)}”结束；"
                                "消息事件应当中断子流程，并通向这个结束。")
        return None

    graph: Graph


WATCHES = {"at_most": AtMost, "every_closed_case_had": Had, "never": Never, "before": Before, "at_start": AtStart,
           "followed_by": FollowedBy, "leads": Leads, "only_if": OnlyIf, "concludes": Concludes,
           "message_ends": MessageEnds, "only_for": OnlyFor, "after_message": AfterMessage}


def answer_in(move: Move, name: str) -> str | None:
    """The answer to a field in this move, as a rule writes it ("true" and "false" for yes and no); None without one."""
    value = move.values.get(name)
    return str(value).lower() if isinstance(value, bool) else value


def answer_words(definition: Definition, name: str, meant: tuple[str, ...]) -> str:
    """The answers to a field as people read them: its label and the labels of the choices."""
    for task in definition.user_tasks.values():
        for entry in task.form:
            if entry.id == name:
                return f"{entry.label}：{'或'.join(dict(entry.choices).get(value, value) for value in meant)}"
    label, words = START_WORDS.get(name, (name, {}))
    return f"{label}：{'或'.join(words.get(value, value) for value in meant)}"


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
