"""What was filled in, with the labels of the diagram instead of ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext

from caseflow.engine.values import UNIT, FormField
from caseflow.people import assignable


def in_words(form: Sequence[FormField], values: Mapping[str, object]) -> list[tuple[str, str]]:
    """(label, answer) in the order of the form; an answer without a field comes last under its own name."""
    known = [(field.label, answer(field, values[field.id])) for field in form if values.get(field.id) is not None]
    ids = {field.id for field in form}
    return known + [(key, str(value)) for key, value in values.items() if key not in ids and value is not None]


def answer(field: FormField, value: object) -> str:
    if field.type == "boolean" and str(value).lower() in ("true", "false"):
        return gettext("是") if str(value).lower() == "true" else gettext("否")
    if field.type == "enum":
        return dict(field.choices).get(str(value), str(value))
    if field.type == UNIT:
        return dict(field.choices).get(str(value)) or assignable.name_of(str(value))
    return str(value)
