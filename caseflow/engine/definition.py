"""A diagram, read once and shared by every case that runs under it.

A definition is immutable: Flask's threads and the scheduler step different cases through the same one at once.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import NoReturn

from lxml import etree
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from caseflow.engine import drawing, gate, parser
from caseflow.engine.specs import CaseProcess
from caseflow.engine.values import CASE_VARIABLES, REMINDER, STATUTORY, VARIABLE_TYPES, Element, Finding, UserTask
from caseflow.errors import DefinitionRefused

DIALECT = "1"
KEPT = 256

_kept: dict[str, Definition] = {}
_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class Definition:
    """A process with everything it calls. `digest`: SHA-256 (64 hex digits) of our dialect, the process id and `files`.

    `files` (name → bytes) are canonical (what the gate wrote anew), `source` is the one that holds the process itself.
    `elements` and `user_tasks` are by element id, subprocesses and called processes included; `messages`: event → the
    name it waits for; `effects`: the topics of service tasks. `inner`: every subprocess and called process by name.
    """

    digest: str
    process_id: str
    source: bytes
    files: Mapping[str, bytes]
    elements: Mapping[str, Element]
    user_tasks: Mapping[str, UserTask]
    effects: frozenset[str]
    messages: Mapping[str, str]
    process: CaseProcess = field(repr=False)
    inner: Mapping[str, CaseProcess] = field(repr=False)
    _outline: tuple = field(repr=False, default=())

    def outline(self) -> list:
        """The elements in reading order: along the flow, each event at a border after its activity.

        A list of pairs (element, outline of what is inside it).
        """
        return list(self._outline)

    def interrupts(self, event: str) -> bool:
        """Whether this event at the border of an activity ends it (BPMN cancelActivity). It must be in the diagram."""
        found = (process.task_specs[event] for process in (self.process, *self.inner.values())
                 if event in process.task_specs)
        return getattr(next(found), "cancel_activity", False)

    @cached_property
    def flows(self) -> Mapping[str, tuple[str, str]]:
        """Every sequence flow by id: (source, target), both ids of elements. Read from `files` at the first call."""
        drawn = [drawing.flows_in(gate.read(source)) for source in self.files.values()]
        return MappingProxyType({name: ends for flows in drawn for name, ends in flows.items()})

    @cached_property
    def limits(self) -> Mapping[str, tuple[str, ...]]:
        """User task → the timer that is its statutory limit: at its own border, else at that of the nearest activity
        around it. Several only in drawings from before they had to be marked; the first of them to end counts."""
        return MappingProxyType({task: found for task in self.user_tasks if (found := self._limit(task))})

    def _limit(self, activity: str) -> tuple[str, ...]:
        while activity:
            timers = [event for event in self.elements.values() if event.attached_to == activity
                      and event.id not in self.messages and event.limit != REMINDER]
            if timers:
                return tuple(event.id for event in timers if event.limit == STATUTORY) or tuple(
                    event.id for event in timers)
            activity = self.elements[activity].parent
        return ()

    def is_limit(self, timer: str) -> bool:
        """Whether this timer is the statutory limit of a task; a reminder, and what comes after the limit, is none."""
        return any(timer in found for found in self.limits.values())

    @cached_property
    def variables(self) -> Mapping[str, str]:
        """Every variable a case may hold, fields that decide included → its type: text, boolean, date or number."""
        fields = [field for task in self.user_tasks.values() for field in task.form if field.decides]
        return MappingProxyType({**CASE_VARIABLES, **{field.id: VARIABLE_TYPES[field.type] for field in fields}})


def load(
    files: Mapping[str, bytes],
    *,
    trusted: bool,
    process_id: str | None = None,
    topics: Collection[str] | None = None,
    deployed: bool = False,
) -> Definition:
    """The definition in these files (file name → bytes); DefinitionRefused with all findings when they break a rule.

    `process_id` picks the process where several are executable and none calls the other; files that it does not call
    are left out. `topics` are the effects there are (None: whatever the diagram names). Files that are not `trusted`
    are parsed in a child process with bounded time and memory before they are parsed here. What was `deployed` before
    is not held to what the gate asks for since (gate.NOT_OF_DEPLOYED). The latest KEPT definitions
    stay in memory: what is there already is not checked again.
    """
    canonical = {name: gate.canonical(files[name]) for name in sorted(files)}
    try:
        process_id, used = _select(canonical, process_id)
    except DefinitionRefused:
        _check(canonical, topics, deployed)
        raise
    digest = _digest(process_id, used)
    if digest not in _kept:
        _check(used, topics, deployed)
        if not trusted:
            gate.parse_apart(used, process_id)
        _keep(build(digest, process_id, used))
    return _kept[digest]


def _keep(definition: Definition) -> None:
    """Keep the first of equal definitions, and the latest KEPT of all."""
    with _lock:
        _kept.setdefault(definition.digest, definition)
        while len(_kept) > KEPT:
            del _kept[next(iter(_kept))]


def loaded(digest: str) -> Definition | None:
    """The definition with this digest if this process has it in memory already, else None."""
    return _kept.get(digest)


def build(digest: str, process_id: str, files: Mapping[str, bytes]) -> Definition:
    """The definition in files that the gate has passed, neither checked nor kept; `load` does both.

    DefinitionRefused (`engine_refused`, with the element) for what SpiffWorkflow cannot parse.
    """
    process, inner = _parse(files, process_id)
    trees = {name: gate.read(source) for name, source in files.items()}
    drawn = drawing.read(trees, process_id)
    return Definition(
        digest=digest,
        process_id=process_id,
        source=next(files[name] for name, tree in trees.items() if process_id in _processes(tree)),
        files=MappingProxyType(dict(files)),
        elements=MappingProxyType(drawn.elements),
        user_tasks=MappingProxyType(drawn.user_tasks),
        effects=frozenset(drawn.topics.values()),
        messages=MappingProxyType(drawn.messages),
        process=process,
        inner=MappingProxyType(inner),
        _outline=drawn.outline,
    )


def _digest(process_id: str, files: Mapping[str, bytes]) -> str:
    summary = hashlib.sha256(f"{DIALECT}\0{process_id}\0".encode())
    for name, source in sorted(files.items()):
        summary.update(f"{name}\0{len(source)}\0".encode() + source)
    return summary.hexdigest()


def _select(files: Mapping[str, bytes], process_id: str | None) -> tuple[str, dict[str, bytes]]:
    """The process meant and the files it needs: its own and those of all processes it calls, directly or not."""
    trees = {name: gate.read(source) for name, source in files.items()}
    home = {process: name for name, tree in trees.items() for process in _processes(tree)}
    calls = {name: {call.get("calledElement") for call in tree.iter(f"{drawing.BPMN}callActivity")}
             for name, tree in trees.items()}
    called = set().union(*calls.values())
    candidates = [process_id] if process_id else [process for process in home if process not in called]
    if len(candidates) != 1 or candidates[0] not in home:
        _refuse("no_single_process")
    needed, waiting = set(), [home[candidates[0]]]
    while waiting:
        name = waiting.pop()
        needed.add(name)
        waiting += [home[process] for process in calls[name] if process in home and home[process] not in needed]
    return candidates[0], {name: files[name] for name in files if name in needed}


def _processes(tree: etree._Element) -> list[str]:
    found = tree.iter(f"{drawing.BPMN}process")
    return [process.get("id", "") for process in found if process.get("isExecutable") == "true"]


def _check(files: Mapping[str, bytes], topics: Collection[str] | None, deployed: bool) -> None:
    """Everything the gate says against any of the files, as one refusal."""
    if topics is None:
        topics = {name for source in files.values() for name in drawing.topics_in(gate.read(source))}
    findings = [finding for found in gate.check_bundle(files, topics=topics).values() for finding in found]
    errors = tuple(finding for finding in findings if finding.severity == "error"
                   and not (deployed and finding.code in gate.NOT_OF_DEPLOYED))
    if errors:
        raise DefinitionRefused(findings=errors)


def _parse(files: Mapping[str, bytes], process_id: str):
    try:
        return parser.parse(files, process_id)
    except ValidationException as refusal:
        _refuse("engine_refused", refusal.id, reason=str(refusal))


def _refuse(code: str, element: str = "", **facts: str) -> NoReturn:
    raise DefinitionRefused(findings=(Finding(code, element, 0, facts),))
