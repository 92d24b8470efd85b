"""What an examination found, in words: findings with the names of their elements, rules with the path that breaks them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from caseflow.engine import gate
from caseflow.engine.definition import Definition
from caseflow.errors import DefinitionRefused
from caseflow.verification import Examination


def told(examination: Examination, source: bytes) -> dict[str, Any]:
    """The examination as the designer's page reads it."""
    names, proof = names_in(source), examination.proof
    broken = [result for result in proof.results if result.verdict != "holds"] if proof else []
    return {
        "blocks": examination.blocks,
        "proved": proof is not None,
        "holding": len(proof.results) - len(broken) if proof else 0,
        "findings": [{"element": finding.element, "name": names.get(finding.element, ""),
                      "severity": finding.severity, "sentence": finding.sentence} for finding in examination.findings],
        "rules": [_rule(result, examination.definition, names) for result in broken],
    }


def names_in(source: bytes) -> Mapping[str, str]:
    """Element id → its name in one line, as far as the file can be read."""
    try:
        root = gate.read(source)
    except DefinitionRefused:
        return {}
    named = ((node.get("id"), node.get("name")) for node in root.iter("{*}*"))
    return {element: "".join(name.split()) for element, name in named if element and name}


def _rule(result: Any, definition: Definition | None, names: Mapping[str, str]) -> dict[str, Any]:
    rule = result.rule
    return {"key": rule.check, "article": rule.article, "sentence": rule.sentence, "verdict": result.verdict,
            "element": result.element, "name": names.get(result.element, ""), "why": result.why,
            "passed": [element for step in result.path for element in step.passed],
            "steps": [{"element": step.element, "text": step_text(step, definition, names)} for step in result.path]}


def step_text(step: Any, definition: Definition | None, names: Mapping[str, str]) -> str:
    """One move of a path in words: what was answered, which limit ran out, which message came."""
    name = names.get(step.element, step.element)
    if step.kind == "complete":
        answers = _answers(step, definition)
        return gettext("办理“%(name)s”：%(answers)s", name=name, answers=answers) if answers else gettext(
            "办理“%(name)s”", name=name)
    if step.kind == "timer":
        return gettext("“%(name)s”到期", name=name)
    if step.kind == "message":
        return gettext("收到消息“%(name)s”", name=name)
    return gettext("案件开始")


def _answers(step: Any, definition: Definition | None) -> str:
    task = definition.user_tasks.get(step.element) if definition else None
    fields = {field.id: field for field in task.form} if task else {}
    return gettext("；").join(
        gettext("%(field)s＝%(value)s", field=fields[key].label if key in fields else key, value=_value(fields.get(key), value))
        for key, value in step.values.items())


def _value(field: Any, value: object) -> str:
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    return dict(field.choices).get(value, str(value)) if field is not None else str(value)
