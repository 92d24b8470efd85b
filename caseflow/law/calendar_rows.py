"""Reading a calendar notice from CSV: `day,work|off[,name]` for each day that is not as Monday-to-Friday says.

Nothing is guessed: whatever is wrong is reported at once, by line, and then nothing is taken.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date

from caseflow.errors import InvalidInput
from caseflow.law.working_days import NATIONAL, Day

MAX_BYTES = 64 * 1024
MAX_LINES = 400
MAX_NAME = 64
WORDS = {"work": True, "off": False, "上班": True, "放假": False}
ALWAYS_OFF = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))  # statutory holidays with fixed dates

SENTENCES = {
    "empty": "没有任何日期；请至少给出一行“日期,off 或 work”",
    "too_long": f"行数超过 {MAX_LINES}；一年的放假通知没有这么多",
    "not_csv": "不是有效的 CSV 行；每行应为“日期,off 或 work[,名称]”",
    "columns": "列数不对；每行应为“日期,off 或 work[,名称]”",
    "not_a_date": "日期“{0}”无效；请写成 YYYY-MM-DD",
    "wrong_year": "日期 {0} 不属于 {1} 年的通知（只允许该年、上年12月和次年1月）",
    "doubled": "日期 {0} 与第 {1} 行重复",
    "missing_word": "缺少 work（上班）或 off（放假）",
    "unknown_word": "“{0}”无法识别；请写 work（上班）或 off（放假）",
    "name": f"名称不能超过 {MAX_NAME} 个字，也不能含控制字符",
}


def split_lines(content: bytes) -> list[list[str]]:
    """The fields of each line of a CSV file, one list per physical line so that line numbers stay true.

    Blank lines give an empty list; a heading (a first line whose first field is day or 日期) does too.
    Raises InvalidInput for what is not UTF-8 text, over 64 KiB, or over 400 lines.
    """
    if len(content) > MAX_BYTES:
        raise InvalidInput(f"文件超过 {MAX_BYTES // 1024} KiB，不像是一年的放假通知", fields={"file": "too_big"})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("文件不是 UTF-8 编码的文本；请另存为 CSV UTF-8", fields={"file": "not_utf8"}) from None
    lines = [_split(line) for line in re.split(r"\r\n|\n|\r", text)]
    if lines[0] and lines[0][0].strip().lower() in ("day", "日期"):
        lines[0] = []
    return lines


def check_rows(rows: Iterable[Sequence[str]], year: int) -> dict[date, Day]:
    """The days of a year's notice, without their source. Empty rows are passed over, line numbers count from 1.

    Days of the December before and the January after are allowed: notices do reach there. Raises
    InvalidInput with a code for every bad line (fields {"line 3": "wrong_year"}) and a sentence for each.
    """
    days: dict[date, Day] = {}
    lines: dict[date, int] = {}
    problems: dict[str, tuple[str, str]] = {}
    for number, row in enumerate(rows, start=1):
        if number > MAX_LINES:
            problems["file"] = ("too_long", SENTENCES["too_long"])
            break
        if not any(field.strip() for field in row):
            continue
        try:
            day, special = _check(row, year)
            if day in lines:
                raise _problem("doubled", day, lines[day])
            days[day], lines[day] = special, number
        except InvalidInput as problem:
            problems[f"line {number}"] = (problem.fields["line"], f"第 {number} 行：{problem}")
    if not days and not problems:
        problems["file"] = ("empty", SENTENCES["empty"])
    if problems:
        raise InvalidInput("\n".join(sentence for _code, sentence in problems.values()),
                           fields={place: code for place, (code, _sentence) in problems.items()})
    return days


def doubts(days: dict[date, Day], jurisdiction: str, year: int) -> list[str]:
    """What is allowed but looks like a truncated national notice: a fixed statutory holiday that is not off."""
    if jurisdiction != NATIONAL:
        return []
    fixed = (date(year, month, day) for month, day in ALWAYS_OFF)
    return [f"{day} 是法定节假日，但通知中没有列为放假；请核对文件是否完整"
            for day in fixed if day not in days or days[day].working]


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
        raise _problem("unknown_word", word[:20])
    if len(name) > MAX_NAME or not (name + " ").isprintable():
        raise _problem("name")
    return day, Day(WORDS[word.lower()], name, "")


def _day(text: str, year: int) -> date:
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError:
        raise _problem("not_a_date", text[:20]) from None
    if not (day.year == year or (day.year, day.month) in ((year - 1, 12), (year + 1, 1))):
        raise _problem("wrong_year", day, year)
    return day


def _problem(code: str, *values: object) -> InvalidInput:
    return InvalidInput(SENTENCES[code].format(*values), fields={"line": code})
