"""Limits that a power lengthens: what the regulation lets people agree on, held against what its articles give.

An extension and a stop of the clock stand beside the statutory date: late is late, but the agreed date is shown, and
the reminders wait for it. No article gives that by being silent. So a limit that may be lengthened beyond what its
rule says breaks the rule, unless a rule of its own (extendable, stoppable) gives the power.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from caseflow.engine.values import DeadlineRule
from caseflow.proof.explorer import Deadline, Graph
from caseflow.proof.language import Check
from caseflow.proof.limits import limit_of, moves_in_order, within
from caseflow.proof.paths import Found, way
from caseflow.proof.powers import Powers, Stop
from caseflow.proof.reasons import Breach, breach, named
from caseflow.proof.values import PathStep

EXTENDABLE, STOPPABLE = "extendable", "stoppable"
EXTEND, STOP = "extend", "stop"     # kinds of a PathStep
HOURS = 24


def lengthened(check: Check, graph: Graph, rules: Iterable[Check], powers: Powers) -> Found | None:
    """deadline, covered: the shortest way to a task of the rule whose limit a power that no rule gives makes longer
    than the rule says; None without one."""
    given = tuple(rules)
    for task, timer, path in _limits(check, graph, powers):
        if powers.extension and not _gives(given, EXTENDABLE, task):
            broken = _extended(check, graph, powers, task, timer)
            if broken:
                return _found(broken, path, EXTEND, task, timer)
        if powers.stops and not _gives(given, STOPPABLE, task):
            return _found(_stopped(graph, powers.stops, task, timer), path, STOP, task, timer)
    return None


def too_wide(check: Check, graph: Graph, powers: Powers) -> Found | None:
    """extendable, stoppable: the way to a task beside whose limit more may be agreed than the rule gives."""
    judge = _wider_extension if check.name == EXTENDABLE else _wider_stop
    kind = EXTEND if check.name == EXTENDABLE else STOP
    for task, timer, path in _limits(check, graph, powers):
        broken = judge(check, graph, powers, task, timer)
        if broken:
            return _found(broken, path, kind, task, timer)
    return None


def _limits(check: Check, graph: Graph, powers: Powers) -> Iterator[tuple[str, Deadline, tuple[PathStep, ...]]]:
    """The tasks of a rule as they are opened, nearest first, each with its statutory limit where something may be
    agreed beside it, and the way there."""
    tasks, seen = check.words(check.parts[0]), set()
    for came, at, move in moves_in_order(graph) if powers.extension or powers.stops else ():
        for task, deadlines in move.opened:
            statutory = graph.definition.limits.get(task, ())
            for timer in deadlines:
                key = task, timer.element
                if task in tasks and timer.element in statutory and timer.element in powers.beside and key not in seen:
                    seen.add(key)
                    yield task, timer, way(came, at, move)


def _gives(rules: Iterable[Check], power: str, task: str) -> bool:
    return any(rule.name == power and task in rule.words(rule.parts[0]) for rule in rules)


def _extended(check: Check, graph: Graph, powers: Powers, task: str, timer: Deadline) -> Breach | None:
    extension = powers.extension
    longer = _longer(timer.rule, extension.times * extension.days)
    if check.limit.unit != "date" and longer is not None and within(longer, check.limit):
        return None
    facts = {"name": named(graph.definition, task), "times": extension.times, "days": extension.days,
             "by": extension.by, "from_limit": limit_of(graph.definition, timer)}
    if longer is None:
        return breach(task, "day_extended", **facts)
    return breach(task, "limit_extended", **facts,
                  to_limit=limit_of(graph.definition, replace(timer, rule=longer)))


def _longer(rule: DeadlineRule, days: int) -> DeadlineRule | None:
    """A limit that is not over before this one with so many working days more is; None for a set day."""
    if rule.unit == "date":
        return None
    if rule.unit == "hours":
        return replace(rule, amount=rule.amount + HOURS * days)
    return replace(rule, unit="working_days", amount=rule.amount + days)


def _stopped(graph: Graph, stops: tuple[Stop, ...], task: str, timer: Deadline) -> Breach:
    return breach(task, "limit_stopped", name=named(graph.definition, task),
                  from_limit=limit_of(graph.definition, timer), categories=tuple(stop.category for stop in stops),
                  by=stops[0].by)


def _wider_extension(check: Check, graph: Graph, powers: Powers, task: str, timer: Deadline) -> Breach | None:
    _, most, longest = check.parts
    may, by = powers.extension, check.named.get("by", "unit")
    if may is None or (may.times <= most and may.days <= longest and (may.by == by or by == "unit")):
        return None
    return breach(task, "extension_too_wide", name=named(graph.definition, task), times=may.times, days=may.days,
                  by=may.by, most=most, longest=longest, given_to=by)


def _wider_stop(check: Check, graph: Graph, powers: Powers, task: str, timer: Deadline) -> Breach | None:
    further = [stop for stop in powers.stops if stop.category not in check.words(check.parts[1])]
    if not further:
        return None
    return breach(task, "stop_too_wide", name=named(graph.definition, task), category=further[0].category,
                  categories=check.words(check.parts[1]), by=further[0].by)


def _found(broken: Breach, path: tuple[PathStep, ...], kind: str, task: str, timer: Deadline) -> Found:
    return Found(broken, (*path, PathStep(kind, task, passed=(timer.element,))))
