"""The files of a regulation together: called processes, shared names, variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from caseflow.engine.gate.findings import Findings, printable
from caseflow.engine.gate.forms import VARIABLE_TYPES, check_form
from caseflow.engine.gate.graph import scopes, steps
from caseflow.engine.gate.names import TASKS, children, tag
from caseflow.engine.gate.reader import read
from caseflow.engine.values import CASE_VARIABLES, FormField
from caseflow.errors import DefinitionRefused

MAX_FILES = 50  # of one regulation, the diagram itself not counted
MAX_UNFOLDED = 1_000  # steps of a process with those of every call in it; as many as one advance may take

# Values of the case variables that are texts (values.py names them).
CASE_CHOICES = {
    "level": frozenset(("dissatisfied", "very_dissatisfied")),
    "business_level": frozenset(("province", "city", "district", "town", "village")),
}


@dataclass(frozen=True)
class Names:
    """What the expressions of a diagram may use. `variables`: name → text, number, boolean or date; `choices`: name →
    the values it can have, of a text; `user_tasks`: the ids that visits() may name."""

    variables: Mapping[str, str]
    choices: Mapping[str, frozenset[str]]
    user_tasks: frozenset[str]


def called_processes(process: etree._Element, called: Mapping[str, bytes], findings: Findings) -> list[etree._Element]:
    """The processes that are called, directly or through others; unknown, repeated and circular calls are found.

    `called`: the other files (name → bytes). With more than MAX_FILES (50) none is read; more than MAX_UNFOLDED (1,000)
    steps, each call replaced by what it calls, are refused.
    """
    if not _calls(process):
        return []
    if len(called) > MAX_FILES:
        findings.add("files_limit", process, count=len(called))
        return []
    known = _index(process, called, findings)
    order: list[str] = []
    edges: dict[str, list[str]] = {}
    waiting = [process]
    while waiting:
        current = waiting.pop()
        name = current.get("id") or ""
        edges[name] = []
        for call in _calls(current):
            wanted = call.get("calledElement") or ""
            if wanted not in known:
                at = call if current is process else process
                findings.add("called_unknown", at, found=printable(wanted)[:64])
                continue
            edges[name].append(wanted)
            if wanted not in edges and wanted not in order:
                order.append(wanted)
                waiting.append(known[wanted])
    if _circular(edges):
        findings.add("call_recursion", process, found=" → ".join(sorted(edges)[:10]))
    elif _unfolded(process.get("id") or "", edges, known) > MAX_UNFOLDED:
        findings.add("calls_limit", process)
    others = [known[name] for name in order if known[name] is not process]
    _check_shared_ids(process, others, findings)
    return others


def _calls(process: etree._Element) -> list[etree._Element]:
    return [node for node in steps(process) if tag(node) == "bpmn:callActivity"]


def _index(process: etree._Element, called: Mapping[str, bytes], findings: Findings) -> dict[str, etree._Element]:
    """Process id → process, over all files of the bundle; a file that cannot be read is told."""
    known: dict[str, etree._Element] = {process.get("id") or "": process}
    for name, source in called.items():
        try:
            root = read(source)
        except DefinitionRefused:
            findings.add("called_unreadable", process, found=printable(name)[:100])
            continue
        for other in children(root, "bpmn:process"):
            known.setdefault(other.get("id") or "", other)
    return known


def _circular(edges: Mapping[str, list[str]]) -> bool:
    left = {name: set(targets) & set(edges) for name, targets in edges.items()}
    while True:
        done = {name for name, targets in left.items() if not targets}
        if not done:
            return bool(left)
        left = {name: targets - done for name, targets in left.items() if name not in done}


def _unfolded(start: str, edges: Mapping[str, list[str]], known: Mapping[str, etree._Element]) -> int:
    """How many steps a process has when each call is replaced by what it calls: calls of calls multiply."""
    total: dict[str, int] = {}
    waiting = [start]
    while waiting:
        name = waiting[-1]
        open_ = [target for target in edges[name] if target not in total]
        if open_:
            waiting.extend(open_)
            continue
        waiting.pop()
        total[name] = len(steps(known[name])) + sum(total[target] for target in edges[name])
    return total[start]


def _check_shared_ids(process: etree._Element, others: list[etree._Element], findings: Findings) -> None:
    """Steps and sub-processes have one id in the whole bundle: the engine and visits() know them by it."""
    seen = {node.get("id") for node in [*steps(process), *scopes(process)]}
    for other in others:
        mine = {node.get("id") for node in [*steps(other), *scopes(other)]}
        for name in sorted(filter(None, seen & mine)):
            findings.add("process_duplicate", process, found=printable(name)[:64])
        seen |= mine


def names_of(process: etree._Element, others: list[etree._Element], findings: Findings) -> Names:
    """Case variables and all deciding fields of the forms, also of the called processes. Checks the forms.

    A field that bears a task's id, or has another type elsewhere, is found. What else is wrong with the form of a
    called process is told by the check of its own file.
    """
    types: dict[str, str] = {}
    choices: dict[str, frozenset[str]] = dict(CASE_CHOICES)
    tasks = [(scope, node) for scope in (process, *others) for node in steps(scope) if tag(node) in TASKS]
    ids = {node.get("id") for _, node in tasks}
    asking = [(scope, node) for scope, node in tasks if tag(node) == "bpmn:userTask"]
    for scope, task in asking:
        at = task if scope is process else process
        for field in check_form(task, findings if scope is process else Findings()):
            if field.id in ids:
                findings.add("field_is_task", at, found=field.id)
            if types.setdefault(field.id, field.type) != field.type:
                findings.add("field_conflict", at, found=field.id)
            _add_choices(field, choices)
    variables = {name: VARIABLE_TYPES[kind] for name, kind in types.items() if kind in VARIABLE_TYPES}
    return Names({**variables, **CASE_VARIABLES}, choices, frozenset(task.get("id") or "" for _, task in asking))


def _add_choices(field: FormField, choices: dict[str, frozenset[str]]) -> None:
    if field.type == "enum":
        choices[field.id] = choices.get(field.id, frozenset()) | {key for key, _ in field.choices}
