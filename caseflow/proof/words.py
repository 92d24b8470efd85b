"""A path in words, as a person would tell it."""

from __future__ import annotations

from collections.abc import Iterable

from caseflow.engine.definition import Definition
from caseflow.proof.days import number_of
from caseflow.proof.values import PathStep

START_WORDS = {
    "business_level": ("承办单位层级", {"province": "省级", "city": "市级", "district": "区县级", "town": "乡镇级",
                                       "village": "村级"}),
    "level": ("评价等级", {"dissatisfied": "不满意", "very_dissatisfied": "非常不满意"}),
    "real_name": ("实名", {True: "是", False: "否", "true": "是", "false": "否"}),
}


def named(definition: Definition, element: str) -> str:
    """An element by its name, or by its id where it has none."""
    known = definition.elements.get(element)
    return known.name if known is not None and known.name else element


def listed(names: Iterable[str]) -> str:
    """Several names, each once, in their order; the quotes at both ends are the caller's."""
    return "”或“".join(dict.fromkeys(names))


def told(definition: Definition, path: Iterable[PathStep]) -> list[str]:
    """One Chinese sentence for each step of a path, numbered from 1."""
    return [f"{number}. {_step(definition, step)}" for number, step in enumerate(path, 1)]


def _step(definition: Definition, step: PathStep) -> str:
    answers = "，".join(_answer(definition, step.element, name, value) for name, value in step.values.items()
                       if name != "received_at" and value is not None)
    behind = f"（{answers}）" if answers else ""
    name = named(definition, step.element)
    later = f"{step.days}天以后，" if step.days else ""
    return later + {
        "start": f"收到{behind}",
        "complete": f"办完“{name}”{behind}",
        "timer": f"“{name}”到期",
        "message": f"收到消息“{_message(definition, step.element)}”",
    }[step.kind] + _passed(definition, step)


def _message(definition: Definition, message: str) -> str:
    known = (named(definition, element) for element, name in definition.messages.items() if name == message)
    return next(known, message)


def _answer(definition: Definition, task: str, name: str, value: object) -> str:
    if task not in definition.user_tasks:
        label, words = START_WORDS[name]
        return f"{label}：{words.get(value, value)}"
    entry = next(entry for entry in definition.user_tasks[task].form if entry.id == name)
    if entry.type == "date":
        return f"{entry.label}：{_day(number_of(value) or 0)}"
    words = {True: "是", False: "否"} if isinstance(value, bool) else dict(entry.choices)
    return f"{entry.label}：{words.get(value, value)}"


def _day(number: int) -> str:
    """A day as seen from the day it was written on."""
    return "当天" if not number else f"{number}天后" if number > 0 else f"{-number}天前"


def _passed(definition: Definition, step: PathStep) -> str:
    """The effects and ends that the step reached."""
    shown = [f"“{named(definition, element)}”" for element in step.passed if element != step.element
             and element in definition.elements and definition.elements[element].kind in ("serviceTask", "endEvent")]
    return f" → {' → '.join(shown)}" if shown else ""
