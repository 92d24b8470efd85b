"""What an examination found, in words: findings with their elements' names, broken rules with the path to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext

from caseflow.engine import gate
from caseflow.engine.definition import Definition
from caseflow.engine.values import Finding
from caseflow.errors import DefinitionRefused
from caseflow.proof import HOLDS, Fault, RuleResult
from caseflow.trials.scenarios import FAILED
from caseflow.workshop.verification import Examination
from web import sentences

_ = lazy_gettext


SAID_HERE = {     # where the gate names what is written in the file, and the page has a field for it
    "performer_missing": _("人工任务没有写由谁办；请在属性里选办理单位和岗位。"),
    "article_missing": _("这个人工任务没有写依据的条款；请在属性里选一条。"),
    "limit_unmarked": _("一个步骤上有几个时限：%(found)s；请在属性里标明哪一个是法定期限、哪一个只是提醒。"),
    "service_type": _("这个系统任务没有选系统操作；请在属性里选一个。"),
    "topic_unknown": _("这个系统任务没有选登记过的系统操作；请在属性里选一个。"),
    "called_unknown": _("没有选调用哪个流程，或者那个流程没有部署；请在属性里选一个。"),
}
KINDS = {
    "bpmn:userTask": _("人工任务"), "bpmn:serviceTask": _("系统任务"), "bpmn:startEvent": _("开始事件"),
    "bpmn:endEvent": _("结束事件"), "bpmn:boundaryEvent": _("边界事件"), "bpmn:intermediateCatchEvent": _("等待"),
    "bpmn:exclusiveGateway": _("排他网关"), "bpmn:parallelGateway": _("并行网关"), "bpmn:subProcess": _("子流程"),
    "bpmn:callActivity": _("调用的流程"), "bpmn:lane": _("泳道"), "bpmn:process": _("流程"),
    "bpmn:sequenceFlow": _("流向"), "bpmn:participant": _("泳池"),
}
TAG = re.compile("|".join(KINDS))


def told(examination: Examination, source: bytes) -> dict[str, Any]:
    """The examination as the designer's page reads it."""
    names, proof = names_in(source), examination.proof
    changing, found = examination.disagreeing, examination.findings
    if changing:      # the law is kept: what changes is the recording
        found = [finding for finding in found if finding.code != FAILED]
    return {
        "blocks": examination.blocks and not changing,
        "recordings": len(changing),
        "proved": proof is not None,
        "holding": sum(result.verdict == HOLDS for result in proof.results) if proof else 0,
        "findings": [{"element": finding.element, "name": names.get(finding.element, ""),
                      "severity": finding.severity, "sentence": sentence(finding)} for finding in found],
        "rules": _rules(proof.broken if proof else (), examination.definition, names),
    }


def sentence(finding: Finding) -> str:
    """What to do, in the words of the page rather than of the file."""
    said = SAID_HERE.get(finding.code)
    return str(said) if said else TAG.sub(lambda tag: str(KINDS[tag[0]]), sentences.of(finding))


def names_in(source: bytes) -> Mapping[str, str]:
    """Element id → its name in one line, as far as the file can be read."""
    try:
        root = gate.read(source)
    except DefinitionRefused:
        return {}
    named = ((node.get("id"), node.get("name")) for node in root.iter("{*}*"))
    return {element: "".join(name.split()) for element, name in named if element and name}


def _rules(broken: Sequence[RuleResult | Fault], definition: Definition, names: Mapping[str, str]) -> list[dict]:
    """The broken rules; those that one thing breaks together, each with its sentence of the law. What an effect lacks
    comes with none."""
    together: dict[tuple[str, str], dict[str, Any]] = {}
    for result in broken:
        why = sentences.of(result)
        found = together.setdefault((result.element, why), {
            "key": _key(result), "laws": [], "element": result.element, "why": why,
            "name": names.get(result.element, ""),
            "passed": [element for step in result.path for element in step.passed],
            "steps": [{"element": step.element, "text": text}
                      for step, text in zip(result.path, sentences.told(definition, result.path, names), strict=True)]})
        for rule in (result.rule,) if isinstance(result, RuleResult) else ():
            law = {"article": rule.article, "sentence": rule.sentence}
            found["laws"] += [law] if law not in found["laws"] else []
    return list(together.values())


def _key(result: RuleResult | Fault) -> str:
    """What stays the same while the drawing is edited."""
    return result.rule.check if isinstance(result, RuleResult) else f"{result.code} {result.element}"
