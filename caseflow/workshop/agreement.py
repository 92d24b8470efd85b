"""Whether a diagram and its regulation have what each asks of the other: the rules that the process is to keep, a
rule or a reason for every word of the law, the steps that the regulation names, the fields that its effects read.

Of a regulation.toml these are the milestones and the ends that need no revisit; what its rules say is the proof's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from caseflow.casefile import kinds
from caseflow.cases.effects.registry import FAILURE, OPINION, find
from caseflow.engine.definition import Definition
from caseflow.engine.expressions import parameters_in
from caseflow.engine.values import Finding, FormField
from caseflow.law.milestones import ComplexMatters, Revisited
from caseflow.law.rating_levels import HANDLED_IN
from caseflow.law.regulation_file import Regulation
from caseflow.processes.asked import ATTEMPTS, FINDING, MESSAGES, REASON, UNREACHABLE, Read
from caseflow.proof import check
from caseflow.proof.facts import topics_of
from caseflow.raters import reaching

# What changes a rating, decides an appeal or sends a case back: where no rule says so, no step does.
DECIDING = ("record_newest_rating", "replace_rating", "void_rating", "return_for_rehandling", "return_for_evidence",
            "uphold_appeal", "dismiss_appeal")


def disagreements(regulation: Regulation, definition: Definition) -> Iterator[Finding]:
    """Everything of this kind in the diagram of a process of the regulation, as errors, and as
    warnings where the diagram does without something."""
    process = process_of(regulation, definition)
    yield from unruled(regulation, definition)
    yield from unexplained(regulation)
    if process in regulation.milestones:
        yield from _milestones(regulation, process, definition)
    if process == HANDLED_IN:
        yield from _ends(regulation, definition)
    yield from _fields(regulation, process, definition)
    yield from _foreign(process, definition)
    yield from _unruled_effects(regulation, process, definition)
    yield from unknown_parameters(regulation, definition)
    if regulation.unreachable is not None:
        yield from _logged(definition)
    yield from _channels(definition)
    if regulation.appeal is not None and regulation.appeal.available:
        yield from _messages(process, definition)


def _milestones(regulation: Regulation, process: str, definition: Definition) -> Iterator[Finding]:
    steps = regulation.milestones[process]
    named = [("first_contact", steps.first_contact.tasks), ("revisited", steps.revisited.tasks),
             ("handled", (*steps.handled.tasks, *steps.handled.on_the_spot)),
             *([("ledger", (*steps.ledger.entered, *steps.ledger.tasks))] if steps.ledger else [])]
    for name, tasks in named:
        for task in dict.fromkeys(tasks):
            if task not in definition.user_tasks:
                yield Finding("milestone_unknown", task if task in definition.elements else "", 0,
                              {"process": process, "milestone": name, "task": task})
    yield from _results(steps.revisited, process, definition)
    if steps.ledger:
        yield from _entries(steps.ledger, process, definition)


def _entries(ledger: ComplexMatters, process: str, definition: Definition) -> Iterator[Finding]:
    """Tasks with which a complex matter is entered whose form does not ask for its plan, or for its limit."""
    asked = [(ledger.plan, ("text", "string")), *([(ledger.limit, ("date",))] if ledger.limit else [])]
    for task in ledger.entered:
        drawn = definition.user_tasks.get(task)
        for wanted, types in asked if drawn else ():
            if not any(one.id == wanted and one.type in types for one in drawn.form):
                yield Finding("milestone_entry", task, 0,
                              {"process": process, "milestone": "ledger", "wanted": wanted, "type": types[0],
                               "name": drawn.element.name})


def _results(revisited: Revisited, process: str, definition: Definition) -> Iterator[Finding]:
    """Tasks of the revisit whose form does not ask for its result."""
    for task in revisited.tasks:
        asked = definition.user_tasks.get(task)
        if asked is not None and not any(one.id == revisited.result and one.type == "enum" for one in asked.form):
            yield Finding("milestone_result", task, 0,
                          {"process": process, "milestone": "revisited", "result": revisited.result,
                           "name": asked.element.name})


def _ends(regulation: Regulation, definition: Definition) -> Iterator[Finding]:
    for outcome in regulation.closed_without_revisit:
        known = definition.elements.get(outcome)
        if known is None or known.kind != "endEvent":
            yield Finding("outcome_unknown", "", 0, {"outcome": outcome})


def _fields(regulation: Regulation, process: str, definition: Definition) -> Iterator[Finding]:
    """Fields that an effect of this diagram reads and no form asks for, or asks for otherwise."""
    for element, topic in topics_of(definition).items():
        effect = find(kinds.trying(process).name, topic)
        for read in effect.reads if effect else ():
            asked = [(task.element.id, one) for task in definition.user_tasks.values() for one in task.form
                     if one.id == read.field]
            if not asked and is_needed(read, regulation):
                yield Finding("effect_field_missing", element, 0,
                              {"topic": topic, "field": read.field, "type": read.types[0]})
            for task, one in asked:
                if wrong := _wrong(_narrowed(read, regulation), one):
                    yield Finding("effect_field_form", task, 0, {"topic": topic, "field": read.field, **wrong})


def _foreign(process: str, definition: Definition) -> Iterator[Finding]:
    """Effects of appeals in a case of another kind, where they fail."""
    kind = kinds.trying(process)
    for element, topic in topics_of(definition).items() if not kind.about_appeal else ():
        effect = find(kind.name, topic)
        if effect is not None and effect.of_appeals:
            yield Finding("effect_of_appeals", element, 0, {"name": definition.elements[element].name, "topic": topic})


def _unruled_effects(regulation: Regulation, process: str, definition: Definition) -> Iterator[Finding]:
    """Steps that change a rating, decide an appeal or send a case back though no rule of the regulation has them."""
    rules = regulation.rules.get(process, ())
    ruled = {(step, found.parts[1]) for rule in rules
             if (found := check(rule.check)).name == "carries_out" for step in found.words(found.parts[0])}
    for element, topic in topics_of(definition).items():
        if rules and topic in DECIDING and (element, topic) not in ruled:
            yield Finding("effect_unruled", element, 0, {"name": definition.elements[element].name, "topic": topic})


def process_of(regulation: Regulation, definition: Definition) -> str:
    """The name by which the regulation has the process: rectification, appeal."""
    return definition.process_id.removeprefix(f"{regulation.key}_")


def unruled(regulation: Regulation, definition: Definition) -> Iterator[Finding]:
    """That the regulation has no rule for this process: of nothing it could be shown that it keeps the law."""
    process = process_of(regulation, definition)
    if not regulation.rules.get(process):
        yield Finding("no_rules", "", 0, {"process": process, "regulation": regulation.key})


def unexplained(regulation: Regulation) -> Iterator[Finding]:
    """The words of its articles on handling, revisit and appeal that no rule watches and no mark explains."""
    for article, words in regulation.unexplained:
        yield Finding("unwatched_words", "", 0, {"article": article, "words": words})


def unknown_parameters(regulation: Regulation, definition: Definition) -> Iterator[Finding]:
    """Rules of forms that count by what is no number of days among the parameters of the regulation."""
    for task in definition.user_tasks.values():
        for one in task.form:
            for name in sorted(name for rule in one.rules for name in parameters_in(rule.text)):
                parameter = regulation.parameters.get(name)
                if parameter is None or type(parameter.value) is not int or not 1 <= parameter.value <= 400:
                    yield Finding("form_rule_parameter", task.element.id, 0,
                                  {"name": task.element.name, "label": one.label, "parameter": name})


def _logged(definition: Definition) -> Iterator[Finding]:
    """Forms in which the rater may be called unreachable, without the figures that are held against the log."""
    for task in definition.user_tasks.values():
        if any(UNREACHABLE in dict(one.choices) for one in task.form):
            for read in (ATTEMPTS, REASON):
                asked = next((one for one in task.form if one.id == read.field), None)
                if asked is None:
                    yield Finding("unreachable_field", task.element.id, 0,
                                  {"name": task.element.name, "answer": UNREACHABLE, "field": read.field,
                                   "type": read.types[0]}, "warning")
                elif wrong := _wrong(read, asked):
                    yield Finding("unreachable_field", task.element.id, 0, {"field": read.field, **wrong})


def _channels(definition: Definition) -> Iterator[Finding]:
    """Ways of reaching the rater that a form offers and the log of contacts does not know: none could be held against
    it."""
    for task in definition.user_tasks.values():
        for one in reaching.says_how(task.form):
            strange = [name for choice, name in one.choices if choice not in reaching.ANSWERS]
            if strange:
                yield Finding("channel_unknown", task.element.id, 0,
                              {"name": task.element.name, "label": one.label, "strange": strange[0],
                               "choices": reaching.ANSWERS})


def _messages(process: str, definition: Definition) -> Iterator[Finding]:
    for message in MESSAGES.get(process, ())[:1]:
        if message not in definition.messages.values():
            yield Finding("message_not_awaited", "", 0, {"message": message}, "warning")


def is_needed(read: Read, regulation: Regulation) -> bool:
    """Whether it must be asked for; a failure of duty and its grounds where the regulation has consequences of it."""
    consequences = regulation.appeal is not None and bool(regulation.appeal.consequences)
    return read.needed or (read in (FAILURE, OPINION) and consequences)


def _narrowed(read: Read, regulation: Regulation) -> Read:
    """What it may be in this regulation: an appeal is upheld on its grounds alone."""
    return replace(read, choices=regulation.appeal.grounds) if read is FINDING and regulation.appeal else read


def _wrong(read: Read, asked: FormField) -> Mapping[str, object]:
    """What is wrong with how a form asks for it: types and found, or choices and strange; empty if nothing is."""
    if asked.type not in read.types:
        return {"types": read.types, "found": asked.type}
    strange = [choice for choice, _ in asked.choices if read.choices and choice not in read.choices]
    return {"choices": read.choices, "strange": strange[0]} if strange else {}
