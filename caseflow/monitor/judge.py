"""A finished case against every rule of its process, from its journal alone.

A rule over the way of a case is judged by the very automaton that the proof runs over all ways (proof/paths.py), here
over the one that was gone; so proof and monitor cannot disagree. What hangs on moments, persons, answers and effects is
judged by times.py, persons.py and forms.py. What the journal does not tell is unknown, never kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from caseflow.engine.definition import Definition
from caseflow.errors import StepFailed
from caseflow.monitor import retrace
from caseflow.monitor.course import Course, read
from caseflow.monitor.forms import FORMS
from caseflow.monitor.held import Held, Said, broken, untold
from caseflow.monitor.persons import PERSONS
from caseflow.monitor.times import TIMES
from caseflow.monitor.values import DRAWING, Checked, Law, Line, Report
from caseflow.proof import HOLDS, UNKNOWN, VIOLATED, Rule, check, prove
from caseflow.proof.allowed import EXTENDABLE, STOPPABLE
from caseflow.proof.facts import OF_POWERS, missing, named_in
from caseflow.proof.language import Check
from caseflow.proof.paths import WATCHES, watch
from caseflow.proof.vocabulary import answers_of
from caseflow.proof.voids import WORD as VOIDS_ONLY
from caseflow.proof.voids import voids

OF_THE_DRAWING = ("reachable", EXTENDABLE, STOPPABLE)     # and of what the regulation lets people do
RECORDED = ("startEvent", "userTask", "serviceTask", "endEvent")     # elements that have entries of their own
Judge = Callable[[Check, Held], Iterator[Said]]


def judge(lines: Iterable[Line], law: Law) -> Report | None:
    """What became of each rule; None for a case whose journal does not say that it ended.

    NotFound or StepFailed for a version of the process that is lost, StepFailed for entries that cannot be read.
    """
    try:
        course = read(lines)
    except (KeyError, TypeError, ValueError) as fault:
        raise StepFailed(f"The journal cannot be read: {fault!r}") from fault
    if course.opened is None or course.closed is None:
        return None
    definition = law.version(course.digest)
    rules = law.regulation.rules.get(definition.process_id.removeprefix(f"{law.regulation.key}_"), ())
    way = retrace.retrace(course, law)
    held = Held(course, way, law, definition, rules, [check(rule.check) for rule in rules])
    return Report(tuple(_checked(rule, found, held) for rule, found in zip(rules, held.checks, strict=True)),
                  way.strays, way.followed, retrace.begun_with(course, definition) is not None)


def _checked(rule: Rule, found: Check, held: Held) -> Checked:
    if found.name in OF_THE_DRAWING:
        return Checked(rule, DRAWING)
    lost = missing(found, held.definition)
    if lost is not None:
        what = next((str(fact) for fact in lost.facts.values()), lost.element)
        return Checked(rule, UNKNOWN, "", "not_in_version", {"element": what})
    said = list(JUDGES[found.name](found, held))
    looked = tuple(sorted({seq for one in said for seq in one.looked}))
    worst = next((one for one in said if one.code and one.known), None) or next((one for one in said if one.code), None)
    if worst is None:
        return Checked(rule, HOLDS, looked=looked)
    if worst.known and found.name not in OF_POWERS and _of_other_rules(rule, held):
        return Checked(rule, UNKNOWN, worst.element, "other_rules", {}, looked)
    return Checked(rule, VIOLATED if worst.known else UNKNOWN, worst.element, worst.code, worst.facts, looked)


def _of_other_rules(rule: Rule, held: Held) -> bool:
    """Whether the case went under a version that is not current any more and was drawn for other rules: the proof does
    not find this one kept in it. So nobody broke it who followed the drawing."""
    current = held.law.current
    former = {act.digest for act in held.course.acts} - current if current is not None else ()
    return any(rule.check not in _kept_by(held.law.version(digest), tuple(held.rules)) for digest in sorted(former))


@lru_cache(maxsize=64)
def _kept_by(definition: Definition, rules: tuple[Rule, ...]) -> frozenset[str]:
    """The rules that a version keeps on every path."""
    return frozenset(one.rule.check for one in prove(definition, rules).results if one.verdict == HOLDS)


def ends(found: Check, held: Held) -> Iterator[Said]:
    """The case has ended."""
    yield Said((held.course.closed.seq,))


def way(found: Check, held: Held) -> Iterator[Said]:
    """The automaton of the rule, run over the way of the case."""
    elements, looked = set(named_in(found)), _looked(found, held)
    unrecorded = [one for one in elements if held.definition.elements[one].kind not in RECORDED]
    if unrecorded and not held.way.followed:
        yield untold(looked, unrecorded[0], "not_in_journal", what=held.name(unrecorded[0]))
        return
    if _asks_the_start(found, held):
        yield untold(looked, "", "not_in_journal", what=next(iter(answers_of(found))))
        return
    breach = watch(held.way.graph, WATCHES[found.name](found, held.definition))
    yield Said(looked) if breach is None else Said(
        looked, breach.breach.element, breach.breach.code, breach.breach.facts)


def voids_only(found: Check, held: Held) -> Iterator[Said]:
    """The automaton of the rule, which knows the steps that the other rules of its kind name too."""
    looked = _looked(found, held)
    if not held.way.followed:
        yield untold(looked, "", "not_in_journal", what=held.name(found.words(found.parts[0])[0]))
        return
    breach = voids(found, held.way.graph, held.checks)
    yield Said(looked) if breach is None else Said(
        looked, breach.breach.element, breach.breach.code, breach.breach.facts)


def message_ends(found: Check, held: Held) -> Iterator[Said]:
    """The same; and no such message came in vain while one of the tasks was open: the case ended so all the same."""
    during, message = found.words(found.named["during"]), str(found.parts[0])
    ended = held.course.closed.details["outcome"] in found.words(found.named["outcome"])
    looked = _looked(found, held)
    for number, act in enumerate(held.course.acts):
        before = held.way.graph.nodes[number - 1].tasks if number else ()
        there = [task for task in before if task in during]
        if act.kind == "noted" and act.line.details["message"] == message and there and not ended:
            yield broken((act.line.seq,), there[0], "message_in_vain", name=held.name(there[0]), message=message)
    if held.way.followed:
        yield from way(found, held)
    else:
        yield untold(looked, "", "not_in_journal", what=message)


def _asks_the_start(found: Check, held: Held) -> bool:
    """Whether the rule asks for what was known at the start, and the journal does not say it."""
    return held.course.variables is None and any(
        name not in ("received_at", *(one.id for task in held.definition.user_tasks.values() for one in task.form))
        for name in answers_of(found))


def _looked(found: Check, held: Held) -> tuple[int, ...]:
    """The entries in which a step or an answer of the rule comes to pass, and that of the end."""
    elements = {*named_in(found), *(word for value in found.named.values() for word in found.words(value))}
    fields = answers_of(found)
    return (*_entries(held.course, held, elements, fields), held.course.closed.seq)


def _entries(course: Course, held: Held, elements: set[str], fields: Mapping[str, object]) -> Iterator[int]:
    for number, act in enumerate(course.acts):
        move = held.move(number)
        if elements.intersection(move.passed) or any(move.values.get(name) is not None for name in fields):
            yield act.line.seq
        yield from (line.seq for line in act.followed if line.details.get("element") in elements
                    and line.kind in ("task_opened", "effect_applied"))


JUDGES: Mapping[str, Judge] = {
    **dict.fromkeys(WATCHES, way), "message_ends": message_ends, "always_ends": ends, VOIDS_ONLY: voids_only,
    **TIMES, **FORMS, **PERSONS}
