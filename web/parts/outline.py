"""A process as an ordered list of steps with the state of each: the diagram for those who do not see it."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext

from caseflow.engine.values import Element
from caseflow.models import JournalEntry, WorkItem

DONE, CURRENT, AHEAD = "done", "current", "ahead"
STATES = {DONE: lazy_gettext("已完成"), CURRENT: lazy_gettext("进行中"), AHEAD: lazy_gettext("未到")}
PASSING = ("task_completed", "effect_applied", "timer_fired")
SHOWN = {
    "userTask": lazy_gettext("人工环节"), "serviceTask": lazy_gettext("系统环节"), "subProcess": lazy_gettext("阶段"),
    "callActivity": lazy_gettext("子流程"), "boundaryEvent": lazy_gettext("期限"),
    "intermediateCatchEvent": lazy_gettext("等待"), "endEvent": lazy_gettext("结束"),
}


@dataclass(frozen=True, slots=True)
class OutlineStep:
    """One step. `state` is done, current or ahead; `children` are the steps inside a stage."""

    id: str
    kind: str
    name: str
    lane: str
    article: str
    state: str
    children: tuple[OutlineStep, ...] = ()


def states(entries: Iterable[JournalEntry], items: Iterable[WorkItem], outcome: str | None) -> dict[str, str]:
    """Element id → done or current. A step that was passed before and is open again is current."""
    passed = (json.loads(entry.details).get("element") for entry in entries if entry.kind in PASSING)
    known = {element: DONE for element in passed if element}
    known |= {outcome: DONE} if outcome else {}
    return known | {item.element: CURRENT for item in items if item.status == "open"}


MESSAGE = lazy_gettext("消息")


def outline(nested: Sequence[tuple[Element, Sequence]], known: Mapping[str, str],
            messages: Container[str] = ()) -> list[OutlineStep]:
    """The steps people can recognise, in reading order: gateways and nameless nodes are left out.

    `messages` are the ids of the events that wait for a message and not for a moment.
    """
    steps: list[OutlineStep] = []
    for element, inner in nested:
        children = tuple(outline(inner, known, messages))
        if element.kind not in SHOWN or not (element.name or children):
            steps.extend(children)
            continue
        kind = MESSAGE if element.id in messages else SHOWN[element.kind]
        steps.append(_step(element, str(kind), children, known))
    return steps


def _step(element: Element, kind: str, children: tuple[OutlineStep, ...], known: Mapping[str, str]) -> OutlineStep:
    state = known.get(element.id) or _from_children(children)
    return OutlineStep(element.id, kind, element.name or element.id, element.lane,
                       element.article, state, children)


def _from_children(children: tuple[OutlineStep, ...]) -> str:
    found = {child.state for child in children}
    if CURRENT in found:
        return CURRENT
    return DONE if DONE in found else AHEAD
