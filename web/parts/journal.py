"""The journal in sentences: one per kind of entry. What is not known by heart is shown by its name, never left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flask_babel import gettext, lazy_gettext

from caseflow.models import JournalEntry
from caseflow.processes.asked import CORRECTED
from web.parts import journal_supervision
from web.parts.journal_deadlines import (
    clock_restarted,
    clock_stopped,
    deadline_extended,
    due_recomputed,
    extension_asked,
    extension_kept,
    lateness_withdrawn,
    timer_fired,
    timer_set,
)
from web.parts.told import Told
from web.words import answers, contacts, files, incidents
from web.words.actors import actor_name
from web.words.appeals import ground_name
from web.words.drawn import element_name, is_reminder, outcome_name
from web.words.levels import level_name

EFFECTS = {
    "open_file": lazy_gettext("已建档，并通知承办单位和牵头单位"),
    "notify_responsible": lazy_gettext("已通知承办单位"),
    "escalate": lazy_gettext("逾期，已上报承办单位和牵头单位的督办人员；案件继续办理"),
    "remind": lazy_gettext("已提醒承办单位即将到期"),
    "tell_rater": lazy_gettext("已通知负责联系的单位向评价人反馈"),
    "return_for_rehandling": lazy_gettext("退回原承办单位重办（仅此一次）"),
    "record_newest_rating": lazy_gettext("已记录评价人最新的评价"),
    "replace_rating": lazy_gettext("误评：以评价人最新的评价代替原评价，计入统计"),
    "void_rating": lazy_gettext("评价不予采纳：记录保留，不计入统计"),
    "receive_appeal": lazy_gettext("收到申诉，已告知被评价单位"),
    "return_for_evidence": lazy_gettext("退回申诉人补充材料（仅此一次）"),
    "uphold_appeal": lazy_gettext("申诉成立，已告知各方"),
    "dismiss_appeal": lazy_gettext("申诉不成立，已告知各方；整改照常办理"),
    "record_reference": lazy_gettext("已记录省级系统的编号"),
}
RUNGS = {
    "before": lazy_gettext("到期提醒承办人"), "after_unit": lazy_gettext("逾期催办承办单位督办人员"),
    "after_lead": lazy_gettext("逾期报牵头单位督办人员"),
}
TONES = {
    "timer_fired": "late", "incident_raised": "late", "task_completed": "done", "case_closed": "done",
    "incident_resolved": "done", "lateness_withdrawn": "done", "contact_revealed": "watch",
    "clock_stopped": "watch", "deadline_extended": "watch", "task_reassigned": "watch", "case_migrated": "watch",
    "urged": "watch", "supervised": "late", "dispatch_refused": "watch", "dispatch_transferred": "watch",
    "later_rating": "watch", "unit_chosen": "watch",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline. `tone` is a CSS class: done, late, watch or plain; `token` is its work item's, if any."""

    at: datetime
    actor: str
    kind: str
    text: str
    tone: str
    seq: int
    token: int | None = None


def timeline(entries: Iterable[JournalEntry], definition: Any, units: Mapping[int, str]) -> list[Line]:
    """The entries in words, in their order. `definition` names the steps, `units` the offices by id."""
    return [_line(entry, definition, units) for entry in entries]


def _line(entry: JournalEntry, definition: Any, units: Mapping[int, str]) -> Line:
    details = json.loads(entry.details)
    speak = _SENTENCES.get(entry.kind)
    text = speak(Told(details, definition, units)) if speak else entry.kind
    return Line(entry.at, actor_name(entry.actor), entry.kind, text, _tone(entry.kind, details, definition), entry.seq,
                details.get("token"))


def _tone(kind: str, details: Mapping[str, Any], definition: Any) -> str:
    if kind == "timer_fired" and is_reminder(definition, details.get("element", "")):
        return "watch"
    return "late" if details.get("late") else TONES.get(kind, "plain")


def _rating_received(told: Told) -> str:
    return gettext("收到评价")


def _case_opened(told: Told) -> str:
    text = gettext("建立案件 %(number)s", number=told.details.get("number", ""))
    return text + gettext("（办法已过有效期，按规定继续适用）") if told.details.get("after_expiry") else text


