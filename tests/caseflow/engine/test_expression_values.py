"""The expression language while a case runs: values, refusals, the environment; and fuzz of both halves."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.engine.expressions import Environment, Surroundings, check_expression, evaluate
from caseflow.engine.values import DeadlineRule
from caseflow.errors import ExpressionRefused
from tests.caseflow.engine.hostile import ENTRIES, VARIABLES, expanded

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
AROUND = Surroundings(NOW, {"rehandle": 1})


@pytest.mark.parametrize(
    ("text", "variables", "value"),
    [
        ("outcome == 'simple'", {"outcome": "simple"}, True),
        ("outcome != 'simple'", {"outcome": "complex"}, True),
        ("real_name and count > 1 + 2", {"real_name": True, "count": 4}, True),
        ("count - 5 == -1", {"count": 4}, True),
        ("-count < 0", {"count": 4}, True),
        ("level in ['a', 'b']", {"level": "b"}, True),
        ("level not in ['a', 'b']", {"level": "b"}, False),
        ("visits('rehandle') < 1", {}, False),
        ("visits('never') < 1", {}, True),
        ("rectify_by < today()", {"rectify_by": "2026-03-01"}, True),
        ("rectify_by <= today()", {"rectify_by": "2026-03-02"}, True),
        ("days_between(received_at, today()) == 2", {"received_at": "2026-02-27T16:30:00+00:00"}, True),
        ("rectify_by == received_at", {"rectify_by": "2026-02-28", "received_at": "2026-02-27T16:30:00+00:00"}, True),
        ("True if real_name else level == 'x'", {"real_name": False, "level": "x"}, True),
        ("real_name == False", {"real_name": False}, True),
    ],
)
def test_a_condition_gives_its_value(text, variables, value):
    assert evaluate(text, variables, AROUND) is value


@pytest.mark.parametrize(
    "text",
    ["outcome == 'a'", "outcome != 'a'", "outcome in ['a']", "outcome not in ['a']", "count < 1", "count + 1 > 0",
     "rectify_by < today()", "days_between(rectify_by, today()) > 0", "real_name == False", "not is_empty(outcome)"],
)  # fmt: skip
def test_a_comparison_with_a_variable_that_is_not_set_is_false(text):
    assert evaluate(text, {}, AROUND) is False


def test_is_empty_tells_that_a_variable_is_not_set():
    assert evaluate("is_empty(outcome)", {}, AROUND) is True
    assert evaluate("is_empty(outcome)", {"outcome": "simple"}, AROUND) is False


def test_a_boolean_that_is_not_set_counts_as_false():
    assert evaluate("not real_name", {}, AROUND) is True
    assert evaluate("real_name or outcome == 'a'", {"outcome": "a"}, AROUND) is True


def test_a_bare_name_that_is_not_set_gives_neither_a_condition_nor_a_moment():
    assert evaluate("rectify_by", {}, AROUND) is None


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("working_days(5)", DeadlineRule("working_days", 5, "2026-03-02T01:00:00+00:00", "now")),
        ("hours(3)", DeadlineRule("hours", 3, "2026-03-02T01:00:00+00:00", "now")),
        ("end_of_day()", DeadlineRule("end_of_day", 0, "2026-03-02T01:00:00+00:00", "now")),
        ("calendar_days(7, since=received_at)",
         DeadlineRule("calendar_days", 7, "2026-02-13T02:00:00+00:00", "received_at")),
        ("working_days(5, since=rectify_by)",
         DeadlineRule("working_days", 5, "2026-03-06T00:00:00+08:00", "rectify_by")),
        ("rectify_by", DeadlineRule("date", 0, "2026-03-06", "rectify_by")),
        ("received_at", DeadlineRule("date", 0, "2026-02-13", "received_at")),
    ],
)  # fmt: skip
def test_a_timer_gives_its_rule(text, rule):
    variables = {"received_at": "2026-02-13T02:00:00+00:00", "rectify_by": "2026-03-06"}
    assert evaluate(text, variables, AROUND) == rule


@pytest.mark.parametrize(
    ("text", "variables", "code"),
    [
        ("outcome == 'a'", {"outcome": ["a"]}, "value_type"),
        ("outcome == 'a'", {"outcome": 1.5}, "value_type"),
        ("outcome == 'a'", {"outcome": 3}, "type_mismatch"),
        ("count < 3", {"count": "3"}, "date_needed"),
        ("count < 3", {"count": True}, "date_needed"),
        ("count in [1]", {"count": True}, "type_mismatch"),
        ("count + 1 < 3", {"count": "3"}, "number_needed"),
        ("count + 1 < 3", {"count": 10**12}, "value_number"),
        ("count < 3", {"count": 10**13}, "value_type"),
        ("not real_name", {"real_name": "false"}, "not_boolean"),
        ("working_days(5, since=rectify_by)", {}, "value_missing"),
        ("working_days(5, since=rectify_by)", {"rectify_by": "2026-02-30"}, "value_type"),
        ("rectify_by < today()", {"rectify_by": "2026-02-01T10:00"}, "date_needed"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_while_running(text, variables, code):
    with pytest.raises(ExpressionRefused) as refused:
        evaluate(text, variables, AROUND)
    assert refused.value.refusal.code == code


@pytest.mark.parametrize("entry", ENTRIES)
def test_no_hostile_entry_gives_a_value_even_unchecked(entry):
    """The second wall: without types, only plain data of the language can come out."""
    text, _ = expanded(entry)
    try:
        value = Environment(NOW).evaluate(text, {"score": 1, "name": "n", "rating": "好", "today": 5})
    except ExpressionRefused:
        return
    assert type(value) in (bool, DeadlineRule, type(None))


def test_the_environment_never_runs_scripts_or_services():
    for act in (lambda: Environment(NOW).execute("x = 1", {}), lambda: Environment(NOW).call_service({}, name="x")):
        with pytest.raises(ExpressionRefused) as refused:
            act()
        assert refused.value.refusal.code == "script"


def test_the_environment_takes_now_and_visits_of_the_step():
    environment = Environment()
    environment.now, environment.visits = NOW, {"rehandle": 2}
    assert environment.evaluate("visits('rehandle') == 2", {}, {"visits": None}) is True
    assert environment.evaluate("hours(1)", {}).since == NOW.isoformat()


@pytest.mark.parametrize("text", [None, 5, ["real_name"], b"real_name"])
def test_what_is_no_text_is_refused_while_running(text):
    with pytest.raises(ExpressionRefused):
        evaluate(text, {}, AROUND)


def test_an_environment_without_a_moment_refuses():
    with pytest.raises(ExpressionRefused):
        Environment().evaluate("real_name", {})


def test_data_never_shadow_a_function():
    data = {"visits": lambda name: 99, "today": "2030-01-01", "__builtins__": {}}
    assert Environment(NOW, {"rehandle": 1}).evaluate("visits('rehandle') == 1", data) is True
    assert Environment(NOW).evaluate("today() == rectify_by", data | {"rectify_by": "2026-03-02"}) is True


# --- fuzz -------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from([
    *VARIABLES, "visits", "today", "days_between", "is_empty", "working_days", "and", "or", "not", "in", "if", "else",
    "True", "False", "None", "==", "!=", "<", "<=", ">", ">=", "+", "-", "(", ")", "[", "]", ",", "'simple'", "'很差'",
    "1", "5", "999999999999", "since=", "()", "('rehandle')", "*", ".", "lambda", "\u202e", "x",
])  # fmt: skip
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.floats(), st.lists(st.integers(), max_size=2),
    st.sampled_from(["2026-02-13", "2026-02-13T02:00:00+00:00", "2026-02-30", "simple"]),
)  # fmt: skip


def typed(kind):
    return {
        "text": st.sampled_from(["simple", "很差", ""]), "number": st.integers(-(10**12), 10**12),
        "boolean": st.booleans(), "date": st.dates().map(str),
    }[kind]  # fmt: skip


TYPED = st.fixed_dictionaries({name: st.none() | typed(kind) for name, kind in VARIABLES.items()})


@st.composite
def conditions(draw, kind="boolean", depth=3):
    """A condition that is right in its types, as text."""
    names = [name for name, type_ in VARIABLES.items() if type_ == kind]
    if depth == 0 or kind in ("text", "date"):
        return draw(st.sampled_from([*names, "today()"] if kind == "date" else names or ["real_name"]))
    inner = {type_: conditions(kind=type_, depth=depth - 1) for type_ in ("boolean", "number", "date", "text")}
    if kind == "number":
        return draw(st.one_of(
            st.builds("({} + {})".format, inner["number"], st.integers(0, 99)),
            st.builds("days_between({}, {})".format, inner["date"], inner["date"]),
        ))  # fmt: skip
    return draw(st.one_of(
        st.builds("({} and not {})".format, inner["boolean"], inner["boolean"]),
        st.builds("({} < {})".format, inner["number"], inner["number"]),
        st.builds("({} >= {})".format, inner["date"], inner["date"]),
        st.builds("({} == {})".format, inner["text"], inner["text"]),
        st.builds("({} if {} else {})".format, inner["boolean"], inner["boolean"], inner["boolean"]),
        st.builds("is_empty({})".format, inner["text"]),
    ))  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=14).map(" ".join)))
def test_any_text_is_accepted_or_refused_and_nothing_else(text):
    for kind in ("condition", "timer"):
        assert isinstance(check_expression(text, VARIABLES, kind=kind), list)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), st.dictionaries(st.sampled_from([*VARIABLES]), VALUES))
def test_any_text_on_any_data_gives_plain_data_or_a_refusal(text, variables):
    try:
        value = evaluate(text, variables, AROUND)
    except ExpressionRefused:
        return
    assert type(value) in (bool, DeadlineRule, type(None))


@settings(max_examples=150, deadline=None)
@given(conditions(), TYPED)
def test_an_accepted_condition_gives_a_boolean_on_data_of_the_declared_types(text, variables):
    if check_expression(text, VARIABLES):
        return
    try:
        assert evaluate(text, variables, AROUND) in (True, False, None)
    except ExpressionRefused as refused:
        assert refused.refusal.code == "value_number"
