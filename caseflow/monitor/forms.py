"""Rules on forms, with what was answered: what the article asks was asked, and what it refuses was not taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from caseflow.engine.values import FormField
from caseflow.errors import InvalidForm
from caseflow.moments import day_of
from caseflow.monitor.course import Task
from caseflow.monitor.held import Held, Said, broken, untold
from caseflow.proof.contacts import IN_VAIN
from caseflow.proof.language import Check
from caseflow.proof.questions import led
from caseflow.proof.reasons import answer
from caseflow.proof.vocabulary import answers_of
from caseflow.raters import reaching


def asks(check: Check, held: Held) -> Iterator[Said]:
    """Whenever the rule wants it, these fields were answered, a number with at least so much; and what an answer says
    of reaching the rater is in the log."""
    least = check.named.get("least")
    for task in _when(check, held):
        for name in check.words(check.parts[1]):
            yield _answered(held, task, name)
            found = task.answers.get(name)
            if least is not None and isinstance(found, int) and found < least:
                yield broken((task.done.seq,), task.element, "answered_too_low", name=held.name(task.element),
                             label=_label(held, task, name), found=found, least=least)
            yield from _logged(held, task, name)


def offers(check: Check, held: Held) -> Iterator[Said]:
    """Whenever the rule wants it, this field was answered, and what that says of the rater is in the log."""
    for task in _when(check, held):
        yield _answered(held, task, check.parts[1])
        yield from _logged(held, task, check.parts[1])


def answers(check: Check, held: Held) -> Iterator[Said]:
    """The same, and the answer was one that the article knows, or of which another rule says where it leads."""
    name = check.parts[1]
    yield from offers(check, held)
    for task in _when(check, held):
        known = {*check.words(check.parts[2]), *led(held.checks, task.element, name)}
        found = as_written(task.answers.get(name))
        if found is not None and found not in known:
            yield broken((task.done.seq,), task.element, "answered_otherwise", name=held.name(task.element),
                         label=_label(held, task, name), found=_choice(held, task, name, found))


def _when(check: Check, held: Held) -> Iterator[Task]:
    """The tasks of the rule that were done with the answer it means: in their own form, or, where that does not ask
    for it, in any before."""
    conditions = answers_of(check)
    for task in held.done(check.words(check.parts[0])):
        asked = held.task(task)
        own = {one.id for one in asked.form} if asked else set()
        given = {name: task.answers.get(name) if name in own else held.course.known(name, task.ended)
                 for name in conditions}
        if all(as_written(given[name]) in meant for name, meant in conditions.items()):
            yield task


def as_written(value: object) -> object:
    """An answer as a rule writes it."""
    return str(value).lower() if isinstance(value, bool) else value


def _answered(held: Held, task: Task, name: str) -> Said:
    looked, field = (task.done.seq,), _field(held, task, name)
    if field is None or field.decides:
        there = name in task.answers
    elif task.filled is None:
        return untold(looked, task.element, "not_in_journal", what=field.label)
    else:
        there = name in task.filled
    return Said(looked) if there else broken(
        looked, task.element, "not_answered", name=held.name(task.element), label=_label(held, task, name))


def _field(held: Held, task: Task, name: str) -> FormField | None:
    asked = held.task(task)
    return next((one for one in asked.form if one.id == name), None) if asked else None


def _label(held: Held, task: Task, name: str) -> str:
    field = _field(held, task, name)
    return field.label if field else name


def _choice(held: Held, task: Task, name: str, value: object) -> object:
    field = _field(held, task, name)
    return dict(field.choices).get(value, value) if field else value


def _logged(held: Held, task: Task, name: str) -> Iterator[Said]:
    """What a field says of reaching the rater, held against the contacts of which the journal had an entry by then.

    A task that was done before its entry said which texts were written may be older than the duty to log a contact.
    """
    asked = held.task(task)
    form = asked.form if asked else ()
    about = [one.id for one in (*reaching.says_how(form), *filter(None, [reaching.asks(form)]))]
    if name not in about and not _denies(task, name):
        return
    tried = sorted((one for line, one in held.course.attempts if line.seq < task.done.seq), key=lambda one: one.at)
    looked = (*(line.seq for line, _ in held.course.attempts if task.opened.seq < line.seq < task.done.seq),
              task.done.seq)
    left = (held.course.reachable,) if held.course.reachable is not None else (True, False)
    found = {_denied(form, task, reaching.Log(one, tried, task.opened.at, held.law.regulation.unreachable)).get(name)
             for one in left}
    if len(found) > 1 or (task.filled is None and found != {None}):
        yield untold(looked, task.element, "not_in_journal", what=_label(held, task, name))
    elif (problem := found.pop()) is not None:
        yield broken(looked, task.element, "contact_not_logged", name=held.name(task.element),
                     label=_label(held, task, name), problem=problem)
    else:
        yield Said(looked)


def _denies(task: Task, name: str) -> bool:
    """Whether this answer says that the rater cannot be reached, in a field that asks something else."""
    return task.answers.get(name) in (reaching.TRIED, reaching.NOBODY) or name == reaching.NUMBER


def _denied(form, task: Task, log: reaching.Log) -> dict[str, str]:
    try:
        reaching.judge(form, task.answers, lambda: log)
    except InvalidForm as refusal:
        return dict(refusal.details["fields"])
    return {}


def contacts(check: Check, held: Held) -> Iterator[Said]:
    """What was answered in these fields is in the log, but for answers that stand alone."""
    alone = check.words(check.named.get("alone"))
    for task in held.done(check.words(check.parts[0])):
        for name in check.words(check.parts[1]):
            if name in task.answers and as_written(task.answers[name]) not in alone:
                yield from _logged(held, task, name)


def tried(check: Check, held: Held) -> Iterator[Said]:
    """Whoever was said not to be reached was tried for as often as the log has to bear out."""
    for task in held.done(check.words(check.parts[0])):
        for name in (name for name, value in task.answers.items() if value in IN_VAIN):
            yield from _logged(held, task, name)


def refuses(check: Check, held: Held) -> Iterator[Said]:
    """None of these answers was taken beside that of another field."""
    [(other, meant)] = answers_of(check).items()
    for task in held.done(check.words(check.parts[0])):
        beside = task.answers.get(other, held.course.known(other, task.ended))
        found = as_written(task.answers.get(check.parts[1]))
        if found in check.words(check.parts[2]) and as_written(beside) in meant:
            yield broken((task.done.seq,), task.element, "answered_together", name=held.name(task.element),
                         label=_label(held, task, check.parts[1]), found=_choice(held, task, check.parts[1], found),
                         answer=answer(held.definition, other, meant))
        else:
            yield Said((task.done.seq,))


def within(check: Check, held: Held) -> Iterator[Said]:
    """No date in this field was later than so many working days after the day on which it was filled in."""
    for task, day in _days(check, held):
        parameter = held.law.regulation.parameters.get(check.parts[2])
        latest = held.law.calendar.shift(day_of(task.done.at), parameter.value) if parameter else None
        if latest is None:
            yield untold((task.done.seq,), task.element, "not_in_journal", what=check.parts[2])
        elif day <= latest:
            yield Said((task.done.seq,))
        else:
            versions = {timer.calendar for timer in held.course.timers.values()}
            sure = versions == {held.law.calendar.version}
            told = (broken, {"latest": latest}) if sure else (untold, {"wanted": latest})
            yield told[0]((task.done.seq,), task.element, "date_too_late" if sure else "other_calendar",
                          name=held.name(task.element), label=_label(held, task, check.parts[1]), found=day, **told[1])


def after_today(check: Check, held: Held) -> Iterator[Said]:
    """Every date in this field was after the day on which it was filled in."""
    for task, day in _days(check, held):
        if day > day_of(task.done.at):
            yield Said((task.done.seq,))
        else:
            yield broken((task.done.seq,), task.element, "date_not_after", name=held.name(task.element),
                         label=_label(held, task, check.parts[1]), found=day)


def _days(check: Check, held: Held) -> Iterator[tuple[Task, date]]:
    for task in held.done(check.words(check.parts[0])):
        found = task.answers.get(check.parts[1])
        if found is not None:
            yield task, date.fromisoformat(str(found))


FORMS = {"asks": asks, "offers": offers, "answers": answers, "refuses": refuses, "within": within,
         "after_today": after_today, "contacts": contacts, "tried": tried}
