"""Rules over the fields of a form: what the gate reads of them, and when they hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from caseflow.engine import definition as engine
from caseflow.engine.expressions import Surroundings, check_expression, holds, names_in, parameters_in
from caseflow.engine.gate import check
from caseflow.engine.values import FieldRule
from tests.caseflow.engine.gate_diagrams import TOPICS, ruled

TYPES = {"promise_by": "date", "received_at": "date", "result": "text", "level": "text", "agreed": "boolean"}
WITHIN = "promise_by <= working_days('most', since=received_at)"


def working_day(after: date, amount: int | str) -> date:
    """Every day works; the one parameter is 3."""
    return after + timedelta(3 if amount == "most" else amount)


NOW = Surroundings(datetime(2026, 3, 2, 4, tzinfo=UTC), working_day=working_day)


def codes(text: str) -> list[str]:
    return [reason.code for reason in check_expression(text, TYPES, kind="rule")]


@pytest.mark.parametrize("text", [
    WITHIN, "promise_by > today()", "promise_by <= working_days(20)", "result != 'satisfied' or level in ['good']",
    "days_between(today(), promise_by) < 9", "agreed",
])
def test_a_rule_may_compare_answers_and_count_working_days(text):
    assert codes(text) == []


@pytest.mark.parametrize(("text", "code"), [
    ("promise_by <= working_days(0)", "timer_amount"), ("promise_by <= working_days('No name')", "timer_amount"),
    ("promise_by <= working_days(result)", "timer_amount"), ("promise_by <= working_days()", "timer_amount"),
    ("promise_by <= working_days(5, since=result)", "date_needed"),
    ("promise_by <= calendar_days(5)", "timer_in_condition"), ("visits('a') < 2", "not_in_rule"),
    ("is_empty(result)", "not_in_rule"), ("working_days(5)", "not_boolean"),
])
def test_what_a_rule_may_not_say_has_its_code(text, code):
    assert codes(text) == [code]


def test_a_condition_of_a_gateway_counts_no_working_days():
    found = check_expression("promise_by <= working_days(5)", TYPES)
    assert [reason.code for reason in found] == ["timer_in_condition"]


@pytest.mark.parametrize(("day", "kept"), [("2026-03-04", True), ("2026-03-05", True), ("2026-03-06", False)])
def test_working_days_count_from_the_day_that_is_named(day, kept):
    assert holds(WITHIN, {"promise_by": day, "received_at": "2026-03-02T03:00:00+00:00"}, NOW) is kept


def test_working_days_count_from_today_where_no_day_is_named():
    rule = "promise_by > today() and promise_by <= working_days(2)"
    assert [holds(rule, {"promise_by": f"2026-03-0{day}"}, NOW) for day in (2, 3, 4, 5)] == [False, True, True, False]


def test_a_rule_over_what_was_not_filled_in_holds():
    rule = "result != 'satisfied' or level in ['good']"
    assert holds(rule, {"result": "satisfied"}, NOW) and holds(rule, {"result": "satisfied", "level": None}, NOW)
    assert not holds(rule, {"result": "satisfied", "level": "bad"}, NOW)


def test_what_a_rule_reads_is_known_before_it_is_asked():
    assert (names_in(WITHIN), parameters_in(WITHIN)) == ({"promise_by", "received_at"}, {"most"})


def test_the_rules_of_a_field_are_read_in_their_order_with_their_sentences():
    source = ruled("rectify_by", ("rule_2", "rectify_by <= working_days('most')"), ("rule_2_says", "最长{most}日。"),
                   ("rule", "rectify_by > today()"), ("rule_says", "最早是明天。"))
    assert [finding for finding in check(source, topics=TOPICS) if finding.severity == "error"] == []
    definition = engine.load({"a.bpmn": source}, trusted=True, topics=TOPICS)
    form = {field.id: field for field in definition.user_tasks["first_response"].form}
    assert form["rectify_by"].rules == (FieldRule("rectify_by > today()", "最早是明天。"),
                                        FieldRule("rectify_by <= working_days('most')", "最长{most}日。"))
    assert form["rectify_by"].visible_when == ("outcome", ("complex",))


def test_a_misspelt_name_in_a_rule_is_found_with_its_place():
    found = check(ruled("told", ("rule", "told or outcom == 'simple'"), ("rule_says", "请改正。")), topics=TOPICS)
    errors = [finding for finding in found if finding.severity == "error"]
    assert [(finding.code, finding.element, finding.facts["position"]) for finding in errors] == [
        ("expression_unknown_name", "first_response", 9)]


def test_two_rules_that_each_leave_something_but_together_nothing_are_found():
    found = check(ruled(
        "outcome", ("rule", "outcome == 'simple' or real_name"), ("rule_says", "甲。"),
        ("rule_2", "outcome == 'simple' or not real_name"), ("rule_2_says", "乙。")), topics=TOPICS)
    barred = [finding.facts for finding in found if finding.code == "choice_barred"]
    assert barred == [{"found": "outcome", "value": "complex"}]
