"""Edits that break nothing, made from the diagrams by operators. Each operator says why its edits are harmless."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.caseflow.proof import harmless_powers
from tests.caseflow.proof.breaking_forms import RECORDED
from tests.caseflow.proof.breaking_time import TIMED, in_front, limited
from tests.caseflow.proof.diagrams import CAM, PREFIXES, B, Diagram, Edit

DC, DD = f"{{{PREFIXES['dc']}}}", f"{{{PREFIXES['di']}}}"
NAMED = ("userTask", "serviceTask", "exclusiveGateway", "endEvent", "boundaryEvent")
ARTICLE = '<camunda:properties><camunda:property name="article" value="{}"/></camunda:properties>'
EXTRA = ('<bpmn:userTask id="extra_review" name="内部复查" camunda:candidateGroups="{}"><bpmn:extensionElements>'
         '<camunda:formData><camunda:formField id="checked" label="已复查" type="boolean"/></camunda:formData>{}'
         "</bpmn:extensionElements></bpmn:userTask>")
MORE = ('<camunda:formField id="extra_more" label="补充情况" type="text"><camunda:properties><camunda:property '
        'id="visible_when" value="{} == \'{}\'"/></camunda:properties><camunda:validation><camunda:constraint '
        'name="required"/></camunda:validation></camunda:formField>')
TELL = '<bpmn:serviceTask id="extra_notice" name="通知" camunda:type="external" camunda:topic="notify_responsible"/>'
REMINDER = ('<bpmn:boundaryEvent id="extra_due" attachedToRef="{0}" cancelActivity="false"><bpmn:extensionElements>'
            '<camunda:properties><camunda:property name="limit" value="reminder"/></camunda:properties>'
            '</bpmn:extensionElements><bpmn:timerEventDefinition id="extra_timer"><bpmn:timeDate>working_days(1)'
            '</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:serviceTask id="extra_reminder" '
            'name="提醒" camunda:type="external" camunda:topic="remind"/><bpmn:endEvent id="extra_reminded"/>'
            '<bpmn:sequenceFlow id="extra_1" sourceRef="extra_due" targetRef="extra_reminder"/>'
            '<bpmn:sequenceFlow id="extra_2" sourceRef="extra_reminder" targetRef="extra_reminded"/>')


def rename(diagram: Diagram) -> Iterator[Edit]:
    """Names are for people; rules know elements by their ids."""
    for node in diagram.all(*NAMED):
        if node.get("name"):
            edited = diagram.again()
            edited.node(node.get("id")).set("name", node.get("name") + "（新）？")
            yield node.get("id"), edited


def lay_out(diagram: Diagram) -> Iterator[Edit]:
    """The same, drawn elsewhere."""
    for by in (-40, 25, 300):
        edited = Diagram(diagram.key, diagram.process, whole=True)
        for point in [*edited.root.iter(f"{DC}Bounds"), *edited.root.iter(f"{DD}waypoint")]:
            point.set("x", str(float(point.get("x")) + by + 400))
            point.set("y", str(float(point.get("y")) * 1.5))
        yield f"by {by}", edited


def stricter_limit(diagram: Diagram) -> Iterator[Edit]:
    """A shorter limit, or the same number of calendar days, keeps the longer one."""
    for event, text in diagram.timers():
        found = re.match(r"working_days\((\d+)", text)
        if found is None:
            continue
        days = int(found[1])
        shorter = [f"working_days({less}" for less in range(1, days)][-2:]
        for other in (*shorter, f"calendar_days({days}", f"hours({24 * days}"):
            yield f"{event}: {other})", diagram.again().set_text(event, "timeDate", text.replace(found[0], other))


def extra_task(diagram: Diagram) -> Iterator[Edit]:
    """One more step by the same office, where no time of a limited step runs."""
    for task in [task for task in diagram.users() if task not in in_front(diagram)]:
        post = diagram.node(task).get(f"{CAM}candidateGroups").replace(".staff", ".officer")
        xml = EXTRA.format(post, ARTICLE.format("GC-2(二)"))
        yield task, diagram.again().insert(task, "extra_review", "extra_review", xml)


def extra_task_in_time(diagram: Diagram) -> Iterator[Edit]:
    """One more step that is over in time for every limit behind it, and told of when it is not."""
    for task in in_front(diagram, begun="received_at"):
        xml = TIMED.format(diagram.node(task).get(f"{CAM}candidateGroups"), "working_days(1, since=received_at)")
        yield task, diagram.again().insert(task, "extra_wait", "extra_wait", xml)


def shared_time(diagram: Diagram) -> Iterator[Edit]:
    """The time of a step that begins with the one before it, shared with one more step."""
    for step, text in limited(diagram).items():
        if text == "working_days(5)":
            edited = diagram.again().set_text(f"{step}_due", "timeDate", "working_days(3)")
            post = diagram.node(step).get(f"{CAM}candidateGroups")
            yield step, edited.put_before(step, "extra_wait", "extra_wait", TIMED.format(post, "working_days(2)"))


def extra_notice(diagram: Diagram) -> Iterator[Edit]:
    """One more message to the responsible unit."""
    for task in diagram.users():
        yield task, diagram.again().insert(task, "extra_notice", "extra_notice", TELL)


def extra_reminder(diagram: Diagram) -> Iterator[Edit]:
    """A reminder before the limit, beside it."""
    for task in diagram.users():
        edited = diagram.again()
        yield task, edited.add(edited.node(task).getparent(), REMINDER.format(task))


def extra_field(diagram: Diagram) -> Iterator[Edit]:
    """One more question, which decides nothing."""
    for task in diagram.users():
        edited = diagram.again()
        form = next(edited.node(task).iter(f"{CAM}formData"))
        edited.add(form, '<camunda:formField id="extra_number" label="件数" type="long"/>'
                         '<camunda:formField id="extra_text" label="备注" type="text"/>')
        yield task, edited


def extra_choice(diagram: Diagram) -> Iterator[Edit]:
    """One more channel to choose from."""
    for task in diagram.users():
        for field in diagram.fields(task):
            if field.get("id").endswith(("_channel", "cause", "problem_kind", "resolution")):
                edited = diagram.again()
                extra = "mail" if field.get("id").endswith("_channel") else "extra"     # one that the log knows
                edited.add(edited.field(task, field.get("id")), f'<camunda:value id="{extra}" name="另一种"/>')
                yield f"{task}.{field.get('id')}", edited


def relabelled(diagram: Diagram) -> Iterator[Edit]:
    """An answer that no article names, in other words."""
    for task in diagram.users():
        for field in diagram.fields(task):
            for value in field.iter(f"{CAM}value"):
                if value.get("id") in ("other", "more_evidence") or field.get("id") in ("cause", "problem_kind"):
                    edited = diagram.again()
                    next(one for one in edited.field(task, field.get("id")).iter(f"{CAM}value")
                         if one.get("id") == value.get("id")).set("name", value.get("name") + "（说明）")
                    yield f"{task}.{field.get('id')}: {value.get('id')}", edited


def reworded(diagram: Diagram) -> Iterator[Edit]:
    """The same condition in other words."""
    for flow, text in diagram.conditions():
        for found in re.finditer(r"(\w+) == ('\w+')", text):
            changed = f"{text[:found.start()]}{found[1]} in [{found[2]}]{text[found.end():]}"
            yield f"{flow}: {found[0]}", diagram.again().set_text(flow, "conditionExpression", changed)


def reordered(diagram: Diagram) -> Iterator[Edit]:
    """Conditions of one gateway exclude each other, so their order in the file is nothing."""
    for gateway in diagram.deciding():
        edited = diagram.again()
        flows = edited.flows_from(gateway)
        scope = flows[0].getparent()
        for flow in flows:
            scope.remove(flow)
        scope.extend(reversed(flows))
        yield gateway, edited


def instructed(diagram: Diagram) -> Iterator[Edit]:
    """Other instructions for the officer."""
    for task in diagram.users():
        edited = diagram.again()
        next(edited.node(task).iter(f"{B}documentation")).text = "按本单位的操作手册办理，并如实记录。"
        yield task, edited


def more_attempts(diagram: Diagram) -> Iterator[Edit]:
    """More attempts than the rule asks for."""
    for task in diagram.users():
        for field in diagram.fields(task):
            if field.get("id") == "attempts":
                edited = diagram.again()
                constraints = edited.field(task, "attempts").iter(f"{CAM}constraint")
                next(one for one in constraints if one.get("name") == "min").set("config", "5")
                yield task, edited


def extra_question(diagram: Diagram) -> Iterator[Edit]:
    """One more question, asked only with some of the answers."""
    for task in diagram.users():
        for field in diagram.fields(task):
            if field.get("type") == "enum":
                edited = diagram.again()
                edited.add(next(edited.node(task).iter(f"{CAM}formData")), MORE.format(
                    field.get("id"), next(field.iter(f"{CAM}value")).get("id")))
                yield f"{task}.{field.get('id')}", edited


def shown_always(diagram: Diagram) -> Iterator[Edit]:
    """What is asked with some answers is asked with all; what is asked always is said to be asked with each answer."""
    for task in diagram.users():
        choice = next((field for field in diagram.fields(task) if field.get("type") == "enum"
                       and not diagram.shown_when(task, field.get("id"))), None)
        for field in diagram.fields(task):
            name = field.get("id")
            if field.get("type") == "text" and diagram.shown_when(task, name):
                yield f"{task}.{name}", diagram.again().show_when(task, name, "")
            elif field.get("type") == "text" and choice is not None:
                yield f"{task}.{name}: each", diagram.again().show_when(
                    task, name, f"{choice.get('id')} in {[value.get('id') for value in choice.iter(f'{CAM}value')]}")


def longer_text(diagram: Diagram) -> Iterator[Edit]:
    """More is to be written, or may be."""
    for task in diagram.users():
        for field in diagram.fields(task):
            if field.get("type") == "text":
                name = field.get("id")
                for constraint, config in (("minlength", "20"), ("maxlength", "3999")) if name in RECORDED else ():
                    yield f"{task}.{name}: {constraint}", diagram.again().constrain(task, name, constraint, config)


OPERATORS: tuple[Callable[[Diagram], Iterator[Edit]], ...] = (
    rename, lay_out, stricter_limit, extra_task, extra_task_in_time, shared_time, extra_notice, extra_reminder,
    extra_field, extra_choice, relabelled, reworded, reordered, instructed, more_attempts, extra_question,
    shown_always, longer_text, *harmless_powers.OPERATORS,
)
