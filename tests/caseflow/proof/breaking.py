"""Edits that break an article, made from the diagrams by operators. Each operator says why its edits are breaches.

The user tasks, limits, posts, answers and effects of the shipped diagrams are those the articles and the readings in
regulation.toml name (bpmn/README.md, table by table), so taking one away, or letting a case pass by it, is a breach.
Whether an edit of a flow or a condition changes what happens at all is not taken for granted: behaviour.py compares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import combinations

from tests.caseflow.proof import breaking_effects, breaking_forms, breaking_powers, breaking_time
from tests.caseflow.proof.diagrams import CAM, SIDE_TOPICS, B, Diagram, Edit

OTHER_TOPIC = "notify_responsible"
LATER = ('<bpmn:boundaryEvent id="extra_later_due" attachedToRef="{0}" cancelActivity="{1}"><bpmn:extensionElements>'
         '<camunda:properties><camunda:property name="limit" value="statutory"/></camunda:properties>'
         '</bpmn:extensionElements><bpmn:timerEventDefinition id="extra_later_timer"><bpmn:timeDate>working_days(30)'
         '</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:endEvent id="extra_later_end"/>'
         '<bpmn:sequenceFlow id="extra_later_flow" sourceRef="extra_later_due" targetRef="extra_later_end"/>')


def drop_task(diagram: Diagram) -> Iterator[Edit]:
    """Every task is one an article or a reading asks for."""
    for task in diagram.users():
        yield task, diagram.again().splice(task)


def drop_effect(diagram: Diagram) -> Iterator[Edit]:
    """The file, the notice, the correction, the escalation do not happen."""
    for task in diagram.effects():
        yield task, diagram.again().splice(task)


def swap_effect(diagram: Diagram) -> Iterator[Edit]:
    """The step is there, but does something else."""
    for task in diagram.effects():
        edited = diagram.again()
        edited.node(task).set(f"{CAM}topic", OTHER_TOPIC)
        yield task, edited


def lengthen_limit(diagram: Diagram) -> Iterator[Edit]:
    """A longer limit than the article or the reading gives."""
    for event, text in diagram.timers():
        found = re.match(r"working_days\((\d+)", text)
        for longer in (1, 10) if found else ():
            days = int(found[1]) + longer
            yield f"{event} +{longer}", diagram.again().set_text(
                event, "timeDate", text.replace(found[0], f"working_days({days}"))


def later_start(diagram: Diagram) -> Iterator[Edit]:
    """The limit counts from when the task is there, not from the receipt."""
    for event, text in diagram.timers():
        if "since=" in text:
            yield event, diagram.again().set_text(event, "timeDate", text.replace(", since=received_at", ""))


def other_limit(diagram: Diagram) -> Iterator[Edit]:
    """A limit that a form sets is replaced by a fixed one, which may lie later."""
    for event, text in diagram.timers():
        if text == "rectify_by":
            yield event, diagram.again().set_text(event, "timeDate", "working_days(30)")


def longer_unit(diagram: Diagram) -> Iterator[Edit]:
    """More calendar days than the working days of a limit can last."""
    for event, text in diagram.timers():
        found = re.match(r"working_days\((\d+)", text)
        if found:
            yield event, diagram.again().set_text(
                event, "timeDate", text.replace(found[0], f"calendar_days({int(found[1]) * 2 + 12}"))


def other_mark(diagram: Diagram) -> Iterator[Edit]:
    """A later timer is called the statutory limit, and the article's own a reminder, or nothing."""
    for event, text in diagram.timers():
        for mark in ("reminder", ""):
            edited = diagram.again()
            node = edited.node(event)
            edited.mark(event, mark)
            edited.add(node.getparent(), LATER.format(node.get("attachedToRef"), node.get("cancelActivity"), text))
            yield f"{event}: {mark or 'unmarked'}", edited


def detach_timer(diagram: Diagram) -> Iterator[Edit]:
    """Without its timer a task has no limit."""
    for event, _ in diagram.timers():
        yield event, diagram.again().drop_event(event)


def move_timer(diagram: Diagram) -> Iterator[Edit]:
    """The timer watches another task of the same scope."""
    for event, _ in diagram.timers():
        edited = diagram.again()
        node = edited.node(event)
        others = [user.get("id") for user in node.getparent().iterfind(f"{B}userTask")
                  if user.get("id") != node.get("attachedToRef")]
        if others:
            node.set("attachedToRef", others[0])
            yield event, edited


def flip_timer(diagram: Diagram) -> Iterator[Edit]:
    """A limit that should escalate ends the task silently; one that should give up goes on waiting."""
    for event, _ in diagram.timers():
        edited = diagram.again()
        node = edited.node(event)
        node.set("cancelActivity", "true" if node.get("cancelActivity") == "false" else "false")
        yield event, edited


def silent_timer(diagram: Diagram) -> Iterator[Edit]:
    """The limit passes, and nobody who supervises is told: the path goes by the escalation."""
    for event, _ in diagram.timers():
        edited = diagram.again()
        [flow] = edited.flows_from(event)
        task = edited.node(flow.get("targetRef"))
        if task.get(f"{CAM}topic") == "escalate":
            [after] = edited.flows_from(task.get("id"))
            flow.set("targetRef", after.get("targetRef"))
            edited.drop(task.get("id"))
            yield event, edited


