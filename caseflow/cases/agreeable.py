"""Beside which deadlines something may be agreed: an extension, or that the clock stands still.

The statutory limit of a task, no other timer: a reminder, and a limit that ends its task, happen as they are drawn. Of
the first contact with the rater (a milestone of the regulation) the limit is the statute's alone.
"""

from __future__ import annotations

from caseflow.engine.definition import Definition
from caseflow.law.regulation_file import Regulation

CONTACT, NO_LIMIT = "contact", "no_limit"


def refused(definition: Definition, regulation: Regulation, timer: str) -> str:
    """Why nothing may be agreed beside this timer of the drawing: CONTACT, NO_LIMIT, or "" where it may be."""
    if timer in _of_contact(definition, regulation):
        return CONTACT
    return "" if definition.is_limit(timer) and not definition.interrupts(timer) else NO_LIMIT


def _of_contact(definition: Definition, regulation: Regulation) -> set[str]:
    steps = regulation.milestones.get(definition.process_id.removeprefix(f"{regulation.key}_"))
    tasks = steps.first_contact.ever if steps else ()
    return {limit for task in tasks for limit in definition.limits.get(task, ())}
