"""Rules over the fields of forms: their expressions, what they say when broken, and whether anything can keep them.

Rules over choices and yes/no fields are tried with every answer; those over numbers and days are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import product

from lxml import etree

from caseflow.engine.expressions import Surroundings, check_expression, holds, names_in, parameters_in
from caseflow.engine.gate.bundle import Names
from caseflow.engine.gate.findings import Findings
from caseflow.engine.gate.forms import fields_of
from caseflow.engine.gate.graph import steps
from caseflow.engine.gate.names import children, extension, tag
from caseflow.engine.values import FieldRule, FormField

MOST_RULES = 200
MOST_ANSWERS = 5_000        # to one form; with more, nothing is tried
BLANK = re.compile(r"\{([^{}]*)\}")
ANY_TIME = Surroundings(datetime(2026, 3, 2, tzinfo=UTC))


def check_rules(process: etree._Element, names: Names, findings: Findings) -> None:
    """The rules of all forms of a process. Of more than MOST_RULES (200) the rest is refused."""
    count = 0
    for task in steps(process):
        if tag(task) != "bpmn:userTask":
            continue
        form, nodes = fields_of(task), _nodes(task)
        ruled = [(field, rule) for field in form for rule in field.rules]
        count += len(ruled)
        if count > MOST_RULES:
            findings.add("expressions_limit", process, count=count)
            return
        sound = [_check(rule, field, nodes[field.id], names, findings) for field, rule in ruled]
        if ruled and all(sound):
            _try_answers(form, nodes, names, findings)


def _nodes(task: etree._Element) -> Mapping[str, etree._Element]:
    nodes = [node for data in extension(task, "camunda:formData") for node in children(data, "camunda:formField")]
    return {node.get("id") or "": node for node in reversed(nodes)}


def _check(rule: FieldRule, field: FormField, node: etree._Element, names: Names, findings: Findings) -> bool:
    """Whether the rule is sound: in the language, over its own field, and naming in its sentence what it counts by."""
    refusals = check_expression(rule.text, names.variables, kind="rule", choices=names.choices)
    for reason in refusals:
        findings.add_refusal(reason, node, rule.text)
    if refusals:
        return False
    if field.id not in names_in(rule.text):
        findings.add("form_rule_elsewhere", node, found=field.id, text=rule.text[:60])
        return False
    strange = [blank for blank in BLANK.findall(rule.sentence) if blank not in parameters_in(rule.text)]
    if strange:
        findings.add("form_rule_blank", node, found=field.id, value=strange[0][:64])
    return not strange


def _try_answers(
    form: Sequence[FormField], nodes: Mapping[str, etree._Element], names: Names, findings: Findings
) -> None:
    """Rules that refuse nothing, rules that refuse everything, and choices that the rules together never let pass."""
    ruled = [(field, rule) for field in form for rule in field.rules if _can_be_tried(rule, names)]
    answers = _answers(form, [rule for _, rule in ruled], names)
    if answers is None:
        return
    for field, rule in ruled:
        kept = {holds(rule.text, values, ANY_TIME) for values in answers if values.get(field.id) is not None}
        if kept in ({True}, {False}):
            code = "form_rule_always" if True in kept else "form_rule_never"
            findings.add(code, nodes[field.id], found=field.id,
                         text=rule.text[:60])
    passed = [values for values in answers if all(holds(rule.text, values, ANY_TIME) for _, rule in ruled)]
    for field in form:
        given, left = ({values.get(field.id) for values in among} for among in (answers, passed))
        for value in sorted(str(value) for value in given - left if value is not None):
            findings.add("choice_barred", nodes[field.id], found=field.id, value=value)


def _can_be_tried(rule: FieldRule, names: Names) -> bool:
    """Whether it reads choices and yes/no alone, whose values are known."""
    return all(names.variables[name] == "boolean" or name in names.choices for name in names_in(rule.text))


def _answers(form: Sequence[FormField], rules: Sequence[FieldRule], names: Names) -> list[dict[str, object]] | None:
    """Every way to answer what these rules read, and what decides whether it is asked for; None where there are more
    than MOST_ANSWERS."""
    read = {name for rule in rules for name in names_in(rule.text)}
    asked: list[FormField] = []
    for field in reversed(form):
        if field.id in read:
            asked.insert(0, field)
            read |= {field.visible_when[0]} if field.visible_when else set()
    earlier = sorted(read - {field.id for field in form})
    found: list[dict[str, object]] = [dict(zip(earlier, values, strict=True)) for values in product(
        *([True, False] if names.variables[name] == "boolean" else sorted(names.choices[name]) for name in earlier))]
    for field in asked:
        found = [{**values, field.id: value} for values in found for value in _choices(field, values)]
        if len(found) > MOST_ANSWERS:
            return None
    return found


def _choices(field: FormField, before: Mapping[str, object]) -> Iterator[object]:
    if field.visible_when is not None:
        value = before.get(field.visible_when[0])
        if (str(value).lower() if isinstance(value, bool) else value) not in field.visible_when[1]:
            yield None
            return
    yield from ([True, False] if field.type == "boolean" else [choice for choice, _ in field.choices])
    if not field.required:
        yield None
