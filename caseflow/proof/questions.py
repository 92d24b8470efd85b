"""What the forms ask: which fields, whenever they are to be asked, and with which choices.

Whether somebody who is asked has to answer for themselves, in words where words are meant, is said in answering.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from caseflow.engine.definition import Definition
from caseflow.engine.values import FormField
from caseflow.proof.answering import misread, unanswered
from caseflow.proof.language import Check
from caseflow.proof.reasons import Breach, all_named, breach, named
from caseflow.proof.vocabulary import answers_of

ASKING = ("asks", "offers", "answers", "within", "after_today")
KEPT = ("answers", "within", "after_today")      # what is asked there is asked nowhere else


def field_of(definition: Definition, task: str, name: str) -> FormField | None:
    """The field with this id in the form of this user task; None without one."""
    return next((entry for entry in definition.user_tasks[task].form if entry.id == name), None)


def choices_of(entry: FormField) -> tuple[str, ...]:
    """The answers to a choice, as a rule writes them; none for a field that offers none."""
    return ("true", "false") if entry.type == "boolean" else tuple(choice for choice, _ in entry.choices)


def lacks(definition: Definition, task: str, entry: FormField, value: str) -> Breach:
    """That a field has no such choice."""
    return breach(task, "choice_missing", name=named(definition, task), label=entry.label, value=value)


def asks(check: Check, definition: Definition) -> Breach | None:
    """These fields are shown and required whenever the rule wants it (_hidden), and answered as it says (answering.py):
    in words, unless it says otherwise; a number is at least so much."""
    least = check.named.get("least")
    for task in check.words(check.parts[0]):
        for name in check.words(check.parts[1]):
            entry = field_of(definition, task, name)
            if entry is None or not entry.required:
                return breach(task, "question_optional", name=named(definition, task), field=name)
            if least is not None and (entry.minimum is None or entry.minimum < least):
                return breach(task, "minimum_too_low", name=named(definition, task), label=entry.label,
                              lowest=entry.minimum, least=least)
            broken = unanswered(check, definition, task, entry) or _hidden(check, definition, task, entry)
            if broken:
                return broken
    return None


def offers(check: Check, definition: Definition) -> Breach | None:
    """offers, answers: this field is asked as `asks` means it, has these choices, with the labels given, each time the
    task comes, and none of them is chosen beforehand."""
    for task in check.words(check.parts[0]):
        entry = field_of(definition, task, check.parts[1])
        if entry is None or not entry.required:
            return breach(task, "field_optional", name=named(definition, task), field=check.parts[1])
        lacking = [value for value in check.words(check.parts[2]) if value not in choices_of(entry)]
        if lacking:
            return lacks(definition, task, entry, lacking[0])
        broken = (_relabelled(check, definition, task, entry) or _once(check, definition, task, entry)
                  or misread(check, definition, task, entry) or _hidden(check, definition, task, entry))
        if broken:
            return broken
    return None


def answers_closed(check: Check, definition: Definition, rules: Iterable[Check]) -> Breach | None:
    """This field has no other choices but those of which another rule says where they lead (leads, concludes)."""
    for task in check.words(check.parts[0]):
        entry = field_of(definition, task, check.parts[1])
        known = {*check.words(check.parts[2]), *led(rules, task, entry.id)}
        strange = [value for value in choices_of(entry) if value not in known]
        if strange:
            return breach(task, "choice_too_many", name=named(definition, task), label=entry.label,
                          value=dict(entry.choices).get(strange[0], strange[0]))
    return None


def led(rules: Iterable[Check], task: str, name: str) -> Iterator[str]:
    """The answers to this field of which a rule says where they lead, or how the case then ends."""
    for rule in rules:
        if rule.name == "concludes" or (rule.name == "leads" and task in rule.words(rule.parts[0])):
            yield from answers_of(rule).get(name, ())


def _relabelled(check: Check, definition: Definition, task: str, entry: FormField) -> Breach | None:
    """The first choice that people do not read as the rule writes it beside its id."""
    for value, shown in entry.choices:
        wanted = check.labels.get(value, shown)
        if shown != wanted:
            return breach(task, "label_changed", name=named(definition, task), label=entry.label, value=value,
                          found=shown, wanted=wanted)
    return None


def _once(check: Check, definition: Definition, task: str, entry: FormField) -> Breach | None:
    """The first of the choices that can be given at the first visit only."""
    for value in check.words(check.parts[2]):
        if value in entry.first_visit_only:
            return breach(task, "choice_first_only", name=named(definition, task), label=entry.label,
                          value=dict(entry.choices)[value])
    return None


def asked_elsewhere(check: Check, definition: Definition, rules: Iterable[Check]) -> Breach | None:
    """answers, within, after_today: the field is asked at no other task than those of which some rule says that it is
    asked there; whoever is asked there as well could change the answer."""
    name = check.parts[1]
    known = {task for rule in rules if rule.name in ASKING and name in rule.words(rule.parts[1])
             for task in rule.words(rule.parts[0])}
    for task in definition.user_tasks:
        entry = field_of(definition, task, name)
        if entry is not None and task not in known:
            return breach(task, "asked_elsewhere", name=named(definition, task), label=entry.label,
                          names=all_named(definition, check.words(check.parts[0])))
    return None


def _hidden(check: Check, definition: Definition, task: str, entry: FormField) -> Breach | None:
    """The first answer that keeps a field from being shown where the rule wants it asked; None without one.

    That is always, or whenever the rule's own field has one of the answers it names: in this form, or, where this form
    does not ask for it, in any before. What decides whether a field is shown are answers to fields above it in the same
    form, each of its own, so each can be looked at alone.
    """
    possible: dict[str, tuple[str, ...]] = {}
    for name, meant in answers_of(check).items():
        condition = field_of(definition, task, name)
        if condition is not None:
            possible = {**{other.id: allowed for other, allowed in _shown_by(definition, task, condition)}, name: meant}
    for other, allowed in reversed(list(_shown_by(definition, task, entry))):
        hiding = [value for value in possible.get(other.id, choices_of(other)) if value not in allowed]
        facts = {"name": named(definition, task), "label": entry.label}
        if hiding:
            return breach(task, "question_hidden", **facts, answer=_answered(other, hiding[0]))
        if other.id not in possible and not other.required:
            return breach(task, "question_hidden_unanswered", **facts, other=other.label)
    return None


def _shown_by(definition: Definition, task: str, entry: FormField) -> Iterator[tuple[FormField, tuple[str, ...]]]:
    """What must be answered for a field to be shown, nearest first: the fields, each with the answers that show it."""
    while entry.visible_when is not None:
        name, allowed = entry.visible_when
        entry = field_of(definition, task, name)
        yield entry, allowed


def _answered(entry: FormField, value: str) -> Mapping[str, object]:
    return {"field": entry.id, "label": entry.label, "values": (dict(entry.choices).get(value, value),)}
