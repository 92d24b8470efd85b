"""Why a day counts, what is wrong with a calendar notice, and what in it is doubtful."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from caseflow.errors import InvalidInput
from caseflow.law.calendar_rows import MAX_BYTES, MAX_LINES, MAX_NAME, Doubt
from caseflow.law.working_days import Why

_ = lazy_gettext

WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
WRONG = {
    "empty": _("没有任何日期；请至少给出一行“日期,off 或 work”"),
    "too_long": _("行数超过 %(most_lines)s；一年的放假通知没有这么多"),
    "too_big": _("文件超过 %(most_kib)s KiB，不像是一年的放假通知"),
    "not_utf8": _("文件不是 UTF-8 编码的文本；请另存为 CSV UTF-8"),
    "columns": _("列数不对；每行应为“日期,off 或 work[,名称]”"),
    "not_a_date": _("日期“%(text)s”无效；请写成 YYYY-MM-DD"),
    "wrong_year": _("日期 %(day)s 不属于 %(year)s 年的通知（只允许该年、上年12月和次年1月）"),
    "doubled": _("日期 %(day)s 与第 %(line)s 行重复"),
    "missing_word": _("缺少 work（上班）或 off（放假）"),
    "unknown_word": _("“%(word)s”无法识别；请写 work（上班）或 off（放假）"),
    "name": _("名称不能超过 %(most_name)s 个字，也不能含控制字符"),
    "unknown": _("没有名为“%(jurisdiction)s”的日历；可用：%(known)s"),
    "out_of_range": _("年份应在 2000 至 2100 之间"),
    "invalid": _("请写明依据的通知名称（1 至 %(most)s 个字，一行）"),
    "other_year": _("“%(source)s”已是 %(year)s 年的通知名称；每年的通知应有自己的名称"),
}
LIMITS = {"most_lines": MAX_LINES, "most_kib": MAX_BYTES // 1024, "most_name": MAX_NAME}


def why(found: Why) -> str:
    """The weekday and the reason why the day counts or not, with the notice."""
    words = {"weekday": WEEKDAYS[found.day.weekday()], "name": found.name, "source": found.source,
             "year": found.day.year}
    if found.code == "off":
        return gettext("%(weekday)s，%(name)s放假（%(source)s）", **words)
    if found.code == "exchanged":
        return gettext("%(weekday)s，%(name)s调休上班（%(source)s）", **words)
    if found.code == "on":
        return gettext("%(weekday)s，%(name)s上班（%(source)s）", **words)
    plain = gettext("%(weekday)s，工作日", **words) if found.code == "workday" else gettext(
        "%(weekday)s，休息日", **words)
    return plain + (gettext("（%(year)s年放假安排尚未公布，暂按周一至周五计算）", **words) if found.provisional else "")


def doubt(found: Doubt) -> str:
    """What is to be looked at again in a notice that was stored."""
    if found.code == "kept":
        return gettext("%(day)s 已由“%(source)s”规定，保持不变", day=found.day, source=found.source)
    return gettext("%(day)s 是法定节假日，但通知中没有列为放假；请核对文件是否完整", day=found.day)


def refused(error: InvalidInput) -> str:
    """Why a notice was not taken: a line for each thing that is wrong with it."""
    facts = error.details.get("facts", {})
    return "\n".join(_wrong(place, code, facts.get(place, {})) for place, code in error.fields.items())


def _wrong(place: str, code: str, facts: Mapping[str, Any]) -> str:
    known = gettext("、").join(facts.get("known", ()))
    said = str(WRONG[code]) % {**LIMITS, **facts, "known": known}
    number = place.removeprefix("line ")
    return said if number == place else gettext("第 %(number)s 行：%(what)s", number=number, what=said)
