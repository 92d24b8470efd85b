"""Why a limit ends when it does, day by day, and what cannot be counted."""

from __future__ import annotations

from datetime import time

from flask_babel import gettext, lazy_gettext

from caseflow.engine.values import DeadlineRule
from caseflow.errors import InvalidInput
from caseflow.law.deadlines import CountedDay, compute
from caseflow.law.working_days import Calendar
from caseflow.moments import SHANGHAI, moment
from web.sentences.calendars import why

_ = lazy_gettext

FORWARD = {
    "counted": _("第%(number)s日："), "working": _("第%(number)s个工作日："), "extended": _("顺延："),
    "landed": _("顺延至本日（民法典第二百零三条）："),
}
BACKWARD = {
    "counted": _("倒数第%(number)s日："), "working": _("倒数第%(number)s个工作日："), "extended": _("提前："),
    "landed": _("提前至本日："),
}
EITHER_WAY = {
    "event": _("不计入：起算当日（民法典第二百零一条），"), "skipped": _("不计入："), "end_of_day": _("当日为限："),
    "set": _("指定的期限之日："),
}
WRONG = {
    ("since", "out_of_range"): _("期限超出可计算的日期范围"),
    ("since", "not_a_moment"): _("起算时间应为带时区的 ISO 8601 时间，或 YYYY-MM-DD 日期"),
}


def explain(rule: DeadlineRule, calendar: Calendar, close_of_business: time | None = None) -> list[str]:
    """One line for each counted or skipped day, in the order of counting, with the reason."""
    if rule.unit == "hours":
        begin = f"{moment(rule.since).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        if rule.amount > 0:
            return [gettext("%(begin)s 起算%(hours)s小时：自该时刻起连续计算（民法典第二百零一条）", begin=begin,
                            hours=rule.amount)]
        return [gettext("%(begin)s 起倒算%(hours)s小时：自该时刻起连续计算（民法典第二百零一条）", begin=begin,
                        hours=-rule.amount)]
    return [f"{counted.day} {_label(counted, rule)}{why(calendar.why(counted.day))}"
            for counted in compute(rule, calendar, close_of_business).days]


def _label(counted: CountedDay, rule: DeadlineRule) -> str:
    role = counted.role
    if role == "counted" and rule.unit == "working_days":
        role = "working"
    if role == "set" and rule.unit == "end_of_day":
        role = "end_of_day"
    words = EITHER_WAY | (FORWARD if rule.amount > 0 else BACKWARD)
    return str(words[role]) % {"number": counted.number}


def refused(error: InvalidInput) -> str:
    """Why a limit cannot be counted; what nobody can ask for here, in the words of the error."""
    return str(next((WRONG[wrong] for wrong in error.fields.items() if wrong in WRONG), error))
