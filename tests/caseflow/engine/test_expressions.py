"""The expression language at deployment: what it refuses and what it accepts."""

import pytest

from caseflow.engine.expressions import CODES, check_expression
from tests.caseflow.engine.hostile import ENTRIES, VARIABLES, expanded


def codes(text, kind="condition", **options):
    return [reason.code for reason in check_expression(text, VARIABLES, kind=kind, **options)]


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_hostile_entry_is_refused_at_deployment(entry):
    text, kind = expanded(entry)
    assert check_expression(text, VARIABLES, kind=kind)


def test_a_bomb_is_refused_for_its_length_before_anything_else_is_looked_at():
    for bomb in ("(" * 10**7, "not " * 10**6 + "x", "a" * 10**7, "'" + "a" * 10**7 + "'", "9" * 10**7):
        assert codes(bomb) == ["too_long"]


@pytest.mark.parametrize(
    "text",
    [
        "outcome == 'simple'",
        "revisit_result == 'unsatisfied' and visits('rehandle') < 1",
        "level in ['dissatisfied', 'very_dissatisfied']",
        "level not in ['dissatisfied']",
        "not real_name",
        "real_name",
        "real_name == True",
        "days_between(received_at, today()) > 5",
        "is_empty(rectify_by) or rectify_by < today()",
        "count > 1 + 2",
        "count - 1 >= -3",
        "True if real_name else level == 'dissatisfied'",
        "rating == '很差'",
        'rating != "基本满意"',
        "(count == 1 or count == 2) and not (score < 3)",
        "count in [1, 2, 3]",
        "  real_name  ",
    ],
)
def test_a_useful_rule_is_accepted(text):
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    ["working_days(5)", "working_days(400, since=received_at)", "calendar_days(7)", "hours(9600)", "end_of_day()",
     "end_of_day(since=rectify_by)", "rectify_by"],
)  # fmt: skip
def test_a_timer_of_the_language_is_accepted(text):
    assert codes(text, kind="timer") == []


# One text for each code that can be found at deployment; a third entry is the kind.
REFUSED = {
    "not_text": (5,),
    "empty": ("  ",),
    "too_long": ("real_name or " * 40 + "real_name",),
    "newline": ("real_name\nand real_name",),
    "fullwidth_character": ("score ＝＝ 1",),
    "invisible_character": ("real\u200bname",),
    "foreign_character": ("sc\u043ere == 1",),
    "text_character": ("name == 'a\u202eb'",),
    "text_too_long": (f"name == '{'a' * 201}'",),
    "text_open": ("name == 'a",),
    "text_prefix": ("name == f'a'",),
    "joined_texts": ("name == 'a' 'b'",),
    "backslash": (r"name == '\x41'",),
    "comment": ("real_name # yes",),
    "attribute": ("name.upper",),
    "container": ("{1}",),
    "operator": ("score * 2 == 1",),
    "colon": ("name[1:2]",),
    "semicolon": ("real_name; real_name",),
    "character": ("real_name?",),
    "number_form": ("score == 1.5",),
    "number_too_large": (
        "score == 1000000000001",
        "(1000000000000 if real_name else 0) + (1 if real_name else 2) > score",
    ),
    "name_underscore": ("_x == 1",),
    "name_too_long": ("a" * 65 + " == 1",),
    "keyword": ("lambda",),
    "assignment": ("score = 1",),
    "brackets": ("(real_name",),
    "subscript": ("name[0] == 'a'",),
    "list": ("[1] == [1]",),
    "list_item": ("score in [1, name]",),
    "tuple": ("real_name, real_name",),
    "call": ("today()()",),
    "syntax": ("real_name and",),
    "too_complex": (" or ".join(["score==1"] * 40),),
    "chained": ("1 < score < 3",),
    "unknown_name": ("reel_name",),
    "unknown_function": ("open('a')",),
    "function_as_value": ("today",),
    "not_boolean": ("score",),
    "type_mismatch": ("score == '1'",),
    "order_type": ("name < rating",),
    "in_type": ("real_name in [1, 2]",),
    "number_needed": ("name + 1 == 2",),
    "date_needed": ("days_between(name, today()) > 1",),
    "branch_types": ("(1 if real_name else 'a') == 1",),
    "compare_none": ("rectify_by == None",),
    "arguments": ("today(1) == rectify_by",),
    "keyword_argument": ("is_empty(since=rectify_by)",),
    "constant_comparison": ("real_name and 1 == 1",),
    "constant_condition": ("True",),
    "timer_in_condition": ("working_days(5) == 1",),
    "not_in_rule": ("visits('u') > 1", "rule"),
    "not_a_timer": ("'P5D'", "timer"),
    "timer_amount": ("working_days(0)", "timer"),
}
AT_DEPLOYMENT_WITH_MORE = {"impossible_value", "unknown_task"}
WHILE_RUNNING = {"script", "value_type", "value_missing", "value_number"}


