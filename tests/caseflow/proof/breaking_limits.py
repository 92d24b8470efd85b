"""Edits of limits, escalations and messages that break an article. Each operator says why its edits are breaches.

The limits are those of `limited` (breaking_time.py): a timer at a step that tells the supervisors, who wait on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.caseflow.proof.breaking_time import limited
from tests.caseflow.proof.diagrams import CAM, B, Diagram, Edit
from tests.caseflow.proof.pieces import (
    DAY,
    after,
    ask_last,
    closings,
    effect,
    end,
    flow,
    fork,
    gateway,
    pause,
    post,
    scope,
    task,
    timer,
    users_before,
)

CAUGHT = ('<bpmn:intermediateCatchEvent id="extra_caught" name="等消息"><bpmn:messageEventDefinition '
          'id="extra_caught_def" messageRef="{}"/></bpmn:intermediateCatchEvent>')
MESSAGE = ('<bpmn:boundaryEvent id="{0}" name="消息" attachedToRef="{1}" cancelActivity="{3}">'
           '<bpmn:messageEventDefinition id="{0}_def" messageRef="{2}"/></bpmn:boundaryEvent>')
CALL = '<bpmn:callActivity id="extra_call" name="另办" calledElement="extra_called"/>'
CALLED = ('<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions {0} id="extra_file" targetNamespace="urn:extra">'
          '<bpmn:process id="extra_called" name="另一个流程" isExecutable="true"><bpmn:startEvent id="extra_begun"/>'
          '{1}<bpmn:endEvent id="extra_done"/></bpmn:process></bpmn:definitions>')


def expire_task(diagram: Diagram) -> Iterator[Edit]:
    """A step is over by itself after a time, whether it was done or not."""
    for step in diagram.users():
        if step != "supplement":
            edited = diagram.again()
            xml = timer(step, "working_days(30)", interrupting=True) + gateway("extra_join")
            xml += flow("extra_timer", "extra_join") + flow("extra_join", after(edited, step))
            edited.flows_from(step)[0].set("targetRef", "extra_join")
            _mark(edited, step)
            yield step, edited.add(scope(edited, step), xml)


def cut_short(diagram: Diagram) -> Iterator[Edit]:
    """A second, earlier limit ends a step that should escalate."""
    for step in limited(diagram):
        edited = diagram.again()
        xml = timer(step, "hours(4)", interrupting=True) + gateway("extra_join")
        xml += flow("extra_timer", "extra_join") + flow("extra_join", after(edited, step))
        edited.flows_from(step)[0].set("targetRef", "extra_join")
        _mark(edited, step)
        yield step, edited.add(scope(edited, step), xml)


def _mark(diagram: Diagram, step: str) -> None:
    """Say that the timer a step has is its statutory limit, where one more comes beside it."""
    known = diagram.boundaries(step)
    if len(known) == 1:
        diagram.mark(known[0], "statutory")


def expire_handling(diagram: Diagram) -> Iterator[Edit]:
    """All of the handling, or the review, is over by itself after a time."""
    for sub in diagram.all("subProcess"):
        for name in closings(diagram):
            edited = diagram.again()
            node = edited.node(name).getparent()
            edited.add(node, timer(sub.get("id"), "working_days(60)", interrupting=True) + flow("extra_timer", name))
            yield f"{sub.get('id')} → {name}", edited


def leave_by_message(diagram: Diagram) -> Iterator[Edit]:
    """A message that no article knows ends the handling."""
    for sub in diagram.all("subProcess"):
        for name in closings(diagram):
            edited = diagram.again()
            edited.add(edited.root, '<bpmn:message id="extra_message" name="rating_cleared"/>')
            edited.root.insert(0, edited.root[-1])
            xml = MESSAGE.format("extra_left", sub.get("id"), "extra_message", "true") + flow("extra_left", name)
            yield f"{sub.get('id')} → {name}", edited.add(edited.node(name).getparent(), xml)


def narrow_message(diagram: Diagram) -> Iterator[Edit]:
    """An upheld appeal is heard of at one task alone, and does not end the case."""
    for event in diagram.all("boundaryEvent"):
        found = next(event.iter(f"{B}messageEventDefinition"), None)
        if found is None or event.get("id") == "appeal_withdrawn":
            continue
        for step in diagram.users()[:2]:
            edited = diagram.again()
            if scope(edited, step).tag != f"{B}subProcess":
                continue
            edited.drop_event(event.get("id"))
            xml = MESSAGE.format("extra_heard", step, found.get("messageRef"), "true") + end()
            yield f"{event.get('id')} at {step}", edited.add(
                scope(edited, step), xml + flow("extra_heard", "extra_end"))


def wait_for_message(diagram: Diagram) -> Iterator[Edit]:
    """A step waits for a message, which may never come."""
    message = next(iter(diagram.all("message")), None)
    for step in diagram.users():
        edited = diagram.again()
        name = "extra_message" if message is None else message.get("id")
        if message is None:
            edited.add(edited.root, f'<bpmn:message id="{name}" name="appeal_upheld"/>')
            edited.root.insert(0, edited.root[-1])
        yield step, edited.put_before(step, "extra_caught", "extra_caught", CAUGHT.format(name))


def wait_beside(diagram: Diagram) -> Iterator[Edit]:
    """Before a limited step two things are waited for, of which one has no limit."""
    for step in limited(diagram):
        xml = fork("extra_fork") + fork("extra_join") + task(post(diagram, step)) + flow("extra_fork", "extra_join")
        xml += flow("extra_fork", "extra_step") + flow("extra_step", "extra_join")
        yield step, diagram.again().put_before(step, "extra_fork", "extra_join", xml)


def wait_for_some(diagram: Diagram) -> Iterator[Edit]:
    """Before a limited step some cases wait for what has no limit."""
    for step in limited(diagram):
        xml = gateway("extra_merge") + gateway("extra_choice", "extra_extra_choice_extra_join") + gateway("extra_join")
        xml += task(post(diagram, step)) + flow("extra_merge", "extra_choice") + flow("extra_choice", "extra_join")
        xml += flow("extra_choice", "extra_step", "level == 'very_dissatisfied'") + flow("extra_step", "extra_join")
        yield step, diagram.again().put_before(step, "extra_merge", "extra_join", xml)


def wait_inside(diagram: Diagram) -> Iterator[Edit]:
    """Before a limited step stands a part of its own, with a step that has no limit."""
    for step in limited(diagram):
        yield step, diagram.again().put_before(step, "extra_sub", "extra_sub", _part(task(post(diagram, step))))


def _part(xml: str) -> str:
    return ('<bpmn:subProcess id="extra_sub" name="另一部分"><bpmn:startEvent id="extra_begin"/>' + xml
            + '<bpmn:endEvent id="extra_close"/>' + flow("extra_begin", "extra_step")
            + flow("extra_step", "extra_close") + "</bpmn:subProcess>")


def call_before(diagram: Diagram) -> Iterator[Edit]:
    """Before a limited step another process is called, with a step that has no limit."""
    from tests.caseflow.proof.diagrams import DECLARED
    for step in limited(diagram):
        edited = diagram.again()
        xml = task(post(diagram, step)) + flow("extra_begun", "extra_step") + flow("extra_step", "extra_done")
        edited.called["extra.bpmn"] = CALLED.format(DECLARED, xml).encode()
        yield step, edited.put_before(step, "extra_call", "extra_call", CALL)


def call_away(diagram: Diagram) -> Iterator[Edit]:
    """A step is moved into another process that is called, without its limit."""
    from lxml import etree

    from tests.caseflow.proof.diagrams import DECLARED
    for step in limited(diagram):
        edited = diagram.again()
        for event in edited.boundaries(step):
            edited.drop_event(event)
        node = edited.node(step)
        xml = etree.tostring(node, encoding="unicode") + flow("extra_begun", step) + flow(step, "extra_done")
        edited.called["extra.bpmn"] = CALLED.format(DECLARED, xml).encode()
        home = node.getparent()
        home.remove(node)
        edited.add(home, CALL)
        for way in edited.flows_to(step):
            way.set("targetRef", "extra_call")
        edited.flows_from(step)[0].set("sourceRef", "extra_call")
        yield step, edited


def hours_for_days(diagram: Diagram) -> Iterator[Edit]:
    """So many hours that the working days of the limit may be over before."""
    for event, text in diagram.timers():
        found = re.match(r"working_days\((\d+)", text)
        if found:
            hours = text.replace(found[0], f"hours({24 * int(found[1]) + 1}")
            yield event, diagram.again().set_text(event, "timeDate", hours)


def own_day(diagram: Diagram) -> Iterator[Edit]:
    """Whoever did the step before sets the limit."""
    for event, _ in diagram.timers():
        step = diagram.node(event).get("attachedToRef")
        for before in users_before(diagram, step)[:1]:
            yield event, ask_last(diagram.again(), before, DAY).set_text(event, "timeDate", "extra_by")


def reminder_only(diagram: Diagram) -> Iterator[Edit]:
    """The article's limit is called a reminder: nobody is ever late."""
    for event, _ in diagram.timers():
        if event != "promise_due":
            edited = diagram.again()
            edited.mark(event, "reminder")
            yield event, edited


