"""What a process reads on its way from some places on: variables and counts of visits, by its conditions and timers."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from caseflow.engine.definition import Definition
from caseflow.engine.expressions.language import FUNCTIONS, parse
from caseflow.engine.specs import CaseProcess, Choice, Subprocess
from caseflow.engine.timers import DeadlineTimer


@dataclass(frozen=True)
class Readings:
    """Of each element that reads (a gateway or a timer): the variables, and the user tasks whose visits it counts.

    Both by element id; the set is empty where it reads none.
    """

    variables: Mapping[str, frozenset[str]]
    visits: Mapping[str, frozenset[str]]


def ahead(definition: Definition, places: Iterable[str]) -> set[str]:
    """The names of all specs that can be reached from the specs with these names, and those themselves.

    From an activity also through the events at its border. Names that the definition does not have are passed over.
    """
    specs = {name: spec for process in _processes(definition) for name, spec in process.task_specs.items()}
    waiting = [specs[name].group or name for name in places if name in specs]
    seen = set(waiting)
    while waiting:
        spec = specs[waiting.pop()]
        onward = [target.name for target in spec.outputs]
        if isinstance(spec, Subprocess):
            onward += [name for name, found in definition.inner[spec.spec].task_specs.items() if found.bpmn_id]
        for name in onward:
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return seen


def readings(definition: Definition) -> Readings:
    """What each element of the process, and of all processes in it, reads. Its expressions have passed the gate."""
    variables: dict[str, frozenset[str]] = {}
    visits: dict[str, frozenset[str]] = {}
    for process in _processes(definition):
        for name, spec in process.task_specs.items():
            nodes = [node for text in _texts(spec) for node in ast.walk(parse(text).node)]
            if nodes:
                variables[name] = frozenset(
                    node.id for node in nodes if isinstance(node, ast.Name) and node.id not in FUNCTIONS)
                visits[name] = frozenset(_counted(nodes))
    return Readings(variables, visits)


def timer_text(spec: object) -> str | None:
    """The expression of a timer's spec; None for any other."""
    event = getattr(spec, "event_definition", None)
    return event.expression if isinstance(event, DeadlineTimer) else None


def _processes(definition: Definition) -> list[CaseProcess]:
    return [definition.process, *definition.inner.values()]


def _texts(spec: object) -> Iterator[str]:
    if isinstance(spec, Choice):
        yield from (condition.args[0] for condition, _target in spec.cond_task_specs if condition is not None)
    elif (text := timer_text(spec)) is not None:
        yield text


def _counted(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Call) and node.func.id == "visits":
            yield node.args[0].value
