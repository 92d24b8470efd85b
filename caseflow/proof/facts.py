"""Rules that are seen without walking a path: what is in the diagram, who does it, what the forms refuse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from caseflow.engine.definition import Definition
from caseflow.engine.expressions import holds
from caseflow.engine.specs import EffectTask
from caseflow.engine.values import CASE_VARIABLES, FieldRule, UserTask
from caseflow.proof import days
from caseflow.proof.contacts import contacts, tried
from caseflow.proof.days import day_of
from caseflow.proof.language import Check
from caseflow.proof.powers import Powers
from caseflow.proof.questions import asks, choices_of, field_of, lacks, offers
from caseflow.proof.reasons import Breach, all_named, answer, breach, named
from caseflow.proof.vocabulary import VOCABULARY, answers_of

PAIRS = ("different_office", "different_person")
OF_TASKS = ("leads", "deadline", "covered", "escalates", "gives_up", "performed_by", *PAIRS, "offers", "answers",
            "asks", "refuses", "within", "after_today", "contacts", "tried", "extendable", "stoppable")
BESIDE = ("offers", "answers", "asks", "refuses")      # the answer is given in the same form, or was before
RESPONSIBLE = "responsible"
# Days on which a case may have been received.
_BEGUN = tuple(day_of(number) for number in (0, -1, -days.LONGEST, -days.YEAR))
STEPS = {"leads": ("to", "before", "unless_had"), "covered": ("after",), "message_ends": ("during", "passing")}
ENDS = {"concludes": "outcomes", "message_ends": "outcome", "every_closed_case_had": "only"}


def missing(check: Check, definition: Definition) -> Breach | None:
    """What a rule names that the diagram does not have, a step, end, message, field or answer; None when it has all."""
    for element in named_in(check):
        if element not in definition.elements:
            return breach("", "step_missing", element=element)
        if check.name in OF_TASKS and element not in definition.user_tasks and element in _tasks(check) \
                and not (check.name == "leads" and definition.elements[element].kind == "startEvent"):
            return breach(element, "not_a_user_task", name=named(definition, element))
    for outcome in _outcomes(check):
        known = definition.elements.get(outcome)
        if known is None or known.kind != "endEvent" or known.parent:
            return breach("", "end_missing", outcome=outcome)
    letters = VOCABULARY[check.name].parts
    message = check.parts[letters.index("m")] if "m" in letters else ""
    if message and message not in definition.messages.values():
        return breach("", "message_missing", message=message)
    return _missing_answer(check, definition)


def named_in(check: Check) -> Iterator[str]:
    """The steps that a rule names, by their ids."""
    for letter, part in zip(VOCABULARY[check.name].parts, check.parts, strict=True):
        if letter == "e":
            yield from check.words(part)
    for name in STEPS.get(check.name, ()):
        yield from check.words(check.named.get(name))


def _tasks(check: Check) -> tuple[str, ...]:
    """The elements of a rule about tasks that must be some."""
    parts = check.parts if check.name in PAIRS else check.parts[:1]
    return tuple(word for part in parts for word in check.words(part))


def _outcomes(check: Check) -> Iterator[str]:
    if check.name in ("only_if", "reachable"):
        yield from check.words(check.parts[0])
    if check.name in ENDS:
        yield from check.words(check.named.get(ENDS[check.name]))


def _missing_answer(check: Check, definition: Definition) -> Breach | None:
    for name, meant in answers_of(check).items():
        if name in CASE_VARIABLES:
            continue
        own = check.words(check.parts[0]) if check.name in ("leads", *BESIDE) else ()
        if check.name in BESIDE:
            own = tuple(task for task in own if field_of(definition, task, name))   # none: it was asked before
        tasks = own or tuple(task for task in definition.user_tasks if field_of(definition, task, name))
        if not tasks:
            return breach("", "field_nowhere", field=name)
        for task in tasks:
            entry = field_of(definition, task, name)
            if entry is None:
                return breach(task, "field_missing", name=named(definition, task), field=name)
            lacking = [value for value in meant if value not in choices_of(entry)]
            if lacking and own:
                return lacks(definition, task, entry, lacking[0])
        if not any(value in choices_of(field_of(definition, task, name)) for value in meant for task in tasks):
            return breach(tasks[0], "answer_nowhere", answer=answer(definition, name, meant))
    return None


def performed_by(check: Check, definition: Definition) -> Breach | None:
    """These tasks are done at this post (unit.role); else the first that is not."""
    for task in check.words(check.parts[0]):
        found = _post(definition.user_tasks[task])
        if found != check.parts[1]:
            return breach(task, "wrong_post", name=named(definition, task), found=found, wanted=check.parts[1])
    return None


def different_office(check: Check, definition: Definition) -> Breach | None:
    """These tasks are drawn for different offices."""
    for task, other in _pairs(check, definition):
        if task.unit == other.unit:
            return _together("same_unit", task, other)
    return None


def different_person(check: Check, definition: Definition) -> Breach | None:
    """No one person does both in a case, which people/apart.py sees to. Where both can fall to one office, the rule
    says which other post does the task when nobody else there can."""
    fallback = check.named.get("else")
    for task, other in _pairs(check, definition):
        one_office = task.unit == other.unit or RESPONSIBLE in (task.unit, other.unit)
        if fallback in (_post(task), _post(other)) or (one_office and fallback is None):
            return _together("fallback_missing", task, other)
    return None


def _pairs(check: Check, definition: Definition) -> Iterator[tuple[UserTask, UserTask]]:
    for first in check.words(check.parts[0]):
        for second in check.words(check.parts[1]):
            yield definition.user_tasks[first], definition.user_tasks[second]


def _together(code: str, task: UserTask, other: UserTask) -> Breach:
    return breach(other.element.id, code, first=task.element.name, second=other.element.name)


def _post(task: UserTask) -> str:
    return f"{task.unit}.{task.role}"


def refuses(check: Check, definition: Definition) -> Breach | None:
    """The forms of these tasks have rules that refuse each of these answers to a field beside that of another."""
    [(other, given)] = answers_of(check).items()
    for task in check.words(check.parts[0]):
        entry = field_of(definition, task, check.parts[1])
        if entry is None:
            return breach(task, "field_missing", name=named(definition, task), field=check.parts[1])
        for value in check.words(check.parts[2]):
            if not all(_refused(definition, task, {entry.id: value, other: one}) for one in given):
                return breach(task, "answers_together", name=named(definition, task), label=entry.label,
                              value=dict(entry.choices).get(value, value), answer=answer(definition, other, given))
    return None


def within(check: Check, definition: Definition, powers: Powers) -> Breach | None:
    """The forms of these tasks take no date in this field that is later than so many working days, a parameter of the
    regulation, after today or after the receipt; and the parameter is no more than the limit of the rule."""
    parameter, longest = check.parts[2], check.limit.amount
    for task in check.words(check.parts[0]):
        entry = field_of(definition, task, check.parts[1])
        if entry is None:
            return breach(task, "field_missing", name=named(definition, task), field=check.parts[1])
        if not all(_refused(definition, task, {entry.id: day, "received_at": begun}, parameter)
                   for begun in _BEGUN for day in _late(entry.rules, every=begun == _BEGUN[0])):
            return breach(task, "date_unbounded", name=named(definition, task), label=entry.label, parameter=parameter)
        if parameter not in powers.parameters:
            return breach(task, "parameter_missing", parameter=parameter)
        if powers.parameters[parameter] > longest:
            return breach(task, "parameter_too_long", name=named(definition, task), label=entry.label,
                          parameter=parameter, days=powers.parameters[parameter], longest=longest)
    return None


def after_today(check: Check, definition: Definition) -> Breach | None:
    """The forms of these tasks take neither today nor an earlier day in this field."""
    for task in check.words(check.parts[0]):
        entry = field_of(definition, task, check.parts[1])
        if entry is None:
            return breach(task, "field_missing", name=named(definition, task), field=check.parts[1])
        if not ahead(definition, task, entry.id):
            return breach(task, "date_not_ahead", name=named(definition, task), label=entry.label)
    return None


def _late(rules: Iterable[FieldRule], *, every: bool) -> Iterator[str]:
    """Days after the longest limit: those around each number that a rule counts with, the first, and one very late;
    `every`: all of a year."""
    numbers = {int(number) for rule in rules for number in re.findall(r"\d+", rule.text)}
    beyond = {number + by for number in numbers for by in range(-1, days.LONGEST + 2)}
    year = range(days.LONGEST, days.LONGEST + (days.YEAR if every else 1))
    for number in sorted({*year, *beyond, days.ENDLESS - days.LONGEST}):
        if days.LONGEST <= number < days.ENDLESS:
            yield day_of(number)


def ahead(definition: Definition, task: str, name: str) -> bool:
    """Whether the form of this task takes neither today nor an earlier day in this field, whenever the case began."""
    early = [day_of(number) for number in range(-days.LONGEST, 1)]
    return all(_refused(definition, task, {name: day, "received_at": begun}) for begun in _BEGUN for day in early)


def _refused(definition: Definition, task: str, values: Mapping[str, object], parameter: str = "") -> bool:
    """Whether a rule of the form refuses these answers, the rest being empty."""
    around = days.surroundings(parameter)
    return any(not holds(rule.text, values, around)
               for entry in definition.user_tasks[task].form for rule in entry.rules)


def carries_out(check: Check, definition: Definition) -> Breach | None:
    """These service tasks call this effect (camunda:topic)."""
    topics = topics_of(definition)
    for element in check.words(check.parts[0]):
        if topics.get(element) != check.parts[1]:
            return breach(element, "effect_missing", name=named(definition, element), topic=check.parts[1])
    return None


def carried_out_elsewhere(check: Check, definition: Definition, rules: Iterable[Check]) -> Breach | None:
    """No other service task calls this effect, but one of which another such rule says so: what an article wants done
    at its step is done at no other."""
    topic = check.parts[1]
    steps = [step for rule in rules if rule.name == check.name and rule.parts[1] == topic
             for step in rule.words(rule.parts[0])]
    for element, found in topics_of(definition).items():
        if found == topic and element not in steps:
            return breach(element, "effect_elsewhere", name=named(definition, element), topic=topic,
                          steps=all_named(definition, steps))
    return None


def topics_of(definition: Definition) -> dict[str, str]:
    """Service task → the effect it calls (camunda:topic), subprocesses and called processes included."""
    return {spec.name: spec.topic for process in (definition.process, *definition.inner.values())
            for spec in process.task_specs.values() if isinstance(spec, EffectTask)}


FACTS = {"performed_by": performed_by, "carries_out": carries_out, "different_office": different_office,
         "different_person": different_person, "offers": offers, "answers": offers, "asks": asks,
         "refuses": refuses, "after_today": after_today}
OF_POWERS = {"within": within, "contacts": contacts, "tried": tried}     # facts that the regulation's powers decide
