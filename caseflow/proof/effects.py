"""What effects have to find: on every path to a service task its values were given, and the effects before it ran.

An effect that lacks something stops the case at run time (StepFailed). It takes the newest answer of the whole case to
a field, so one that was given once stays; an answer that may be left out, or whose field is not shown, is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from caseflow.engine.definition import Definition
from caseflow.engine.expressions import names_in
from caseflow.engine.values import FormField, UserTask
from caseflow.proof.explorer import Graph, Move
from caseflow.proof.facts import topics_of
from caseflow.proof.language import read
from caseflow.proof.paths import Found, Watch, answer_in, watch
from caseflow.proof.powers import Need, Wanted
from caseflow.proof.questions import choices_of, field_of
from caseflow.proof.reasons import Breach, breach

GIVEN = "\0given"       # that a text was given, whose words no rule tells apart
NO_RULE = read("effects()")


def faults(graph: Graph, needs: Sequence[Need]) -> Iterator[Found]:
    """For each effect of the diagram and each thing it needs the shortest way to it without; those that it has are
    left out. A field that no form asks for at all is left to workshop/agreement.py."""
    definition = graph.definition
    calls = topics_of(definition)
    for need in needs:
        elements = frozenset(name for name, topic in calls.items() if topic == need.topic)
        if elements:
            asked = (one for one in need.fields if _tasks(definition, one.field))
            watches = [*(_Value(definition, need, elements, one) for one in asked),
                       *((_Order(definition, need, elements),) if need.once or need.after else ())]
            yield from (found for one in watches if (found := watch(graph, one)))


def told_apart(definition: Definition, needs: Sequence[Need]) -> Mapping[str, frozenset[str]]:
    """The fields whose answers decide whether an effect has what it needs, with the answers that matter."""
    found: dict[str, set[str]] = {}
    used = set(topics_of(definition).values())
    for wanted in (one for need in needs if need.topic in used for one in need.fields):
        for task in _tasks(definition, wanted.field):
            found.setdefault(wanted.field, set()).update(wanted.refused)
            for entry, allowed in _showing(task, field_of(definition, task.element.id, wanted.field)):
                found.setdefault(entry, set()).update(allowed)
        if wanted.when:
            found.setdefault(wanted.when[0], set()).add(wanted.when[1])
        for name in _related(definition, wanted.field) if wanted.refused else ():
            found.setdefault(name, set())
    return {name: frozenset(answers) for name, answers in found.items()}


def _related(definition: Definition, name: str) -> set[str]:
    """The fields that rules of forms hold against this one, and those held against them: they narrow its answers."""
    rules = [names_in(rule.text) for task in definition.user_tasks.values() for one in task.form for rule in one.rules]
    found, waiting = {name}, [name]
    while waiting:
        one = waiting.pop()
        new = set().union(*(names for names in rules if one in names)) - found
        found |= new
        waiting += new
    return found - {name}


def _tasks(definition: Definition, name: str) -> list[UserTask]:
    return [task for task in definition.user_tasks.values() if field_of(definition, task.element.id, name)]


def _showing(task: UserTask, entry: FormField | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The answers that show a field, nearest first; what shows what decides is found by the explorer itself."""
    by_name = {one.id: one for one in task.form}
    while entry is not None and entry.visible_when is not None:
        yield entry.visible_when
        entry = by_name.get(entry.visible_when[0])


class _Effects(Watch):
    """Watches the service tasks that call one effect."""

    def __init__(self, definition: Definition, need: Need, elements: frozenset[str]) -> None:
        super().__init__(NO_RULE, definition)
        self.need, self.elements, self.calls = need, elements, topics_of(definition)

    def lacks(self, element: str, code: str, **facts: object) -> Breach:
        """That this step does not find what it needs."""
        return breach(element, code, name=self.name(element), topic=self.need.topic, **facts)


class _Value(_Effects):
    """Memory: the newest answer to the field, and to the one on which it depends whether it is wanted; None before."""

    begin = (None, None)

    def __init__(self, definition: Definition, need: Need, elements: frozenset[str], wanted: Wanted) -> None:
        super().__init__(definition, need, elements)
        self.wanted = wanted
        self.other, self.meant = wanted.when or ("", "")
        self.entries = {(name, task): entry for name in (wanted.field, self.other) if name
                        for task in definition.user_tasks if (entry := field_of(definition, task, name))}

    def move(self, memory, move, after):
        """Broken where an effect is passed without the answer, or with one that it refuses."""
        value, other = memory
        if move.kind == "complete":
            value = self.newest(move, self.wanted.field, value)
            other = self.newest(move, self.other, other)
        for element in move.passed:
            if element in self.elements and (not self.other or other == self.meant):
                if value is None:
                    return self.lacks(element, "effect_value_missing", field=self.wanted.field)
                if value in self.wanted.refused:
                    return self.lacks(element, "effect_value_refused", field=self.wanted.field,
                                      value=self.label(value))
        return value, other

    def newest(self, move: Move, name: str, before: object) -> object:
        """The answer that is certainly given to this field in this move, as a rule writes it, else the one before."""
        entry = self.entries.get((name, move.element))
        if entry is None:
            return before
        if entry.decides:
            answered = answer_in(move, name)
            return before if answered is None else answered
        return GIVEN if entry.required and self.shown(move, entry) else before

    def shown(self, move: Move, entry: FormField) -> bool:
        """Whether the answers of this move show the field."""
        task = self.definition.user_tasks[move.element]
        return all(answer_in(move, other) in allowed for other, allowed in _showing(task, entry))

    def label(self, value: str) -> str:
        """An answer to the field as people read it."""
        entries = (field_of(self.definition, task.element.id, self.wanted.field)
                   for task in _tasks(self.definition, self.wanted.field))
        return next((dict(entry.choices).get(value, value) for entry in entries if value in choices_of(entry)), value)


class _Order(_Effects):
    """Memory: whether the effect has run, and whether one of those before it has."""

    begin = (False, False)

    def move(self, memory, move, after):
        """Broken where it is passed too early, or once more than it can be."""
        done, ready = memory
        for element in move.passed:
            if element in self.elements:
                if self.need.once and done:
                    return self.lacks(element, "effect_again")
                if self.need.after and not ready:
                    return self.lacks(element, "effect_too_early", after=self.need.after)
                done = True
            ready = ready or self.calls.get(element) in self.need.after
        return done, ready
