"""A path that a proof found, as a person would tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext, lazy_gettext, ngettext

from caseflow.engine.definition import Definition
from caseflow.engine.values import FormField
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
MOVES = {
    "start": _("收到"), "complete": _("办完“%(name)s”"),
    "timer": _("“%(name)s”到期"), "message": _("收到消息“%(name)s”"),
    "extend": _("“%(name)s”的期限延期"), "stop": _("“%(name)s”的期限中止计时"),
}
BESIDE = MOVES | {"start": _("案件开始"), "complete": _("办理“%(name)s”")}


def told(definition: Definition, path: Iterable[PathStep], drawn: Mapping[str, str] | None = None) -> list[str]:
    """One sentence for each step of a path: numbered from 1, with the days before it and what it reached; or, beside a
    drawing that shows these, the move alone, with the names that are `drawn` there, by element."""
    if drawn is not None:
        return [_beside(definition, step, drawn) for step in path]
    return [f"{number}. {_alone(definition, step)}" for number, step in enumerate(path, 1)]


def _beside(definition: Definition, step: PathStep, drawn: Mapping[str, str]) -> str:
    name = drawn.get(step.element, step.element)
    given = {key: value for key, value in step.values.items() if value is not None}
    if step.kind != "complete" or not given:
        return _move(BESIDE, step, name)
    answers = gettext("；").join(_chosen(_field(definition, step.element, key), value) for key, value in given.items())
    return gettext("办理“%(name)s”：%(answers)s", name=name, answers=answers)


def _chosen(field: FormField, value: object) -> str:
    return gettext("%(field)s＝%(value)s", field=field.label, value=_value(field, value))


def _alone(definition: Definition, step: PathStep) -> str:
    answers = gettext("，").join(_answer(definition, step.element, name, value) for name, value in step.values.items()
                               if name != "received_at" and value is not None)
    named = _message if step.kind == "message" else _named
    move = _move(MOVES, step, named(definition, step.element)) + (
        gettext("（%(answers)s）", answers=answers) if answers else "")
    later = ngettext("%(num)s天以后，", "%(num)s天以后，", step.days) if step.days else ""
    return later + move + _passed(definition, step)


def _move(moves: Mapping[str, object], step: PathStep, name: str) -> str:
    return str(moves[step.kind]) % {"name": name}


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
    field = _field(definition, task, name)
    answer = _day(number_of(value) or 0) if field.type == "date" else _value(field, value)
    return gettext("%(label)s：%(answer)s", label=field.label, answer=answer)


def _field(definition: Definition, task: str, name: str) -> FormField:
    return next(field for field in definition.user_tasks[task].form if field.id == name)


def _value(field: FormField, value: object) -> object:
    return (YES_OR_NO if isinstance(value, bool) else dict(field.choices)).get(value, value)


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
