"""The journal in sentences: one per kind of entry. What is not known by heart is shown by its name, never left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flask_babel import gettext, lazy_gettext

from caseflow.models import JournalEntry
from web.words import answers, contacts, files, incidents, oversight, times
from web.words.appeals import ground_name
from web.words.ratings import level_name

EFFECTS = {
    "open_file": lazy_gettext("已建档，并通知承办单位和牵头单位"),
    "notify_responsible": lazy_gettext("已通知承办单位"),
    "escalate": lazy_gettext("逾期，已上报承办单位和牵头单位的督办人员；案件继续办理"),
    "remind": lazy_gettext("已提醒承办单位即将到期"),
    "tell_rater": lazy_gettext("已通知负责联系的单位向评价人反馈"),
    "return_for_rehandling": lazy_gettext("退回原承办单位重办（仅此一次）"),
    "record_newest_rating": lazy_gettext("已记录评价人最新的评价"),
    "void_rating": lazy_gettext("评价不予采纳：记录保留，不计入统计"),
    "receive_appeal": lazy_gettext("收到申诉，已告知被评价单位"),
    "return_for_evidence": lazy_gettext("退回申诉人补充材料（仅此一次）"),
    "uphold_appeal": lazy_gettext("申诉成立，已告知各方"),
    "dismiss_appeal": lazy_gettext("申诉不成立，已告知各方；整改照常办理"),
    "record_reference": lazy_gettext("已记录省级系统的编号"),
}
OUTCOMES = {
    "closed_resolved": lazy_gettext("已整改办结"),
    "closed_explained": lazy_gettext("已解释说明，办结"),
    "closed_unsatisfied": lazy_gettext("评价人仍不满意，办结"),
    "closed_unreachable": lazy_gettext("未能联系到评价人，办结"),
    "rating_voided": lazy_gettext("评价不予采纳"),
    "rating_corrected": lazy_gettext("误评已更正"),
    "appeal_upheld": lazy_gettext("申诉成立"),
    "appeal_dismissed": lazy_gettext("申诉不成立"),
    "closed_withdrawn": lazy_gettext("申诉已撤回"),
}
RUNGS = {
    "before": lazy_gettext("到期提醒承办人"), "after_unit": lazy_gettext("逾期催办承办单位督办人员"),
    "after_lead": lazy_gettext("逾期报牵头单位督办人员"),
}
TONES = {
    "timer_fired": "late", "incident_raised": "late", "task_completed": "done", "case_closed": "done",
    "incident_resolved": "done", "contact_revealed": "watch",
    "clock_stopped": "watch", "deadline_extended": "watch", "task_reassigned": "watch", "case_migrated": "watch",
    "urged": "watch", "supervised": "late", "dispatch_refused": "watch", "dispatch_transferred": "watch",
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


def timeline(entries: list[JournalEntry], definition: Any, units: Mapping[int, str]) -> list[Line]:
    """The entries in words, in their order. `definition` names the steps, `units` the offices by id."""
    return [_line(entry, definition, units) for entry in entries]


def _line(entry: JournalEntry, definition: Any, units: Mapping[int, str]) -> Line:
    details = json.loads(entry.details)
    speak = _SENTENCES.get(entry.kind)
    text = speak(_Told(details, definition, units)) if speak else entry.kind
    tone = "late" if details.get("late") else TONES.get(entry.kind, "plain")
    return Line(entry.at, entry.actor, entry.kind, text, tone, entry.seq, details.get("token"))


def outcome_name(outcome: str | None, definition: Any = None) -> str:
    """What an end event says; a name drawn in the diagram wins over ours. That it is an end goes without saying."""
    if not outcome:
        return ""
    element = definition.elements.get(outcome) if definition else None
    return (element.name if element else "").removeprefix("办结：") or str(OUTCOMES.get(outcome, outcome))


@dataclass(frozen=True, slots=True)
class _Told:
    details: Mapping[str, Any]
    definition: Any
    units: Mapping[int, str]

    @property
    def step(self) -> str:
        return element_name(self.definition, self.details.get("element", ""))

    def moment(self, key: str) -> str:
        try:
            return times.moment(datetime.fromisoformat(self.details[key]))
        except (KeyError, TypeError, ValueError):
            return "—"


def element_name(definition: Any, element_id: str) -> str:
    """The name of a step as drawn; of a nameless timer that of the task it guards; else its id."""
    element = definition.elements.get(element_id) if definition else None
    if element is None:
        return element_id
    if element.name or not element.attached_to:
        return element.name or element_id
    return element_name(definition, element.attached_to)


def field_label(definition: Any, name: str) -> str | None:
    """The label of the form field that set a date variable, so that a rule can name it."""
    if name in times.SINCE or definition is None:
        return None
    fields = (field for task in definition.user_tasks.values() for field in task.form)
    return next((field.label for field in fields if field.id == name), None)


def _rating_received(told: _Told) -> str:
    return gettext("收到评价")


def _case_opened(told: _Told) -> str:
    text = gettext("建立案件 %(number)s", number=told.details.get("number", ""))
    return text + gettext("（办法已过有效期，按规定继续适用）") if told.details.get("after_expiry") else text


def _task_opened(told: _Told) -> str:
    unit = told.units.get(told.details.get("unit")) or gettext("承办单位")
    visit = told.details.get("visit", 1)
    again = gettext("（第 %(n)s 次）", n=visit) if visit and visit > 1 else ""
    return gettext("开始“%(step)s”%(again)s，由%(unit)s办理", step=told.step, again=again, unit=unit)


def _task_claimed(told: _Told) -> str:
    return gettext("签收“%(step)s”", step=told.step)


def _task_released(told: _Told) -> str:
    return gettext("放回“%(step)s”，由本单位其他人员签收", step=told.step)


def _task_delegated(told: _Told) -> str:
    return gettext("把“%(step)s”委托给同事办理", step=told.step)


def _task_given_back(told: _Told) -> str:
    return gettext("交还“%(step)s”", step=told.step)


def _task_taken_back(told: _Told) -> str:
    return gettext("收回“%(step)s”", step=told.step)


def _task_completed(told: _Told) -> str:
    task = told.definition.user_tasks.get(told.details.get("element")) if told.definition else None
    said = answers.in_words(task.form if task else (), told.details.get("answers") or {})
    reason = told.details.get("late_reason")
    late = gettext("（已逾期，原因：%(reason)s）", reason=reason) if reason else gettext("（已逾期）")
    text = gettext("完成“%(step)s”", step=told.step) + (late if told.details.get("late") else "")
    return text + (gettext("：") + gettext("；").join(f"{label} {value}" for label, value in said) if said else "")


def _timer_set(told: _Told) -> str:
    details = told.details
    since = details.get("since_name", "")
    rule = times.rule(details.get("unit", ""), details.get("amount", 0), since, field_label(told.definition, since))
    text = gettext("期限“%(step)s”：%(rule)s，至 %(due)s", step=told.step, rule=rule, due=told.moment("due_at"))
    text += gettext("（暂定）") if details.get("provisional") else ""
    return text + gettext("（申诉复核期间中止计时）") if details.get("stopped") else text


def _timer_fired(told: _Told) -> str:
    return gettext("期限“%(step)s”已到（%(due)s）", step=told.step, due=told.moment("due_at"))


def _effect_applied(told: _Told) -> str:
    topic = told.details.get("topic", "")
    text = str(EFFECTS.get(topic, topic))
    level = told.details.get("level")
    return text + gettext("：%(level)s", level=level_name(level)) if level else text


def _message_delivered(told: _Told) -> str:
    return gettext("收到消息“%(message)s”", message=_message_name(told))


def _message_noted(told: _Told) -> str:
    return gettext("申诉成立：评价不予采纳，记录保留，不计入统计")


def _appeal_filed(told: _Told) -> str:
    return gettext("提出申诉，理由：%(ground)s", ground=ground_name(told.details.get("ground")))


def _message_name(told: _Told) -> str:
    """What the event that waits for this message is called in the diagram."""
    message = told.details.get("message", "")
    waiting = told.definition.messages.items() if told.definition else ()
    return next((element_name(told.definition, element) for element, name in waiting if name == message), message)


def _contact_revealed(told: _Told) -> str:
    return gettext("查看了评价人的联系方式，理由：%(reason)s", reason=told.details.get("reason", ""))


def _file_added(told: _Told) -> str:
    return gettext("添加附件：%(kind)s，%(size)s", kind=files.kind_name(told.details.get("kind", "")),
                   size=files.size_in_words(told.details.get("size", 0)))


def _comment_added(told: _Told) -> str:
    return gettext("写了备注")


def _contact_attempted(told: _Told) -> str:
    return gettext("联系评价人（%(channel)s，%(at)s）：%(result)s", at=told.moment("at"),
                   channel=contacts.channel_name(told.details.get("channel", "")),
                   result=contacts.result_name(told.details.get("result", "")))


def _incident_raised(told: _Told) -> str:
    return gettext("多次推进失败，案件暂停自动处理，等待督办人员处理（%(reason)s）",
                   reason=incidents.reason(told.details.get("kind", "")))


def _incident_resolved(told: _Told) -> str:
    return gettext("督办人员已要求重试")


def _due_recomputed(told: _Told) -> str:
    return gettext("工作日历更新，期限“%(step)s”由 %(before)s 改为 %(after)s", step=told.step,
                   before=told.moment("previous_due_at"), after=told.moment("due_at"))


def _clock_stopped(told: _Told) -> str:
    if "appeal" in told.details:
        return gettext("申诉 %(number)s 复核期间，按办法参数中止计时", number=told.details.get("number", ""))
    return gettext("中止计时，理由：%(reason)s", reason=told.details.get("reason", ""))


def _clock_restarted(told: _Told) -> str:
    if "appeal" in told.details:
        number = told.details.get("number", "")
        if not told.details.get("due_at"):
            return gettext("申诉 %(number)s 已办结；另有中止计时的决定，计时没有恢复", number=number)
        return gettext("申诉 %(number)s 已办结，恢复计时，期限至 %(due)s", number=number, due=told.moment("due_at"))
    if not told.details.get("due_at"):
        return gettext("撤销中止计时的决定，理由：%(reason)s；申诉复核期间仍中止计时",
                       reason=told.details.get("reason", ""))
    return gettext("恢复计时，期限至 %(due)s，理由：%(reason)s", due=told.moment("due_at"),
                   reason=told.details.get("reason", ""))


def _deadline_extended(told: _Told) -> str:
    days, reason = told.details.get("days", 0), told.details.get("reason", "")
    return gettext("期限“%(step)s”延长 %(days)s 个工作日，至 %(due)s，理由：%(reason)s", step=told.step, days=days,
                   due=told.moment("due_at"), reason=reason)


def _extension_asked(told: _Told) -> str:
    return gettext("申请将期限“%(step)s”延长 %(days)s 个工作日，理由：%(reason)s", step=told.step,
                   days=told.details.get("days", 0), reason=told.details.get("reason", ""))


def _task_reassigned(told: _Told) -> str:
    to = told.details.get("to") or told.units.get(told.details.get("unit")) or gettext("其他单位")
    return gettext("“%(step)s”转办给%(to)s，理由：%(reason)s", step=told.step, to=to,
                   reason=told.details.get("reason", ""))


def _handover_undone(told: _Told) -> str:
    return gettext("撤销“%(step)s”的转办", step=told.step)


def _handover_acknowledged(told: _Told) -> str:
    return gettext("已知悉“%(step)s”的交接说明", step=told.step)


def _ladder_climbed(told: _Told) -> str:
    return gettext("%(rung)s：“%(step)s”（%(due)s 到期）", rung=RUNGS.get(told.details.get("rung"), ""), step=told.step,
                   due=told.moment("due_at"))


def _task_substituted(told: _Told) -> str:
    return gettext("经办人请假，“%(step)s”由%(to)s代办", step=told.step, to=told.details.get("to", ""))


def _task_returned(told: _Told) -> str:
    return gettext("代办结束，“%(step)s”交还%(to)s", step=told.step, to=told.details.get("to") or gettext("承办单位"))


def _urged(told: _Told) -> str:
    return gettext("催办：%(note)s", note=told.details.get("note", ""))


def _supervised(told: _Told) -> str:
    return gettext("督办：%(note)s", note=told.details.get("note", ""))


def _case_migrated(told: _Told) -> str:
    how = {"kept": gettext("保留原期限"), "restarted": gettext("按新规则重新计算"), "begun": gettext("开始计算"),
           "withdrawn": gettext("不再计算")}
    timers = gettext("；").join(gettext("期限“%(step)s”%(how)s", step=element_name(told.definition, element),
                                       how=how.get(what, "")) for element, what, *_ in told.details.get("timers") or [])
    text = gettext("改按流程第 %(to)s 版办理（原为第 %(from_)s 版）", to=told.details.get("to_number", ""),
                   from_=told.details.get("from_number", ""))
    return text + (gettext("：") + timers if timers else "")


def _extension_kept(told: _Told) -> str:
    return gettext("期限“%(step)s”已批准的延长继续有效，至 %(due)s", step=told.step, due=told.moment("due_at"))


def _case_closed(told: _Told) -> str:
    outcome = outcome_name(told.details.get("outcome"), told.definition)
    return gettext("案件办结：%(outcome)s", outcome=outcome or "—")


_SENTENCES: Mapping[str, Callable[[_Told], str]] = MappingProxyType({
    "rating_received": _rating_received,
    "case_opened": _case_opened,
    "task_opened": _task_opened,
    "task_claimed": _task_claimed,
    "task_released": _task_released,
    "task_delegated": _task_delegated,
    "task_given_back": _task_given_back,
    "task_taken_back": _task_taken_back,
    "task_completed": _task_completed,
    "timer_set": _timer_set,
    "timer_fired": _timer_fired,
    "effect_applied": _effect_applied,
    "message_delivered": _message_delivered,
    "message_noted": _message_noted,
    "appeal_filed": _appeal_filed,
    "contact_revealed": _contact_revealed,
    "file_added": _file_added,
    "comment_added": _comment_added,
    "contact_attempted": _contact_attempted,
    "incident_raised": _incident_raised,
    "incident_resolved": _incident_resolved,
    "due_recomputed": _due_recomputed,
    "clock_stopped": _clock_stopped,
    "clock_restarted": _clock_restarted,
    "deadline_extended": _deadline_extended,
    "extension_asked": _extension_asked,
    "task_reassigned": _task_reassigned,
    "handover_undone": _handover_undone,
    "handover_acknowledged": _handover_acknowledged,
    "ladder_climbed": _ladder_climbed,
    "task_substituted": _task_substituted,
    "task_returned": _task_returned,
    "urged": _urged,
    "supervised": _supervised,
    "case_migrated": _case_migrated,
    "extension_kept": _extension_kept,
    "case_closed": _case_closed,
    **oversight.SENTENCES,
})
KINDS = frozenset(_SENTENCES)