def escalate_later(diagram: Diagram) -> Iterator[Edit]:
    """Who supervises is told only some time after the limit."""
    return _on_the_way(diagram, pause("working_days(10)"), "extra_pause", "extra_pause")


def escalate_if_agreed(diagram: Diagram) -> Iterator[Edit]:
    """Who supervises is told only when somebody has agreed."""
    return _on_the_way(diagram, task("responsible.officer"), "extra_step", "extra_step")


def escalate_some(diagram: Diagram) -> Iterator[Edit]:
    """Who supervises is told of some cases only."""
    for event, way in _ways_to_escalation(diagram):
        target = way.get("targetRef")
        over = after(diagram, target)
        edited = diagram.again()
        xml = gateway("extra_choice", f"extra_extra_choice_{target}") + gateway("extra_join")
        xml += flow("extra_choice", target) + flow("extra_choice", "extra_join", "level == 'dissatisfied'")
        xml += flow("extra_join", over)
        edited.node(way.get("id")).set("targetRef", "extra_choice")
        edited.flows_from(target)[0].set("targetRef", "extra_join")
        yield event, edited.add(way_scope(edited, event), xml)


def way_scope(diagram: Diagram, event: str):
    """The scope in which an event stands."""
    return diagram.node(event).getparent()


def _on_the_way(diagram: Diagram, xml: str, first: str, last: str) -> Iterator[Edit]:
    for event, way in _ways_to_escalation(diagram):
        edited = diagram.again()
        edited.node(way.get("id")).set("targetRef", first)
        yield event, edited.add(way_scope(edited, event), xml + flow(last, way.get("targetRef")))


