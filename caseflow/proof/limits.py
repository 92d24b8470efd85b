"""Rules on the deadlines of a task: how long, what happens when it is over."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from caseflow.engine.values import DeadlineRule
from caseflow.proof.explorer import LOST, Deadline, Graph, Move
from caseflow.proof.facts import topics_of
from caseflow.proof.language import Check, Limit
from caseflow.proof.paths import Breach, Found, way
from caseflow.proof.words import named

TELLS = {"escalate": ("supervisor",)}       # effect → roles of the responsible unit and the lead office it tells
UNIT_WORDS = {"working_days": "个工作日", "calendar_days": "日", "hours": "小时"}
SINCE_WORDS = {"now": "任务出现后", "received_at": "收到后"}


def limits(check: Check, graph: Graph) -> Found | None:
    """The shortest way to a task that is opened without the deadline the rule asks for (deadline, escalates, gives_up).

    A task that cannot be reached breaks the rule, too. Of a graph that is not complete, a task is judged only if each
    of its timers has fired somewhere.
    """
    tasks = check.words(check.parts[0])
    timers = _Timers(graph)
    reached = set()
    for came, at, move in moves_in_order(graph):
        for task, deadlines in move.opened:
            if task in tasks:
                reached.add(task)
                breach = JUDGES[check.name](check, graph, timers, task, deadlines)
                if breach and (graph.complete or timers.saw(deadlines)):
                    return Found(breach, way(came, at, move))
    never = [task for task in tasks if task not in reached]
    if never and graph.complete:
        return Found(Breach(never[0], f"“{named(graph.definition, never[0])}”走不到；请检查通向它的条件和连线。"), ())
    return None


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


class _Timers:
    """What each timer did whenever it fired: the roles that were told, whether its task stayed."""

    def __init__(self, graph: Graph) -> None:
        topics = topics_of(graph.definition)
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
        return self.told.get(timer.element, set())

    def keeps(self, timer: Deadline) -> bool:
        return self.ended.get(timer.element, set()) == {False}


def _deadline(check: Check, graph: Graph, timers: _Timers, task: str, found: tuple[Deadline, ...]) -> Breach | None:
    acting = [timer for timer in found if timer.interrupting or timers.tells(timer)]
    if any(within(timer.rule, check.limit) for timer in acting):
        return None
    wanted, name = _limit_words(graph, check.limit), named(graph.definition, task)
    if not acting:
        return Breach(task, f"“{name}”没有到期会上报（或不再等待）的时限，应当是{wanted}；请加上定时事件。")
    shown = "、".join(_rule_words(graph, timer.rule) for timer in acting)
    return Breach(acting[0].element, f"“{name}”的时限是{shown}，应当不长于{wanted}；请改定时事件。")


def _escalates(check: Check, graph: Graph, timers: _Timers, task: str, found: tuple[Deadline, ...]) -> Breach | None:
    role = check.named["to"]
    if any(role in timers.tells(timer) and timers.keeps(timer) for timer in found):
        return None
    name = named(graph.definition, task)
    if not found:
        return Breach(task, f"“{name}”没有时限，逾期不会上报；请加上定时事件，到期接“逾期上报”。")
    return Breach(found[0].element, f"“{name}”逾期时没有做到上报督办人员而任务继续；"
                                    "请用不中断的定时事件，接上 escalate 的系统任务。")


def _gives_up(check: Check, graph: Graph, timers: _Timers, task: str, found: tuple[Deadline, ...]) -> Breach | None:
    if any(timer.interrupting for timer in found):
        return None
    name = named(graph.definition, task)
    return Breach(task, f"“{name}”到期后仍在等待；请用中断的定时事件，到期不再等待。")


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


def _limit_words(graph: Graph, limit: Limit) -> str:
    if limit.unit == "date":
        return f"表单写明的{_field_words(graph, limit.since)}"
    return f"{SINCE_WORDS.get(limit.since, limit.since + '起')}{limit.amount}{UNIT_WORDS[limit.unit]}"


def _rule_words(graph: Graph, rule: DeadlineRule) -> str:
    if rule.unit == "date":
        return f"表单写明的{_field_words(graph, rule.since_name)}"
    since = SINCE_WORDS.get(rule.since_name, rule.since_name + "起")
    return f"{since}当日" if rule.unit == "end_of_day" else f"{since}{rule.amount}{UNIT_WORDS[rule.unit]}"


def _field_words(graph: Graph, name: str) -> str:
    return next((entry.label for task in graph.definition.user_tasks.values() for entry in task.form
                 if entry.id == name), name)
