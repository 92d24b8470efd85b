"""Reading a calendar notice from CSV: `day,work|off[,name]` for each day that is not as Monday-to-Friday says.

Nothing is guessed: whatever is wrong is reported at once, by line, and then nothing is taken.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from caseflow.errors import InvalidInput
from caseflow.law.working_days import NATIONAL, Day

MAX_BYTES = 64 * 1024
MAX_LINES = 400
MAX_NAME = 64
WORDS = {"work": True, "off": False, "上班": True, "放假": False}
ALWAYS_OFF = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))  # statutory holidays with fixed dates


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a notice leaves doubtful of a day: not_off, or kept as the later notice `source` says."""

    code: str
    day: date
    source: str = ""


def split_lines(content: bytes) -> list[list[str]]:
    """The fields of each line of a CSV file, one list per physical line so that line numbers stay true.

    Blank lines give an empty list; a heading (a first line whose first field is day or 日期) does too.
    Raises InvalidInput for what is not UTF-8 text, over 64 KiB, or over 400 lines.
    """
    if len(content) > MAX_BYTES:
        raise InvalidInput(fields={"file": "too_big"})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(fields={"file": "not_utf8"}) from None
    lines = [_split(line) for line in re.split(r"\r\n|\n|\r", text)]
    if lines[0] and lines[0][0].strip().lower() in ("day", "日期"):
        lines[0] = []
    return lines


def check_rows(rows: Iterable[Sequence[str]], year: int) -> dict[date, Day]:
    """The days of a year's notice, without their source. Empty rows are passed over, line numbers count from 1.

    Days of the December before and the January after are allowed: notices do reach there. Raises
    InvalidInput with a code for every bad line (fields {"line 3": "wrong_year"}), and what is to be said of it
    (facts {"line 3": {"day": …, "year": …}}).
    """
    days: dict[date, Day] = {}
    lines: dict[date, int] = {}
    problems: dict[str, tuple[str, Mapping[str, object]]] = {}
    for number, row in enumerate(rows, start=1):
        if number > MAX_LINES:
            problems["file"] = ("too_long", {})
            break
        if not any(field.strip() for field in row):
            continue
        try:
            day, special = _check(row, year)
            if day in lines:
                raise _problem("doubled", day=day, line=lines[day])
            days[day], lines[day] = special, number
        except InvalidInput as problem:
            problems[f"line {number}"] = (problem.fields["line"], problem.details["facts"])
    if not days and not problems:
        problems["file"] = ("empty", {})
    if problems:
        raise InvalidInput(fields={place: code for place, (code, _facts) in problems.items()},
                           facts={place: facts for place, (_code, facts) in problems.items()})
    return days


def doubts(days: dict[date, Day], jurisdiction: str, year: int) -> list[Doubt]:
    """What is allowed but looks like a truncated national notice: a fixed statutory holiday that is not off."""
    if jurisdiction != NATIONAL:
        return []
    fixed = (date(year, month, day) for month, day in ALWAYS_OFF)
    return [Doubt("not_off", day) for day in fixed if day not in days or days[day].working]


def _split(line: str) -> list[str]:
    try:
        fields = next(csv.reader([line], strict=True), [])
    except csv.Error:
        return [line[:40], "", "", ""]  # four columns: check_rows reports the line
    return fields


def _check(row: Sequence[str], year: int) -> tuple[date, Day]:
    if len(row) > 3:
        raise _problem("columns")
    text, word, name = (*(field.strip() for field in row), "", "")[:3]
    day = _day(text, year)
    if not word:
        raise _problem("missing_word")
    if word.lower() not in WORDS:
        raise _problem("unknown_word", word=word[:20])
    if len(name) > MAX_NAME or not (name + " ").isprintable():
        raise _problem("name")
    return day, Day(WORDS[word.lower()], name, "")


def _day(text: str, year: int) -> date:
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError:
        raise _problem("not_a_date", text=text[:20]) from None
    if not (day.year == year or (day.year, day.month) in ((year - 1, 12), (year + 1, 1))):
        raise _problem("wrong_year", day=day, year=year)
    return day


def _problem(code: str, **facts: object) -> InvalidInput:
    return InvalidInput(fields={"line": code}, facts=facts)
