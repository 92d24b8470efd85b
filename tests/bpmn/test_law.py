"""The numbers, persons and branches of the diagrams, held against the articles."""

from __future__ import annotations

import pytest

from caseflow.law import regulations
from tests.bpmn import drawings


def _since_receipt(days: int) -> str:
    return f"working_days({days}, since=received_at)"


LIMITS = {
    # HF-14: contact within 1, rectified and fed back within 5 working days of receipt; the ledger sets its own limit
    "hefei": {
        "first_response_due": (_since_receipt(1), "HF-14"),
        "rectify_due": (_since_receipt(5), "HF-14"),
        "open_ledger_due": (_since_receipt(5), "HF-14"),       # parameter ledger_limit
        "rectify_ledger_due": ("rectify_by", "HF-14"),
        "explain_due": (_since_receipt(5), "HF-14"),           # parameter explain_limit
    },
    # QJ-16: solved within 5 working days
    "qijiang": {
        "assign_due": (_since_receipt(5), "QJ-16"),            # parameter assign_limit
        "first_response_due": (_since_receipt(5), "QJ-16"),    # parameter first_response_limit
        "rectify_due": (_since_receipt(5), "QJ-16"),
        "promise_due": ("promise_by", "QJ-16"),               # not after the fifth day: parameter promise_longest
        "explain_due": (_since_receipt(5), "QJ-16"),           # parameter explain_limit
    },
    # HN-14: the limits of the work order rules, set when the order is made; what comes before it has no number of days
    "hainan": {
        "rectify_due": ("rectify_by", "HN-14"),
        "explain_due": ("rectify_by", "HN-14"),
        "rehandle_due": ("working_days(5)", "HN-15"),          # parameter rehandle_limit
    },
    # GC-2(二): 2, 5, 15 working days; revisit within 5 of the end of handling
    "guichi": {
        "first_response_due": (_since_receipt(2), "GC-2(二)"),
        "rectify_due": (_since_receipt(5), "GC-2(二)"),
        "open_ledger_due": (_since_receipt(5), "GC-2(二)"),    # parameter ledger_limit
        "rectify_complex_due": (_since_receipt(15), "GC-2(二)"),
        "explain_due": (_since_receipt(5), "GC-2(二)"),        # parameter explain_limit
        "revisit_due": ("working_days(5)", "GC-2(二)"),
    },
}
QUOTED = {
    "hefei": {"HF-14": ("1个工作日", "5个工作日", "建立台账，限期整改"), "HF-15": ("100%",), "HF-18": ("有效期两年",)},
    "qijiang": {"QJ-14": ("转交责任部门", "跟踪回访"), "QJ-16": ("5个工作日",), "QJ-18": ("申诉",)},
    "hainan": {"HN-14": ("电子工单", "如属误评"), "HN-15": ("复核最多1次",), "HN-17": ("申诉渠道",)},
    "guichi": {"GC-2(一)": ("当日建档、当日反馈",), "GC-2(二)": ("2、5、15", "回访率100%"), "GC-2(三)": ("书面形式",)},
}
LIMIT_PARAMETERS = {
    "ledger_limit": "open_ledger_due", "explain_limit": "explain_due", "assign_limit": "assign_due",
    "first_response_limit": "first_response_due", "rehandle_limit": "rehandle_due"}


@pytest.mark.parametrize("place", drawings.PLACES)
def test_every_limit_is_that_of_its_article(place):
    drawn = {timer: (expression, drawings.article(drawings.nodes(place)[timer]))
             for timer, expression in drawings.timers(place).items()}
    assert drawn == LIMITS[place]


@pytest.mark.parametrize("place", drawings.PLACES)
def test_a_limit_the_text_does_not_state_is_a_parameter_with_the_same_number(place):
    for name, parameter in regulations.get(place).parameters.items():
        if name in LIMIT_PARAMETERS:
            assert f"working_days({parameter.value}" in LIMITS[place][LIMIT_PARAMETERS[name]][0], name


@pytest.mark.parametrize("place", drawings.PLACES)
def test_nobody_is_called_unreachable_after_fewer_attempts_than_the_rule_says(place):
    least = regulations.get(place).unreachable.attempts
    for task in regulations.get(place).revisit_tasks:
        form = {field.id: field for field in drawings.loaded(place).user_tasks[task].form}
        assert [choice for choice, _ in form["revisit_result"].choices] == ["satisfied", "unsatisfied", "unreachable"]
        assert (form["attempts"].type, form["attempts"].required, form["attempts"].minimum) == ("long", True, least)


@pytest.mark.parametrize("place", drawings.PLACES)
def test_the_quoted_articles_hold_what_the_diagram_relies_on(place):
    articles = regulations.get(place).articles
    assert [(code, words) for code, all_words in QUOTED[place].items() for words in all_words
            if words not in articles[code]] == []


# What a decision on an appeal ends, by the event that waits for it.
ATTACHED = {
    "guichi": {"appeal_upheld": "handling"},
    "qijiang": {"appeal_upheld": "handling", "appeal_upheld_before": "assign"},
    "hainan": {"appeal_upheld": "handling", "mistaken_upheld": "handling"},      # HN-17, HN-14
}

@pytest.mark.parametrize("place", drawings.PLACES)
def test_an_appeal_that_is_upheld_ends_the_handling_where_the_text_knows_appeals(place):
    events = [e for e in drawings.elements(place, "boundaryEvent") if e.get("id") not in drawings.timers(place)]
    if not regulations.get(place).appeal.available:
        assert (place, events) == ("hefei", [])
        return
    assert {event.get("id"): event.get("attachedToRef") for event in events} == ATTACHED[place]
    assert {event.get("cancelActivity", "true") for event in events} == {"true"}
    [event] = [event for event in events if event.get("id") == "appeal_upheld"]
    assert drawings.loaded(place).messages["appeal_upheld"] == "appeal_upheld"
    assert drawings.article(event) == regulations.get(place).appeal.article
    assert "按申诉流程复核" in event.find(drawings.BPMN + "documentation").text


@pytest.mark.parametrize("place", ["guichi", "qijiang", "hainan"])
def test_the_drawing_says_where_the_appeal_itself_is_drawn(place):
    notes = [note.find(drawings.BPMN + "text").text for note in drawings.elements(place, "textAnnotation")]
    assert any("申诉流程" in note for note in notes)
