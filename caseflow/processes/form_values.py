"""What was filled in at a task, held against the form of the diagram."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from caseflow.engine.expressions import Surroundings, holds, parameters_in
from caseflow.engine.values import UNIT, FieldRule, FormField
from caseflow.errors import ConfigurationError, InvalidForm
from caseflow.law.regulation_file import Regulation
from caseflow.law.working_days import Calendar
from caseflow.moments import day_of
from caseflow.texts import text_problem

INTEGER_LIMIT = 10**12
BROKEN = "rule_broken"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the rules of a form may know beside what was filled in: the moment (aware), the regulation with its
    parameters, the calendar and what the case knows by name, both only read where a rule asks."""

    now: datetime
    regulation: Regulation
    calendar: Callable[[], Calendar]
    known: Callable[[], Mapping[str, object]]

    def working_day(self, after: date, amount: int | str) -> date:
        """The so-manieth working day after this one; the number may be a parameter's name. ConfigurationError."""
        return self.calendar().shift(after, amount if isinstance(amount, int) else self.parameter(amount))

    def parameter(self, name: str) -> int:
        """The value of a parameter of the regulation; ConfigurationError unless it is a number of days."""
        parameter = self.regulation.parameters.get(name)
        if parameter is None or type(parameter.value) is not int:
            raise ConfigurationError(f"{self.regulation.key}: [parameters.{name}] value must be a number of days.")
        return parameter.value


def accept_by_rules(form: Sequence[FormField], values: Mapping[str, object], at: Circumstances) -> dict[str, object]:
    """What `accept` gives, held against the rules of the form as well.

    Refuses as `accept` does; a form that is otherwise right with `rule_broken` for each field whose rule is broken, and
    the diagram's sentences for them by field in the error's `sentences`.
    """
    accepted = accept(form, values, day_of(at.now))
    broken = broken_rules(form, accepted, at)
    if broken:
        raise InvalidForm(fields=dict.fromkeys(broken, BROKEN), sentences={
            name: sentence(rule, at) for name, rule in broken.items()})
    return accepted


def broken_rules(form: Sequence[FormField], accepted: Mapping[str, object], at: Circumstances) -> dict[str, FieldRule]:
    """The first broken rule of each field that has one. A rule over what was not filled in holds."""
    if not any(one.rules for one in form):
        return {}
    known = {**at.known(), **deciding(form, accepted)}
    around = Surroundings(at.now, working_day=at.working_day)
    broken = {one.id: [rule for rule in one.rules if not holds(rule.text, known, around)] for one in form}
    return {name: rules[0] for name, rules in broken.items() if rules}


def sentence(rule: FieldRule, at: Circumstances) -> str:
    """What the diagram says to whoever breaks a rule, with the values of the parameters that it counts by."""
    text = rule.sentence
    for name in parameters_in(rule.text):
        text = text.replace(f"{{{name}}}", str(at.parameter(name)))
    return text


def accept(form: Sequence[FormField], values: Mapping[str, object], today: date) -> dict[str, object]:
    """The values of the fields that are asked for, typed: str, bool, int or "YYYY-MM-DD".

    Hidden and undeclared fields are left out; empty optional ones too. `today` is the Shanghai day, before
    which no limit may be set. Refuses with InvalidForm, whose `fields` names each wrong field and one of:
    required, not_text, too_short, too_long, not_a_choice, not_a_unit, not_yes_or_no, not_a_number, too_small,
    too_large, not_a_date, in_the_past.
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


def others(form: Sequence[FormField], accepted: Mapping[str, object]) -> tuple[str, ...]:
    """The fields that were filled in and do not enter the engine, texts and units, in the form's order."""
    return tuple(field.id for field in form if not field.decides and field.id in accepted)


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
    if field.type == UNIT:
        return None if value in [code for code, _ in field.choices] else "not_a_unit"
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
