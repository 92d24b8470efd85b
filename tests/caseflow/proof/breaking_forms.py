"""Edits of the forms that break an article. Each operator says why its edits are breaches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from tests.caseflow.proof.diagrams import CAM, B, Diagram, Edit

STATUTORY = ("outcome", "revisit_result", "track_result", "decision", "verification")
CLOSED = (*STATUTORY, "finding", "unreachable_reason", "rater_reply", "contact_result", "newest_level")
RECORDED = {
    "findings", "measures", "explanation", "plan", "work_order_no", "rectify_by", "cause", "promise", "newest_level",
    "provincial_no", "contact_channel", "revisit_channel", "duty_failed", "asked_channel", "rater_reply", "rater_words",
    "responsible_unit", "reasons", "examination", "demand", "solution", "matter", "unreachable_reason", "attempts",
    "promise_by", *CLOSED}
STRAIGHT = ('<bpmn:sequenceFlow id="extra_flow" sourceRef="{0}" targetRef="{1}"><bpmn:conditionExpression '
            'xsi:type="bpmn:tFormalExpression">{2} == \'extra\'</bpmn:conditionExpression></bpmn:sequenceFlow>')
CHECKED = ('<camunda:formField id="extra_check" label="需要填写" type="boolean"><camunda:validation>'
           '<camunda:constraint name="required"/></camunda:validation></camunda:formField>')
RULE = re.compile(r"rule(_\d+)?")


def drop_choice(diagram: Diagram) -> Iterator[Edit]:
    """An answer the article distinguishes cannot be given."""
    for task in diagram.users():
        for field in diagram.fields(task):
            if field.get("id") in CLOSED:
                for value in field.iter(f"{CAM}value"):
                    edited = diagram.again()
                    node = edited.field(task, field.get("id"))
                    gone = next(v for v in node.iter(f"{CAM}value") if v.get("id") == value.get("id"))
                    gone.getparent().remove(gone)
                    yield f"{task}.{field.get('id')}: {value.get('id')}", edited


def extra_answer(diagram: Diagram) -> Iterator[Edit]:
    """One more answer (不需要回访，无效), with which a case goes where all others go, or straight anywhere else."""
    for task in diagram.users():
        for name in [field.get("id") for field in diagram.fields(task) if field.get("id") in CLOSED]:
            def edited(task: str = task, name: str = name) -> Diagram:
                again = diagram.again()
                return again.add(again.field(task, name), '<camunda:value id="extra" name="无效"/>')

            yield f"{task}.{name}", edited()
            asking = {flow: text for flow, text in diagram.conditions() if re.search(rf"\b{name}\b", text)}
            for flow, text in asking.items():
                yield f"{task}.{name}: {flow}", edited().set_text(
                    flow, "conditionExpression", f"({text}) or {name} == 'extra'")
            for gateway, end in _other_ends(diagram, asking):
                again = edited()
                flow = STRAIGHT.format(gateway, end, name)
                yield f"{task}.{name}: {gateway} → {end}", again.add(again.node(gateway).getparent(), flow)


def _other_ends(diagram: Diagram, flows: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The gateways before these flows, each with the ends beside it to which it does not lead."""
    for gateway in dict.fromkeys(diagram.node(flow).get("sourceRef") for flow in flows):
        led = [flow.get("targetRef") for flow in diagram.flows_from(gateway)]
        for end in diagram.node(gateway).getparent().iterfind(f"{B}endEvent"):
            if end.get("id") not in led and not end.get("id").endswith("_escalated"):
                yield gateway, end.get("id")


def relabel(diagram: Diagram) -> Iterator[Edit]:
    """An answer that the article names is shown as something else, or as another of them."""
    for task in diagram.users():
        for field in diagram.fields(task):
            name = field.get("id")
            choices = [value for value in field.iter(f"{CAM}value") if value.get("id") != "more_evidence"]
            for number, value in enumerate(choices if name in CLOSED else ()):
                other = choices[number - 1]
                for shown in ("另一种说法", f"{value.get('name')}（不算）", other.get("name")):
                    edited = diagram.again()
                    named = {one.get("id"): one for one in edited.field(task, name).iter(f"{CAM}value")}
                    named[value.get("id")].set("name", shown)
                    if shown == other.get("name"):
                        named[other.get("id")].set("name", value.get("name"))
                    yield f"{task}.{name}: {value.get('id')} as {shown}", edited


