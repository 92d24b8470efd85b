"""Edits after which an effect lacks what it needs, or does what an article keeps for another step. Each operator says
why its edits are breaches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

from caseflow.install import tried_kinds
from caseflow.law import regulations
from caseflow.workshop import proving
from tests.caseflow.proof.diagrams import CAM, Diagram, Edit
from tests.caseflow.proof.judge import shipped_definition

CHECKED = ('<camunda:formField id="extra_check" label="需要填写" type="boolean"><camunda:validation>'
           '<camunda:constraint name="required"/></camunda:validation></camunda:formField>')
STEP = '<bpmn:serviceTask id="extra_step" name="再做一次" camunda:type="external" camunda:topic="{}"/>'
OF_APPEALS = ("uphold_appeal", "dismiss_appeal", "return_for_evidence", "record_newest_rating", "record_reference",
              "void_rating", "replace_rating")
DECIDING = (*OF_APPEALS, "return_for_rehandling")


def drop_needed(diagram: Diagram) -> Iterator[Edit]:
    """No form asks for what the effect needs, or this one does not."""
    for task, name in _needed(diagram):
        edited = _bare(diagram.again(), task, name)
        field = edited.field(task, name)
        field.getparent().remove(field)
        yield f"{task}.{name}", edited


def rename_needed(diagram: Diagram) -> Iterator[Edit]:
    """Under another id the effect does not find it."""
    for task, name in _needed(diagram):
        edited = _bare(diagram.again(), task, name)
        edited.field(task, name).set("id", f"{name}_2")
        yield f"{task}.{name}", edited


def hide_needed(diagram: Diagram) -> Iterator[Edit]:
    """It is asked for only when somebody ticks that it is to be, and no rule of the form holds it any more."""
    for task, name in _needed(diagram):
        edited = _bare(diagram.again(), task, name).ask_before(task, name, CHECKED)
        yield f"{task}.{name}", edited.show_when(task, name, "extra_check == True")


def hide_needed_for(diagram: Diagram) -> Iterator[Edit]:
    """It is not asked for with one of the answers with which it was."""
    for task, name in _needed(diagram):
        shown = re.match(r"(\w+) (?:==|in)", diagram.shown_when(task, name))
        for field in _above(diagram, task, name):
            choices = [value.get("id") for value in field.iter(f"{CAM}value")]
            answers = re.findall(r"'(\w+)'", diagram.shown_when(task, name)) if shown else choices
            if not choices or (shown and shown[1] != field.get("id")):
                continue
            for hidden in answers:
                left = [one for one in answers if one != hidden] or [one for one in choices if one != hidden]
                yield f"{task}.{name}: not for {hidden}", _bare(diagram.again(), task, name).show_when(
                    task, name, f"{field.get('id')} in {left}")


def leave_needed_open(diagram: Diagram) -> Iterator[Edit]:
    """It may be left out, and no rule of the form holds it any more."""
    for task, name in _needed(diagram):
        yield f"{task}.{name}", _bare(diagram.again(), task, name).constrain(task, name, "required", None)


def ask_needed_elsewhere(diagram: Diagram) -> Iterator[Edit]:
    """Another task asks for it, which comes later or on another way."""
    for task, name in _needed(diagram):
        for other in diagram.users():
            if other != task and name not in [field.get("id") for field in diagram.fields(other)]:
                edited = _bare(diagram.again(), task, name).show_when(task, name, "")
                form = next(edited.node(other).iter(f"{CAM}formData"), None)
                if form is not None:
                    form.append(edited.field(task, name))
                    yield f"{task}.{name} → {other}", edited


def effect_elsewhere(diagram: Diagram) -> Iterator[Edit]:
    """A step more decides, sends back, records or voids, after any task: an article keeps that for its own step."""
    topics = [diagram.node(name).get(f"{CAM}topic") for name in diagram.effects()]
    for topic in (one for one in DECIDING if one in (OF_APPEALS if diagram.process == "appeal" else topics)):
        for task in diagram.users():
            yield f"after {task}: {topic}", diagram.again().insert(task, "extra_step", "extra_step", STEP.format(topic))


def _needed(diagram: Diagram) -> list[tuple[str, str]]:
    """(task, field) of all that the effects of a diagram need, as the registry declares it."""
    tried_kinds.read()
    needs = proving.needs(regulations.get(diagram.key), shipped_definition(diagram.key, diagram.process))
    names = {one.field for need in needs for one in need.fields}
    return [(task, field.get("id")) for task in diagram.users() for field in diagram.fields(task)
            if field.get("id") in names]


def _bare(diagram: Diagram, task: str, name: str) -> Diagram:
    """Without the rules of this form that speak of the field, so that the gate takes it otherwise shown."""
    form = next(diagram.node(task).iter(f"{CAM}formData"))
    for part in list(form.iter(f"{CAM}property")):
        rule = (part.get("id") or "").removesuffix("_says")
        if re.fullmatch(r"rule(_\d+)?", rule):
            parent = part.getparent()
            parent.remove(part)
            if not len(parent):
                parent.getparent().remove(parent)
    return diagram


def _above(diagram: Diagram, task: str, name: str) -> Iterator[etree._Element]:
    for field in diagram.fields(task):
        if field.get("id") == name:
            return
        if field.get("type") == "enum":
            yield field


OPERATORS: tuple[Callable[[Diagram], Iterator[Edit]], ...] = (
    drop_needed, rename_needed, hide_needed, hide_needed_for, leave_needed_open, ask_needed_elsewhere, effect_elsewhere,
)
