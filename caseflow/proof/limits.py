"""Rules on the deadlines of a task: how long, what happens when it is over."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace

from caseflow.engine.definition import Definition
from caseflow.engine.values import DeadlineRule
from caseflow.proof.explorer import LOST, Deadline, Graph, Move
from caseflow.proof.facts import ahead, topics_of
from caseflow.proof.language import Check, Limit
from caseflow.proof.paths import Found, answered, way
from caseflow.proof.questions import field_of
from caseflow.proof.reasons import Breach, breach, named

TELLS = {"escalate": ("supervisor",)}       # effect → roles of the responsible unit and the lead office it tells


def limits(check: Check, graph: Graph) -> Found | None:
    """The shortest way to a task that is opened without the deadline the rule asks for (deadline, escalates, gives_up).

    What counts is the statutory limit of the task (Definition.limits): a reminder keeps no rule, nor does what comes
    later than the limit. A task that cannot be reached breaks the rule, too. Of a graph that is not complete, a task is
    judged only if each of its timers has fired somewhere.
    """
    tasks = check.words(check.parts[0])
    timers = Timers(graph)
    reached = set()
    for came, at, move in moves_in_order(graph):
        for task, deadlines in move.opened:
            if task in tasks:
                reached.add(task)
                limits = _counting(check, graph, task, deadlines, move)
                broken = JUDGES[check.name](check, graph, timers, task, limits)
                if broken and (graph.complete or timers.saw(limits)):
                    return Found(broken, way(came, at, move))
    never = [task for task in tasks if task not in reached]
    if never and graph.complete:
        return Found(breach(never[0], "never_reached", name=named(graph.definition, never[0])), ())
    return None


def _counting(check: Check, graph: Graph, task: str, found: tuple[Deadline, ...], move: Move) -> tuple[Deadline, ...]:
    """Of the timers around a task those that a rule is about: its statutory limit; for a day that somebody has set
    (承诺的日期) any, for it stands beside the limit, and one that is over by the first day that can be set as well."""
    if check.limit is not None and check.limit.unit == "date":
        day = DeadlineRule("date", 0, "", check.limit.since)
        soon = [by_then(graph.definition, timer.rule, check.limit.since, move) for timer in found]
        return tuple(replace(timer, rule=day) if ends else timer for timer, ends in zip(found, soon, strict=True))
    statutory = graph.definition.limits.get(task, ())
    return tuple(timer for timer in found if timer.element in statutory)


def moves_in_order(graph: Graph) -> Iterator[tuple[dict, int | None, Move]]:
    """Every move, nearest first, with where it starts and how one comes there (keys as paths.way reads them)."""
    came: dict[tuple, tuple] = {}
    waiting: deque[tuple | None] = deque([None])
    while waiting:
        at = waiting.popleft()
        for move in graph.starts if at is None else graph.nodes[at[0]].moves:
            yield came, at, move
            key = (move.target,)
            if move.target != LOST and key not in came:
                came[key] = (at, move)
                waiting.append(key)


class Timers:
    """What each timer did whenever it fired: the roles that were told, whether its task stayed. `all`: every one."""

    def __init__(self, graph: Graph) -> None:
        topics = topics_of(graph.definition)
        self.all = tuple({timer.element: timer for node in graph.nodes for timer in node.timers}.values())
        self.told: dict[str, set[str]] = {}
        self.ended: dict[str, set[bool]] = {}
        for move in (move for node in graph.nodes for move in node.moves if move.kind == "timer"):
            roles = {role for element in move.passed for role in TELLS.get(topics.get(element, ""), ())}
            self.told[move.element] = self.told.get(move.element, roles) & roles
            self.ended.setdefault(move.element, set()).add(set(move.guarded) == set(move.closed))

    def saw(self, timers: tuple[Deadline, ...]) -> bool:
        """Whether each of them has fired in what was explored; of one that has not, nothing is known."""
        return all(timer.element in self.told for timer in timers)

    def tells(self, timer: Deadline) -> set[str]:
        """The roles that hear of it whenever it fires."""
        return self.told.get(timer.element, set())

    def keeps(self, timer: Deadline) -> bool:
        """Whether its task goes on whenever it fires."""
        return self.ended.get(timer.element, set()) == {False}


def _deadline(check: Check, graph: Graph, timers: Timers, task: str, found: tuple[Deadline, ...]) -> Breach | None:
    acting = [timer for timer in found if timer.interrupting or timers.tells(timer)]
    if any(within(timer.rule, check.limit) for timer in acting):
        return None
    name, limit = named(graph.definition, task), check.limit
    wanted = limit_fact(graph.definition, limit.unit, limit.amount, limit.since)
    if not acting:
        return breach(task, "limit_missing", name=name, wanted=wanted)
    found = tuple(limit_of(graph.definition, timer) for timer in acting)
    return breach(acting[0].element, "limit_too_long", name=name, limits=found, wanted=wanted)


def _escalates(check: Check, graph: Graph, timers: Timers, task: str, found: tuple[Deadline, ...]) -> Breach | None:
    role = check.named["to"]
    if any(role in timers.tells(timer) and timers.keeps(timer) for timer in found):
        return None
    name = named(graph.definition, task)
    if not found:
        return breach(task, "escalation_without_limit", name=name)
    return breach(found[0].element, "escalation_missing", name=name)


def _gives_up(check: Check, graph: Graph, timers: Timers, task: str, found: tuple[Deadline, ...]) -> Breach | None:
    if any(timer.interrupting for timer in found):
        return None
    return breach(task, "still_waits", name=named(graph.definition, task))


JUDGES = {"deadline": _deadline, "escalates": _escalates, "gives_up": _gives_up}


def within(rule: DeadlineRule, limit: Limit) -> bool:
    """Whether a deadline never ends after the limit (a day ends at 24:00).

    The n-th calendar day is not after the n-th working day, 24 n hours not after the n-th calendar day. A count from
    the receipt is not after the same count from a later moment.
    """
    if limit.unit == "date":
        return rule.unit == "date" and rule.since_name == limit.since
    if rule.since_name != limit.since and not (limit.since == "now" and rule.since_name == "received_at"):
        return False
    if rule.unit == "end_of_day":
        return limit.unit != "hours"
    if rule.unit == "hours":
        return rule.amount <= (limit.amount if limit.unit == "hours" else 24 * limit.amount)
    return rule.amount <= limit.amount and (rule.unit, limit.unit) in (
        ("working_days", "working_days"), ("calendar_days", "calendar_days"), ("calendar_days", "working_days"))


def by_then(definition: Definition, rule: DeadlineRule, name: str, move: Move) -> bool:
    """Whether a timer that begins with this move is over by the day that the form completed in it sets: no form takes a
    day before that of its submission, and some take none before the next."""
    entry = field_of(definition, move.element, name) if move.kind == "complete" else None
    if entry is None or not (entry.required and entry.sets_a_limit):
        return False
    if entry.visible_when is not None and answered(move.values.get(entry.visible_when[0])) not in entry.visible_when[1]:
        return False
    if rule.unit == "end_of_day":
        return True
    days = 1 if ahead(definition, move.element, name) else 0
    return rule.since_name == "now" and rule.amount <= {"calendar_days": days, "hours": 24 * days}.get(rule.unit, 0)


def limit_fact(definition: Definition, unit: str, amount: int, since: str) -> Mapping[str, object]:
    """A limit as a fact; `label` is that of the field which holds the day of a "date"."""
    return {"unit": unit, "amount": amount, "since": since,
            "label": _label(definition, since) if unit == "date" else ""}


def limit_of(definition: Definition, timer: Deadline) -> Mapping[str, object]:
    """The limit a timer gives, as a fact."""
    return limit_fact(definition, timer.rule.unit, timer.rule.amount, timer.rule.since_name)


def _label(definition: Definition, name: str) -> str:
    return next((entry.label for task in definition.user_tasks.values() for entry in task.form
                 if entry.id == name), name)
