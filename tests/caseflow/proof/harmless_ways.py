"""Edits of steps, ways and limits that break nothing. Each operator says why its edits are harmless."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.caseflow.proof.breaking_limits import CALL, CALLED, MESSAGE
from tests.caseflow.proof.breaking_time import in_front, limited
from tests.caseflow.proof.diagrams import CAM, DECLARED, SIDE_TOPICS, B, Diagram, Edit
from tests.caseflow.proof.pieces import (
    after,
    effect,
    end,
    flow,
    fork,
    gateway,
    post,
    scope,
    task,
    timer,
)

NAMED_TIMERS = ("supplement_due",)      # a rule names it


def _renamed(diagram: Diagram, old: str, new: str) -> Diagram:
    edited = diagram.again()
    for node in edited.root.iter(f"{B}*"):
        for key in ("id", "sourceRef", "targetRef", "attachedToRef", "default", "messageRef"):
            if node.get(key) == old:
                node.set(key, new)
    return edited


def other_gateway_id(diagram: Diagram) -> Iterator[Edit]:
    """No rule knows a gateway by its id."""
    for node in diagram.all("exclusiveGateway"):
        yield node.get("id"), _renamed(diagram, node.get("id"), "extra_gate")


def other_flow_id(diagram: Diagram) -> Iterator[Edit]:
    """No rule knows a flow by its id."""
    for node in diagram.all("sequenceFlow"):
        yield node.get("id"), _renamed(diagram, node.get("id"), "extra_way")


def other_timer_id(diagram: Diagram) -> Iterator[Edit]:
    """No rule knows a limit by its id, but for the one whose passing takes the place of its step."""
    for event, _ in diagram.timers():
        if event not in NAMED_TIMERS:
            yield event, _renamed(diagram, event, "extra_due")


def other_side_id(diagram: Diagram) -> Iterator[Edit]:
    """No rule knows an escalation, or what ends it, by its id."""
    for step in diagram.effects():
        if diagram.node(step).get(f"{CAM}topic") in SIDE_TOPICS:
            yield step, _renamed(diagram, step, "extra_told")
            yield after(diagram, step), _renamed(diagram, after(diagram, step), "extra_told")


def other_scope_id(diagram: Diagram) -> Iterator[Edit]:
    """No rule knows a part of the process, or where it begins and ends, by its id."""
    for node in diagram.all("subProcess", "startEvent"):
        yield node.get("id"), _renamed(diagram, node.get("id"), "extra_part")
    for node in diagram.all("endEvent"):
        if node.get("id") in ("handling_ended", "review_ended"):
            yield node.get("id"), _renamed(diagram, node.get("id"), "extra_part")


def other_names(diagram: Diagram) -> Iterator[Edit]:
    """The names of ways, of the process and of what it listens to are for people."""
    for node in diagram.all("sequenceFlow", "subProcess", "process", "startEvent"):
        if node.get("name"):
            edited = diagram.again()
            edited.node(node.get("id")).set("name", "另一种叫法")
            yield node.get("id"), edited


def noted(diagram: Diagram) -> Iterator[Edit]:
    """A note in the drawing, and what is written about a step."""
    for node in diagram.all("userTask", "serviceTask", "exclusiveGateway", "endEvent"):
        edited = diagram.again()
        note = ('<bpmn:textAnnotation id="extra_note"><bpmn:text>请注意</bpmn:text></bpmn:textAnnotation>'
                f'<bpmn:association id="extra_line" sourceRef="{node.get("id")}" targetRef="extra_note"/>')
        yield node.get("id"), edited.add(scope(edited, node.get("id")), note)


def documented(diagram: Diagram) -> Iterator[Edit]:
    """What is written about a gateway or an end."""
    for node in diagram.all("exclusiveGateway", "endEvent", "boundaryEvent"):
        if node.find(f"{B}documentation") is not None:
            continue
        edited = diagram.again()
        edited.add(edited.node(node.get("id")), "<bpmn:documentation>说明。</bpmn:documentation>")
        found = edited.node(node.get("id"))
        found.insert(0, found[-1])
        yield node.get("id"), edited


def other_version(diagram: Diagram) -> Iterator[Edit]:
    """The version that a file calls itself, and how long its history is kept elsewhere."""
    for key, value in (("versionTag", "7"), ("historyTimeToLive", "P3650D")):
        edited = diagram.again()
        edited.all("process")[0].set(f"{CAM}{key}", value)
        yield key, edited


def _on_flows(diagram: Diagram, xml: str, name: str) -> Iterator[Edit]:
    for way in diagram.all("sequenceFlow"):
        edited = diagram.again()
        found = edited.node(way.get("id"))
        target = found.get("targetRef")
        found.set("targetRef", name)
        yield way.get("id"), edited.add(found.getparent(), xml + flow(name, target))


def pass_through(diagram: Diagram) -> Iterator[Edit]:
    """A gateway that every case passes."""
    return _on_flows(diagram, gateway("extra_gate"), "extra_gate")


def pass_fork(diagram: Diagram) -> Iterator[Edit]:
    """A gateway for branches of which there is only one."""
    return _on_flows(diagram, fork("extra_gate"), "extra_gate")


def notice_anywhere(diagram: Diagram) -> Iterator[Edit]:
    """One more notice to the responsible unit, on any way, also on that of a limit that has passed."""
    return _on_flows(diagram, effect("notify_responsible", "extra_told"), "extra_told")


def rater_told(diagram: Diagram) -> Iterator[Edit]:
    """The office that speaks to the rater is asked to tell them once more."""
    for step in diagram.users():
        yield step, diagram.again().insert(step, "extra_told", "extra_told", effect("tell_rater", "extra_told"))


def _reminded(diagram: Diagram, text: str) -> Iterator[Edit]:
    for step in diagram.users():
        edited = diagram.again()
        _as_statutory(edited, step)
        xml = timer(step, text, limit="reminder") + effect("remind", "extra_told") + end("extra_over")
        yield step, edited.add(scope(edited, step), xml + flow("extra_timer", "extra_told")
                               + flow("extra_told", "extra_over"))


def _as_statutory(diagram: Diagram, step: str) -> None:
    known = diagram.boundaries(step)
    if len(known) == 1 and next(diagram.node(known[0]).iter(f"{B}timeDate"), None) is not None:
        diagram.mark(known[0], "statutory")


def remind_by_hours(diagram: Diagram) -> Iterator[Edit]:
    """A reminder after some hours."""
    return _reminded(diagram, "hours(4)")


def remind_today(diagram: Diagram) -> Iterator[Edit]:
    """A reminder at the end of the day."""
    return _reminded(diagram, "end_of_day()")


def remind_late(diagram: Diagram) -> Iterator[Edit]:
    """A reminder some calendar days after the receipt, whenever the limit is."""
    return _reminded(diagram, "calendar_days(9, since=received_at)")


def two_reminders(diagram: Diagram) -> Iterator[Edit]:
    """Two reminders at one step."""
    for what, edited in _reminded(diagram, "working_days(1)"):
        xml = timer(what, "working_days(3)", name="extra_again", limit="reminder") + effect("remind", "extra_twice")
        xml += end("extra_enough") + flow("extra_again", "extra_twice") + flow("extra_twice", "extra_enough")
        yield what, edited.add(scope(edited, what), xml)


def _also_escalated(diagram: Diagram, text: str) -> Iterator[Edit]:
    for step in limited(diagram):
        edited = diagram.again()
        _as_statutory(edited, step)
        xml = timer(step, text, limit="reminder") + effect("escalate", "extra_told") + end("extra_over")
        yield step, edited.add(scope(edited, step), xml + flow("extra_timer", "extra_told")
                               + flow("extra_told", "extra_over"))


def escalate_early(diagram: Diagram) -> Iterator[Edit]:
    """Who supervises hears already before the limit is over."""
    return _also_escalated(diagram, "hours(8)")


def escalate_again(diagram: Diagram) -> Iterator[Edit]:
    """Who supervises hears a second time when it takes much longer."""
    return _also_escalated(diagram, "working_days(40)")


def same_day(diagram: Diagram) -> Iterator[Edit]:
    """The limit is the end of the day on which the step is there; no day that a form sets lies before it."""
    for event, text in diagram.timers():
        since = "since=received_at" if "since=" in text else ""
        yield event, diagram.again().set_text(event, "timeDate", f"end_of_day({since})")


def some_hours(diagram: Diagram) -> Iterator[Edit]:
    """A limit of a few hours."""
    for event, text in diagram.timers():
        if text not in ("rectify_by", "promise_by"):
            since = ", since=received_at" if "since=" in text else ""
            yield event, diagram.again().set_text(event, "timeDate", f"hours(6{since})")


def from_receipt(diagram: Diagram) -> Iterator[Edit]:
    """A limit from when the step is there counts from the receipt, which was earlier."""
    for event, text in diagram.timers():
        if text == "working_days(5)":
            yield event, diagram.again().set_text(event, "timeDate", "working_days(5, since=received_at)")


def new_limit(diagram: Diagram) -> Iterator[Edit]:
    """A step that no article limits is limited."""
    for step in diagram.users():
        if not diagram.boundaries(step):
            edited = diagram.again()
            xml = timer(step, "working_days(3)") + effect("escalate", "extra_told") + end("extra_over")
            yield step, edited.add(scope(edited, step), xml + flow("extra_timer", "extra_told")
                                   + flow("extra_told", "extra_over"))


def watch_all(diagram: Diagram) -> Iterator[Edit]:
    """Who supervises hears when all of it takes long."""
    for sub in diagram.all("subProcess"):
        for text in ("calendar_days(60, since=received_at)", "working_days(40)"):
            edited = diagram.again()
            xml = timer(sub.get("id"), text, limit="reminder") + effect("escalate", "extra_told") + end("extra_over")
            xml += flow("extra_timer", "extra_told") + flow("extra_told", "extra_over")
            yield f"{sub.get('id')}: {text}", edited.add(scope(edited, sub.get("id")), xml)


def supervisor_reads(diagram: Diagram) -> Iterator[Edit]:
    """A supervisor reads what was escalated, beside the step, which goes on: inside the handling, for a case ends as
    what ends last in the process says."""
    for step in diagram.effects():
        if diagram.node(step).get(f"{CAM}topic") == "escalate" and scope(diagram, step).tag == f"{B}subProcess":
            yield step, diagram.again().insert(step, "extra_step", "extra_step", task("responsible.supervisor"))


def look_beside(diagram: Diagram) -> Iterator[Edit]:
    """Beside a step, where no time of another runs, somebody looks at the case."""
    for step in diagram.users():
        if step not in in_front(diagram) and step not in limited(diagram) and step != "supplement":
            edited = diagram.again()
            target = after(edited, step)
            edited.flows_from(step)[0].set("targetRef", "extra_join")
            xml = fork("extra_fork") + fork("extra_join") + task(post(diagram, step)) + flow("extra_join", target)
            xml += flow("extra_fork", "extra_step") + flow("extra_step", "extra_join") + flow("extra_fork", step)
            if diagram.boundaries(step):
                continue
            yield step, edited.put_before(step, "extra_fork", "extra_fork",
                                          xml.replace(flow("extra_fork", step), ""))


def look_by_another(diagram: Diagram) -> Iterator[Edit]:
    """One more step by the supervisors, where no time of a limited step runs."""
    for step in diagram.users():
        if step not in in_front(diagram):
            yield step, diagram.again().insert(step, "extra_step", "extra_step", task("responsible.supervisor"))


def look_sometimes(diagram: Diagram) -> Iterator[Edit]:
    """One more step in some cases, where no time of a limited step runs."""
    for step in diagram.users():
        if step not in in_front(diagram):
            xml = gateway("extra_choice", "extra_extra_choice_extra_join") + gateway("extra_join")
            xml += task(post(diagram, step).replace(".staff", ".officer")) + flow("extra_choice", "extra_join")
            xml += flow("extra_choice", "extra_step", "level == 'very_dissatisfied'") + flow("extra_step", "extra_join")
            yield step, diagram.again().insert(step, "extra_choice", "extra_join", xml)


def wrapped(diagram: Diagram) -> Iterator[Edit]:
    """A step with its limits is drawn as a part of its own."""
    for step in diagram.users():
        if step in ("supplement", "assign"):    # what follows their border is another way of the case
            continue
        edited = diagram.again()
        home = scope(edited, step)
        edited.add(home, '<bpmn:subProcess id="extra_sub" name="一步"><bpmn:startEvent id="extra_begin"/>'
                   '<bpmn:endEvent id="extra_close"/>' + flow("extra_begin", step) + "</bpmn:subProcess>")
        sub = edited.node("extra_sub")
        [out] = edited.flows_from(step)
        for way in [one for one in edited.flows_to(step) if one.getparent() is home]:
            way.set("targetRef", "extra_sub")
        out.set("sourceRef", "extra_sub")
        edited.add(sub, flow(step, "extra_close"))
        side, waiting = [edited.node(step)], edited.boundaries(step)
        for name in waiting:
            side.append(edited.node(name))
            for way in edited.flows_from(name):
                side.append(way)
                if way.get("targetRef") not in waiting:
                    waiting.append(way.get("targetRef"))
        for node in side:
            sub.append(node)
        yield step, edited


def called_away(diagram: Diagram) -> Iterator[Edit]:
    """A step without a limit is drawn in another process, which is called."""
    from lxml import etree
    for step in diagram.users():
        if not diagram.boundaries(step) and f"visits('{step}')" not in diagram.source().decode():
            edited = diagram.again()
            node = edited.node(step)
            xml = etree.tostring(node, encoding="unicode") + flow("extra_begun", step) + flow(step, "extra_done")
            edited.called["extra.bpmn"] = CALLED.format(DECLARED, xml).encode()
            home = node.getparent()
            [out] = edited.flows_from(step)
            home.remove(node)
            for way in edited.flows_to(step):
                way.set("targetRef", "extra_call")
            out.set("sourceRef", "extra_call")
            edited.add(home, CALL)
            yield step, edited


def heard_twice(diagram: Diagram) -> Iterator[Edit]:
    """A task hears of an upheld appeal as well: all of the handling ends, as before."""
    for event in diagram.all("boundaryEvent"):
        found = next(event.iter(f"{B}messageEventDefinition"), None)
        if found is None or event.get("id") == "appeal_withdrawn":
            continue
        sub = diagram.node(event.get("attachedToRef"))
        for step in [one for one in diagram.users() if scope(diagram, one) is sub]:
            edited = diagram.again()
            xml = MESSAGE.format("extra_heard", step, found.get("messageRef"), "true") + gateway("extra_join")
            xml += flow("extra_heard", "extra_join") + flow("extra_join", after(edited, step))
            edited.flows_from(step)[0].set("targetRef", "extra_join")
            yield f"{event.get('id')} at {step}", edited.add(scope(edited, step), xml)


OPERATORS: tuple[Callable[[Diagram], Iterator[Edit]], ...] = (
    other_gateway_id, other_flow_id, other_timer_id, other_side_id, other_scope_id, other_names, noted, documented,
    other_version, pass_through, pass_fork, notice_anywhere, rater_told, remind_by_hours, remind_today, remind_late,
    two_reminders, escalate_early, escalate_again, same_day, some_hours, from_receipt, new_limit, watch_all,
    supervisor_reads, look_beside, look_by_another, look_sometimes, wrapped, called_away, heard_twice,
)
