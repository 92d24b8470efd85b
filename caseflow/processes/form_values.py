"""What was filled in at a task, held against the form of the diagram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from caseflow.engine.values import FormField
from caseflow.errors import InvalidForm
from caseflow.texts import text_problem

INTEGER_LIMIT = 10**12


def accept(form: Sequence[FormField], values: Mapping[str, object], today: date) -> dict[str, object]:
    """The values of the fields that are asked for, typed: str, bool, int or "YYYY-MM-DD".

    Hidden and undeclared fields are left out; empty optional ones too. `today` is the Shanghai day, before
    which no limit may be set. Refuses with InvalidForm, whose `fields` names each wrong field and one of:
    required, not_text, too_short, too_long, not_a_choice, not_yes_or_no, not_a_number, too_small, too_large,
    not_a_date, in_the_past.
    """
    accepted: dict[str, object] = {}
    wrong: dict[str, str] = {}
    for field in form:
        if not _asked_for(field, accepted):
            continue
        value = values.get(field.id)
        if value is None or (isinstance(value, str) and not value.strip()):
            if field.required:
                wrong[field.id] = "required"
            continue
        problem = _problem(field, value, today)
        if problem:
            wrong[field.id] = problem
        else:
            accepted[field.id] = value
    if wrong:
        raise InvalidForm(fields=wrong)
    return accepted


def deciding(form: Sequence[FormField], accepted: Mapping[str, object]) -> dict[str, object]:
    """The values that enter the engine; those not filled in become None, so that an old answer never lingers."""
    return {field.id: accepted.get(field.id) for field in form if field.decides}


def _asked_for(field: FormField, accepted: Mapping[str, object]) -> bool:
    if field.visible_when is None:
        return True
    other, allowed = field.visible_when
    value = accepted.get(other)
    return (str(value).lower() if isinstance(value, bool) else value) in allowed


def _problem(field: FormField, value: object, today: date) -> str | None:
    if field.type in ("string", "text"):
        return _text_problem(field, value)
    if field.type == "enum":
        return None if value in [choice for choice, _ in field.choices] else "not_a_choice"
    if field.type == "boolean":
        return None if isinstance(value, bool) else "not_yes_or_no"
    if field.type == "long":
        return _number_problem(field, value)
    return _date_problem(field, value, today)


def _text_problem(field: FormField, value: object) -> str | None:
    problem = text_problem(value, field.longest, required=False)
    if problem:
        return problem
    return "too_short" if field.min_length and len(value.strip()) < field.min_length else None


def _number_problem(field: FormField, value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return "not_a_number"
    if value < (field.minimum if field.minimum is not None else -INTEGER_LIMIT):
        return "too_small"
    return "too_large" if value > (field.maximum if field.maximum is not None else INTEGER_LIMIT) else None


def _date_problem(field: FormField, value: object, today: date) -> str | None:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != value or not 2000 <= day.year <= 2100:
        return "not_a_date"
    return "in_the_past" if field.sets_a_limit and day < today else None
