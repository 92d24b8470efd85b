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

from lxml import etree
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from caseflow.engine import admission, drawing, parser
from caseflow.engine.values import CASE_VARIABLES, Element, Finding, UserTask
from caseflow.errors import DefinitionRefused

DIALECT = "1"
KEPT = 256

_kept: dict[str, Definition] = {}
_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class Definition:
    """A process with everything it calls. `digest` is the SHA-256 of its canonical files and of our dialect.

    `files` are canonical (what the gate re-serialised), `source` is the one that holds the process itself.
    `elements` and `user_tasks` are by element id, subprocesses and called processes included; `messages` are the
    names of awaited messages and `effects` the topics of service tasks.
    """

    digest: str
    process_id: str
    source: bytes
    files: Mapping[str, bytes]
    elements: Mapping[str, Element]
    user_tasks: Mapping[str, UserTask]
    effects: frozenset[str]
    messages: Mapping[str, str]
    process: parser.CaseProcess = field(repr=False)
    inner: Mapping[str, parser.CaseProcess] = field(repr=False)
    _outline: tuple = field(repr=False, default=())

    def outline(self) -> list:
        """The elements in reading order: along the flow, each event at a border after its activity.

        A list of pairs (element, outline of what is inside it).
        """
        return list(self._outline)

    @cached_property
    def variables(self) -> Mapping[str, str]:
        """Every variable a case may hold, with its type in the expression language."""
        types = {"enum": "text", "boolean": "boolean", "date": "date", "long": "number"}
        fields = [field for task in self.user_tasks.values() for field in task.form if field.decides]
        return MappingProxyType({**CASE_VARIABLES, **{field.id: types[field.type] for field in fields}})


def load(
    files: Mapping[str, bytes],
    *,
    trusted: bool,
    process_id: str | None = None,
    topics: Collection[str] | None = None,
) -> Definition:
    """The definition in these files (file name → bytes); DefinitionRefused with all findings when they break a rule.

    `process_id` picks the process where several are executable and none calls the other; files that it does not
    call are left out. `topics` are the effects there are (None: any). Files that are not `trusted` are first parsed
    in a child process with bounded time and memory.
    """
    admitted = admission.admit(files, topics)
    chosen, used = admission.select(admitted, process_id)
    digest = _digest(chosen, used)
    with _lock:
        known = _kept.get(digest)
        if known is None:
            if not trusted:
                admission.rehearse({name: file.source for name, file in used.items()}, chosen)
            known = _kept[digest] = _build(digest, chosen, used)
            if len(_kept) > KEPT:
                del _kept[next(iter(_kept))]
    return known


def loaded(digest: str) -> Definition | None:
    """The definition with this digest if this process has it already."""
    return _kept.get(digest)


def _digest(process_id: str, files: Mapping[str, admission.File]) -> str:
    summary = hashlib.sha256(f"{DIALECT}\0{process_id}\0".encode())
    for name in sorted(files):
        source = files[name].source
        summary.update(f"{name}\0{len(source)}\0".encode() + source)
    return summary.hexdigest()


def _build(digest: str, process_id: str, files: Mapping[str, admission.File]) -> Definition:
    trees = {name: file.tree for name, file in files.items()}
    process, inner = _parse(trees, process_id)
    drawn = drawing.read(trees, process_id)
    return Definition(
        digest=digest,
        process_id=process_id,
        source=next(file.source for file in files.values() if process_id in file.processes),
        files=MappingProxyType({name: file.source for name, file in files.items()}),
        elements=MappingProxyType(drawn.elements),
        user_tasks=MappingProxyType(drawn.user_tasks),
        effects=frozenset(drawn.topics.values()),
        messages=MappingProxyType(drawn.messages),
        process=process,
        inner=MappingProxyType(inner),
        _outline=drawn.outline,
    )


def _parse(trees: Mapping[str, etree._Element], process_id: str):
    try:
        return parser.parse(trees, process_id)
    except ValidationException as refusal:
        finding = Finding("engine_refused", refusal.id, 0, f"流程引擎不接受这个图：{refusal}。请检查该元素的类型和连线。")
        raise DefinitionRefused(findings=(finding,)) from refusal
