"""Two versions of a process beside each other: what was added, removed, changed and moved.

As bpmn-js-differ means it: an element is the same while its id is; a change of its place alone is a move.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from caseflow.engine.definition import Definition
from caseflow.engine.values import FormField
from caseflow.workshop.drawn_facts import Drawn, Fact, elements, field_facts

NOTHING = Fact("", "")
FIELD_ATTRIBUTES = ("label", "type", "required", "choices", "default", "visible_when", "first_visit_only", "rules",
                    "minimum", "maximum", "min_length", "max_length")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between what `was` drawn and what is `now` (None where it is not there at all).

    `code` is added, removed or moved of a whole element, fact of an attribute; order, field_added, field_removed and
    field of its form, with the field's `label`. `attribute` is "" for a whole element, layout for one that moved, form,
    form.<field> and form.<field>.<attribute> in forms.
    """

    code: str
    attribute: str
    was: Drawn | None
    now: Drawn | None
    before: Fact = NOTHING
    after: Fact = NOTHING
    label: str = ""

    @property
    def drawn(self) -> Drawn:
        """The element, as it is now; a removed one as it was."""
        return self.now or self.was

    @property
    def element(self) -> str:
        """The id of the element."""
        return self.drawn.id


@dataclass(frozen=True, slots=True)
class Comparison:
    """What lies between two versions. `moved` are drawn elsewhere on the page and otherwise the same or changed."""

    added: tuple[Change, ...] = ()
    removed: tuple[Change, ...] = ()
    changed: tuple[Change, ...] = ()
    moved: tuple[Change, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether anything at all does, be it only its place on the page."""
        return bool(self.added or self.removed or self.changed or self.moved)

    @property
    def marks(self) -> dict[str, str]:
        """Element id → added, removed, changed or moved: how to colour it in a drawing."""
        kinds = (("moved", self.moved), ("changed", self.changed), ("removed", self.removed), ("added", self.added))
        return {change.element: kind for kind, changes in kinds for change in changes}


def compare(old: Definition | None, new: Definition, offices: Mapping[str, str] | None = None) -> Comparison:
    """What `new` changes of `old` (None: there was nothing). `offices`: unit key → name, for the performers."""
    return compare_files({} if old is None else old.files, new.files, offices)


def compare_files(old: Mapping[str, bytes], new: Mapping[str, bytes],
                  offices: Mapping[str, str] | None = None) -> Comparison:
    """The same for files that need not have passed the gate; DefinitionRefused for one that cannot be read."""
    before, after = elements(old, offices or {}), elements(new, offices or {})
    both = [(before[key], after[key]) for key in after if key in before]
    return Comparison(
        added=tuple(Change("added", "", None, drawn) for key, drawn in after.items() if key not in before),
        removed=tuple(Change("removed", "", drawn, None) for key, drawn in before.items() if key not in after),
        changed=tuple(change for pair in both for change in _changes(*pair)),
        moved=tuple(Change("moved", "layout", old, new) for old, new in both if old.layout != new.layout))


def _changes(old: Drawn, new: Drawn) -> Iterator[Change]:
    for key in dict.fromkeys((*old.facts, *new.facts)):
        before, after = old.facts.get(key, NOTHING), new.facts.get(key, NOTHING)
        if before.value != after.value:
            yield Change("fact", key, old, new, before, after)
    if old.form != new.form:
        yield from _form_changes(old, new)


def _form_changes(old: Drawn, new: Drawn) -> Iterator[Change]:
    before, after = {one.id: one for one in old.form}, {one.id: one for one in new.form}
    for one in new.form:
        if one.id not in before:
            yield Change("field_added", f"form.{one.id}", old, new, NOTHING, field_facts(one, new.form)["required"],
                         one.label)
    for one in old.form:
        if one.id not in after:
            yield Change("field_removed", f"form.{one.id}", old, new, label=one.label)
    for key in (one.id for one in new.form if one.id in before):
        yield from _field_changes(old, new, before[key], after[key])
    kept = [one.id for one in old.form if one.id in after]
    if kept != [one.id for one in new.form if one.id in before]:
        orders = [tuple(one.label for one in form) for form in (old.form, new.form)]
        yield Change("order", "form", old, new, *(Fact(order, order, "names") for order in orders))


def _field_changes(old: Drawn, new: Drawn, was: FormField, now: FormField) -> Iterator[Change]:
    before, after = field_facts(was, old.form), field_facts(now, new.form)
    for key in FIELD_ATTRIBUTES:
        if before[key].value != after[key].value:
            yield Change("field", f"form.{now.id}.{key}", old, new, before[key], after[key], was.label)
