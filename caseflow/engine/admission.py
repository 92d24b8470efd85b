"""The way of diagram files into the engine: through the gate, then which process they hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from SpiffWorkflow.bpmn.parser.util import full_tag

from caseflow.engine.values import Finding
from caseflow.errors import DefinitionRefused

WALL_SECONDS = 10
CPU_SECONDS = 5
MEMORY_BYTES = 512 * 2**20


@dataclass(frozen=True)
class File:
    """A file that has passed: its canonical bytes, their tree, the executable processes in it and what they call."""

    source: bytes
    tree: etree._Element
    processes: tuple[str, ...]
    calls: frozenset[str]


def admit(files: Mapping[str, bytes], topics: Collection[str] | None) -> dict[str, File]:
    """The files as the gate lets them in, in the order of their names; DefinitionRefused with all findings."""
    return {name: _file(canonical(files[name])) for name in sorted(files)}


def canonical(source: bytes) -> bytes:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    return etree.tostring(etree.fromstring(source, parser), method="c14n")


def _file(source: bytes) -> File:
    tree = etree.fromstring(source, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    executable = [p.get("id") for p in tree.iter(full_tag("process")) if p.get("isExecutable") == "true"]
    calls = {call.get("calledElement", "") for call in tree.iter(full_tag("callActivity"))}
    return File(source, tree, tuple(executable), frozenset(calls))


def select(files: Mapping[str, File], process_id: str | None) -> tuple[str, dict[str, File]]:
    """The process meant and the files it needs: its own and those of all processes it calls, directly or not."""
    home = {process: name for name, file in files.items() for process in file.processes}
    called = {process for file in files.values() for process in file.calls}
    candidates = [process_id] if process_id else [process for process in home if process not in called]
    if len(candidates) != 1 or candidates[0] not in home:
        _refuse("no_single_process", "", "请在图中保留一个可执行流程（isExecutable=\"true\"），被调用的流程除外。")
    needed, open_names = {}, [home[candidates[0]]]
    while open_names:
        name = open_names.pop()
        needed[name] = files[name]
        for process in sorted(files[name].calls):
            if process not in home:
                _refuse("called_process_missing", process, f"调用的流程“{process}”不在同一文件夹中，请补上该文件。")
            if home[process] not in needed:
                open_names.append(home[process])
    return candidates[0], {name: needed[name] for name in sorted(needed)}


def _refuse(code: str, element: str, sentence: str) -> None:
    raise DefinitionRefused(findings=(Finding(code, element, 0, sentence),))


def rehearse(sources: Mapping[str, bytes], process_id: str) -> None:
    """Parse in a child process with bounded time and memory; DefinitionRefused when it does not come back well."""
    root = Path(__file__).resolve().parents[2]
    order = json.dumps({"process": process_id, "files": {name: text.decode() for name, text in sources.items()}})
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join([str(root), *sys.path])}
    try:
        child = subprocess.run(
            [sys.executable, "-m", "caseflow.engine.admission"], input=order.encode(), env=environment,
            capture_output=True, timeout=WALL_SECONDS, check=False,
        )
    except subprocess.TimeoutExpired:
        _refuse("parser_timeout", "", "流程图解析超时，请简化后再试。")
    if child.returncode != 0:
        _refuse("parser_failed", "", "流程引擎无法解析这个图，请检查各元素的连线后再试。")


def _rehearsal() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    from caseflow.engine import drawing, parser

    order = json.load(sys.stdin)
    trees = {name: _file(text.encode()).tree for name, text in order["files"].items()}
    parser.parse(trees, order["process"])
    drawing.read(trees, order["process"])


if __name__ == "__main__":
    _rehearsal()
