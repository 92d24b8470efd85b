"""The answers that make a difference: what a form can bring into a case, one for each class of values that no
condition and no rule tells apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType

from caseflow.engine.expressions import holds, names_in
from caseflow.engine.gate.bundle import CASE_CHOICES
from caseflow.engine.values import CASE_VARIABLES, FormField, UserTask
from caseflow.proof.days import FIRST, day_of, days_around, surroundings
from caseflow.proof.reading import Asked

EMPTY: Mapping[str, object] = MappingProxyType({})
NO_DAYS = surroundings("")      # the rules that narrow hold choices against each other
FEW = 12            # values of a number that are all tried where it is held against another
MOST = 400          # answers to one form


@dataclass
class Answers:
    """Answers to the forms of one diagram. `sampled` turns true when not every class of values could be tried."""

    asked: Asked
    wanted: Mapping[str, frozenset[str]]        # fields the rules name, with the answers they mean
    rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)      # Reading.rules
    sampled: bool = False
    _known: dict = field(default_factory=dict)

    def to_start(self) -> Iterator[dict[str, object]]:
        """What is known of a case when it starts: variable → JSON scalar, once for each class that is told apart."""
        received = days_around((), self.asked.reach or 0) if "received_at" in self.asked.timed else [0]
        options = {"received_at": [f"{day_of(day)}T01:00:00+08:00" for day in received if day <= 0][::-1]}
        for name, kind in CASE_VARIABLES.items():
            if name != "received_at" and (name in self.asked.names or name in self.wanted):
                texts = sorted(CASE_CHOICES.get(name, ()))
                options[name] = [True, False] if kind == "boolean" else self._told_apart(name, texts)
        for values in product(*options.values()):
            yield dict(zip(options, values, strict=True))

    def to_form(
        self, task: UserTask, visit: int, days: frozenset[int], before: Mapping[str, object] = EMPTY
    ) -> list[dict[str, object]]:
        """Every answer at this visit (from 1) that differs in what is asked for later and that the rules of the form
        take: field id → value. `days` are those the case knows, counted from today; `before` what it was told so far.

        Hidden fields and optional ones left empty become None, as the operation writes them. After MOST (400) answers
        the rest is left out and `sampled` set.
        """
        rules = self.rules.get(task.element.id, ())
        earlier = frozenset((name, before.get(name)) for text in rules for name in names_in(text))
        key = (task.element.id, visit == 1, days, earlier)
        if key not in self._known:
            found = self._all(task.at_visit(visit).form, sorted(days))
            self._known[key] = [values for values in found if all(
                holds(text, {**dict(earlier), **values}, NO_DAYS) for text in rules)]
        return self._known[key]

    def _all(self, form: Sequence[FormField], days: Sequence[int]) -> list[dict[str, object]]:
        needed = self._needed(form)
        found: list[dict[str, object]] = [{}]
        for entry in form:
            if entry.id not in needed:
                continue
            found = [{**values, entry.id: value} for values in found
                     for value in self._values(entry, values, form, days)]
            if len(found) > MOST:
                self.sampled, found = True, found[:MOST]
        return found

    def _needed(self, form: Sequence[FormField]) -> set[str]:
        """The fields that something reads, and those that decide whether these are asked for."""
        needed: set[str] = set()
        for entry in reversed(form):
            if entry.decides and (entry.id in self.asked.names or entry.id in self.wanted or entry.id in needed):
                needed.add(entry.id)
                if entry.visible_when:
                    needed.add(entry.visible_when[0])
        return needed

    def _values(
        self, entry: FormField, before: Mapping[str, object], form: Sequence[FormField], days: Sequence[int]
    ) -> list[object]:
        if entry.visible_when:
            other, allowed = entry.visible_when
            value = before.get(other)
            if (str(value).lower() if isinstance(value, bool) else value) not in allowed:
                return [None]
        return self._of_kind(entry, form, days) + ([] if entry.required else [None])

    def _of_kind(self, entry: FormField, form: Sequence[FormField], days: Sequence[int]) -> list[object]:
        if entry.type == "boolean":
            return [True, False]
        if entry.type == "date":
            return self._days(entry, days)
        if entry.type == "long":
            return self._numbers(entry)
        deciding = {value for other in form if other.visible_when and other.visible_when[0] == entry.id
                    for value in other.visible_when[1]}
        return self._told_apart(entry.id, [choice for choice, _ in entry.choices], deciding)

    def _told_apart(self, name: str, choices: Sequence[str], deciding: set[str] = frozenset()) -> list[object]:
        """The choices that something asks for, and one of all the others."""
        if name in self.asked.related:
            return list(choices)
        named = self.asked.texts.get(name, set()) | self.wanted.get(name, frozenset()) | deciding
        others = [choice for choice in choices if choice not in named]
        return [choice for choice in choices if choice in named or choice == others[0]]

    def _numbers(self, entry: FormField) -> list[object]:
        low = -10**6 if entry.minimum is None else entry.minimum
        high = 10**6 if entry.maximum is None else entry.maximum
        if entry.id in self.asked.related:
            if high - low < FEW:
                return list(range(low, high + 1))
            self.sampled = True
        near = {low, high} | {value + by for value in self.asked.numbers.get(entry.id, ()) for by in (-1, 0, 1)}
        return sorted(value for value in near if low <= value <= high)

    def _days(self, entry: FormField, days: Sequence[int]) -> list[object]:
        if entry.id not in self.asked.timed:
            return [day_of(FIRST)]
        return [day_of(day) for day in days_around(days, self.asked.reach or 0)
                if day >= 0 or not entry.sets_a_limit]
