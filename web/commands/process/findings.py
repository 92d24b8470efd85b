"""Findings as the commands print them: a line for people, data for machines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from caseflow.engine.values import Finding
from web import sentences


def line(file: Path, finding: Finding) -> str:
    """File, element, line, code, sentence, tab separated; a sentence that begins with （提示） is a warning."""
    hint = "（提示）" if finding.severity == "warning" else ""
    return "\t".join((str(file), finding.element, str(finding.line), finding.code, hint + sentences.of(finding)))


def as_json(finding: Finding) -> dict[str, Any]:
    return {"element": finding.element, "line": finding.line, "code": finding.code, "sentence": sentences.of(finding),
            "severity": finding.severity}
