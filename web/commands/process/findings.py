"""Findings as the commands print them: a line for people, data for machines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from caseflow.engine.definition import Definition
from caseflow.engine.values import Finding
from caseflow.law.regulation_file import Regulation


def line(file: Path, finding: Finding) -> str:
    """File, element, line, code, sentence, tab separated; a sentence that begins with （提示） is a warning."""
    hint = "（提示）" if finding.severity == "warning" else ""
    return "\t".join((str(file), finding.element, str(finding.line), finding.code, hint + finding.sentence))


def as_json(finding: Finding) -> dict[str, Any]:
    return {"element": finding.element, "line": finding.line, "code": finding.code, "sentence": finding.sentence,
            "severity": finding.severity}


def topics() -> Mapping[str, str]:
    """The effects there are, with what each does."""
    from caseflow.processes.topics import TOPICS  # late: it brings the tables along, which --help does not need

    return TOPICS


def disagreements(regulation: Regulation, definition: Definition) -> list[Finding]:
    """What the regulation names, or an effect reads, and the diagram does not have."""
    from caseflow.processes import agreement  # late, as above

    return list(agreement.disagreements(regulation, definition))
