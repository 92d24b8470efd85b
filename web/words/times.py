"""Moments, limits and due badges as people read them: Shanghai time, working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, lazy_gettext, ngettext

from caseflow import moments
from caseflow.law import deadlines
from caseflow.moments import LAST_SECOND, SHANGHAI

UNITS = {
    "working_days": lazy_gettext("%(n)s 个工作日"),
    "calendar_days": lazy_gettext("%(n)s 日"),
    "hours": lazy_gettext("%(n)s 小时"),
    "end_of_day": lazy_gettext("当日"),
    "date": lazy_gettext("指定日期"),
}
SINCE = {
    "now": lazy_gettext("本环节开始"),
    "received_at": lazy_gettext("收到评价"),
}


@dataclass(frozen=True, slots=True)
class Badge:
    """How urgent something is: `level` is overdue, today, soon, ok or none (a CSS class), `text` says it."""

    level: str
    text: str
    provisional: bool = False


def moment(value: datetime | None) -> str:
    """2026-03-05 17:30; the end of a day as 24:00 of that day."""
    if value is None:
        return "—"
    local = value.astimezone(SHANGHAI)
    if local.time().replace(microsecond=0) == LAST_SECOND:
        return f"{local:%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def day(value: datetime | None) -> str:
    return "—" if value is None else f"{value.astimezone(SHANGHAI):%Y-%m-%d}"


def due_badge(now: datetime, due_at: datetime | None, calendar: object, *, provisional: bool = False) -> Badge:
    """The badge of a due moment. `calendar` is the working_days.Calendar of the regulation."""
    if due_at is None:
        return Badge("none", gettext("条文没有规定期限"))
    left = deadlines.working_days_left(now, due_at, calendar)
    if left < 0:
        text = ngettext("逾期 %(num)s 个工作日", "逾期 %(num)s 个工作日", -left)
        return Badge("overdue", text, provisional)
    if moments.day_of(due_at) == moments.day_of(now):
        return Badge("today", gettext("今天到期"), provisional)
    if left == 0:   # the due day is a day of rest, with none to work on before it
        return Badge("soon", gettext("%(day)s 到期", day=day(due_at)), provisional)
    text = ngettext("还剩 %(num)s 个工作日", "还剩 %(num)s 个工作日", left)
    return Badge("soon" if left == 1 else "ok", text, provisional)


def agreed(agreed_at: datetime | None, *, stopped: bool) -> str:
    """What is agreed beside a due date, by which nothing is late or in time; "" for nothing."""
    if stopped:
        return gettext("中止计时中")
    return gettext("同意延至 %(at)s", at=moment(agreed_at)) if agreed_at else ""


def rule(unit: str, amount: int, since_name: str, since_label: str | None = None) -> str:
    """The limit in words: “自收到评价起 5 个工作日”."""
    start = since_label or str(SINCE.get(since_name, since_name))
    words = str(UNITS.get(unit, unit)) % {"n": abs(amount)} if unit in UNITS else unit
    if unit == "date":
        return gettext("至指定日期（%(start)s）", start=start)
    if unit == "end_of_day":
        return gettext("自%(start)s起，当日内", start=start)
    return gettext("自%(start)s起 %(limit)s", start=start, limit=words)


def since(value: str) -> str:
    """The stored start of a count: a moment in Shanghai time, or the bare day as it is."""
    try:
        return value if len(value) == 10 else moment(datetime.fromisoformat(value))
    except (TypeError, ValueError):
        return value
