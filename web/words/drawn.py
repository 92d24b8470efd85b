"""Elements, fields and outcomes of a diagram, in the words of the diagram."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext

from web.words import times

OUTCOMES = {
    "closed_resolved": lazy_gettext("已整改办结"),
    "closed_explained": lazy_gettext("已解释说明，办结"),
    "closed_unsatisfied": lazy_gettext("评价人仍不满意，办结"),
    "closed_unreachable": lazy_gettext("未能联系到评价人，办结"),
    "rating_voided": lazy_gettext("评价不予采纳"),
    "rating_corrected": lazy_gettext("误评已更正"),
    "appeal_upheld": lazy_gettext("申诉成立"),
    "appeal_dismissed": lazy_gettext("申诉不成立"),
    "closed_withdrawn": lazy_gettext("申诉已撤回"),
}


def outcome_name(outcome: str | None, definition: Any = None) -> str:
    """What an end event says; a name drawn in the diagram wins over ours. That it is an end goes without saying."""
    if not outcome:
        return ""
    element = definition.elements.get(outcome) if definition else None
    return (element.name if element else "").removeprefix("办结：") or str(OUTCOMES.get(outcome, outcome))


def element_name(definition: Any, element_id: str) -> str:
    """The name of a step as drawn; of a nameless timer that of the task it guards; else its id."""
    element = definition.elements.get(element_id) if definition else None
    if element is None:
        return element_id
    if element.name or not element.attached_to:
        return element.name or element_id
    return element_name(definition, element.attached_to)


def field_label(definition: Any, name: str) -> str | None:
    """The label of the form field that set a date variable, so that a rule can name it."""
    if name in times.SINCE or definition is None:
        return None
    fields = (field for task in definition.user_tasks.values() for field in task.form)
    return next((field.label for field in fields if field.id == name), None)
