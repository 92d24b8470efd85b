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

OVER_PATHS = ("too_often", "not_passed", "passed_yet", "too_early", "not_at_start", "step_not_followed",
              "answer_not_followed", "case_not_followed", "ends_without_answer", "goes_without_answer",
              "goes_without_message", "ends_otherwise", "message_not_awaited", "message_passes_by",
              "message_ends_otherwise", "limit_missing", "limit_too_long", "escalation_without_limit",
              "escalation_missing", "still_waits", "uncovered", "uncovered_pause", "covered_too_long", "stuck",
              "no_end", "endless_circle", "date_missing", "waits_for_message")


@dataclass(frozen=True)
class Verdict:
    """`by` is "file", "gate", "agreement", "proof" or "" (accepted); `reasons` are codes of findings, or rules.

    `pathless` are rules over paths that were broken without a path to show.
    """

    by: str
    reasons: tuple[str, ...] = ()
    pathless: tuple[str, ...] = ()
    definition: engine.Definition | None = None


def judged(diagram: Diagram) -> Verdict:
    tried_kinds.read()
    process_id = f"{diagram.key}_{diagram.process}"
    try:
        regulation = regulations.get(diagram.key) if diagram.law is None else _read(diagram.key, diagram.law)
        definition = engine.load(
            diagram.files(), trusted=True, process_id=process_id, topics=TOPICS)
    except ConfigurationError as malformed:
        return Verdict("file", (str(malformed),))
    except DefinitionRefused as refused:
        return Verdict("gate", tuple(sorted({finding.code for finding in refused.findings})))
    missing = tuple(sorted({finding.code for finding in agreement.disagreements(regulation, definition)
                            if finding.severity == "error"}))
    broken = proving.prove(regulation, definition).broken
    told = tuple(one.rule.check if isinstance(one, RuleResult) else one.code for one in broken)
    pathless = tuple(name for one, name in zip(broken, told, strict=True) if one.code in OVER_PATHS and not one.path)
    return Verdict("proof" if told else "agreement" if missing else "", told or missing, pathless, definition)


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