def make_optional(diagram: Diagram) -> Iterator[Edit]:
    """The answer that decides, the limit, or what the article wants recorded, may be left out."""
    for task, name in _recorded(diagram):
        yield f"{task}.{name}", diagram.again().constrain(task, name, "required", None)


def hide_field(diagram: Diagram) -> Iterator[Edit]:
    """What the article wants recorded is asked only when somebody ticks that it is needed."""
    for task, name in _recorded(diagram):
        yield f"{task}.{name}", diagram.again().ask_before(task, name, CHECKED).show_when(
            task, name, "extra_check == True")


def hide_for_answer(diagram: Diagram) -> Iterator[Edit]:
    """What the article wants recorded is not asked for one of the answers for which it was."""
    for task, name in _recorded(diagram):
        shown = re.match(r"(\w+) (?:==|in)", diagram.shown_when(task, name))
        for field in _choosing_before(diagram, task, name):
            answers = [value.get("id") for value in field.iter(f"{CAM}value")]
            if shown and field.get("id") == shown[1]:
                answers = re.findall(r"'(\w+)'", diagram.shown_when(task, name))
            elif shown:
                continue
            for hidden in answers:
                left = [value for value in answers if value != hidden] or [
                    value.get("id") for value in field.iter(f"{CAM}value") if value.get("id") != hidden]
                yield f"{task}.{name}: not for {hidden}", diagram.again().show_when(
                    task, name, f"{field.get('id')} in {left}")


def _recorded(diagram: Diagram) -> list[tuple[str, str]]:
    return [(task, field.get("id")) for task in diagram.users() for field in diagram.fields(task)
            if field.get("id") in RECORDED]


def _choosing_before(diagram: Diagram, task: str, name: str) -> Iterator:
    """The choices that stand above a field in its form."""
    for field in diagram.fields(task):
        if field.get("id") == name:
            return
        if field.get("type") == "enum":
            yield field


def drop_field(diagram: Diagram) -> Iterator[Edit]:
    """What the article wants recorded is not asked: verification, measures, explanation, plan, reasons, number."""
    for task in diagram.users():
        for field in diagram.fields(task):
            if field.get("id") in RECORDED:
                edited = diagram.again()
                node = edited.field(task, field.get("id"))
                node.getparent().remove(node)
                yield f"{task}.{field.get('id')}", edited


def drop_rule(diagram: Diagram) -> Iterator[Edit]:
    """What the answer to a field has to keep is not held any more."""
    for task in diagram.users():
        for field in diagram.fields(task):
            for rule in [one.get("id") for one in field.iter(f"{CAM}property") if RULE.fullmatch(one.get("id") or "")]:
                edited = diagram.again()
                for part in list(edited.field(task, field.get("id")).iter(f"{CAM}property")):
                    if part.get("id") in (rule, f"{rule}_says"):
                        part.getparent().remove(part)
                yield f"{task}.{field.get('id')}: {rule}", edited


def fewer_attempts(diagram: Diagram) -> Iterator[Edit]:
    """Unreachable after fewer attempts than [unreachable] says."""
    for task in diagram.users():
        for field in diagram.fields(task):
            if field.get("id") == "attempts":
                edited = diagram.again()
                constraints = edited.field(task, "attempts").iter(f"{CAM}constraint")
                next(one for one in constraints if one.get("name") == "min").set("config", "1")
                yield task, edited


OPERATORS: tuple[Callable[[Diagram], Iterator[Edit]], ...] = (
    drop_choice, extra_answer, relabel, make_optional, hide_field, hide_for_answer, drop_field, drop_rule,
    fewer_attempts,
)
