"""All checks of the gate over one diagram, or over the files of one regulation."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lxml import etree

from caseflow.engine.expressions import check_expression
from caseflow.engine.gate.bundle import Names, called_processes, names_of
from caseflow.engine.gate.dialect import check_dialect
from caseflow.engine.gate.findings import Findings
from caseflow.engine.gate.names import children, tag
from caseflow.engine.gate.reader import read
from caseflow.engine.gate.rules import check_rules
from caseflow.engine.gate.structure import check_structure
from caseflow.engine.gate.tasks import check_process
from caseflow.engine.values import Finding
from caseflow.errors import DefinitionRefused

MAX_EXPRESSIONS = 200
EXPRESSIONS = {"bpmn:conditionExpression": "condition", "bpmn:timeDate": "timer"}


def check(
    source: bytes, *, topics: Collection[str], name: str = "", called: Mapping[str, bytes] | None = None
) -> list[Finding]:
    """Everything wrong with a diagram, in the order of the file; never raises. Only errors forbid deployment.

    `topics` are the registered effects; `called` the other files of the bundle (file name → content), which are read as
    far as the diagram calls them and need a check of their own. The file `name` is left out of `called`. Told are at
    most MAX_FINDINGS errors and as many warnings, and the faults of MAX_EXPRESSIONS (200) expressions.
    """
    try:
        root = read(source)
    except DefinitionRefused as refused:
        return list(refused.findings)
    findings = Findings()
    check_dialect(root, findings)
    processes = children(root, "bpmn:process")
    if len(processes) != 1:
        findings.add("process_count" if processes else "process_none", root, count=len(processes))
    for process in processes[:1]:
        others = {other: content for other, content in (called or {}).items() if other != name}
        _check_process(root, process, topics, others, findings)
    return findings.sorted()


def check_bundle(files: Mapping[str, bytes], *, topics: Collection[str]) -> dict[str, list[Finding]]:
    """File name → findings, for the files of one regulation, each checked beside the others. Never raises."""
    return {name: check(source, topics=topics, name=name, called=files) for name, source in files.items()}


def _check_process(
    root: etree._Element,
    process: etree._Element,
    topics: Collection[str],
    called: Mapping[str, bytes],
    findings: Findings,
) -> None:
    check_process(root, process, topics, findings)
    check_structure(process, findings)
    names = names_of(process, called_processes(process, called, findings), findings)
    expressions = list(process.iter("{*}conditionExpression", "{*}timeDate"))
    if len(expressions) > MAX_EXPRESSIONS:
        findings.add("expressions_limit", process, count=len(expressions))
    for node in expressions[:MAX_EXPRESSIONS]:
        if not findings.full:
            _check_expression(node, names, findings)
    check_rules(process, names, findings)


def _check_expression(node: etree._Element, names: Names, findings: Findings) -> None:
    kind = EXPRESSIONS.get(tag(node))
    if kind is None or len(node):
        return  # the dialect has told it
    text = node.text or ""
    for reason in check_expression(
        text, names.variables, kind=kind, user_tasks=names.user_tasks, choices=names.choices
    ):
        findings.add_refusal(reason, node, text)
