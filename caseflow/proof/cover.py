"""covered: while a step is still to come, somebody hears when its time is over.

The time of a step begins with the receipt (since=received_at), or when one of the steps in `after` has been passed.
From then on, in each state from which the step can come, a timer has to run at a border that is over no later than the
limit and tells the supervisors. One that counts from the receipt says itself by when it is over. Of one that counts
from now, the moment it starts, that depends on what was spent before: while a timer has not fired, no more time has
passed than it gives. So waits of 2 and of 3 days fill 5 days, and nothing makes a wait without a limit good.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from caseflow.engine.values import REMINDER, DeadlineRule
from caseflow.proof.ending import leading_to
from caseflow.proof.explorer import Deadline, Graph, Move, Node
from caseflow.proof.language import Check
from caseflow.proof.limits import Timers, by_then, limit_fact, limit_of
from caseflow.proof.paths import Found, Watch, watch
from caseflow.proof.reasons import Breach, breach, named

IDLE, TOLD, DONE = "idle", "told", "done"       # no time runs; the supervisors know; the step was done
SUPERVISOR = "supervisor"
HOURS = 24


@dataclass(frozen=True, slots=True)
class Running:
    """Time that runs: the timers that keep the limit, each with the number of its units after which it is over."""

    ends: tuple[tuple[str, int], ...] = ()


def covered(check: Check, graph: Graph, rules: Iterable[Check]) -> Found | None:
    """The shortest path to a state in which the time for these steps can pass unseen; None without one.

    What is wrong with the limit of an open step alone is left to a `deadline` of the same limit among the `rules`.
    """
    watching = Covered(check, graph, rules)
    if graph.complete and not watching.coming:
        name = watching.subjects[0]
        return Found(breach(name, "never_reached", name=named(graph.definition, name)), ())
    return watch(graph, watching)


class Covered(Watch):
    """Remembers how much time may have passed, and looks at each state in which it runs.

    Memory: IDLE, TOLD, DONE or Running. A step that was done and has to come again is waited for within the same limit
    once more, as `deadline` means it, too. Of a graph that is not complete a state is judged only if each of its timers
    has fired somewhere.
    """

    def __init__(self, check: Check, graph: Graph, rules: Iterable[Check]) -> None:
        super().__init__(check, graph.definition)
        self.limit, self.after = check.limit, check.words(check.named.get("after"))
        self.timers, self.complete = Timers(graph), graph.complete
        self.told_elsewhere = {task for rule in rules if rule.name == "deadline" and rule.limit == check.limit
                               for task in rule.words(rule.parts[0])}
        self.begin = IDLE if self.after else Running()
        self.coming = _coming(graph, self.subjects, self.after)
        self.again = set() if self.after or not graph.complete else _unavoidable(graph, self.subjects)

    def move(self, memory, move, after):
        """The memory after this move, or what lets the time pass unseen where it leads."""
        known = dict(memory.ends) if isinstance(memory, Running) else {}
        spent, begun_by = min(known.values(), default=self.limit.amount + 1), None
        if move.kind == "timer" and (move.element in known or (memory == DONE and self._again(move))):
            memory = TOLD
        for element in move.passed:
            if element in self.subjects:
                memory = IDLE if self.after else DONE
            if element in self.after:
                memory, spent, known = Running(), 0, {}
                begun_by = move
        if after is None or after.ended or memory in (IDLE, TOLD):
            return memory
        begun = {element: end for element, end in known.items() if element not in move.started}
        ends = {timer.element: begun.get(timer.element, self._over(timer, spent, begun_by)) for timer in after.timers}
        keeping = tuple(sorted((name, end) for name, end in ends.items() if end is not None))
        waited_for = move.target in (self.again if memory == DONE else self.coming)
        return (waited_for and self._unseen(after, keeping)) or (DONE if memory == DONE else Running(keeping))

    def _again(self, move: Move) -> bool:
        return any(timer.element == move.element and self._over(timer, 0) is not None for timer in self.timers.all)

    def _over(self, timer: Deadline, spent: int, begun_by: Move | None = None) -> int | None:
        """The units of the limit after which this timer is over, begun when `spent` had passed (`begun_by`: with the
        move that began the time); None for one that does not keep the limit, or that nobody who supervises hears of."""
        rule, limit = timer.rule, self.limit
        if not timer.guards or SUPERVISOR not in self.timers.tells(timer) or (
                self.definition.elements[timer.element].limit == REMINDER):
            return None
        if limit.unit == "date":
            soon = begun_by is not None and by_then(self.definition, rule, limit.since, begun_by)
            return 0 if soon or (rule.unit, rule.since_name) == ("date", limit.since) else None
        counted = rule.since_name == limit.since or (limit.since == "now" and rule.since_name == "received_at")
        units = _units(rule, limit.unit) if counted else None
        if units is None:
            return None
        end = units + (spent if rule.since_name == "now" else 0)
        return end if end <= limit.amount else None

    def _unseen(self, node: Node, keeping: tuple) -> Breach | None:
        """What lets the time pass unseen in this state: a pause, a task without a limit, or with one too long."""
        pause = next((timer for timer in node.timers if not timer.guards), None)
        alone = pause is not None and not node.tasks
        if (keeping and not (alone and self._too_long(pause))) or not (self.complete or self.timers.saw(node.timers)):
            return None
        if self.told_elsewhere & set(node.tasks) and all(self._over(timer, 0) is None for timer in node.timers):
            return None
        facts = {"to": self.names(self.subjects)[0], "wanted": self._wanted()}
        if alone:
            return breach(pause.element, "uncovered_pause", name=self.name(pause.element), **facts)
        task = next((task for task in node.tasks if task not in self.subjects), (*node.tasks, self.subjects[0])[0])
        limits = tuple(limit_of(self.definition, timer) for timer in node.timers
                       if timer.guards and self.timers.tells(timer))
        if limits:
            return breach(task, "covered_too_long", name=self.name(task), limits=limits, **facts)
        return breach(task, "uncovered", name=self.name(task), **facts)

    def _too_long(self, pause: Deadline) -> bool:
        """Whether the limit is over before this pause is, wherever it began."""
        units = _units(pause.rule, self.limit.unit)
        return self.limit.unit != "date" and pause.rule.since_name == "now" and (
            units is None or units > self.limit.amount)

    def _wanted(self) -> object:
        since = "after" if self.after and self.limit.unit != "date" else self.limit.since
        return limit_fact(self.definition, self.limit.unit, self.limit.amount, since)


def _units(rule: DeadlineRule, unit: str) -> int | None:
    """The number of these units after which so much time is certainly over, as limits.within reckons; else None."""
    if unit == "hours":
        return rule.amount if rule.unit == "hours" else None
    if rule.unit == "end_of_day":
        return 0
    if rule.unit == "hours":
        return -(-rule.amount // HOURS)
    return rule.amount if rule.unit in ("calendar_days", unit) else None


def _coming(graph: Graph, steps: tuple[str, ...], past: tuple[str, ...]) -> set[int]:
    """The states from which one of these steps can come without passing one of `past` before."""
    there = {number for number, node in enumerate(graph.nodes) if any(task in steps for task in node.tasks)
             or any(element in steps for move in node.moves for element in move.passed)}
    return leading_to(graph, there, lambda move: not any(element in past for element in move.passed))


def _unavoidable(graph: Graph, steps: tuple[str, ...]) -> set[int]:
    """The states from which people and time come to no end without one of these steps."""
    ended = {number for number, node in enumerate(graph.nodes) if node.ended}
    free = leading_to(graph, ended, lambda move: move.kind != "message" and not any(
        element in steps for element in move.passed))
    return _coming(graph, steps, ()) - free
