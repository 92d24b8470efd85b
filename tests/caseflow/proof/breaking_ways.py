"""Edits of the ways through a diagram that break an article. Each operator says why its edits are breaches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy

from tests.caseflow.proof.diagrams import CAM, SIDE_TOPICS, B, Diagram, Edit
from tests.caseflow.proof.pieces import (
    COUNT,
    TICK,
    after,
    ask_last,
    closings,
    effect,
    end,
    flow,
    fork,
    gateway,
    pass_by,
    scope,
    task,
    users_before,
)

LAST_WORDS = ("revisit_result", "decision", "outcome", "verification", "rater_reply", "track_result", "newest_level")
DECIDING = ("void_rating", "replace_rating", "record_newest_rating", "uphold_appeal", "dismiss_appeal")


def _skip(diagram: Diagram, condition: str) -> Iterator[Edit]:
    for step in diagram.users():
        yield f"{step} not for {condition}", pass_by(diagram.again(), step, condition)


def skip_for_level(diagram: Diagram) -> Iterator[Edit]:
    """A step is left out for those who were most dissatisfied."""
    return _skip(diagram, "level == 'very_dissatisfied'")


def skip_for_office(diagram: Diagram) -> Iterator[Edit]:
    """A step is left out for the units of a city, of a town."""
    yield from _skip(diagram, "business_level == 'city'")
    yield from _skip(diagram, "business_level in ['town', 'village']")


def skip_for_name(diagram: Diagram) -> Iterator[Edit]:
    """A step is left out for those who gave no name."""
    return _skip(diagram, "real_name == False")


def skip_for_tick(diagram: Diagram) -> Iterator[Edit]:
    """Whoever did the step before ticks whether the next is needed."""
    for step in diagram.users():
        for before in users_before(diagram, step)[:1]:
            yield f"{step} by {before}", pass_by(ask_last(diagram.again(), before, TICK), step, "extra_tick == False")


def skip_for_number(diagram: Diagram) -> Iterator[Edit]:
    """A step is left out for few items."""
    for step in diagram.users():
        for before in users_before(diagram, step)[:1]:
            yield f"{step} by {before}", pass_by(ask_last(diagram.again(), before, COUNT), step, "extra_count < 3")


def skip_a_second_time(diagram: Diagram) -> Iterator[Edit]:
    """A step that comes again is left out then, or at once."""
    for step in diagram.users():
        yield step, pass_by(diagram.again(), step, f"visits('{step}') < 1")


def end_by_tick(diagram: Diagram) -> Iterator[Edit]:
    """Whoever did a step may end everything that would follow."""
    for step in diagram.users():
        target = after(diagram, step)
        if diagram.node(target).tag == f"{B}endEvent" or step == "track":
            continue
        edited = ask_last(diagram.again(), step, TICK)
        xml = gateway("extra_choice", "extra_on") + end() + flow("extra_choice", "extra_end", "extra_tick == True")
        xml += f'<bpmn:sequenceFlow id="extra_on" sourceRef="extra_choice" targetRef="{target}"/>'
        edited.flows_from(step)[0].set("targetRef", "extra_choice")
        yield step, edited.add(scope(edited, step), xml)


def go_round(diagram: Diagram) -> Iterator[Edit]:
    """A step may be done again as often as somebody likes: the case need not end."""
    for step in diagram.users():
        target = after(diagram, step)
        edited = ask_last(diagram.again(), step, TICK)
        xml = gateway("extra_choice", "extra_on") + flow("extra_choice", step, "extra_tick == True")
        xml += f'<bpmn:sequenceFlow id="extra_on" sourceRef="extra_choice" targetRef="{target}"/>'
        edited.flows_from(step)[0].set("targetRef", "extra_choice")
        yield step, edited.add(scope(edited, step), xml)


def side_by_side(diagram: Diagram) -> Iterator[Edit]:
    """Two steps of which one has to follow the other are done at the same time."""
    for first in diagram.users():
        second = after(diagram, first)
        if second in diagram.users():
            edited = diagram.again()
            target = after(edited, second)
            edited.flows_from(first)[0].set("targetRef", "extra_join")
            edited.flows_from(second)[0].set("targetRef", "extra_join")
            xml = fork("extra_fork") + fork("extra_join") + flow("extra_join", target) + flow("extra_fork", second)
            yield f"{first} | {second}", edited.put_before(first, "extra_fork", "extra_fork", xml)


def turn_round(diagram: Diagram) -> Iterator[Edit]:
    """Two steps of which one has to follow the other change places."""
    for first in diagram.users():
        second = after(diagram, first)
        if second in diagram.users():
            edited = diagram.again()
            target = after(edited, second)
            for way in edited.flows_to(first):
                way.set("targetRef", second)
            [one], [two] = edited.flows_from(first), edited.flows_from(second)
            two.set("targetRef", first)
            one.set("targetRef", target)
            yield f"{second}, {first}", edited


def notice_instead(diagram: Diagram) -> Iterator[Edit]:
    """Instead of a person who does something a notice is sent."""
    for step in diagram.users():
        edited = diagram.again()
        for event in edited.boundaries(step):
            edited.drop_event(event)
        node = edited.node(step)
        for child in list(node):
            node.remove(child)
        node.tag = f"{B}serviceTask"
        node.attrib.pop(f"{CAM}candidateGroups")
        node.set(f"{CAM}type", "external")
        node.set(f"{CAM}topic", "notify_responsible")
        yield step, edited


def other_topic(diagram: Diagram) -> Iterator[Edit]:
    """The step is there, but reminds of something, or does what another step does."""
    for step in diagram.effects():
        topic = diagram.node(step).get(f"{CAM}topic")
        for other in ("remind", "tell_rater", *DECIDING):
            if other != topic:
                edited = diagram.again()
                edited.node(step).set(f"{CAM}topic", other)
                yield f"{step}: {other}", edited


def effect_anywhere(diagram: Diagram) -> Iterator[Edit]:
    """A rating is voided, replaced or recorded, an appeal decided, by a step that nobody asked for."""
    for step in diagram.users():
        for topic in DECIDING:
            yield f"{topic} after {step}", diagram.again().insert(step, "extra_effect", "extra_effect", effect(topic))


def effect_late(diagram: Diagram) -> Iterator[Edit]:
    """What is to be done at once is done after the next task."""
    for step in _main_effects(diagram):
        follower = after(diagram, step)
        inner = diagram.node(follower).find(f"{B}startEvent")
        follower = after(diagram, inner.get("id")) if inner is not None else follower
        if diagram.node(follower).tag == f"{B}userTask":
            yield f"{step} after {follower}", _moved(diagram, step, follower)


def effect_on_time(diagram: Diagram) -> Iterator[Edit]:
    """What is to be done is done only when a limit has passed."""
    for step in _main_effects(diagram):
        for other in diagram.effects():
            if diagram.node(other).get(f"{CAM}topic") in SIDE_TOPICS:
                yield f"{step} after {other}", _moved(diagram, step, other)


def effect_on_other_branch(diagram: Diagram) -> Iterator[Edit]:
    """What is to be done on one branch is done on another."""
    for step in _main_effects(diagram):
        for other in _main_effects(diagram):
            if other != step and after(diagram, step) != other and after(diagram, other) != step:
                yield f"{step} after {other}", _moved(diagram, step, other)


def _main_effects(diagram: Diagram) -> list[str]:
    return [step for step in diagram.effects() if diagram.node(step).get(f"{CAM}topic") not in SIDE_TOPICS]


def _moved(diagram: Diagram, step: str, behind: str) -> Diagram:
    edited = diagram.again()
    node = edited.node(step)
    edited.splice(step)
    [way] = edited.flows_from(behind)
    home = way.getparent()
    home.append(node)
    edited.add(home, flow(step, way.get("targetRef")))
    way.set("targetRef", step)
    return edited


def move_default(diagram: Diagram) -> Iterator[Edit]:
    """What nobody has thought of goes another way, and the way it went asks for one answer alone."""
    for name in diagram.deciding():
        ways = {one.get("id"): one for one in diagram.flows_from(name)}
        default = diagram.node(name).get("default")
        for other in [way for way in ways if way != default]:
            edited = diagram.again()
            edited.node(name).set("default", other)
            moved = next(edited.node(other).iter(f"{B}conditionExpression"))
            moved.getparent().remove(moved)
            edited.node(default).append(moved)
            yield f"{name}: {default} → {other}", edited


def swap_ends(diagram: Diagram) -> Iterator[Edit]:
    """A case ends as another one should."""
    ends = list(closings(diagram))
    for number, first in enumerate(ends):
        for second in ends[number + 1:]:
            edited = diagram.again()
            to_first, to_second = edited.flows_to(first), edited.flows_to(second)
            for way in to_first:
                way.set("targetRef", second)
            for way in to_second:
                way.set("targetRef", first)
            yield f"{first} ↔ {second}", edited


def new_end(diagram: Diagram) -> Iterator[Edit]:
    """A case ends in a way that the articles do not know."""
    for name in closings(diagram):
        for way in diagram.flows_to(name):
            edited = diagram.again().add(scope(diagram.again(), name), "")
            edited.add(edited.node(name).getparent(), end())
            edited.node(way.get("id")).set("targetRef", "extra_end")
            yield way.get("id"), edited


def widen(diagram: Diagram) -> Iterator[Edit]:
    """A condition asks for one answer more."""
    for way, text in diagram.conditions():
        for found in re.finditer(r"(\w+) == '(\w+)'", text):
            for other in choices(diagram, found[1]):
                if other != found[2]:
                    wider = f"{text[:found.start()]}{found[1]} in ['{found[2]}', '{other}']{text[found.end():]}"
                    yield f"{way}: or {other}", diagram.again().set_text(way, "conditionExpression", wider)


def _conditions(diagram: Diagram, form: str) -> Iterator[Edit]:
    for way, text in diagram.conditions():
        yield f"{way}: {form.format('…')}", diagram.again().set_text(way, "conditionExpression", form.format(text))


def only_for_level(diagram: Diagram) -> Iterator[Edit]:
    """A way is open to those who were most dissatisfied alone."""
    return _conditions(diagram, "({}) and level == 'very_dissatisfied'")


def only_for_named(diagram: Diagram) -> Iterator[Edit]:
    """A way is open to those alone who gave their name."""
    return _conditions(diagram, "({}) and real_name == True")


def also_for_level(diagram: Diagram) -> Iterator[Edit]:
    """A way is open to all who were most dissatisfied, whatever was answered."""
    return _conditions(diagram, "({}) or level == 'very_dissatisfied'")


def also_for_office(diagram: Diagram) -> Iterator[Edit]:
    """A way is open to all cases of a province, whatever was answered."""
    return _conditions(diagram, "({}) or business_level == 'province'")


def always(diagram: Diagram) -> Iterator[Edit]:
    """A condition holds whatever was answered."""
    return _conditions(diagram, "({}) or level in ['dissatisfied', 'very_dissatisfied'] or real_name == True")


def impossible(diagram: Diagram) -> Iterator[Edit]:
    """A condition holds for nobody."""
    return _conditions(diagram, "({}) and level == 'dissatisfied' and level == 'very_dissatisfied'")


def flip(diagram: Diagram) -> Iterator[Edit]:
    """A comparison of a count is turned round."""
    for way, text in diagram.conditions():
        for found in re.finditer(r"<=|<", text):
            other = {"<=": ">", "<": ">="}[found[0]]
            changed = text[:found.start()] + other + text[found.end():]
            yield f"{way}: {other}", diagram.again().set_text(way, "conditionExpression", changed)


def or_for_and(diagram: Diagram) -> Iterator[Edit]:
    """Of two things that are asked one is enough."""
    for way, text in diagram.conditions():
        if " and " in text:
            yield way, diagram.again().set_text(way, "conditionExpression", text.replace(" and ", " or "))


def choices(diagram: Diagram, name: str) -> list[str]:
    """The choices of a field, in whichever form it is."""
    found = [value.get("id") for node in diagram.root.iter(f"{CAM}formField") if node.get("id") == name
             for value in node.iter(f"{CAM}value")]
    return list(dict.fromkeys(found))


def answer_again(diagram: Diagram) -> Iterator[Edit]:
    """The rated unit may answer once more what has been answered: its word is the last."""
    for step in diagram.users():
        for field in diagram.fields(step):
            if field.get("type") == "enum" and field.get("id") in LAST_WORDS:
                edited = diagram.again()
                copied = edited.field(step, field.get("id"))
                xml = task("responsible.officer", "<camunda:formField/>")
                edited.insert(step, "extra_step", "extra_step", xml)
                form = next(edited.node("extra_step").iter(f"{CAM}formData"))
                form.remove(form[0])
                form.append(_plain(copied))
                yield f"{step}.{field.get('id')}", edited


def _plain(field):
    """A copy of a field that is always shown and has no rules."""
    copied = deepcopy(field)
    for one in copied.findall(f"{CAM}properties"):
        copied.remove(one)
    return copied


LAWFUL = {   # what was edited → why it is lawful
    **dict.fromkeys(("guichi/appeal uphold_appeal after correct", "guichi/appeal uphold_appeal after record_reference"),
                    "GC-2(三)：条文没有写先告知申诉成立，还是先在省级系统更正；都在评价作废以前"),
}
COMPARED = {swap_ends, move_default, widen, only_for_level, only_for_named, also_for_level, also_for_office, always,
            impossible, flip, or_for_and, skip_a_second_time}
OPERATORS: tuple[Callable[[Diagram], Iterator[Edit]], ...] = (
    skip_for_level, skip_for_office, skip_for_name, skip_for_tick, skip_for_number, skip_a_second_time, end_by_tick,
    go_round, side_by_side, turn_round, notice_instead, other_topic, effect_anywhere, effect_late, effect_on_time,
    effect_on_other_branch, move_default, swap_ends, new_end, widen, only_for_level, only_for_named, also_for_level,
    also_for_office, always, impossible, flip, or_for_and, answer_again,
)
