"""Edits of regulation.toml that let people do what no article gives, or more than it. Each operator says why its edits
are breaches.

A power (an extension, a stop of the clock) that the texts do not give is a breach where some limit of the process can
be lengthened; so is one that a rule gives, once it goes further than the rule. The rules themselves are not edited: who
writes them answers for their article.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests import powers
from tests.caseflow.proof.diagrams import B, Diagram, Edit

CLOCK, EXTENSION = r"(\[clock\]\n)by = \"nobody\"", r"(\[extension\]\n)by = \"nobody\""


def switch_on_extension(diagram: Diagram) -> Iterator[Edit]:
    """No article gives an extension; who may decide it changes nothing about that."""
    for by in ("lead", "unit"):
        for times, days in ((1, 5), (1, 1), (3, 60)) if limited(diagram) else ():
            law = power_on(diagram.shipped_law(), by, times, days)
            yield f"{by} {times}×{days}", diagram.again().under(law)


def switch_on_clock(diagram: Diagram) -> Iterator[Edit]:
    """No article lets the clock stand still."""
    for by in ("lead", "unit") if limited(diagram) else ():
        yield by, diagram.again().under(re.sub(CLOCK, rf'\1by = "{by}"', diagram.shipped_law()))


def appeal_stops_clock(diagram: Diagram) -> Iterator[Edit]:
    """No article says that the limits stand still while an appeal is reviewed."""
    law = diagram.shipped_law()
    if 'clock = "continues"' in law and limited(diagram):
        yield "stops", diagram.again().under(law.replace('clock = "continues"', 'clock = "stops"'))


def widen_extension(diagram: Diagram) -> Iterator[Edit]:
    """An article gives so many extensions of so many days, and the regulation lets people agree on more."""
    for times, days in ((2, 5), (1, 6), (3, 60)) if limited(diagram) else ():
        yield f"{times}×{days}", diagram.again().under(_given(diagram, "lead", times, days))


def widen_deciders(diagram: Diagram) -> Iterator[Edit]:
    """An article leaves the extension to the lead office, and the regulation to the responsible unit."""
    if limited(diagram):
        law = _given(diagram, "unit", 1, 5)
        yield "unit", diagram.again().under(re.sub(r"(extendable\(\[[^\]]*\], 1, 5)\)", r"\1, by=lead)", law))


def widen_categories(diagram: Diagram) -> Iterator[Edit]:
    """An article names why the clock may be stopped, and the regulation has a reason more."""
    if limited(diagram):
        law = re.sub(CLOCK, r'\1by = "lead"', _given(diagram, "lead", 1, 5))
        for category in ("other", "holiday"):
            yield category, diagram.again().under(
                law.replace("[clock.categories]\n", f'[clock.categories]\n{category} = "其他"\n'))


def give_some_tasks_only(diagram: Diagram) -> Iterator[Edit]:
    """An article gives an extension of one task, and the regulation knows no tasks: all others have it, too."""
    tasks = limited(diagram)
    for task in tasks if len(tasks) > 1 else ():
        law = _given(diagram, "lead", 1, 5)
        yield f"all but {task}", diagram.again().under(
            re.sub(r"extendable\(\[[^\]]*\]", f"extendable([{', '.join(one for one in tasks if one != task)}]", law))


def forget_first_contact(diagram: Diagram) -> Iterator[Edit]:
    """The limit of the first contact cannot be extended, as long as a milestone says which task it is."""
    law = _given(diagram, "lead", 1, 5)
    found = re.search(r"\[milestones\.rectification\.first_contact\]\ntasks = \[\"(\w+)\"\]", law)
    if found and found[1] in _with_timers(diagram):
        edited = re.sub(r"(first_contact\]\ntasks = )\[[^\]]*\]", r"\1[]", law)
        rules = edited.rindex("[[rules.rectification]]")
        given = re.sub(rf"\b{found[1]}\b, ", "", edited[rules:])
        yield found[1], diagram.again().under(edited[:rules] + given)


def lengthen_parameter(diagram: Diagram) -> Iterator[Edit]:
    """The longest day that a form takes is a parameter; no more than its rule says."""
    law = diagram.shipped_law()
    for task, name, longest in re.findall(r'"within\((\w+), \w+, (\w+)\) <= (\d+)', law):
        for more in (1, 100) if task in diagram.users() else ():
            yield f"{name} +{more}", diagram.again().under(re.sub(
                rf"(\[parameters\.{name}\]\nvalue = )\d+", rf"\g<1>{int(longest) + more}", law))


def lose_parameter(diagram: Diagram) -> Iterator[Edit]:
    """Without the number of days that a form counts by, nobody knows how long it may be."""
    law = diagram.shipped_law()
    for task, name, _ in re.findall(r'"within\((\w+), \w+, (\w+)\) <= (\d+)', law):
        if task in diagram.users():
            yield name, diagram.again().under(re.sub(rf"(\[parameters\.{name}\]\nvalue = )\d+", r'\1"long"', law))


def sooner_unreachable(diagram: Diagram) -> Iterator[Edit]:
    """A rater counts as unreachable after fewer attempts, or on fewer days, than the reading asks for; or at once."""
    law = diagram.shipped_law()
    if '"tried(' in law and any(f'"tried({task},' in law for task in diagram.users()):
        for key, less in (("attempts", "2"), ("days", "1")):
            yield f"{key} {less}", diagram.again().under(
                re.sub(rf"(\[unreachable\]\n(?:\w+ = .*\n)*?{key} = )\d+", rf"\g<1>{less}", law))
        yield "without", diagram.again().under(re.sub(r"\[unreachable\]\n(?:\w+ = .*\n)+", "", law))


def free_channel(diagram: Diagram) -> Iterator[Edit]:
    """With one more answer the contact is told without any in the log: the rater fills in a questionnaire, so nobody
    has reached them (but for the revisit of Hefei, whose article names it)."""
    for task in diagram.users():
        for field in diagram.fields(task):
            name = field.get("id")
            if name.endswith("_channel") and (diagram.key, name) != ("hefei", "revisit_channel"):
                edited = diagram.again()
                yield f"{task}.{name}", edited.add(
                    edited.field(task, name), '<camunda:value id="questionnaire" name="网上问卷"/>')


def rename_channel(diagram: Diagram) -> Iterator[Edit]:
    """Under another id the way of the contact is held against nothing."""
    for task in diagram.users():
        for name in [field.get("id") for field in diagram.fields(task) if field.get("id").endswith("_channel")]:
            edited = diagram.again()
            edited.field(task, name).set("id", name.replace("_channel", "_way"))
            yield f"{task}.{name}", edited


def void_elsewhere(diagram: Diagram) -> Iterator[Edit]:
    """A step that no article names takes the rating out of the count, voided or replaced by a better one."""
    for after in diagram.users():
        for topic in ("void_rating", "replace_rating"):
            step = f'<bpmn:serviceTask id="extra_void" name="不计入" camunda:type="external" camunda:topic="{topic}"/>'
            yield f"after {after}: {topic}", diagram.again().insert(after, "extra_void", "extra_void", step)


def further_ground(diagram: Diagram) -> Iterator[Edit]:
    """An appeal is upheld on a ground that the text does not name, and that the regulation has as well."""
    law = diagram.shipped_law()
    if diagram.process == "appeal":
        edited = diagram.again()
        for task in diagram.users():
            for field in edited.fields(task):
                if field.get("id") == "finding":
                    edited.add(field, '<camunda:value id="other" name="其他"/>')
                    yield "other", edited.under(re.sub(r'(grounds = \["\w+", )', r'\1"other", ', law))


def limited(diagram: Diagram) -> list[str]:
    """The tasks with a limit beside which something can be agreed: not the first contact, and none that gives up."""
    law = diagram.shipped_law()
    contact = re.search(rf"milestones\.{diagram.process}\.first_contact\]\ntasks = \[([^\]]*)\]", law)
    return [task for task in _with_timers(diagram) if not contact or f'"{task}"' not in contact[1]]


def _with_timers(diagram: Diagram) -> list[str]:
    return list(dict.fromkeys(
        node.get("attachedToRef") for event, _ in diagram.timers()
        if (node := diagram.node(event)).tag == f"{B}boundaryEvent" and node.get("cancelActivity") == "false"))


def power_on(law: str, by: str, times: int, days: int) -> str:
    """The regulation with its extension switched on."""
    law = re.sub(EXTENSION, rf'\1by = "{by}"', law)
    law = re.sub(r"most_times = \d+", f"most_times = {times}", law)
    return re.sub(r"\nlongest = \d+", f"\nlongest = {days}", law)


def _given(diagram: Diagram, by: str, times: int, days: int) -> str:
    """The regulation with an article that gives one extension of five days, and a power of so many of so many."""
    drawing = "".join(f'<bpmn:userTask id="{task}"' for task in Diagram(diagram.key, "rectification").users())
    return powers.given(power_on(diagram.shipped_law(), by, times, days), drawing)


OPERATORS: tuple[Callable[[Diagram], Iterator[Edit]], ...] = (
    switch_on_extension, switch_on_clock, appeal_stops_clock, widen_extension, widen_deciders, widen_categories,
    give_some_tasks_only, forget_first_contact, lengthen_parameter, lose_parameter, sooner_unreachable, free_channel,
    rename_channel, void_elsewhere, further_ground,
)