def _task_opened(told: Told) -> str:
    unit = told.units.get(told.details.get("unit")) or gettext("承办单位")
    visit = told.details.get("visit", 1)
    again = gettext("（第 %(n)s 次）", n=visit) if visit and visit > 1 else ""
    return gettext("开始“%(step)s”%(again)s，由%(unit)s办理", step=told.step, again=again, unit=unit)


def _task_claimed(told: Told) -> str:
    if "article" in told.details:
        return gettext("代为签收“%(step)s”：本岗位没有别人可以办理，依 %(article)s", step=told.step,
                       article=told.details["article"])
    return gettext("签收“%(step)s”", step=told.step)


def _task_released(told: Told) -> str:
    return gettext("放回“%(step)s”，由本单位其他人员签收", step=told.step)


def _task_delegated(told: Told) -> str:
    return gettext("把“%(step)s”委托给同事办理", step=told.step)


def _task_given_back(told: Told) -> str:
    return gettext("交还“%(step)s”", step=told.step)


def _task_taken_back(told: Told) -> str:
    return gettext("收回“%(step)s”", step=told.step)


def _task_completed(told: Told) -> str:
    task = told.definition.user_tasks.get(told.details.get("element")) if told.definition else None
    said = answers.in_words(task.form if task else (), told.details.get("answers") or {})
    reason = told.details.get("late_reason")
    late = gettext("（已逾期，原因：%(reason)s）", reason=reason) if reason else gettext("（已逾期）")
    text = gettext("完成“%(step)s”", step=told.step) + (late if told.details.get("late") else "")
    return text + (gettext("：") + gettext("；").join(f"{label} {value}" for label, value in said) if said else "")


def _effect_applied(told: Told) -> str:
    topic = told.details.get("topic", "")
    text = str(EFFECTS.get(topic, topic))
    level, reminder = told.details.get("level"), told.details.get("reminder")
    if reminder:        # no limit: nobody is late by it
        text = gettext("%(reminder)s已过，已上报承办单位和牵头单位的督办人员；案件继续办理",
                       reminder=element_name(told.definition, reminder))
    return text + gettext("：%(level)s", level=level_name(level)) if level else text


def _message_delivered(told: Told) -> str:
    return gettext("收到消息“%(message)s”", message=_message_name(told))


def _message_noted(told: Told) -> str:
    if told.details.get("message") == CORRECTED:
        return gettext("误评成立：以评价人最新的评价代替原评价，计入统计")
    return gettext("申诉成立：评价不予采纳，记录保留，不计入统计")


def _later_rating(told: Told) -> str:
    text = gettext("评价人对同一次服务又作了评价：%(level)s", level=level_name(told.details.get("level", "")))
    return text + (gettext("，代替默认评价") if told.details.get("default_replaced") else "")


def _appeal_filed(told: Told) -> str:
    return gettext("提出申诉，理由：%(ground)s", ground=ground_name(told.details.get("ground")))


def _message_name(told: Told) -> str:
    """What the event that waits for this message is called in the diagram."""
    message = told.details.get("message", "")
    waiting = told.definition.messages.items() if told.definition else ()
    return next((element_name(told.definition, element) for element, name in waiting if name == message), message)


def _contact_revealed(told: Told) -> str:
    return gettext("查看了评价人的联系方式，理由：%(reason)s", reason=told.details.get("reason", ""))


def _file_added(told: Told) -> str:
    return gettext("添加附件：%(kind)s，%(size)s", kind=files.kind_name(told.details.get("kind", "")),
                   size=files.size_in_words(told.details.get("size", 0)))


def _comment_added(told: Told) -> str:
    return gettext("写了备注")


def _contact_attempted(told: Told) -> str:
    return gettext("联系评价人（%(channel)s，%(at)s）：%(result)s", at=told.moment("at"),
                   channel=contacts.channel_name(told.details.get("channel", "")),
                   result=contacts.result_name(told.details.get("result", "")))


def _incident_raised(told: Told) -> str:
    return gettext("多次推进失败，案件暂停自动处理，等待督办人员处理（%(reason)s）",
                   reason=incidents.reason(told.details.get("kind", "")))


