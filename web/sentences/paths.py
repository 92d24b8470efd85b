"""A path that a proof found, as a person would tell it."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext, lazy_gettext, ngettext

from caseflow.engine.definition import Definition
from caseflow.proof import PathStep, number_of

_ = lazy_gettext

YES_OR_NO = {True: _("是"), False: _("否"), "true": _("是"), "false": _("否")}
# What is known of a case when it starts (CASE_VARIABLES): its label and its values.
CASE_WORDS = {
    "business_level": (_("承办单位层级"), {"province": _("省级"), "city": _("市级"), "district": _("区县级"),
                                        "town": _("乡镇级"), "village": _("村级")}),
    "level": (_("评价等级"), {"dissatisfied": _("不满意"), "very_dissatisfied": _("非常不满意")}),
    "real_name": (_("实名"), YES_OR_NO),
}


def told(definition: Definition, path: Iterable[PathStep]) -> list[str]:
    """One sentence for each step of a path, numbered from 1."""
    return [f"{number}. {_step(definition, step)}" for number, step in enumerate(path, 1)]


def _step(definition: Definition, step: PathStep) -> str:
    answers = gettext("，").join(_answer(definition, step.element, name, value) for name, value in step.values.items()
                               if name != "received_at" and value is not None)
    move = _move(definition, step) + (gettext("（%(answers)s）", answers=answers) if answers else "")
    later = ngettext("%(num)s天以后，", "%(num)s天以后，", step.days) if step.days else ""
    return later + move + _passed(definition, step)


def _move(definition: Definition, step: PathStep) -> str:
    if step.kind == "start":
        return gettext("收到")
    if step.kind == "complete":
        return gettext("办完“%(name)s”", name=_named(definition, step.element))
    if step.kind == "timer":
        return gettext("“%(name)s”到期", name=_named(definition, step.element))
    return gettext("收到消息“%(name)s”", name=_message(definition, step.element))


def _named(definition: Definition, element: str) -> str:
    known = definition.elements.get(element)
    return known.name if known is not None and known.name else element


def _message(definition: Definition, message: str) -> str:
    known = (_named(definition, element) for element, name in definition.messages.items() if name == message)
    return next(known, message)


def _answer(definition: Definition, task: str, name: str, value: object) -> str:
    if task not in definition.user_tasks:
        label, words = CASE_WORDS[name]
        return gettext("%(label)s：%(answer)s", label=label, answer=words.get(value, value))
    entry = next(entry for entry in definition.user_tasks[task].form if entry.id == name)
    if entry.type == "date":
        answer = _day(number_of(value) or 0)
    else:
        answer = (YES_OR_NO if isinstance(value, bool) else dict(entry.choices)).get(value, value)
    return gettext("%(label)s：%(answer)s", label=entry.label, answer=answer)


def _day(number: int) -> str:
    """A day as seen from the day it was written on."""
    if not number:
        return gettext("当天")
    if number > 0:
        return ngettext("%(num)s天后", "%(num)s天后", number)
    return ngettext("%(num)s天前", "%(num)s天前", -number)


def _passed(definition: Definition, step: PathStep) -> str:
    """The effects and ends that the step reached."""
    shown = [gettext("“%(name)s”", name=_named(definition, element)) for element in step.passed
             if element != step.element and element in definition.elements
             and definition.elements[element].kind in ("serviceTask", "endEvent")]
    return f" → {' → '.join(shown)}" if shown else ""
