"""Rules about reaching the rater: what the log of contacts has to bear out, and when it is said to be in vain."""

from __future__ import annotations

from caseflow.engine.definition import Definition
from caseflow.proof.language import Check
from caseflow.proof.powers import Powers
from caseflow.proof.questions import choices_of, field_of
from caseflow.proof.reasons import Breach, breach, named

CHANNEL = "_channel"                            # fields with such an id are held against the log (raters/reaching.py)
IN_VAIN = ("unreachable", "no_answer")          # answers that the log has to bear out with so many attempts


def contacts(check: Check, definition: Definition, powers: Powers) -> Breach | None:
    """Each answer to these fields is borne out by the log of contacts or by the rating, but for those in `alone`, with
    which the rater answers by themselves."""
    alone = check.words(check.named.get("alone"))
    for task in check.words(check.parts[0]):
        for name in check.words(check.parts[1]):
            entry = field_of(definition, task, name)
            if entry is None or entry.type != "enum" or not name.endswith(CHANNEL):
                return breach(task, "contact_not_asked", name=named(definition, task), field=name)
            free = [value for value in choices_of(entry) if value not in powers.logged and value not in alone]
            if free:
                return breach(task, "contact_unlogged", name=named(definition, task), label=entry.label,
                              value=dict(entry.choices)[free[0]])
    return None


def tried(check: Check, definition: Definition, powers: Powers) -> Breach | None:
    """That the rater was not reached is taken at these tasks only after so many attempts on so many days, by the log.
    """
    _, attempts, days = check.parts
    for task in check.words(check.parts[0]):
        name = named(definition, task)
        form = definition.user_tasks[task].form
        if not any(value in IN_VAIN for entry in form for value in choices_of(entry)):
            return breach(task, "tried_nowhere", name=name)
        if powers.unreachable is None:
            return breach(task, "tried_unlogged", name=name, attempts=attempts, days=days)
        if powers.unreachable[0] < attempts or powers.unreachable[1] < days:
            return breach(task, "tried_too_little", name=name, attempts=powers.unreachable[0],
                          days=powers.unreachable[1], least_attempts=attempts, least_days=days)
    return None
