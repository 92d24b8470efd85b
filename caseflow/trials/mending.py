"""Answers that were recorded under another form, made to fit the form of today where that is unambiguous.

Texts are the recorded words, repeated until they are long enough, or the field's label; numbers go to the nearest
bound; a single choice is taken. Whatever else is left open is a question for whoever draws.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from caseflow.engine.definition import Definition
from caseflow.engine.values import UNIT, FormField
from caseflow.proof import Rule
from caseflow.proof.reading import Reading

TEXTS = ("string", "text")
LIMITS = {"too_small": "minimum", "too_large": "maximum"}
ANSWERED_BY_PEOPLE = ("required", "not_a_choice", "not_a_unit", "not_yes_or_no", "not_a_number", "not_a_date",
                      "in_the_past", "rule_broken")


@dataclass(frozen=True, slots=True)
class Open:
    """An answer that only people can give. `provisional` is one with which the rest can be looked at; None without."""

    provisional: object


def mended(field: FormField, code: str, value: object, today: date) -> object:
    """Another value for a field whose value was refused with this code (form_values.accept); Open where only people
    know one, None where nothing can be done."""
    if field.type in TEXTS:
        return _text(field, code, value)
    if code in LIMITS:
        return getattr(field, LIMITS[code])
    choices = choices_of(field)
    if len(choices) == 1:
        return choices[0][0]
    if code not in ANSWERED_BY_PEOPLE:
        return None
    return Open(None if code == "rule_broken" else _provisional(field, today))


def choices_of(field: FormField) -> list[tuple[object, str]]:
    """(answer, label) of a field that offers some; of a yes or no without labels."""
    if field.type == "boolean":
        return [(True, ""), (False, "")]
    return list(field.choices) if field.type in ("enum", UNIT) else []


def typed(field: FormField, text: str) -> object:
    """What somebody chose or wrote for a field; None for what is no answer to it."""
    text = text.strip()
    if field.type == "long":
        return int(text) if re.fullmatch(r"-?[0-9]{1,12}", text) else None
    if field.type in ("date", *TEXTS):
        return text or None
    return next((answer for answer, _ in choices_of(field) if str(answer).lower() == text.lower()), None)


def padded(words: str, least: int, most: int) -> str:
    """Words repeated until they have so many characters, and no more than so many."""
    return (words * -(-max(least, 1) // len(words)))[:most]


def told_apart(definition: Definition, rules: Iterable[Rule]) -> frozenset[str]:
    """The fields of whose answers a condition, a timer, another field or a rule of the regulation speaks."""
    fields = [field for task in definition.user_tasks.values() for field in task.form]
    shown = {field.visible_when[0] for field in fields if field.visible_when}
    named = {word for rule in rules for word in re.findall(r"\w+", rule.check)}
    inside = {word for field in fields for rule in field.rules for word in re.findall(r"\w+", rule.text)}
    return frozenset({field.id for field in fields} & (Reading(definition).asked.names | shown | named | inside))


def _text(field: FormField, code: str, value: object) -> str | None:
    least = field.min_length or 1
    if code == "too_long":
        return str(value)[:field.longest]
    if code in ("required", "too_short"):
        words = (str(value).strip() if isinstance(value, str) else "") or field.default or field.label
        return padded(words, least, field.longest)
    return None


def _provisional(field: FormField, today: date) -> object:
    if field.type == "date":
        return today.isoformat()
    if field.type == "long":
        return next((bound for bound in (field.minimum, field.maximum) if bound is not None), 1)
    return choices_of(field)[0][0]