def _ways_to_escalation(diagram: Diagram) -> Iterator[tuple]:
    for event, _ in diagram.timers():
        [way] = diagram.flows_from(event)
        if diagram.node(way.get("targetRef")).get(f"{CAM}topic") == "escalate" and event != "promise_due":
            yield event, way


def escalate_behind(diagram: Diagram) -> Iterator[Edit]:
    """Who supervises is told after the step, instead of when its time is over."""
    for step in limited(diagram):
        edited = diagram.again()
        for event in edited.boundaries(step):
            edited.drop_event(event)
        yield step, edited.insert(step, "extra_told", "extra_told", effect("escalate", "extra_told"))


def escalate_to_unit(diagram: Diagram) -> Iterator[Edit]:
    """Of a limit that has passed the officers hear, not those who supervise."""
    for _, way in _ways_to_escalation(diagram):
        for topic in ("remind", "notify_responsible", "tell_rater"):
            edited = diagram.again()
            edited.node(way.get("targetRef")).set(f"{CAM}topic", topic)
            yield f"{way.get('targetRef')}: {topic}", edited


def other_role(diagram: Diagram) -> Iterator[Edit]:
    """Another role of the same office does what the article, or keeping apart, gives to this one."""
    for step in diagram.users():
        unit, role = post(diagram, step).split(".")
        for other in ("officer", "supervisor", "reviewer"):
            if other != role:
                edited = diagram.again()
                edited.node(step).set(f"{CAM}candidateGroups", f"{unit}.{other}")
                yield f"{step}: {other}", edited


def rated_does(diagram: Diagram) -> Iterator[Edit]:
    """The rated unit, or who was rated, does what another office does to look after it."""
    for step in diagram.users():
        if not post(diagram, step).startswith("responsible."):
            for other in ("responsible.staff", "responsible.supervisor"):
                edited = diagram.again()
                edited.node(step).set(f"{CAM}candidateGroups", other)
                yield f"{step}: {other}", edited


OPERATORS: tuple[Callable[[Diagram], Iterator[Edit]], ...] = (
    expire_task, cut_short, expire_handling, leave_by_message, narrow_message, wait_for_message,
    wait_beside, wait_for_some, wait_inside, call_before, call_away, hours_for_days, own_day, reminder_only,
    escalate_later, escalate_if_agreed, escalate_some, escalate_behind, escalate_to_unit, other_role, rated_does,
)
