"""Would this diagram be deployed? The gate first, then the rules of its regulation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition as engine
from caseflow.errors import DefinitionRefused
from caseflow.law import regulations
from caseflow.proof import HOLDS, prove
from tests.caseflow.proof.diagrams import Diagram


@dataclass(frozen=True)
class Verdict:
    """`by` is "gate", "proof" or "" (accepted); `reasons` are codes of findings, or rules."""

    by: str
    reasons: tuple[str, ...] = ()
    definition: engine.Definition | None = None


def judged(diagram: Diagram) -> Verdict:
    process_id = f"{diagram.key}_{diagram.process}"
    try:
        definition = engine.load(
            {f"{diagram.process}.bpmn": diagram.source()}, trusted=True, process_id=process_id, topics=TOPICS)
    except DefinitionRefused as refused:
        return Verdict("gate", tuple(sorted({finding.code for finding in refused.findings})))
    proof = prove(definition, regulations.get(diagram.key).rules[diagram.process])
    broken = tuple(result.rule.check for result in proof.results if result.verdict != HOLDS)
    return Verdict("proof" if broken else "", broken, definition)


@cache
def shipped_definition(key: str, process: str) -> engine.Definition:
    return judged(Diagram(key, process)).definition