@pytest.mark.parametrize("code", REFUSED)
def test_each_refusal_has_its_code(code):
    text, *kind = REFUSED[code]
    assert codes(text, *kind) == [code]


def test_every_code_is_spelled_out_in_these_tests():
    assert set(CODES) == set(REFUSED) | AT_DEPLOYMENT_WITH_MORE | WHILE_RUNNING


@pytest.mark.parametrize(
    "text",
    ["score == 1 or True", "True and real_name", "not True", "score + 999999999999 + 2 > 1", "score == 0x10",
     "score == 007", "score == 1_000", "score == 1e5", "score == +1", "score == 5j", "score is 1", "score := 1",
     "score >> 1", "score == 1 == 1", "name == '''a'''", "name == r'a'", "name == 'Ａ'", "real_name is not None",
     "score in []", "score in [True]", "score in name", "'a' in name", "is_empty()", "is_empty('a')",
     "visits(name) < 1", "visits(x='rehandle') < 1", "working_days(True)", "None", "'yes'", "1", "-real_name",
     "is_empty", "True + True == 2", "today() + 1 > today()", "level == 'a' if real_name", "yield", "print",
     "real_name\u3000and real_name", "real_name\tand real_name", "match", "...", "name == '\u3164'",
     "name == 'a\ufe0f'", "level > 'a'", "real_name and name", "score if real_name else 1"],
)  # fmt: skip
def test_neighbours_of_the_hostile_kinds_are_refused(text):
    assert codes(text)


@pytest.mark.parametrize(
    "text",
    ["working_days(1.5)", "working_days(401)", "hours(9601)", "hours(-1)", "end_of_day(1)", "working_days(count)",
     "working_days(5, received_at)", "working_days(5, since=name)", "working_days(5, since='2026-01-01')",
     "working_days(5, since=today())", "name", "real_name", "unknown_date", "working_days(2+3)", "today()",
     "working_days(True)", "working_days(5) if real_name else hours(1)"],
)  # fmt: skip
def test_a_timer_of_another_form_is_refused(text):
    assert codes(text, kind="timer")


def test_an_unknown_name_comes_with_the_name_that_was_meant():
    (reason,) = check_expression("recieved_at < today()", VARIABLES)
    assert reason.facts == {"found": "recieved_at", "hint": "received_at"}


def test_a_refusal_points_at_the_character_also_behind_chinese_text():
    (reason,) = check_expression("rating == '差' or scor == 1", VARIABLES)
    assert reason.position == "rating == '差' or scor == 1".index("scor") + 1


def test_all_type_faults_are_told_at_once():
    assert codes("score and name") == ["not_boolean", "not_boolean"]


def test_a_value_that_an_enum_never_has_is_found():
    assert codes("outcome == 'simpel'", choices={"outcome": {"simple"}}) == ["impossible_value"]
    assert codes("outcome in ['simple', 'x']", choices={"outcome": {"simple"}}) == ["impossible_value"]


def test_visits_must_name_a_user_task():
    assert codes("visits('rehandel') < 1", user_tasks={"rehandle"}) == ["unknown_task"]
    assert codes("visits('rehandle') < 1", user_tasks={"rehandle"}) == []