def swap_unit(diagram: Diagram) -> Iterator[Edit]:
    """Another office does what the article gives to this one."""
    posts = {diagram.node(task).get(f"{CAM}candidateGroups") for task in diagram.users()}
    units = sorted({post.split(".")[0] for post in posts})
    for task in diagram.users():
        unit, role = diagram.node(task).get(f"{CAM}candidateGroups").split(".")
        for other in units:
            if other != unit:
                edited = diagram.again()
                edited.node(task).set(f"{CAM}candidateGroups", f"{other}.{role}")
                yield f"{task} → {other}", edited


def lose_reviewer(diagram: Diagram) -> Iterator[Edit]:
    """Reviewers are kept apart from the rated; officers of the same office are not (QJ-6, HN-5, GC-2(三))."""
    for task in diagram.users():
        post = diagram.node(task).get(f"{CAM}candidateGroups")
        if post.endswith((".reviewer", ".staff")):
            edited = diagram.again()
            edited.node(task).set(f"{CAM}candidateGroups", post.split(".")[0] + ".officer")
            yield task, edited


def swap_ways(diagram: Diagram) -> Iterator[Edit]:
    """Two answers lead each where the other should."""
    for gateway in diagram.deciding():
        flows = [flow.get("id") for flow in diagram.flows_from(gateway)]
        for first, second in combinations(flows, 2):
            edited = diagram.again()
            one, two = edited.node(first), edited.node(second)
            target = one.get("targetRef")
            one.set("targetRef", two.get("targetRef"))
            two.set("targetRef", target)
            yield f"{first} ↔ {second}", edited


def short_cut(diagram: Diagram) -> Iterator[Edit]:
    """A flow leads to the end of its scope, past tasks or effects that every way behind it passes."""
    for flow in diagram.all("sequenceFlow"):
        scope = flow.getparent()
        ends = [end.get("id") for end in scope.iterfind(f"{B}endEvent") if not end.get("id").endswith("_escalated")]
        if diagram.node(flow.get("sourceRef")).tag == f"{B}boundaryEvent":
            continue
        for end in ends:
            if _skips(diagram, flow.get("targetRef"), end):
                edited = diagram.again()
                edited.node(flow.get("id")).set("targetRef", end)
                yield f"{flow.get('id')} → {end}", edited


def _skips(diagram: Diagram, start: str, end: str) -> bool:
    """Whether the end can be reached from here, and only through tasks or effects that are not of a side path."""
    def reaches(free: bool) -> bool:
        waiting, seen = [start], set()
        while waiting:
            name = waiting.pop()
            node = diagram.node(name)
            stops = node.tag in (f"{B}userTask", f"{B}subProcess") or (
                node.tag == f"{B}serviceTask" and node.get(f"{CAM}topic") not in SIDE_TOPICS)
            if name in seen or (free and stops):
                continue
            seen.add(name)
            waiting += [flow.get("targetRef") for flow in diagram.flows_from(name)]
        return end in seen
    return reaches(False) and not reaches(True)


def other_branch(diagram: Diagram) -> Iterator[Edit]:
    """After the step for one answer comes, as well, the step that the article keeps for another."""
    if "by_outcome" not in diagram.deciding():
        return
    steps = [flow.get("targetRef") for flow in diagram.flows_from("by_outcome") if flow.get("targetRef") != "handled"]
    for task in diagram.users():
        [flow] = diagram.flows_from(task)
        for other in steps if flow.get("targetRef") == "handled" and task != "rehandle" else ():
            if task != other and diagram.flows_from(other)[0].get("targetRef") != task:
                edited = diagram.again()
                edited.node(flow.get("id")).set("targetRef", other)
                yield f"{task} → {other}", edited


def void_at_once(diagram: Diagram) -> Iterator[Edit]:
    """The rating is voided though nobody has appealed."""
    for task in diagram.users() + diagram.effects():
        node = diagram.node(task)
        for end in node.getparent().iterfind(f"{B}endEvent"):
            if end.get("id") == "rating_voided" and diagram.process == "rectification" and task != "void_rating":
                for target in ("void_rating", "rating_voided"):
                    edited = diagram.again()
                    edited.flows_from(task)[0].set("targetRef", target)
                    yield f"{task} → {target}", edited


def change_answer(diagram: Diagram) -> Iterator[Edit]:
    """A condition asks for another answer than the one the article gives this way to."""
    for flow, text in diagram.conditions():
        for found in re.finditer(r"(\w+) (==|!=) '(\w+)'", text):
            others = [value for value in _choices(diagram, found[1]) if value != found[3]]
            if others:
                changed = text[:found.start(3)] + others[0] + text[found.end(3):]
                yield f"{flow}: {found[3]} → {others[0]}", diagram.again().set_text(
                    flow, "conditionExpression", changed)