def _incident_resolved(told: Told) -> str:
    return gettext("督办人员已要求重试")


def _task_reassigned(told: Told) -> str:
    to = told.details.get("to") or told.units.get(told.details.get("unit")) or gettext("其他单位")
    return gettext("“%(step)s”转办给%(to)s，理由：%(reason)s", step=told.step, to=to,
                   reason=told.details.get("reason", ""))


def _handover_undone(told: Told) -> str:
    return gettext("撤销“%(step)s”的转办", step=told.step)


def _handover_acknowledged(told: Told) -> str:
    return gettext("已知悉“%(step)s”的交接说明", step=told.step)


def _ladder_climbed(told: Told) -> str:
    if told.details.get("rung") == "waiting":
        return gettext("搁置提醒：“%(step)s”（%(since)s 开始，条文没有规定期限）", step=told.step,
                       since=told.moment("since"))
    return gettext("%(rung)s：“%(step)s”（%(due)s 到期）", rung=RUNGS.get(told.details.get("rung"), ""), step=told.step,
                   due=told.moment("due_at"))


def _task_substituted(told: Told) -> str:
    return gettext("经办人请假，“%(step)s”由%(to)s代办", step=told.step, to=told.details.get("to", ""))


def _task_returned(told: Told) -> str:
    return gettext("代办结束，“%(step)s”交还%(to)s", step=told.step, to=told.details.get("to") or gettext("承办单位"))


def _urged(told: Told) -> str:
    return gettext("催办：%(note)s", note=told.details.get("note", ""))


def _supervised(told: Told) -> str:
    return gettext("督办：%(note)s", note=told.details.get("note", ""))


def _case_migrated(told: Told) -> str:
    how = {"kept": gettext("保留原期限"), "restarted": gettext("按新规则重新计算"), "begun": gettext("开始计算"),
           "withdrawn": gettext("不再计算")}
    timers = gettext("；").join(gettext("期限“%(step)s”%(how)s", step=element_name(told.definition, element),
                                       how=how.get(what, "")) for element, what, *_ in told.details.get("timers") or [])
    text = gettext("改按流程第 %(to)s 版办理（原为第 %(from_)s 版）", to=told.details.get("to_number", ""),
                   from_=told.details.get("from_number", ""))
    return text + (gettext("：") + timers if timers else "")


def _case_closed(told: Told) -> str:
    outcome = outcome_name(told.details.get("outcome"), told.definition)
    return gettext("案件办结：%(outcome)s", outcome=outcome or "—")


_SENTENCES: Mapping[str, Callable[[Told], str]] = MappingProxyType({
    "rating_received": _rating_received,
    "case_opened": _case_opened,
    "task_opened": _task_opened,
    "task_claimed": _task_claimed,
    "task_released": _task_released,
    "task_delegated": _task_delegated,
    "task_given_back": _task_given_back,
    "task_taken_back": _task_taken_back,
    "task_completed": _task_completed,
    "timer_set": timer_set,
    "timer_fired": timer_fired,
    "effect_applied": _effect_applied,
    "message_delivered": _message_delivered,
    "message_noted": _message_noted,
    "later_rating": _later_rating,
    "appeal_filed": _appeal_filed,
    "contact_revealed": _contact_revealed,
    "file_added": _file_added,
    "comment_added": _comment_added,
    "contact_attempted": _contact_attempted,
    "incident_raised": _incident_raised,
    "incident_resolved": _incident_resolved,
    "due_recomputed": due_recomputed,
    "lateness_withdrawn": lateness_withdrawn,
    "clock_stopped": clock_stopped,
    "clock_restarted": clock_restarted,
    "deadline_extended": deadline_extended,
    "extension_asked": extension_asked,
    "task_reassigned": _task_reassigned,
    "handover_undone": _handover_undone,
    "handover_acknowledged": _handover_acknowledged,
    "ladder_climbed": _ladder_climbed,
    "task_substituted": _task_substituted,
    "task_returned": _task_returned,
    "urged": _urged,
    "supervised": _supervised,
    "case_migrated": _case_migrated,
    "extension_kept": extension_kept,
    "case_closed": _case_closed,
    **journal_supervision.SENTENCES,
})
KINDS = frozenset(_SENTENCES)
