"""Why a rule is broken or cannot be decided: stable codes, each with the facts that its sentence names.

A fact is a text, a number, several texts in order, or one of the two below. `name`, `outcome` and the like are what the
diagram calls an element.

| fact | what it is |
|---|---|
| answer | field, its label ("" for a variable of the case), values: labels of the choices, or the values themselves |
| wanted, each of `limits` | unit and amount as in DeadlineRule, since: the variable it counts from, label: of a date |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from caseflow.engine.definition import Definition

# Code → the facts that come with it.
CODES: Mapping[str, tuple[str, ...]] = {
    # over paths
    "too_often": ("name", "times", "most", "task"),
    "not_passed": ("names", "outcome"),
    "passed_yet": ("name", "outcome", "allowed"),
    "too_early": ("names", "name"),
    "not_at_start": ("names",),
    "step_not_followed": ("name", "to", "reached"),
    "answer_not_followed": ("name", "answer", "to", "reached"),
    "case_not_followed": ("answer", "to", "reached"),
    "ends_without_answer": ("answer", "outcome"),
    "goes_without_answer": ("answer", "name"),
    "goes_without_message": ("message", "name"),
    "ends_otherwise": ("answer", "outcome", "wanted"),
    "message_not_awaited": ("name", "message"),
    "message_passes_by": ("name", "message", "names"),
    "message_ends_otherwise": ("name", "message", "outcome"),
    # in the diagram
    "step_missing": ("element",),
    "not_a_user_task": ("name",),
    "end_missing": ("outcome",),
    "message_missing": ("message",),
    "field_nowhere": ("field",),
    "field_missing": ("name", "field"),
    "choice_missing": ("name", "label", "value"),
    "choice_too_many": ("name", "label", "value"),
    "label_changed": ("name", "label", "value", "found", "wanted"),
    "choice_first_only": ("name", "label", "value"),
    "question_renamed": ("name", "label", "wanted"),
    "question_kind": ("name", "label", "given", "kind"),
    "question_narrow": ("name", "label", "longest", "least"),
    "question_single": ("name", "label"),
    "question_preset": ("name", "label", "value"),
    "asked_elsewhere": ("name", "label", "names"),
    "answer_nowhere": ("answer",),
    "wrong_post": ("name", "found", "wanted"),
    "same_unit": ("first", "second"),
    "fallback_missing": ("first", "second"),
    "field_optional": ("name", "field"),
    "question_optional": ("name", "field"),
    "question_hidden": ("name", "label", "answer"),
    "question_hidden_unanswered": ("name", "label", "other"),
    "answers_together": ("name", "label", "value", "answer"),
    "date_unbounded": ("name", "label", "parameter"),
    "date_not_ahead": ("name", "label"),
    "minimum_too_low": ("name", "label", "lowest", "least"),
    "effect_missing": ("name", "topic"),
    "effect_elsewhere": ("name", "topic", "steps"),
    # limits
    "never_reached": ("name",),
    "limit_missing": ("name", "wanted"),
    "limit_too_long": ("name", "limits", "wanted"),
    "escalation_without_limit": ("name",),
    "escalation_missing": ("name",),
    "still_waits": ("name",),
    "uncovered": ("name", "to", "wanted"),
    "uncovered_pause": ("name", "to", "wanted"),
    "covered_too_long": ("name", "to", "limits", "wanted"),
    # powers: what the regulation lets people do beside the drawing
    "limit_extended": ("name", "from_limit", "to_limit", "times", "days", "by"),
    "day_extended": ("name", "from_limit", "times", "days", "by"),
    "limit_stopped": ("name", "from_limit", "categories", "by"),
    "extension_too_wide": ("name", "times", "days", "by", "most", "longest", "given_to"),
    "stop_too_wide": ("name", "category", "categories", "by"),
    "parameter_missing": ("parameter",),
    "parameter_too_long": ("name", "label", "parameter", "days", "longest"),
    # the rater, and what takes a rating out of the count
    "contact_not_asked": ("name", "field"),
    "contact_unlogged": ("name", "label", "value"),
    "tried_nowhere": ("name",),
    "tried_unlogged": ("name", "attempts", "days"),
    "tried_too_little": ("name", "attempts", "days", "least_attempts", "least_days"),
    "voids_elsewhere": ("name", "steps", "topic"),
    "voids_without_answer": ("answer", "name"),
    # what an effect has to find
    "effect_value_missing": ("name", "topic", "field"),
    "effect_value_refused": ("name", "topic", "field", "value"),
    "effect_too_early": ("name", "topic", "after"),
    "effect_again": ("name", "topic"),
    # the end
    "outcome_unreachable": ("name",),
    "date_missing": ("name",),
    "waits_for_message": ("messages",),
    "stuck": ("name",),
    "no_end": (),
    "endless_circle": ("name",),
    # what could not be decided
    "too_many_states": ("states", "moves"),
    "values_sampled": (),
}


@dataclass(frozen=True, slots=True)
class Breach:
    """That a rule is broken: where (the id of an element, "" for none), and why."""

    element: str
    code: str
    facts: Mapping[str, object]


def breach(element: str, code: str, /, **values: object) -> Breach:
    """The breach with this code, a key of CODES, with its facts among `values`."""
    return Breach(element, code, {name: values[name] for name in CODES[code]})


def named(definition: Definition, element: str) -> str:
    """An element by its name, or by its id where it has none."""
    known = definition.elements.get(element)
    return known.name if known is not None and known.name else element


def all_named(definition: Definition, elements: Iterable[str]) -> tuple[str, ...]:
    """Several elements by their names, each once, in their order."""
    return tuple(dict.fromkeys(named(definition, element) for element in elements))


def answer(definition: Definition, name: str, meant: tuple[str, ...]) -> Mapping[str, object]:
    """The answers to a field, as the fact of that name above: its label and the labels of the choices."""
    for task in definition.user_tasks.values():
        for entry in task.form:
            if entry.id == name:
                labels = dict(entry.choices)
                return {"field": name, "label": entry.label, "values": tuple(labels.get(one, one) for one in meant)}
    return {"field": name, "label": "", "values": meant}
