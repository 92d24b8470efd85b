"""The diagrams of appeals, held against the articles and walked to every end."""

from __future__ import annotations

import re

import pytest

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import gate
from caseflow.law import regulations
from tests.bpmn import drawings
from tests.bpmn.test_walks import walks
from tests.source import ROOT

pytestmark = pytest.mark.parametrize("place", drawings.APPEALS)
WHO = {
    "qijiang": {"ask_rater": "office.reviewer", "review": "office.reviewer",                        # QJ-6
                "supplement": "responsible.staff"},                                                 # QJ-18
    "hainan": {"ask_rater": "branch.reviewer", "examine": "branch.reviewer",
               "review": "approval_bureau.reviewer",                                                # HN-5
               "supplement": "responsible.officer"},                                                # HN-17
    "guichi": {"verify": "responsible.supervisor", "ask_rater": "bureau.reviewer",
               "review": "bureau.reviewer",                                                         # GC-2(三)
               "supplement": "responsible.officer", "correct": "bureau.officer"},
}
VOIDS = {
    "qijiang": ["mistaken", "malicious"],                                                           # QJ-18
    "hainan": ["malicious", "untrue"],                                                              # HN-17
    "guichi": ["malicious", "mistaken"],                                                            # GC-2(三)
}
ENDS = {
    "qijiang": {"appeal_upheld", "appeal_dismissed"},
    "hainan": {"appeal_upheld", "appeal_dismissed", "rating_corrected"},                            # HN-14
    "guichi": {"appeal_upheld", "appeal_dismissed"},
}


def regulation(place):
    return regulations.get(place.partition("/")[0])


def test_the_gate_finds_nothing(place):
    assert list(gate.check(drawings.source(place), topics=TOPICS, name=place)) == []


def test_every_task_is_done_by_whom_the_text_names(place):
    tasks = drawings.loaded(place).user_tasks
    assert {name: f"{task.unit}.{task.role}" for name, task in tasks.items()} == WHO[regulation(place).key]


def test_the_regulation_names_the_same_reviewers(place):
    tasks = drawings.loaded(place).user_tasks.values()
    drawn = {f"{task.unit}.{task.role}" for task in tasks if task.role == "reviewer"}
    assert drawn == set(regulation(place).appeal.reviewed_by)


def test_every_task_says_in_chinese_who_does_what_on_which_legal_basis(place):
    for task in drawings.loaded(place).user_tasks.values():
        assert re.search(r"[一-鿿]", task.element.name), task.element.id
        assert 15 <= len(task.element.documentation) <= 160, task.element.id
        assert task.element.article in regulation(place).articles, task.element.id
        assert task.form, task.element.id


def test_effects_and_events_cite_an_article_too(place):
    citing = drawings.elements(place, "serviceTask", "boundaryEvent", "subProcess")
    assert [e.get("id") for e in citing if drawings.article(e) not in regulation(place).articles] == []


def test_every_gateway_that_decides_has_a_default_and_a_question(place):
    leaving = [flow.get("sourceRef") for flow in drawings.flows(place)]
    for gateway in drawings.elements(place, "exclusiveGateway"):
        if leaving.count(gateway.get("id")) > 1:
            assert gateway.get("default") and gateway.get("name").endswith("？"), gateway.get("id")


def test_what_is_not_upheld_is_dismissed(place):
    assert drawings.nodes(place)["by_decision"].get("default") == "flow_by_decision_dismiss_appeal"


def test_the_limit_for_evidence_is_its_parameter_and_gives_up_waiting(place):
    days = regulation(place).parameters["appeal_evidence_limit"].value
    assert drawings.timers(place) == {"supplement_due": f"working_days({days})"}
    assert drawings.nodes(place)["supplement_due"].get("cancelActivity", "true") == "true"


def test_every_end_can_be_reached_and_no_other(place):
    assert {walk.step.outcome for walk in walks(place)} == ENDS[regulation(place).key]


def test_a_rating_is_voided_when_and_only_when_an_appeal_is_upheld(place):
    for walk in walks(place):
        outcome = walk.step.outcome
        assert walk.effects.count("void_rating") == (outcome == "appeal_upheld"), walk.done
        assert walk.effects.count("replace_rating") == (outcome == "rating_corrected"), walk.done
        assert walk.effects.count("uphold_appeal") == (outcome != "appeal_dismissed"), walk.done
        assert walk.effects.count("dismiss_appeal") == (outcome == "appeal_dismissed"), walk.done


def test_a_rating_is_voided_on_the_grounds_that_the_text_names_and_on_no_other(place):
    form = drawings.loaded(place).user_tasks["review"].form
    assert [choice for field in form if field.id == "finding" for choice, _ in field.choices] == VOIDS[
        regulation(place).key]
    assert set(regulation(place).appeal.grounds) == {*VOIDS[regulation(place).key], "mistaken"}


def test_the_rater_is_asked_before_whatever_is_decided_of_their_rating(place):
    for walk in walks(place):
        tasks = [task for task, _ in walk.done]
        assert tasks.count("ask_rater") == ("review" in tasks), walk.done
        assert "review" not in tasks[:tasks.index("ask_rater")] if "ask_rater" in tasks else True, walk.done


def test_an_appeal_is_sent_back_at_most_once_however_it_is_answered(place):
    counts = set()
    for walk in walks(place):
        answers = [answer for task, answer in walk.done if task == "review"]
        assert walk.effects.count("return_for_evidence") == (answers[:1] == ["more_evidence"]), walk.done
        counts.add(walk.effects.count("return_for_evidence"))
    assert counts == {0, 1}


def test_sending_back_is_offered_at_the_first_review_only(place):
    task = drawings.loaded(place).user_tasks["review"]
    offered = [[choice for choice, _ in task.at_visit(visit).form[0].choices] for visit in (1, 2)]
    assert "more_evidence" in offered[0] and "more_evidence" not in offered[1]


def test_the_appellant_can_withdraw_while_it_is_reviewed(place):
    assert drawings.loaded(place).messages == {"appeal_withdrawn": "appeal_withdrawn"}
    assert drawings.nodes(place)["appeal_withdrawn"].get("attachedToRef") == "reviewing"


def test_the_guide_for_designers_names_every_task_with_its_article(place):
    guide = (ROOT / "bpmn" / "README.md").read_text(encoding="utf-8")
    section = next(part for part in guide.split("\n### ") if part.split("\n")[0].endswith(regulation(place).key))
    for task in drawings.loaded(place).user_tasks.values():
        rows = [row for row in section.splitlines() if row.startswith("|") and task.element.id in row]
        assert any(task.element.name in row and task.element.article in row for row in rows), task.element.id
