"""Forms: fields, choices, bounds, and when a field is asked for."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from datetime import date

from lxml import etree

from caseflow.engine.expressions.language import FUNCTIONS
from caseflow.engine.expressions.tokens import MAX_NUMBER
from caseflow.engine.gate.dialect import RESERVED_IDS, SNAKE, label, visible
from caseflow.engine.gate.findings import Findings, printable
from caseflow.engine.gate.names import children, extension
from caseflow.engine.values import CASE_VARIABLES, UNIT, FieldRule, FormField

FIELD_TYPES = ("string", "text", "enum", "boolean", "date", "long", UNIT)
FIELD_PROPERTIES = ("visible_when", "first_visit_only")
RULE_PROPERTY = re.compile(r"(?P<rule>rule(_[2-9])?)(?P<says>_says)?")
MAX_FIELDS = 50
MAX_CHOICES = 50
MAX_TEXT_LENGTH = 10_000
BOUNDS = {"min": ("long",), "max": ("long",), "minlength": ("string", "text"), "maxlength": ("string", "text")}
WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,12})")
CHOICE_ID = re.compile(r"[a-z0-9][a-z0-9_]{0,63}")
VISIBLE_WHEN = re.compile(
    r"(?P<field>[a-z][a-z0-9_]*) *(== *(?P<one>'[a-z0-9_]+')|== *(?P<yes>True)"
    r"|in *\[ *(?P<many>'[a-z0-9_]+'( *, *'[a-z0-9_]+')*) *\])"
)


def fields_of(task: etree._Element) -> tuple[FormField, ...]:
    """The form of a user task as values; of a refused form what could be read. Never raises."""
    return check_form(task, Findings())


def check_form(task: etree._Element, findings: Findings) -> tuple[FormField, ...]:
    """The fields of a user task's form (camunda:formData); what is wrong with them goes to the findings.

    At most MAX_FIELDS (50) fields with MAX_CHOICES (50) choices are read; a field without a sound id, or with one that
    was there before, is left out.
    """
    nodes = [node for data in extension(task, "camunda:formData") for node in children(data, "camunda:formField")]
    if len(nodes) > MAX_FIELDS:
        findings.add("form_limit", task)
    fields: dict[str, FormField] = {}
    for node in nodes[:MAX_FIELDS]:
        name = node.get("id") or ""
        if not _check_name(node, name, findings):
            continue
        if name in fields:
            findings.add("field_duplicate", node, found=name)
        else:
            fields[name] = _field(node, name, fields, findings)
    if len([field for field in fields.values() if field.type == UNIT]) > 1:
        findings.add("form_units", task)
    return tuple(fields.values())


def reserved(name: str) -> bool:
    """Whether a field may not have this name: a case variable, a function, or a word of the language or the engine."""
    return (
        name in CASE_VARIABLES or name in FUNCTIONS or name in RESERVED_IDS
        or keyword.iskeyword(name) or name in ("since", "now", "visits")
    )  # fmt: skip


def _check_name(node: etree._Element, name: str, findings: Findings) -> bool:
    if name.startswith("_") or name in RESERVED_IDS or reserved(name):
        findings.add("field_reserved", node, found=printable(name)[:64])
    elif not SNAKE.fullmatch(name):
        findings.add("field_id", node, found=printable(name)[:64])
    else:
        return True
    return False


def _field(node: etree._Element, name: str, before: dict[str, FormField], findings: Findings) -> FormField:
    shown, kind = node.get("label") or "", node.get("type") or ""
    if not shown.strip() or not label(shown):
        findings.add("field_label", node, found=name)
    if kind not in FIELD_TYPES:
        findings.add("field_type", node, found=name)
    choices = _choices(node, name, kind, findings)
    bounds, properties = _bounds(node, name, kind, findings), _properties(node, findings)
    asked = properties.get("visible_when")
    field = FormField(
        name, shown, kind, required="required" in bounds, choices=choices, minimum=bounds.get("min"),
        maximum=bounds.get("max"), min_length=bounds.get("minlength"), max_length=bounds.get("maxlength"),
        default=node.get("defaultValue") or None,
        visible_when=None if asked is None else _read_visible_when(node, name, asked, before, findings),
        first_visit_only=_first_visit_only(node, name, properties.get("first_visit_only"), choices, findings),
        rules=_rules(node, name, properties, findings),
    )  # fmt: skip
    _check_ranges(node, field, findings)
    return field


def _choices(node: etree._Element, name: str, kind: str, findings: Findings) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    values = children(node, "camunda:value")
    if len(values) > MAX_CHOICES:
        findings.add("enum_limit", node, found=name)
    for value in values[:MAX_CHOICES]:
        key, shown = value.get("id") or "", value.get("name") or ""
        if not CHOICE_ID.fullmatch(key) or key in found or not shown.strip() or not label(shown):
            findings.add("enum_value", value, found=name, value=printable(key)[:64])
        found.setdefault(key, shown)
    if kind == "enum" and not values:
        findings.add("enum_empty", node, found=name)
    if kind != "enum" and values:
        findings.add("enum_only", node, found=name)
    return tuple(found.items())


def _bounds(node: etree._Element, name: str, kind: str, findings: Findings) -> dict[str, int]:
    """Constraint name → value (1 for required)."""
    found: dict[str, int] = {}
    for holder in children(node, "camunda:validation"):
        for constraint in children(holder, "camunda:constraint"):
            key, config = constraint.get("name") or "", constraint.get("config") or ""
            if key in found or (key != "required" and kind not in BOUNDS.get(key, ())):
                findings.add("constraint_name", constraint, found=name, value=printable(key)[:64])
            elif key == "required" and config in ("", "true"):
                found[key] = 1
            elif key != "required" and _sane_bound(key, config):
                found[key] = int(config)
            else:
                findings.add("constraint_value", constraint, found=name, value=key)
    return found


def _sane_bound(key: str, config: str) -> bool:
    if not WHOLE_NUMBER.fullmatch(config):
        return False
    return 0 <= int(config) <= MAX_TEXT_LENGTH if key.endswith("length") else abs(int(config)) <= MAX_NUMBER


def _check_ranges(node: etree._Element, field: FormField, findings: Findings) -> None:
    for low, high in ((field.minimum, field.maximum), (field.min_length, field.longest)):
        if low is not None and high is not None and low > high:
            findings.add("constraint_range", node, found=field.id)
    if field.max_length == 0:
        findings.add("constraint_value", node, found=field.id, value="maxlength")
    if field.default is not None and not _fits(field, field.default):
        findings.add("field_default", node, found=field.id, value=printable(field.default)[:60])


def _fits(field: FormField, value: str) -> bool:
    if field.type == "boolean":
        return value in ("true", "false")
    if field.type == "enum":
        return value in dict(field.choices)
    if field.type == "date":
        return _is_day(value)
    if field.type == "long":
        return bool(WHOLE_NUMBER.fullmatch(value)) and _between(int(value), field.minimum, field.maximum, MAX_NUMBER)
    if field.type == UNIT:
        return False            # the responsible unit is filled in
    return visible(value, lines=True) and _between(len(value), field.min_length, field.longest, MAX_TEXT_LENGTH)


def _between(value: int, low: int | None, high: int | None, most: int) -> bool:
    return (-most if low is None else low) <= value <= (most if high is None else high)


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _properties(node: etree._Element, findings: Findings) -> dict[str, str]:
    """The properties of a field: when it is asked for, which choices are offered at the first visit only, its rules."""
    found: dict[str, str] = {}
    for holder in children(node, "camunda:properties"):
        for entry in children(holder, "camunda:property"):
            key = entry.get("id") or ""
            if (key in FIELD_PROPERTIES or RULE_PROPERTY.fullmatch(key)) and key not in found:
                found[key] = entry.get("value") or ""
            else:
                findings.add("property_name", entry, found=printable(key or entry.get("name") or ""))
    return found


def _rules(
    node: etree._Element, name: str, properties: Mapping[str, str], findings: Findings
) -> tuple[FieldRule, ...]:
    """The rules of a field by their number: rule and rule_says, rule_2 and rule_2_says … Each has both."""
    keys = sorted({match["rule"] for match in map(RULE_PROPERTY.fullmatch, properties) if match})
    found = []
    for key in keys:
        text, sentence = properties.get(key, "").strip(), properties.get(f"{key}_says", "").strip()
        if text and sentence:
            found.append(FieldRule(text, sentence))
        else:
            findings.add("form_rule_sentence" if text else "form_rule_missing", node, found=name, value=key)
    return tuple(found)


def _first_visit_only(
    node: etree._Element, name: str, text: str | None, choices: tuple[tuple[str, str], ...], findings: Findings
) -> tuple[str, ...]:
    """The choices named, parted by commas; at least one other is left for the next visit."""
    if text is None:
        return ()
    wanted = tuple(value.strip() for value in text.split(","))
    if not set(wanted) < set(dict(choices)):
        findings.add("enum_value", node, found=name, value=printable(text)[:64])
        return ()
    return wanted


def _read_visible_when(
    node: etree._Element, name: str, text: str, before: dict[str, FormField], findings: Findings
) -> tuple[str, tuple[str, ...]] | None:
    match = VISIBLE_WHEN.fullmatch(text.strip(" "))
    if match is None:
        findings.add("visible_when_form", node, found=name)
        return None
    asked = before.get(match["field"])
    wanted = "boolean" if match["yes"] else "enum"
    if asked is None or asked.type != wanted:
        findings.add("visible_when_field", node, found=name)
        return None
    if match["yes"]:
        return asked.id, ("true",)
    values = tuple(re.findall(r"'([a-z0-9_]+)'", match["one"] or match["many"]))
    for value in values:
        if value not in dict(asked.choices):
            findings.add("visible_when_value", node, found=name, value=value)
    return asked.id, values
