"""The diagrams keep to the dialect that bpmn/README.md describes."""

from __future__ import annotations

import re

import pytest

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import gate
from caseflow.law import regulations
from caseflow.models.ratings import RATING_LEVELS
from tests.bpmn import drawings
from tests.source import ROOT

pytestmark = pytest.mark.parametrize("place", drawings.PLACES)

TASKS = {
    "assign", "dispatch", "dispatch_city", "explain", "first_response", "open_ledger", "rectify", "rectify_complex",
    "rectify_ledger", "rehandle", "revisit", "track", "verify", "contact_rater"}
OUTCOMES = {
    "closed_explained", "closed_resolved", "closed_unreachable", "closed_unsatisfied", "rating_corrected",
    "rating_voided"}


def _top_ends(place: str) -> set[str]:
    ends = drawings.elements(place, "endEvent")
    return {end.get("id") for end in ends if end.getparent().tag == drawings.BPMN + "process"}


def _escalated(place: str) -> set[str]:
    return {f"{timer.removesuffix('_due')}_escalated" for timer in drawings.timers(place)}


def test_the_gate_finds_nothing(place):
    source = regulations.files(place)["rectification.bpmn"]
    assert list(gate.check(source, topics=TOPICS, name=place)) == []


def test_the_process_is_named_after_the_regulation(place):
    assert drawings.loaded(place).process_id == f"{place}_rectification"


def test_tasks_and_outcomes_are_words_of_the_glossary(place):
    assert set(drawings.loaded(place).user_tasks) <= TASKS
    assert _top_ends(place) - _escalated(place) <= OUTCOMES
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", node) for node in drawings.nodes(place))


def test_every_task_says_in_chinese_who_does_what_on_which_legal_basis(place):
    regulation = regulations.get(place)
    for task in drawings.loaded(place).user_tasks.values():
        assert re.search(r"[一-鿿]", task.element.name), task.element.id
        assert 15 <= len(task.element.documentation) <= 160, task.element.id
        assert task.element.article in regulation.articles, task.element.id
        assert task.unit == "responsible" or task.unit in regulation.offices, task.element.id
        assert task.form, task.element.id


def test_deadlines_effects_and_appeals_cite_an_article_too(place):
    citing = [*drawings.elements(place, "serviceTask", "boundaryEvent", "subProcess")]
    assert [e.get("id") for e in citing if drawings.article(e) not in regulations.get(place).articles] == []


def test_the_lane_of_a_task_is_the_office_that_does_it(place):
    for lane in drawings.elements(place, "lane"):
        unit = lane.get("id").removeprefix("lane_")
        tasks = [drawings.loaded(place).user_tasks.get(ref.text) for ref in lane]
        assert {task.unit for task in tasks if task} <= {unit}


def test_every_gateway_that_decides_has_a_default_and_a_question(place):
    leaving = [flow.get("sourceRef") for flow in drawings.flows(place)]
    for gateway in drawings.elements(place, "exclusiveGateway"):
        if leaving.count(gateway.get("id")) > 1:
            assert gateway.get("default") and gateway.get("name").endswith("？"), gateway.get("id")


def test_only_the_default_has_no_condition(place):
    defaults = {gateway.get("default") for gateway in drawings.elements(place, "exclusiveGateway")}
    deciding = {gateway.get("id") for gateway in drawings.elements(place, "exclusiveGateway") if gateway.get("default")}
    for flow in drawings.flows(place):
        conditional = flow.find(drawings.BPMN + "conditionExpression") is not None
        expected = flow.get("sourceRef") in deciding and flow.get("id") not in defaults
        assert conditional == expected, flow.get("id")


def test_the_default_never_counts_as_satisfied(place):
    closing = drawings.nodes(place)["by_result"].get("default")
    assert closing == "flow_by_result_closed_unsatisfied"


def test_a_deadline_escalates_and_lets_the_task_go_on(place):
    follows = {flow.get("sourceRef"): flow.get("targetRef") for flow in drawings.flows(place)}
    for timer in drawings.timers(place):
        task, node = timer.removesuffix("_due"), drawings.nodes(place)[timer]
        guarded = "rectify" if task == "promise" else task      # QJ-16: the promise is kept by rectifying
        assert (node.get("attachedToRef"), node.get("cancelActivity")) == (guarded, "false")
        effect = drawings.nodes(place)[follows[timer]]
        assert effect.get(drawings.CAMUNDA + "topic") == "escalate"
        assert drawings.nodes(place)[follows[effect.get("id")]].get("name") == "已上报"


def test_a_form_asks_for_few_things_at_once_and_for_choices_first(place):
    for task in drawings.loaded(place).user_tasks.values():
        for choice, _ in task.form[0].choices or [("", "")]:
            asked = [field for field in task.form if field.visible_when is None
                     or field.visible_when[0] != task.form[0].id or choice in field.visible_when[1]]
            assert len(asked) <= 5, (task.element.id, choice)
        typed = [field for field in task.form if field.type in ("string", "text")]
        always = [field.type for field in typed if field.visible_when is None]
        assert len(always) <= 2 and always.count("text") <= 1, task.element.id
        assert all(field.max_length for field in typed), task.element.id
        choices = [field.type in ("enum", "boolean") for field in task.form if field.visible_when is None]
        assert choices == sorted(choices, reverse=True), task.element.id


def test_the_newest_rating_is_one_of_the_five_levels(place):
    fields = [f for task in drawings.loaded(place).user_tasks.values() for f in task.form if f.id == "newest_level"]
    assert all({choice for choice, _ in field.choices} == set(RATING_LEVELS) for field in fields)
    assert bool(fields) == (place == "hainan")  # HN-15


def test_the_guide_for_designers_names_every_task_with_its_article_and_every_end(place):
    guide = (ROOT / "bpmn" / "README.md").read_text(encoding="utf-8")
    section = next(part for part in guide.split("\n### ") if part.split("\n")[0].endswith(place))
    for task in drawings.loaded(place).user_tasks.values():
        rows = [row for row in section.splitlines() if row.startswith("|") and task.element.id in row]
        assert any(task.element.name in row and task.element.article in row for row in rows), task.element.id
    assert [name for name in (_top_ends(place) - _escalated(place)) | set(TOPICS) if name not in guide] == []
