"""Reading a notice: everything wrong is told at once, by line, and nothing is guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.errors import InvalidInput
from caseflow.law.calendar_rows import MAX_BYTES, MAX_LINES, check_rows, doubts, split_lines
from web.sentences.calendars import refused


def read(text: str | bytes, year: int = 2027):
    return check_rows(split_lines(text if isinstance(text, bytes) else text.encode()), year)


def problems(text: str | bytes) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refusal:
        read(text)
    assert len(refused(refusal.value).splitlines()) == len(refusal.value.fields)
    return refusal.value.fields


def test_days_words_and_names_are_read_in_either_language():
    days = read("\ufeffday,word,name\r\n2027-01-01,off,元旦\r\n\r\n2027-01-03 , WORK\n"
                "2027-02-06,放假\n2027-02-07,上班\n")
    assert [(day.isoformat(), special.working, special.name) for day, special in days.items()] == [
        ("2027-01-01", False, "元旦"), ("2027-01-03", True, ""), ("2027-02-06", False, ""), ("2027-02-07", True, "")]


def test_the_neighbouring_december_and_january_are_allowed():
    assert set(read("2026-12-31,off\n2027-01-01,off\n2028-01-01,off\n")) == {
        date(2026, 12, 31), date(2027, 1, 1), date(2028, 1, 1)}


def test_a_working_day_that_is_one_anyway_is_harmless():
    assert read("2027-03-01,work\n")[date(2027, 3, 1)].working


def test_all_problems_are_told_at_once_by_line():
    text = ("2027-01-01,off\n2027-02-30,off\n2027-1-2,off\n2026-11-30,off\n2027-01-01,work\n2027-05-01\n"
            "2027-05-02,maybe\n2027-05-03,off,a,b\n2027-05-04,off,\x1b[31m\n=1+1,off\n2028-02-01,off\n2027-05-05,\n"
            "2027-05-06,off," + "长" * 65 + "\n２０２７-05-07,off\n")
    assert problems(text) == {
        "line 2": "not_a_date", "line 3": "not_a_date", "line 4": "wrong_year", "line 5": "doubled",
        "line 6": "missing_word", "line 7": "unknown_word", "line 8": "columns", "line 9": "name",
        "line 10": "not_a_date", "line 11": "wrong_year", "line 12": "missing_word", "line 13": "name",
        "line 14": "not_a_date"}


@pytest.mark.parametrize(("content", "expected"), [
    (b"", {"file": "empty"}), (b"\n\n", {"file": "empty"}), (b"day,word\n", {"file": "empty"}),
    (b"2027-01-01,off" + b" " * MAX_BYTES, {"file": "too_big"}),
    ("2027-01-01,off,元旦".encode("gb18030"), {"file": "not_utf8"}),
    (b"2027-01-01,off\n" + b"\n" * MAX_LINES, {"file": "too_long"}),
    (b'2027-01-01,"off\n', {"line 1": "columns"}), (b'2027-01-01,"off"x\n', {"line 1": "columns"}),
    (b"2027-01-01;off\n", {"line 1": "not_a_date"}), (b"2027-01-01\x00,off\n", {"line 1": "not_a_date"}),
    (b"\x00\n", {"line 1": "not_a_date"}), (b",off\n", {"line 1": "not_a_date"})])
def test_a_hostile_file_is_refused(content, expected):
    assert problems(content) == expected


def test_a_line_of_a_million_commas_does_not_come_through():
    assert problems(b"," * (MAX_BYTES - 20) + b"2027-01-01,off") == {"line 1": "columns"}


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_whatever_comes_is_read_or_refused_and_never_fails_otherwise(content):
    try:
        read(content)
    except InvalidInput as refusal:
        assert refusal.fields


def test_a_national_notice_without_a_fixed_holiday_is_doubted_not_refused():
    days = read("2027-01-01,off\n2027-05-01,work\n2027-10-01,off\n2027-10-02,off\n")
    assert [str(doubt.day) for doubt in doubts(days, "national", 2027)] == ["2027-05-01", "2027-10-03"]
    assert doubts(days, "hainan", 2027) == []
