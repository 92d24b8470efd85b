"""What edits put into a diagram: steps, gateways and fields, all with ids that begin with extra."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from tests.caseflow.proof.diagrams import CAM, B, Diagram

ARTICLED = ('<bpmn:extensionElements>{form}<camunda:properties><camunda:property name="article" value="GC-2(二)"/>'
            "</camunda:properties></bpmn:extensionElements>")
CONDITION = '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{}</bpmn:conditionExpression>'
REQUIRED = '<camunda:validation><camunda:constraint name="required"/></camunda:validation>'
TICK = f'<camunda:formField id="extra_tick" label="是否需要" type="boolean">{REQUIRED}</camunda:formField>'
COUNT = f'<camunda:formField id="extra_count" label="件数" type="long">{REQUIRED}</camunda:formField>'
DAY = f'<camunda:formField id="extra_by" label="另定的日期" type="date">{REQUIRED}</camunda:formField>'


def task(post: str, form: str = "", name: str = "extra_step") -> str:
    form = f"<camunda:formData>{form}</camunda:formData>" if form else ""
    return (f'<bpmn:userTask id="{name}" name="内部会商" camunda:candidateGroups="{post}">'
            f"{ARTICLED.format(form=form)}</bpmn:userTask>")


def effect(topic: str, name: str = "extra_effect") -> str:
    return f'<bpmn:serviceTask id="{name}" name="另一步" camunda:type="external" camunda:topic="{topic}"/>'


def flow(source: str, target: str, condition: str = "") -> str:
    inner = CONDITION.format(condition.replace("<", "&lt;")) if condition else ""
    return (f'<bpmn:sequenceFlow id="extra_{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}'
            "</bpmn:sequenceFlow>")


def gateway(name: str, default: str = "") -> str:
    asked = f' name="是吗？" default="{default}"' if default else ""
    return f'<bpmn:exclusiveGateway id="{name}"{asked}/>'


def fork(name: str) -> str:
    return f'<bpmn:parallelGateway id="{name}"/>'


def timer(host: str, text: str, *, name: str = "extra_timer", interrupting: bool = False, limit: str = "") -> str:
    marked = (f'<bpmn:extensionElements><camunda:properties><camunda:property name="limit" value="{limit}"/>'
              "</camunda:properties></bpmn:extensionElements>") if limit else ""
    return (f'<bpmn:boundaryEvent id="{name}" name="到期" attachedToRef="{host}" '
            f'cancelActivity="{str(interrupting).lower()}">{marked}<bpmn:timerEventDefinition id="{name}_def">'
            f"<bpmn:timeDate>{text}</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:boundaryEvent>")


def pause(text: str, name: str = "extra_pause") -> str:
    return (f'<bpmn:intermediateCatchEvent id="{name}" name="等一等"><bpmn:timerEventDefinition id="{name}_def">'
            f"<bpmn:timeDate>{text}</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>")


def end(name: str = "extra_end") -> str:
    return f'<bpmn:endEvent id="{name}" name="已办"/>'


def post(diagram: Diagram, name: str) -> str:
    return diagram.node(name).get(f"{CAM}candidateGroups")


def scope(diagram: Diagram, name: str) -> etree._Element:
    return diagram.node(name).getparent()


def after(diagram: Diagram, name: str) -> str:
    """What follows a step with one way out."""
    [way] = diagram.flows_from(name)
    return way.get("targetRef")


def users_before(diagram: Diagram, name: str) -> list[str]:
    """The user tasks of the same scope from which a step is reached by way of gateways alone."""
    found, waiting, seen = [], [name], set()
    while waiting:
        for way in diagram.flows_to(waiting.pop()):
            source = way.get("sourceRef")
            kind = diagram.node(source).tag
            if kind == f"{B}userTask":
                found.append(source)
            elif kind == f"{B}exclusiveGateway" and source not in seen:
                seen.add(source)
                waiting.append(source)
    return list(dict.fromkeys(found))


def ask_last(diagram: Diagram, name: str, xml: str) -> Diagram:
    """One more field at the end of a form."""
    return diagram.add(next(diagram.node(name).iter(f"{CAM}formData")), xml)


def ask_first(diagram: Diagram, name: str, xml: str) -> Diagram:
    """One more field at the top of a form."""
    return diagram.ask_before(name, next(diagram.fields(name)).get("id"), xml)


def pass_by(diagram: Diagram, step: str, condition: str) -> Diagram:
    """With this condition a case goes past a step."""
    merged = gateway("extra_merge") + flow("extra_merge", "extra_choice") if len(diagram.flows_to(step)) > 1 else ""
    target = after(diagram, step)
    diagram.flows_from(step)[0].set("targetRef", "extra_join")
    xml = merged + gateway("extra_choice", f"flow_extra_choice_{step}") + gateway("extra_join")
    xml += flow("extra_choice", "extra_join", condition) + flow("extra_join", target)
    return diagram.put_before(step, "extra_merge" if merged else "extra_choice", "extra_choice", xml)


def escalating(host: str, text: str, *, topic: str = "escalate", limit: str = "", name: str = "extra") -> str:
    """A timer at a step and the side path behind it."""
    one, two, three = f"{name}_timer", f"{name}_told", f"{name}_over"
    return (timer(host, text, name=one, limit=limit) + effect(topic, two) + end(three)
            + flow(one, two).replace("extra_", f"{name}_", 1) + flow(two, three).replace("extra_", f"{name}_", 1))


def closings(diagram: Diagram) -> Iterator[str]:
    """The ends of the whole process."""
    for node in diagram.all("endEvent"):
        if node.getparent().tag == f"{B}process" and not node.get("id").endswith("_escalated"):
            yield node.get("id")


def gates_before(diagram: Diagram, name: str) -> list[str]:
    return [way.get("id") for way in diagram.flows_to(name)]
