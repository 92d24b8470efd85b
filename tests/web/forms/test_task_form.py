"""The form that is made from a user task's fields."""

from __future__ import annotations

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from caseflow.engine.values import FormField
from web.forms.task_form import TaskForm
from web.forms.typed import read_day, read_number, tidy

TODAY = date(2026, 3, 2)
OUTCOME = FormField("outcome", "核实结果", "enum", required=True, choices=(("simple", "简单"), ("complex", "复杂")))
BY = FormField("rectify_by", "整改期限", "date", required=True, visible_when=("outcome", ("complex",)))
TIMES = FormField("attempts", "联系次数", "long", minimum=1, maximum=9)
DONE = FormField("apologised", "已致歉", "boolean")
AGREED = FormField("agreed", "评价人同意", "boolean", required=True)
NOTE = FormField("note", "核实情况", "text", min_length=2, max_length=10)
ALL = (OUTCOME, BY, TIMES, DONE, NOTE)


@pytest.fixture(autouse=True)
def _request(app):
    with app.test_request_context():
        yield


def filled(fields, **typed):
    pairs = [(f"f-{key}", one) for key, value in typed.items()
             for one in ([value] if isinstance(value, str) else value)]
    return TaskForm(fields, today=TODAY, formdata=MultiDict(pairs))


def values(fields, **typed):
    form = filled(fields, **typed)
    assert form.validate(), form.problems
    return form.values()


def problem(fields, **typed):
    form = filled(fields, **typed)
    assert not form.validate()
    return form.problems


def test_each_type_comes_out_typed():
    assert values(ALL, outcome="complex", rectify_by="2026-03-05", attempts="3", apologised="true", note="已核实") == {
        "outcome": "complex", "rectify_by": "2026-03-05", "attempts": 3, "apologised": True, "note": "已核实"}


def test_what_is_hidden_is_dropped_even_when_it_was_sent():
    assert values(ALL, outcome="simple", rectify_by="2026-03-05") == {"outcome": "simple", "apologised": False}


def test_what_is_hidden_is_not_required_but_what_is_shown_is():
    assert problem(ALL, outcome="complex") == {"rectify_by": "请填写“整改期限”。"}


def test_what_the_diagram_does_not_ask_for_is_ignored():
    assert "typename" not in values((OUTCOME,), outcome="simple", typename="x", _data="y")


def test_a_missing_choice_is_named_in_the_sentence():
    assert problem((OUTCOME,)) == {"outcome": "请选择“核实结果”。"}


def test_a_choice_that_was_not_offered_is_refused():
    assert problem((OUTCOME,), outcome="dismissed") == {"outcome": "请从列出的选项中选择“核实结果”。"}


def test_a_field_sent_twice_is_refused():
    assert problem((OUTCOME,), outcome=["simple", "complex"]) == {"outcome": "“核实结果”收到了两个值，请重新填写。"}


@pytest.mark.parametrize(("typed", "sentence"), [
    ("0", "“联系次数”太小，最小为 1。"), ("10", "“联系次数”太大，最大为 9。"), ("三", "“联系次数”要填整数。"),
    ("1.5", "“联系次数”要填整数。"), ("9" * 400, "“联系次数”要填整数。"), ("²", "“联系次数”要填整数。")])
def test_a_number_is_held_to_its_bounds(typed, sentence):
    assert problem((TIMES,), attempts=typed) == {"attempts": sentence}


@pytest.mark.parametrize(("typed", "sentence"), [
    ("是", "“核实情况”至少要写 2 个字。"), ("很" * 11, "“核实情况”最多 10 个字，请删减。"),
    ("坏\x00字", "“核实情况”含有无法保存的字符（如控制字符），请删去后再提交。"),
    ("右\u202e左", "“核实情况”含有无法保存的字符（如控制字符），请删去后再提交。")])
def test_a_text_is_held_to_its_length_and_to_what_can_be_kept(typed, sentence):
    assert problem((NOTE,), note=typed) == {"note": sentence}


def test_line_ends_count_once_as_in_the_browser():
    assert values((NOTE,), note="一二三\r\n四五六\r\n七八") == {"note": "一二三\n四五六\n七八"}


def test_emoji_are_kept():
    assert values((NOTE,), note="好的👍🏽") == {"note": "好的👍🏽"}


def test_a_limit_cannot_lie_in_the_past():
    assert problem(ALL, outcome="complex", rectify_by="2026-03-01") == {"rectify_by": "“整改期限”不能早于今天。"}


def test_an_unanswered_yes_or_no_question_is_not_a_no():
    assert problem((AGREED,)) == {"agreed": "请选择“评价人同意”。"}
    assert values((AGREED,), agreed="false") == {"agreed": False}


@pytest.mark.parametrize("typed", [
    "2026-03-05", "2026/3/5", "2026年3月5日", "２０２６－０３－０５", "20260305", "2026．3．5"])
def test_a_day_is_read_as_it_is_usually_written(typed):
    assert read_day(typed) == "2026-03-05"


@pytest.mark.parametrize("typed", ["05/03/2026", "3月5日", "2026-02-30", "明天", ""])
def test_a_day_that_can_be_misread_is_left_alone(typed):
    assert read_day(typed) == typed


@pytest.mark.parametrize(("typed", "number"), [("１２", 12), (" 7 ", 7), ("1,200", 1200), ("−3", -3), ("+4", 4)])
def test_a_number_is_read_as_it_is_usually_written(typed, number):
    assert read_number(typed) == number


@pytest.mark.parametrize("typed", ["1,2", "①", "1e3", "0x10", "一", "1 000 元"])
def test_what_is_no_plain_number_is_left_alone(typed):
    assert read_number(typed) == typed


def test_invisible_characters_of_chat_programs_go_away():
    assert tidy("\ufeff已\u200b联系\r\n") == "已联系\n"


def test_few_choices_are_buttons_and_many_are_a_list():
    many = FormField("reason", "原因", "enum", choices=tuple((str(n), str(n)) for n in range(7)))
    form = TaskForm((OUTCOME, many), today=TODAY)
    assert (form["outcome"].type, form["reason"].type) == ("RadioField", "SelectField")


def test_a_draft_comes_back_as_it_was_typed_even_where_it_is_wrong():
    typed = filled(ALL, outcome="complex", attempts="三", apologised="true", note="写到一半").typed()
    form = TaskForm.from_draft(ALL, typed, today=TODAY)
    assert form["outcome"].data == "complex"
    assert form["apologised"].data is True
    assert 'value="三"' in form["attempts"]() and "写到一半" in form["note"]()


def test_an_odd_draft_does_no_harm():
    form = TaskForm.from_draft(ALL, {"outcome": ["x"], "note": None, "unknown": "y", "attempts": "<b>"}, today=TODAY)
    assert "&lt;b&gt;" in form["attempts"]()


def test_names_of_fields_cannot_reach_the_forms_own_attributes():
    odd = tuple(FormField(name, name, "string") for name in ("data", "errors", "validate", "values", "csrf_token"))
    assert values(odd, data="a", errors="b", validate="c", values="d", csrf_token="e")["values"] == "d"
