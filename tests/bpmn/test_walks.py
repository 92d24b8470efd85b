"""Every way through a diagram, walked with the real engine: all answers that decide, to the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from caseflow.engine import step
from caseflow.engine.values import Context, FormField, Step
from caseflow.law import regulations
from tests.bpmn import drawings

CONTEXT = Context(now=datetime(2026, 3, 2, 2, tzinfo=UTC))
DECIDES = {"outcome", "revisit_result", "track_result", "decision", "verification"}


@dataclass(frozen=True)
class Walk:
    """What has happened so far, and the step that stands."""

    done: tuple[tuple[str, str], ...]
    effects: tuple[str, ...]
    step: Step


def _answers(form: tuple[FormField, ...]) -> Iterator[dict[str, object]]:
    """One set of values for each choice of the deciding field; the rest as the form asks for it."""
    deciding = next((field for field in form if field.id in DECIDES), None)
    for choice in [c for c, _ in deciding.choices] if deciding else [None]:
        values: dict[str, object] = {}
        for field in form:
            hidden = field.visible_when and values.get(field.visible_when[0]) not in field.visible_when[1]
            if not field.decides or hidden:
                continue
            values[field.id] = choice if field is deciding else _some(field)
        yield values


def _some(field: FormField) -> object:
    return {"enum": field.choices and field.choices[0][0], "date": "2026-03-20", "long": field.minimum,
            "boolean": True}[field.type]


def walks(place: str, **facts: object) -> Iterator[Walk]:
    """Every walk from the rating to an end."""
    definition = drawings.loaded(place)
    case = {"received_at": CONTEXT.now.isoformat(), "level": "dissatisfied", "real_name": True,
            "business_level": "district", **facts}
    first = step.start(definition, case, CONTEXT)
    waiting = [Walk((), tuple(call.topic for call in first.effects), first)]
    while waiting:
        walk = waiting.pop()
        if walk.step.ended:
            yield walk
            continue
        assert len(walk.done) < 20, "this walk does not end"
        [task] = walk.step.tasks
        for values in _answers(definition.user_tasks[task.element].form):
            after = step.complete(definition, walk.step.state, task.token, values, CONTEXT)
            decided = next((str(values[name]) for name in DECIDES if name in values), "")
            waiting.append(Walk((*walk.done, (task.element, decided)),
                                (*walk.effects, *(call.topic for call in after.effects)), replace(after)))


@pytest.mark.parametrize("place", drawings.PLACES)
def test_every_end_can_be_reached_and_no_other(place):
    ends = {end.get("id") for end in drawings.elements(place, "endEvent")
            if end.getparent().tag == drawings.BPMN + "process" and not end.get("id").endswith("_escalated")}
    assert {walk.step.outcome for walk in walks(place)} == ends - {"rating_voided"}


@pytest.mark.parametrize("place", drawings.PLACES)
def test_no_case_closes_without_its_revisit(place):
    revisits = set(regulations.get(place).revisit_tasks)
    assert [walk.done for walk in walks(place) if not revisits & {task for task, _ in walk.done}] == []


@pytest.mark.parametrize("place", drawings.PLACES)
def test_only_a_satisfied_rater_closes_a_case_as_satisfied(place):
    results = {"closed_resolved": "satisfied", "closed_explained": "satisfied", "rating_corrected": "satisfied",
               "closed_unreachable": "unreachable"}
    for walk in walks(place):
        last = [answer for task, answer in walk.done if task in regulations.get(place).revisit_tasks][-1]
        assert results.get(walk.step.outcome, last) == last, walk.done


@pytest.mark.parametrize("place", ["guichi", "qijiang", "hainan"])
def test_an_upheld_appeal_ends_the_case_at_whatever_task_it_stands(place):
    definition = drawings.loaded(place)
    reached = {task for walk in walks(place) for task, _ in walk.done}
    assert reached == set(definition.user_tasks)
    for task in reached:
        after = step.deliver(definition, _standing_at(place, task).state, "appeal_upheld", CONTEXT)
        assert (after.ended, after.outcome) == (True, "rating_voided")
        assert [call.topic for call in after.effects] == ["void_rating"]


def _standing_at(place: str, element: str) -> Step:
    """A step of some walk at which this task is open."""
    definition = drawings.loaded(place)
    now = step.start(definition, {"received_at": CONTEXT.now.isoformat(), "business_level": "district"}, CONTEXT)
    waiting = [now]
    while waiting:
        now = waiting.pop()
        if now.tasks and now.tasks[0].element == element:
            return now
        waiting += [step.complete(definition, now.state, now.tasks[0].token, values, CONTEXT)
                    for task in now.tasks for values in _answers(definition.user_tasks[task.element].form)]
    raise AssertionError(f"{element} is never open")


def test_hainan_verifies_first_then_contacts_the_rater_and_only_then_decides():
    for walk in walks("hainan"):  # HN-14
        assert [task for task, _ in walk.done][:3] == ["verify", "contact_rater", "first_response"]


def test_hainan_makes_a_work_order_for_what_is_not_solved_on_the_spot_and_for_nothing_else():
    for walk in walks("hainan"):  # HN-14
        tasks, outcome = [task for task, _ in walk.done], dict(walk.done)["first_response"]
        assert ("dispatch" in tasks) == (outcome in ("rectify", "explain")), walk.done
        assert {"rectify", "explain"} & set(tasks) == {outcome} & {"rectify", "explain"}


def test_hainan_returns_a_case_for_rehandling_after_the_first_dissatisfied_revisit_and_never_again():
    for walk in walks("hainan"):  # HN-15
        answers = [answer for task, answer in walk.done if task == "revisit"]
        expected = 1 if answers[0] == "unsatisfied" else 0
        assert walk.effects.count("return_for_rehandling") == expected
        assert [task for task, _ in walk.done].count("rehandle") == expected
        assert len(answers) == 1 + expected


def test_hainan_records_the_newest_rating_of_everyone_it_reaches():
    for walk in walks("hainan"):  # HN-14, HN-15
        assert walk.effects.count("record_newest_rating") == (walk.step.outcome != "closed_unreachable")


def test_hainan_takes_a_rating_for_mistaken_only_when_the_rater_says_so():
    for walk in walks("hainan"):
        corrected = walk.step.outcome == "rating_corrected"
        assert corrected == (walk.done[2:] == (("first_response", "mistaken"), ("revisit", "satisfied")))


def test_the_only_way_back_in_hainan_leads_through_the_task_that_bounds_it():
    backward = _circles("hainan")
    assert backward and all({"return_for_rehandling", "rehandle"} <= circle for circle in backward)
    [condition] = [flow.find(drawings.BPMN + "conditionExpression").text for flow in drawings.flows("hainan")
                   if flow.get("targetRef") == "return_for_rehandling"]
    assert condition == "revisit_result == 'unsatisfied' and visits('rehandle') < 1"


@pytest.mark.parametrize("place", ["hefei", "qijiang", "guichi"])
def test_elsewhere_nothing_leads_back(place):
    assert _circles(place) == []


def _circles(place: str) -> list[set[str]]:
    """The elements of every way that comes back to where it was."""
    follows: dict[str, list[str]] = {}
    for flow in drawings.flows(place):
        follows.setdefault(flow.get("sourceRef"), []).append(flow.get("targetRef"))
    found: list[set[str]] = []

    def walk(node: str, path: list[str]) -> None:
        if node in path:
            found.append(set(path[path.index(node):]))
            return
        for following in follows.get(node, []):
            walk(following, [*path, node])

    for node in drawings.nodes(place):
        walk(node, [])
    return found