def negate(diagram: Diagram) -> Iterator[Edit]:
    """A condition asks for the opposite."""
    for flow, text in diagram.conditions():
        for found in re.finditer(r"==|!=| in ", text):
            other = {"==": "!=", "!=": "==", " in ": " not in "}[found[0]]
            changed = text[:found.start()] + other + text[found.end():]
            yield f"{flow}: {found[0].strip()} → {other.strip()}", diagram.again().set_text(
                flow, "conditionExpression", changed)


def loosen(diagram: Diagram) -> Iterator[Edit]:
    """A part of a condition is dropped."""
    for flow, text in diagram.conditions():
        parts = re.split(r" and (?![^(]*\))", text)
        for left_out in range(len(parts)) if len(parts) > 1 else ():
            changed = " and ".join(part for number, part in enumerate(parts) if number != left_out)
            yield f"{flow}: without {parts[left_out]}", diagram.again().set_text(flow, "conditionExpression", changed)


def more_rounds(diagram: Diagram) -> Iterator[Edit]:
    """The loop may go round once more, twice more, or without end."""
    for flow, text in diagram.conditions():
        found = re.search(r"visits\('\w+'\) (<|<=) (\d)", text) or re.search(r"visits.* (<|<=) (\d)", text)
        for more in (1, 2) if found and "decision" not in text else ():
            at = found.start(2)
            changed = text[:at] + str(int(found[2]) + more) + text[at + 1:]
            yield f"{flow} +{more}", diagram.again().set_text(flow, "conditionExpression", changed)


def more_evidence(diagram: Diagram) -> Iterator[Edit]:
    """Appeals: the condition and the form together let the review send back again; each alone still stops it."""
    for flow, text in diagram.conditions():
        if "more_evidence" in text:
            edited = diagram.again().set_text(flow, "conditionExpression", "decision == 'more_evidence'")
            for once in [node for node in edited.root.iter(f"{CAM}property") if node.get("id") == "first_visit_only"]:
                once.getparent().remove(once)
            yield flow, edited


def lose_message(diagram: Diagram) -> Iterator[Edit]:
    """An upheld appeal does not end the handling any more, or not everywhere."""
    for event in diagram.all("boundaryEvent"):
        name = event.get("id")
        if name != "appeal_upheld":
            continue
        yield "detached", diagram.again().drop_event(name)
        edited = diagram.again()
        edited.node(name).set("cancelActivity", "false")
        yield "goes on", edited
        edited = diagram.again()
        next(edited.root.iter(f"{B}message")).set("name", "appeal_dismissed")
        yield "another message", edited
        edited = diagram.again()
        [flow] = edited.flows_from(name)
        flow.set("targetRef", "by_result")
        for node in ("void_rating", "rating_voided"):
            edited.drop(node)
        yield "closed as if handled", edited


def reroute(diagram: Diagram) -> Iterator[Edit]:
    """Every flow to every other step of its scope. Most break an article; which do not is said in NO_BREACH."""
    for flow in diagram.all("sequenceFlow"):
        for node in flow.getparent().iterchildren(*(B + tag for tag in STEPS)):
            if node.get("id") != flow.get("targetRef"):
                edited = diagram.again()
                edited.node(flow.get("id")).set("targetRef", node.get("id"))
                yield f"{flow.get('id')} → {node.get('id')}", edited


STEPS = ("userTask", "serviceTask", "exclusiveGateway", "endEvent", "subProcess")
NO_BREACH = {   # rerouted, changed, and yet lawful: what was edited → why
    "hainan/rectification flow_rehandle_handled → first_response":
        "HN-15 再行办理：退回后从核实重新做起，仍然只退回一次，之后仍要回访",
    "hainan/rectification flow_rehandle_handled → by_outcome":
        "HN-15 再行办理：退回后按原来的结果再整改或解释一次，仍然只退回一次，之后仍要回访",
    **{f"qijiang/rectification flow_{timer}_escalate_rectify → escalate_{other}":
       "QJ-16 限期和承诺的日期都要上报：另一个“逾期上报”做的是同一件事，原来的那个还有另一个时限通向它"
       for timer in ("rectify_due", "promise_due") for other in ("first_response", "explain")},
}
OPERATORS: tuple[Callable[[Diagram], Iterator[Edit]], ...] = (
    drop_task, drop_effect, swap_effect, lengthen_limit, later_start, other_limit, longer_unit, detach_timer,
    move_timer, flip_timer, silent_timer, swap_unit, lose_reviewer, swap_ways, short_cut, other_branch,
    void_at_once, change_answer, negate, loosen, more_rounds, more_evidence, lose_message, other_mark,
    *breaking_forms.OPERATORS, *breaking_time.OPERATORS, *breaking_powers.OPERATORS, *breaking_effects.OPERATORS,
)
COMPARED = {swap_ways, short_cut, change_answer, negate, loosen, more_rounds, reroute}


def _choices(diagram: Diagram, field: str) -> list[str]:
    found = [value.get("id") for node in diagram.root.iter(f"{CAM}formField") if node.get("id") == field
             for value in node.iter(f"{CAM}value")]
    known = {"business_level": ["province", "city", "district", "town", "village"]}
    return list(dict.fromkeys(found)) or known.get(field, [])
