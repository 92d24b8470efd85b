"""Rules on who does what, with those who did it; and whether each effect that was passed has its own entry."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from caseflow.monitor.course import Task
from caseflow.monitor.held import Held, Said, broken
from caseflow.proof.language import Check

RESPONSIBLE = "responsible"


def performed_by(check: Check, held: Held) -> Iterator[Said]:
    """Each of these tasks lay at this post, and was done by a person."""
    unit, _, role = str(check.parts[1]).partition(".")
    for task in held.course.of(check.words(check.parts[0])):
        name, looked = held.name(task.element), (task.opened.seq, *((task.done.seq,) if task.done else ()))
        office = held.law.posts.get(unit) if unit != RESPONSIBLE else None
        if task.role != role:
            yield broken(looked, task.element, "other_role", name=name, found=task.role, wanted=role)
        elif office is not None and not office.issuperset(task.units):
            yield broken(looked, task.element, "other_office", name=name,
                         wanted=held.law.regulation.offices.get(unit, unit))
        elif task.done is not None and task.done.actor_id is None:
            yield broken(looked, task.element, "by_nobody", name=name)
        else:
            yield Said(looked)


def different_person(check: Check, held: Held) -> Iterator[Said]:
    """Nobody did both."""
    for first, second in _pairs(check, held):
        looked = (first.done.seq, second.done.seq)
        if first.done.actor_id == second.done.actor_id:
            yield broken(looked, second.element, "one_person", first=held.name(first.element),
                         second=held.name(second.element))
        else:
            yield Said(looked)


def different_office(check: Check, held: Held) -> Iterator[Said]:
    """They lay at different offices. Where the office that has the one by the article is the rated one itself, other
    persons must have done it: there is no other office."""
    for first, second in _pairs(check, held):
        looked = (first.opened.seq, first.done.seq, second.opened.seq, second.done.seq)
        together = first.units[-1] == second.units[-1]
        moved = len(first.units) > 1 or len(second.units) > 1
        if together and (moved or first.done.actor_id == second.done.actor_id):
            yield broken(looked, second.element, "one_office", first=held.name(first.element),
                         second=held.name(second.element))
        else:
            yield Said(looked)


def _pairs(check: Check, held: Held) -> Iterator[tuple[Task, Task]]:
    """Every two that were done, of the one group and of the other."""
    yield from product(held.done(check.words(check.parts[0])), held.done(check.words(check.parts[1])))


def carries_out(check: Check, held: Held) -> Iterator[Said]:
    """Whenever one of these steps was passed, its effect has an entry of its own."""
    elements, topic = check.words(check.parts[0]), str(check.parts[1])
    for act in held.course.acts:
        for line in act.led_to("effect_applied"):
            if line.details["element"] in elements:
                yield Said((line.seq,)) if line.details["topic"] == topic else broken(
                    (line.seq,), str(line.details["element"]), "effect_not_recorded",
                    name=held.name(str(line.details["element"])), topic=topic)
    for stray in held.way.strays:
        if stray.code == "effect_not_run" and stray.element in elements:
            yield broken((stray.seq,), stray.element, "effect_not_recorded", name=held.name(stray.element), topic=topic)


PERSONS = {"performed_by": performed_by, "different_person": different_person, "different_office": different_office,
           "carries_out": carries_out}
