"""Elements, fields and outcomes of a diagram, in the words of the diagram."""

from __future__ import annotations

from typing import Any

from web.words import times


def outcome_name(outcome: str | None, definition: Any) -> str:
    """What an end event says, by the name drawn in the diagram. That it is an end goes without saying."""
    if not outcome:
        return ""
    element = definition.elements.get(outcome)
    return (element.name if element else "").removeprefix("办结：") or outcome


def element_name(definition: Any, element_id: str) -> str:
    """The name of a step as drawn; of a nameless timer that of the task it guards; else its id."""
    element = definition.elements.get(element_id) if definition else None
    if element is None:
        return element_id
    if element.name or not element.attached_to:
        return element.name or element_id
    return element_name(definition, element.attached_to)


def is_reminder(definition: Any, timer: str) -> bool:
    """Whether this timer of the diagram is the limit of no task: nobody is late by it."""
    return bool(definition) and timer in definition.elements and not definition.is_limit(timer)


def field_label(definition: Any, name: str) -> str | None:
    """The label of the form field that set a date variable, so that a rule can name it."""
    if name in times.SINCE or definition is None:
        return None
    fields = (field for task in definition.user_tasks.values() for field in task.form)
    return next((field.label for field in fields if field.id == name), None)
