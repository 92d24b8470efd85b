"""Every line gets a verdict: the reasons, their order, and input that means harm."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.ratings.fields import DETAILS, FIELDS, MAX_LINE, MAX_RAW, REASONS
from caseflow.ratings.verdicts import judge

GOOD = {
    "areaCode": "341702000000", "projectNo": "341702-1", "serviceNumber": 1, "serviceTime": "2026-10-05 12:29:00",
    "satisfaction": "2", "evalDetail": "207,213", "writingEvaluation": "等了两个小时", "pf": "3",
    "assessTime": "2026-10-06 13:23:00", "anonymityFlag": "2", "userName": "甲某", "mobile": "13900000000",
}


def known(area: str) -> str:
    return "" if area.startswith("341702") else "unknown_area"


def line(**changes: object) -> bytes:
    record = {key: value for key, value in (GOOD | changes).items() if value is not ...}
    return json.dumps(record, ensure_ascii=False).encode()


def verdict(**changes: object) -> str:
    return judge(line(**changes), known).verdict


def test_a_line_in_the_national_field_names_is_accepted():
    value = judge(line(), known).value
    assert value.key == ("341702-1", 1)
    assert value.level == value.rating["level"] == "dissatisfied"
    assert value.rating["detail_codes"] == "207,213"
    assert value.rating["rated_at"] == datetime(2026, 10, 6, 5, 23, tzinfo=UTC)
    assert value.line.encode() == line()


@pytest.mark.parametrize(("code", "level"), [
    ("5", "very_satisfied"), ("4", "satisfied"), ("3", "basically_satisfied"), ("2", "dissatisfied"),
    ("1", "very_dissatisfied"), (5, "very_satisfied"), (1, "very_dissatisfied")])
def test_five_is_the_best_and_one_the_worst(code, level):
    assert judge(line(satisfaction=code, evalDetail=""), known).value.level == level


@pytest.mark.parametrize("field", [field.name for field in FIELDS if field.required])
@pytest.mark.parametrize("value", [..., None, "", "  ", "\u3000"])
def test_a_required_field_that_is_absent_or_blank_is_missing(field, value):
    assert verdict(**{field: value}) == f"rejected:missing:{field}"


@pytest.mark.parametrize("value", ["6", "0", 6, 0, -1, "-1", "5.0", 5.0, 1e300, True, False, "５", "٣", "²", "五",
                                   "1e0", "0x1", "1_0", "NaN", [], ["5"], {}, {"satisfaction": "5"}, "5" * 4000,
                                   10**400, "5\u0000", "\ud800", "+5"])
def test_a_satisfaction_outside_the_scale_is_out_of_range(value):
    record = GOOD | {"satisfaction": value}
    assert judge(json.dumps(record).encode(), known).verdict == "rejected:out_of_range:satisfaction"


@pytest.mark.parametrize(("field", "value"), [
    ("serviceNumber", 0), ("serviceNumber", 100), ("serviceNumber", "1.5"), ("serviceNumber", True),
    ("pf", "8"), ("pf", "0"), ("pf", True), ("anonymityFlag", "3"), ("projectNo", ["a"]), ("projectNo", 1.5),
    ("projectNo", "a\u0000b"), ("writingEvaluation", {"a": 1}), ("writingEvaluation", "\udc80"),
    ("evalDetail", ["207"]), ("userName", "\u0000"), ("areaCode", {})])
def test_a_value_of_another_kind_or_that_no_table_holds_is_out_of_range(field, value):
    assert judge(json.dumps(GOOD | {field: value}).encode(), known).verdict == f"rejected:out_of_range:{field}"


def test_numbers_count_the_same_as_text_and_as_numbers():
    as_numbers = judge(line(satisfaction=2, serviceNumber=1, pf=3, anonymityFlag=2, areaCode=341702000000), known)
    as_texts = judge(line(serviceNumber="1"), known)
    for value in (as_numbers.value, as_texts.value):
        assert value.key == ("341702-1", 1)
        assert (value.area_code, value.rating["channel"], value.rating["real_name"]) == ("341702000000", "3", True)


@pytest.mark.parametrize("field", ["assessTime", "serviceTime"])
@pytest.mark.parametrize("value", [
    "2026-13-45 99:00:00", "2026-02-30 10:00:00", "2026-10-06", "2026-10-06 24:00:00", "06.10.2026 10:00:00",
    "２０２６-10-06 10:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "2026-10-06 10:00:00+08:00", "now",
    1790000000, True, ["2026-10-06 10:00:00"], "2026-10-06 10:00:00\u0000", "2026-W41-2 10:00:00"])
def test_what_is_no_time_of_the_interface_is_not_a_time(field, value):
    assert judge(json.dumps(GOOD | {field: value}).encode(), known).verdict == f"rejected:not_a_time:{field}"


def test_a_rating_may_fall_on_the_second_of_the_service_but_not_before():
    assert verdict(assessTime=GOOD["serviceTime"]) == "accepted"
    assert verdict(assessTime="2026-10-05 12:28:59") == "rejected:rated_before_service:assessTime"
    assert verdict(assessTime="2026-10-05T12:28:59") == "rejected:rated_before_service:assessTime"


@pytest.mark.parametrize("blank", ["", " ", "\u3000\n", "\u200b", None])
@pytest.mark.parametrize("level", ["1", "2"])
def test_a_bad_rating_needs_a_code_or_words(level, blank):
    wanted = "rejected:bad_rating_without_reason:evalDetail"
    assert verdict(satisfaction=level, evalDetail=" , |", writingEvaluation=blank) == wanted
    assert verdict(satisfaction="3", evalDetail="", writingEvaluation=blank) == "accepted"
    assert verdict(satisfaction=level, evalDetail="", writingEvaluation="😡") == "accepted"


@pytest.mark.parametrize("detail", ["999", "207,999", "207;213", "２０７", "207，213", "20", "403", "abc", "-207"])
def test_a_code_that_is_in_no_table_is_unknown(detail):
    assert verdict(evalDetail=detail) == "rejected:unknown_code:evalDetail"


@pytest.mark.parametrize("detail", ["510", "207,108", "207|314", "501"])
def test_a_code_must_belong_to_the_level(detail):
    assert verdict(evalDetail=detail) == "rejected:code_of_another_level:evalDetail"


@pytest.mark.parametrize("code", sorted(DETAILS))
def test_every_code_of_the_current_table_is_accepted_with_its_level(code):
    assert judge(line(satisfaction=code[0], evalDetail=code), known).notes == ()


def test_a_code_of_the_older_generation_is_accepted_and_noted():
    answer = judge(line(evalDetail="206"), known)
    assert (answer.verdict, answer.notes) == ("accepted", ("older_code",))


def test_codes_are_kept_once_each_whatever_separates_them():
    assert judge(line(evalDetail="213| 207,213,"), known).value.rating["detail_codes"] == "213,207"


@pytest.mark.parametrize("area", ["999999000000", "3417", "３４１７０２000000", "341702x", "3417020000000", "'; --"])
def test_an_area_without_a_regulation_is_unknown(area):
    assert verdict(areaCode=area) == "rejected:unknown_area:areaCode"


def test_an_area_whose_regulation_has_not_begun_is_told_so():
    assert judge(line(), lambda area: "not_in_force").verdict == "rejected:not_in_force:areaCode"


def test_two_thousand_characters_are_kept_and_one_more_is_too_long():
    assert verdict(writingEvaluation="差" * 2000) == "accepted"
    assert verdict(writingEvaluation="差" * 2001) == "rejected:too_long:writingEvaluation"
    assert verdict(writingEvaluation="x" * 900_000) == "rejected:too_long:writingEvaluation"


@pytest.mark.parametrize("field", [f.name for f in FIELDS if f.kind == "text"] + ["evalDetail"])
def test_a_field_longer_than_its_column_is_too_long(field):
    limit = next(f.limit for f in FIELDS if f.name == field)
    text = ",".join(["207"] * limit) if field == "evalDetail" else "长" * (limit + 1)
    assert verdict(**{field: text}) == f"rejected:too_long:{field}"


def test_a_line_that_is_too_long_as_a_whole_says_so():
    assert judge(b'{"x": "' + b"a" * MAX_LINE + b'"}', known).verdict == "rejected:too_long:-"
    assert verdict(unknown="a" * MAX_RAW) == "rejected:too_long:-"


@pytest.mark.parametrize("text", [
    b"", b" ", b"null", b"1", b'"a"', b"[]", b"[{}]", b"{", b"{}}", b"{'a': 1}", b'{"a": NaN}', b'{"a": -Infinity}',
    b'{"a": 1, "a": 2}', b'{"x": {"b": 1, "b": 1}}', b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe{\x00}\x00",
    "{\"a\": \"贵\"}".encode("gb18030"), b'{"a": "\x00"}', b"\x00", b'{"a": 1}\x00', b'{"a": ' + b"9" * 5000 + b"}",
    b"\xed\xa0\x80", "\ud800", '{"a": "\udc80"}', 5, None, {1: {2}}, {"a": float("nan")}, {"a": "\ud800"}])
def test_what_is_no_json_object_is_not_json(text):
    assert judge(text, known).verdict == "rejected:not_json:-"


def test_a_duplicate_key_is_refused_because_the_last_one_would_win_silently():
    twice = line().replace(b'{"areaCode"', b'{"satisfaction": "5", "areaCode"')
    assert judge(twice, known).verdict == "rejected:not_json:-"


def test_a_dict_is_judged_like_its_line():
    assert judge(GOOD, known).value.key == judge(line(), known).value.key
    loop: dict = {}
    loop["loop"] = loop
    assert judge(loop, known).verdict == "rejected:not_json:-"


def test_unknown_fields_are_kept_nowhere():
    value = judge(line(isOvercharge="1", level="satisfied", voided_at="x", regulation="hefei"), known).value
    assert value.level == "dissatisfied"
    kept = json.loads(value.rating["raw"])
    assert not {"voided_at", "level", "regulation", "isOvercharge"} & {*kept, *value.service}
    assert not {"voided_at", "regulation", "isOvercharge"} & {*value.rating}


@pytest.mark.parametrize("flag", ["1", "2"])
def test_the_kept_line_has_what_was_pushed_but_not_who_rated(flag):
    who = {"userName": "甲某", "mobile": "13900000001", "certKey": "110101199003070011"}
    kept = json.loads(judge({**GOOD, "anonymityFlag": flag, **who}, known).value.rating["raw"])
    assert kept == {name: value for name, value in GOOD.items() if name not in who} | {"anonymityFlag": flag}


@pytest.mark.parametrize(("value", "kept"), [
    ("1", True), (1, True), ("133", True), ("1330", False), ("甲", False), (True, False), (None, False), ([1], False),
    ("", False), ("１", False), ("1\n", False)])
def test_a_code_that_no_column_holds_stays_in_the_line_while_it_is_a_short_number(value, kept):
    line_of = json.loads(judge(line(userProp=value), known).value.rating["raw"])
    assert ("userProp" in line_of) == kept


@pytest.mark.parametrize("flag", ["1", ..., None, ""])
def test_an_anonymous_raters_name_and_telephone_stay_out_of_the_columns(flag):
    rating = judge(line(anonymityFlag=flag), known).value.rating
    assert (rating["real_name"], rating["rater_name"], rating["rater_phone"]) == (False, None, None)


@pytest.mark.parametrize(("mobile", "kept"), [
    ("13900000001", True), ("0551-6253 8000", True), ("12345", True), ("１３９００００００００１", True),
    ("", False), ("无", False), ("0", False), ("0000", False), ("\u200b", False), ("未留", False)])
def test_what_stands_for_no_number_is_none(mobile, kept):
    rating = judge(line(anonymityFlag="2", userName="卫建国", mobile=mobile), known).value.rating
    assert rating["rater_phone"] == (mobile if kept else None)


def test_the_raters_words_are_kept_exactly():
    words = "  =cmd|' /C calc'!A0\n第二行\t "
    assert judge(line(writingEvaluation=words), known).value.rating["text"] == words
    assert judge(line(writingEvaluation=""), known).value.rating["text"] == ""


@pytest.mark.parametrize(("changes", "wanted"), [
    ({"projectNo": "", "satisfaction": "6"}, "missing:projectNo"),
    ({"satisfaction": "6", "evalDetail": "999"}, "out_of_range:satisfaction"),
    ({"satisfaction": "6", "assessTime": "x"}, "out_of_range:satisfaction"),
    ({"assessTime": "x", "evalDetail": "", "writingEvaluation": ""}, "not_a_time:assessTime"),
    ({"assessTime": "2026-10-05 00:00:00", "evalDetail": "510"}, "rated_before_service:assessTime"),
    ({"evalDetail": "", "writingEvaluation": "", "areaCode": "99"}, "bad_rating_without_reason:evalDetail"),
    ({"evalDetail": "510,999"}, "unknown_code:evalDetail"),
    ({"evalDetail": "510", "areaCode": "99"}, "code_of_another_level:evalDetail"),
    ({"areaCode": "99", "writingEvaluation": "差" * 2001}, "unknown_area:areaCode")])
def test_of_several_faults_the_first_reason_of_the_list_is_named(changes, wanted):
    assert verdict(**changes) == f"rejected:{wanted}"


KEYS = st.sampled_from([field.name for field in FIELDS]) | st.text(max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(
        ["5", "1", "510", "207", "2026-10-05 12:29:00", "341702000000"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=5)


def is_a_verdict(line: object) -> bool:
    answer = judge(line, known)
    if answer.status == "accepted":
        return answer.value is not None
    return answer.status == "rejected" and answer.reason in REASONS and answer.field in {"-", *(f.name for f in FIELDS)}


@given(st.binary(max_size=200))
def test_any_bytes_get_a_verdict(data):
    assert is_a_verdict(data)


@given(st.dictionaries(KEYS, VALUES, max_size=12))
def test_any_values_in_a_rating_get_a_verdict(changes):
    assert is_a_verdict(GOOD | changes)
    assert is_a_verdict(json.dumps(GOOD | changes))


@given(st.text(max_size=100), st.integers(0, 400), st.integers(0, 10))
def test_a_damaged_line_gets_a_verdict(noise, at, cut):
    text = line().decode()
    assert is_a_verdict(text[:at] + noise + text[at + cut:])
