"""What is filled in is held against the form: one code for each thing that can be wrong."""

from __future__ import annotations

from datetime import date

import pytest

from caseflow.engine.values import FormField
from caseflow.errors import InvalidForm
from caseflow.processes import form_values
from caseflow.processes.form_values import deciding

TEXT = FormField("note", "说明", "text", min_length=2, max_length=5)
LINE = FormField("line", "文号", "string")
CHOICE = FormField("outcome", "结果", "enum", choices=(("simple", "简单"), ("complex", "复杂")))
YES = FormField("promised", "已承诺", "boolean")
LONG_TEXT = FormField("report", "报告", "text", max_length=9000)
NUMBER = FormField("people", "人数", "long", minimum=1, maximum=9)
FREE_NUMBER = FormField("amount", "金额", "long")
DAY = FormField("served_on", "办理日期", "date")
LIMIT = FormField("rectify_by", "期限", "date")
TODAY = date(2026, 3, 2)


def accept(form, values: dict[str, object]) -> dict[str, object]:
    return form_values.accept(form, values, TODAY)


def codes(*form: FormField, **values: object) -> dict[str, str]:
    with pytest.raises(InvalidForm) as refused:
        accept(form, values)
    return refused.value.fields


@pytest.mark.parametrize(("field", "value", "code"), [
    (LINE, 5, "not_text"), (LINE, ["a"], "not_text"), (LINE, "a\x00b", "not_text"), (LINE, "a\u202eb", "not_text"),
    (LINE, "\ud800", "not_text"), (LINE, "x" * 4001, "too_long"), (LONG_TEXT, "x" * 9001, "too_long"),
    (TEXT, "一", "too_short"), (TEXT, " 一 ", "too_short"), (TEXT, "一二三四五六", "too_long"),
    (CHOICE, "other", "not_a_choice"), (CHOICE, "简单", "not_a_choice"), (CHOICE, ["simple"], "not_a_choice"),
    (CHOICE, True, "not_a_choice"), (CHOICE, {"a": 1}, "not_a_choice"),
    (YES, "true", "not_yes_or_no"), (YES, 1, "not_yes_or_no"),
    (NUMBER, "5", "not_a_number"), (NUMBER, 5.0, "not_a_number"), (NUMBER, True, "not_a_number"),
    (NUMBER, 0, "too_small"), (NUMBER, 10, "too_large"),
    (FREE_NUMBER, -10**12 - 1, "too_small"), (FREE_NUMBER, 10**12 + 1, "too_large"),
    (DAY, "2026-02-29", "not_a_date"), (DAY, "20260302", "not_a_date"), (DAY, "2026-W10-1", "not_a_date"),
    (DAY, "1999-12-31", "not_a_date"), (DAY, "2101-01-01", "not_a_date"), (DAY, 20260302, "not_a_date"),
    (DAY, "2026-03-02T00:00", "not_a_date"),
])
def test_each_wrong_value_has_its_code(field, value, code):
    assert codes(field, **{field.id: value}) == {field.id: code}


@pytest.mark.parametrize(("field", "value"), [
    (LINE, "贵四最办〔2020〕5号"), (LINE, "x" * 4000), (LONG_TEXT, "x" * 9000),
    (TEXT, "一\n二\t三"), (TEXT, "👩\u200d👩"), (TEXT, "　一二"),
    (CHOICE, "complex"), (YES, False), (YES, True), (NUMBER, 1), (NUMBER, 9), (FREE_NUMBER, -10**12),
    (DAY, "2028-02-29"), (DAY, "2000-01-01"), (DAY, "2100-12-31"),
])
def test_a_right_value_is_taken_as_it_is(field, value):
    assert accept([field], {field.id: value}) == {field.id: value}


def test_a_limit_is_set_for_today_or_later():
    assert codes(LIMIT, rectify_by="2026-03-01") == {"rectify_by": "in_the_past"}
    for day in ("2026-03-02", "2026-03-03"):
        assert accept([LIMIT], {"rectify_by": day}) == {"rectify_by": day}


@pytest.mark.parametrize("empty", [None, "", "  \n", "\u3000"])
def test_what_is_required_must_be_there_and_what_is_not_may_be_left_out(empty):
    required = FormField("note", "说明", "text", required=True)
    assert codes(required, note=empty) == codes(required) == {"note": "required"}
    assert accept([TEXT], {"note": empty}) == accept([TEXT], {}) == {}


def test_no_is_an_answer_and_zero_a_number():
    fields = [FormField("promised", "", "boolean", required=True), FormField("amount", "", "long", required=True)]
    assert accept(fields, {"promised": False, "amount": 0}) == {"promised": False, "amount": 0}


def test_all_that_is_wrong_is_named_at_once():
    assert codes(TEXT, CHOICE, DAY, note="一", outcome="x", served_on="x") == {
        "note": "too_short", "outcome": "not_a_choice", "served_on": "not_a_date"}


def test_fields_that_the_form_does_not_have_are_left_out():
    assert accept([LINE], {"line": "一", "typename": "x", "_private": 1, "level": "satisfied"}) == {"line": "一"}


def follows(field: str, *allowed: str, required: bool = True) -> FormField:
    return FormField("by_day", "期限", "date", required=required, visible_when=(field, allowed))


def test_a_field_is_asked_for_only_when_its_condition_holds():
    form = [CHOICE, follows("outcome", "complex")]
    assert codes(*form, outcome="complex") == {"by_day": "required"}
    assert accept(form, {"outcome": "simple", "by_day": "nonsense"}) == {"outcome": "simple"}
    assert accept(form, {"by_day": "2026-03-02"}) == {}
    assert codes(*form, outcome="wrong", by_day="2026-03-02") == {"outcome": "not_a_choice"}


def test_a_field_may_follow_a_yes_or_a_no():
    assert codes(YES, follows("promised", "true"), promised=True) == {"by_day": "required"}
    assert accept([YES, follows("promised", "true")], {"promised": False}) == {"promised": False}
    assert codes(YES, follows("promised", "false"), promised=False) == {"by_day": "required"}


def test_what_follows_a_hidden_field_is_hidden_too():
    middle = FormField("promised", "", "boolean", visible_when=("outcome", ("complex",)))
    last = FormField("by_day", "", "date", required=True, visible_when=("promised", ("true",)))
    assert accept([CHOICE, middle, last], {"outcome": "simple", "promised": True}) == {"outcome": "simple"}


def test_what_decides_goes_to_the_engine_and_what_was_not_answered_goes_as_nothing():
    form = [CHOICE, YES, NUMBER, DAY, TEXT, LINE]
    assert deciding(form, {"outcome": "simple", "note": "一二", "line": "x"}) == {
        "outcome": "simple", "promised": None, "people": None, "served_on": None}
