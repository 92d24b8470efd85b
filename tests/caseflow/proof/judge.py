"""Would this diagram be deployed under this regulation? Asked are the reader of regulation.toml, the gate, what diagram
and regulation want of each other, and the proof."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition as engine
from caseflow.errors import ConfigurationError, DefinitionRefused
from caseflow.install import tried_kinds
from caseflow.law import regulation_file, regulations
from caseflow.law.regulation_file import Regulation
from caseflow.proof import RuleResult
from caseflow.workshop import agreement, proving
from tests.caseflow.proof.diagrams import Diagram


@dataclass(frozen=True)
class Verdict:
    """`by` is "file", "gate", "agreement", "proof" or "" (accepted); `reasons` are codes of findings, or rules."""

    by: str
    reasons: tuple[str, ...] = ()
    definition: engine.Definition | None = None


def judged(diagram: Diagram) -> Verdict:
    tried_kinds.read()
    process_id = f"{diagram.key}_{diagram.process}"
    try:
        regulation = regulations.get(diagram.key) if diagram.law is None else _read(diagram.key, diagram.law)
        definition = engine.load(
            {f"{diagram.process}.bpmn": diagram.source()}, trusted=True, process_id=process_id, topics=TOPICS)
    except ConfigurationError as malformed:
        return Verdict("file", (str(malformed),))
    except DefinitionRefused as refused:
        return Verdict("gate", tuple(sorted({finding.code for finding in refused.findings})))
    missing = tuple(finding.code for finding in agreement.disagreements(regulation, definition)
                    if finding.severity == "error")
    proof = proving.prove(regulation, definition)
    broken = tuple(result.rule.check if isinstance(result, RuleResult) else result.code for result in proof.broken)
    return Verdict("proof" if broken else "agreement" if missing else "", broken or missing, definition)


@lru_cache(maxsize=64)
def _read(key: str, law: str) -> Regulation:
    """The regulation in this text."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / key / "regulation.toml"
        file.parent.mkdir()
        file.write_text(law, encoding="utf-8")
        return regulation_file.read(file)


@cache
def shipped_definition(key: str, process: str) -> engine.Definition:
    return judged(Diagram(key, process)).definition
