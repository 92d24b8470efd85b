"""Findings as the commands print them: a line for people, data for machines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from caseflow.engine.values import Finding


def line(file: Path, finding: Finding) -> str:
    """File, element, line, code, sentence, tab separated; a sentence that begins with （提示） is a warning."""
    hint = "（提示）" if finding.severity == "warning" else ""
    return "\t".join((str(file), finding.element, str(finding.line), finding.code, hint + _sentence(finding)))


def as_json(finding: Finding) -> dict[str, Any]:
    return {"element": finding.element, "line": finding.line, "code": finding.code, "sentence": _sentence(finding),
            "severity": finding.severity}


def _sentence(finding: Finding) -> str:
    """The words are imported when there is something to say: they take as long as checking a diagram that is sound."""
    from web import sentences

    return sentences.of(finding)
