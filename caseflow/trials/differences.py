"""What lies between two texts of one scenario: its heading, what happens in it, what it expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from caseflow.trials.scenario_file import Scenario
from caseflow.trials.tryout import Act

HEADING = ("name", "article", "note")
OF_ACTS = ("post", "late_reason", "at", "after", "phone", "category", "reason", "channel", "result", "note")
ROWS = ("tasks", "fired", "effects", "never")
TABLES = ("due", "due_by", "at_most")
WAYS = ("act_added", "act_removed", "outcome", "tasks")     # say that more than answers or times was changed


@dataclass(frozen=True, slots=True)
class Difference:
    """One of them. `code`: name, article, note; act_added, act_removed, answer or act (an attribute of an act);
    outcome, tasks, fired, effects, never, due, due_by or at_most.

    `act` is the act it is about (as it is now; a removed one as it was), `name` the field, attribute or element;
    None and () where there was or is nothing.
    """

    code: str
    act: Act | None = None
    name: str = ""
    before: object = None
    after: object = None


def between(old: Scenario, new: Scenario) -> tuple[Difference, ...]:
    """Every difference, in the order in which a scenario is read."""
    heading = (Difference(name, None, "", getattr(old, name), getattr(new, name)) for name in HEADING)
    return (*(one for one in heading if one.before != one.after), *_acts(old, new), *_expected(old, new))


def keeps_the_way(differences: tuple[Difference, ...]) -> bool:
    """Whether only answers, times and notices differ: the same acts lead through the same steps to the same end."""
    acts = (one for one in differences if one.code in WAYS)
    return all(one.act is not None and one.act.do in ("deadline", "attempt", "wait") for one in acts)


def _acts(old: Scenario, new: Scenario) -> Iterator[Difference]:
    marks = [[(act.do, act.task, act.message) for act in scenario.acts] for scenario in (old, new)]
    for kind, a, b, c, d in SequenceMatcher(None, *marks, autojunk=False).get_opcodes():
        if kind == "equal":
            for was, now in zip(old.acts[a:b], new.acts[c:d], strict=True):
                yield from _of_act(was, now)
            continue
        yield from (Difference("act_removed", act) for act in old.acts[a:b])
        yield from (Difference("act_added", act) for act in new.acts[c:d])


def _of_act(was: Act, now: Act) -> Iterator[Difference]:
    for name in dict.fromkeys((*was.answers, *now.answers)):
        before, after = was.answers.get(name), now.answers.get(name)
        if before != after or type(before) is not type(after):
            yield Difference("answer", now, name, before, after)
    for name in OF_ACTS:
        before, after = getattr(was, name), getattr(now, name)
        if before != after:
            yield Difference("act", now, name, before, after)


def _expected(old: Scenario, new: Scenario) -> Iterator[Difference]:
    was, now = old.expect, new.expect
    for name in ("outcome", *ROWS):
        before, after = getattr(was, name), getattr(now, name)
        if before != after:
            yield Difference(name, None, "", before, after)
    for table in TABLES:
        yield from _table(table, getattr(was, table), getattr(now, table))


def _table(code: str, was: Mapping[str, object], now: Mapping[str, object]) -> Iterator[Difference]:
    for element in dict.fromkeys((*was, *now)):
        before, after = was.get(element), now.get(element)
        if before != after:
            yield Difference(code, None, element, before, after)
