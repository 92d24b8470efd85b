"""What the journal says of limits: set, over, stopped, extended, computed anew."""

from __future__ import annotations

from flask_babel import gettext

from web.parts.told import Told
from web.words import times
from web.words.drawn import field_label


def timer_set(told: Told) -> str:
    details = told.details
    since = details.get("since_name", "")
    rule = times.rule(details.get("unit", ""), details.get("amount", 0), since, field_label(told.definition, since))
    text = gettext("期限“%(step)s”：%(rule)s，至 %(due)s", step=told.step, rule=rule, due=told.moment("due_at"))
    text += gettext("（暂定）") if details.get("provisional") else ""
    text += gettext("，此前中止计时，同意延至 %(at)s", at=told.moment("agreed_at")) if details.get("agreed_at") else ""
    return text + gettext("（申诉复核期间中止计时）") if details.get("stopped") else text


def timer_fired(told: Told) -> str:
    return gettext("期限“%(step)s”已到（%(due)s）", step=told.step, due=told.moment("due_at"))


def due_recomputed(told: Told) -> str:
    return gettext("工作日历更新，期限“%(step)s”由 %(before)s 改为 %(after)s", step=told.step,
                   before=told.moment("previous_due_at"), after=told.moment("due_at"))


def lateness_withdrawn(told: Told) -> str:
    text = gettext("逾期撤回：%(notice)s导入后，期限“%(step)s”由 %(before)s 改为 %(after)s",
                   notice=told.details.get("notice", ""), step=told.step, before=told.moment("previous_due_at"),
                   after=told.moment("due_at"))
    return text + gettext("，重新计时") if told.details.get("again") else text


def clock_stopped(told: Told) -> str:
    if "appeal" in told.details:
        return gettext("申诉 %(number)s 复核期间，按办法参数中止计时", number=told.details.get("number", ""))
    return gettext("中止计时，理由：%(reason)s", reason=told.details.get("reason", ""))


def clock_restarted(told: Told) -> str:
    if "appeal" in told.details:
        number = told.details.get("number", "")
        if not told.details.get("due_at"):
            return gettext("申诉 %(number)s 已办结；另有中止计时的决定，计时没有恢复", number=number)
        return gettext("申诉 %(number)s 已办结，恢复计时，同意延至 %(due)s", number=number, due=told.moment("due_at"))
    if not told.details.get("due_at"):
        return gettext("撤销中止计时的决定，理由：%(reason)s；申诉复核期间仍中止计时",
                       reason=told.details.get("reason", ""))
    return gettext("恢复计时，同意延至 %(due)s，理由：%(reason)s", due=told.moment("due_at"),
                   reason=told.details.get("reason", ""))


def deadline_extended(told: Told) -> str:
    days, reason = told.details.get("days", 0), told.details.get("reason", "")
    return gettext("期限“%(step)s”同意延长 %(days)s 个工作日，至 %(due)s，理由：%(reason)s", step=told.step, days=days,
                   due=told.moment("due_at"), reason=reason)


def extension_asked(told: Told) -> str:
    return gettext("申请将期限“%(step)s”延长 %(days)s 个工作日，理由：%(reason)s", step=told.step,
                   days=told.details.get("days", 0), reason=told.details.get("reason", ""))


def extension_kept(told: Told) -> str:
    return gettext("期限“%(step)s”已批准的延长继续有效，至 %(due)s", step=told.step, due=told.moment("due_at"))
