"""The ledger of a deadline in words: what was given, stopped, extended, and what is left; and why it is not changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, lazy_gettext, ngettext

from caseflow.law.time_account import HOURS_OF_A_DAY, Standing
from caseflow.models import DeadlineEntry
from web.words.actors import actor_name
from web.words.problems import PROBLEMS

OF_CHANGES = PROBLEMS | {
    ("category", "unknown"): lazy_gettext("请选择中止计时的类别。"),
    ("days", "out_of_range"): lazy_gettext("延期的工作日数超出规定，请按所注明的范围填写。"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a ledger: when, by whom, what, why, and until when then."""

    at: datetime
    actor: str
    what: str
    why: str
    due_at: datetime | None
    stopped: bool


def problems(fields: Mapping[str, str]) -> list[str]:
    """What is wrong with the form of a change, a sentence for each field."""
    return [str(OF_CHANGES[problem]) for problem in fields.items() if problem in OF_CHANGES]


def amount(value: int, *, by_the_clock: bool) -> str:
    """An amount of a ledger in its unit."""
    if by_the_clock:
        hours = round(value / (HOURS_OF_A_DAY / 24), 1)
        return gettext("%(n)s 小时", n=f"{hours:g}")
    return ngettext("%(num)s 个工作日", "%(num)s 个工作日", value)


def sums(standing: Standing, *, by_the_clock: bool) -> list[tuple[str, str]]:
    """Given and extended on one side, used and remaining on the other: the two sides are equal."""
    over = standing.remaining < 0
    pairs = [
        (gettext("给定"), standing.given), (gettext("延期"), standing.extended), (gettext("已用"), standing.used),
        (gettext("已超") if over else gettext("剩余"), abs(standing.remaining))]
    return [(name, amount(value, by_the_clock=by_the_clock)) for name, value in pairs]


def lines(entries: list[DeadlineEntry], categories: Mapping[str, str], *, by_the_clock: bool) -> list[Line]:
    """The entries, in their order."""
    return [Line(entry.at, actor_name(entry.actor), _what(entry, by_the_clock), _why(entry, categories), entry.due_at,
                 entry.kind in ("stopped", "held")) for entry in entries]


def _what(entry: DeadlineEntry, by_the_clock: bool) -> str:
    much = amount(entry.amount, by_the_clock=by_the_clock)
    return {
        "stopped": gettext("中止计时，剩余 %(amount)s", amount=much),
        "held": gettext("继续中止"),
        "released": gettext("一项中止的原因已消除，仍在中止"),
        "restarted": gettext("恢复计时"),
        "extended": gettext("延期 %(amount)s", amount=much),
        "carried": gettext("此前中止计时的 %(amount)s 不计入", amount=much),
        "ended": gettext("任务已办结，不再中止"),
        "recomputed": gettext("工作日历更新，重新计算"),
    }.get(entry.kind, entry.kind)


def _why(entry: DeadlineEntry, categories: Mapping[str, str]) -> str:
    if entry.kind == "recomputed":
        return ""
    if entry.category.startswith("appeal:"):
        over = entry.kind in ("restarted", "released")
        category = gettext("申诉已办结") if over else gettext("申诉复核期间，按办法参数中止")
    else:
        category = categories.get(entry.category, entry.category)
    return gettext("：").join(part for part in (category, entry.reason) if part)
