"""Edits of regulation.toml that break no article. Each operator says why its edits are lawful."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests import powers
from tests.caseflow.proof.breaking_powers import CLOCK, limited, power_on
from tests.caseflow.proof.diagrams import Diagram, Edit


def lawful_extension(diagram: Diagram) -> Iterator[Edit]:
    """An article gives as many extensions of as many days, or more, for all tasks; whoever decides."""
    for by in ("lead", "unit"):
        for times, days, most, longest in ((1, 5, 1, 5), (1, 3, 1, 5), (1, 5, 2, 10), (0, 5, 1, 5)):
            yield f"{by} {times}×{days} of {most}×{longest}", diagram.again().under(
                given(diagram, power_on(diagram.shipped_law(), by, times, days), most, longest))


def lawful_stop(diagram: Diagram) -> Iterator[Edit]:
    """An article lets the clock stand still for each of the categories, and for an appeal."""
    law = re.sub(CLOCK, r'\1by = "lead"', diagram.shipped_law())
    yield "by hand", diagram.again().under(given(diagram, law))
    yield "for appeals", diagram.again().under(given(diagram, law.replace('clock = "continues"', 'clock = "stops"')))
    fewer = re.sub(r"\[clock\.categories\]\n(\w+ = .*\n).*\n", r"[clock.categories]\n\1", law)
    yield "for less", diagram.again().under(given(diagram, fewer))


def power_of_nobody(diagram: Diagram) -> Iterator[Edit]:
    """What nobody may do has no bounds that matter."""
    yield "longest", diagram.again().under(re.sub(r"\nlongest = \d+", "\nlongest = 60", diagram.shipped_law()))
    yield "often", diagram.again().under(re.sub(r"most_times = \d+", "most_times = 9", diagram.shipped_law()))
    law = diagram.shipped_law().replace("[clock.categories]\n", '[clock.categories]\nother = "其他"\n')
    yield "categories", diagram.again().under(law)


def extension_of_no_limit(diagram: Diagram) -> Iterator[Edit]:
    """In a process whose limits end their tasks, nothing can be agreed beside them."""
    if not limited(diagram):
        yield "extension", diagram.again().under(power_on(diagram.shipped_law(), "lead", 1, 5))
        yield "clock", diagram.again().under(re.sub(CLOCK, r'\1by = "lead"', diagram.shipped_law()))


def shorter_parameter(diagram: Diagram) -> Iterator[Edit]:
    """A form takes no day as late as its rule allows."""
    law = diagram.shipped_law()
    for name, longest in re.findall(r'"within\(\w+, \w+, (\w+)\) <= (\d+)', law):
        for days in (1, int(longest) - 1):
            yield f"{name} {days}", diagram.again().under(
                re.sub(rf"(\[parameters\.{name}\]\nvalue = )\d+", rf"\g<1>{days}", law))


def later_unreachable(diagram: Diagram) -> Iterator[Edit]:
    """A rater counts as unreachable after more attempts on more days."""
    for attempts, days in ((4, 2), (3, 3), (9, 5)):
        yield f"{attempts} on {days}", diagram.again().under(re.sub(
            r"(\[unreachable\]\nattempts = )\d+\ndays = \d+", rf"\g<1>{attempts}\ndays = {days}",
            diagram.shipped_law()))


def other_ladder(diagram: Diagram) -> Iterator[Edit]:
    """Reminders and standing cases move no limit."""
    law = diagram.shipped_law()
    yield "ladder", diagram.again().under(re.sub(r"after_lead = \d+", "after_lead = 10", law))
    yield "waiting", diagram.again().under(re.sub(r"(\[waiting\]\nworking_days = )\d+", r"\g<1>9", law))


def no_transfer(diagram: Diagram) -> Iterator[Edit]:
    """A transfer moves no limit, so neither does its being offered or not."""
    for found in re.finditer(r"(\[supervision\.(\w+)\].*\n)available = true\n", diagram.shipped_law()):
        if found[2] in ("refusal", "references", "duplicates"):
            law = diagram.shipped_law()
            edited = law[:found.start()] + found[1] + "available = false\n" + law[found.end():]
            yield found[2], diagram.again().under(edited)


def given(diagram: Diagram, law: str, most: int = 1, longest: int = 5) -> str:
    """The regulation with an article that gives so many extensions of so many days, and stops."""
    drawing = "".join(f'<bpmn:userTask id="{task}"' for task in Diagram(diagram.key, "rectification").users())
    return powers.given(law, drawing, most, longest)


OPERATORS: tuple[Callable[[Diagram], Iterator[Edit]], ...] = (
    lawful_extension, lawful_stop, power_of_nobody, extension_of_no_limit, shorter_parameter, later_unreachable,
    other_ladder, no_transfer,
)
