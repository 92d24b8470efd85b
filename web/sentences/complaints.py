"""What the doctor complains about, with the facts of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext, lazy_pgettext

from caseflow.models import StandingComplaint
from web.sentences import journal

_ = lazy_gettext

COMPLAINTS = {
    "stuck_case": _("未结案件既无待办、也无计时、也不等待消息，且未列为异常。"),
    "wrong_state_digest": _("引擎状态与其摘要不符。"),
    "unreadable_state": _("引擎状态无法读取：%(why)s"),
    "invisible_task": _("引擎中已就绪的任务没有对应的待办（第 %(token)s 号）。"),
    "orphan_work_item": _("待办没有对应的就绪任务（第 %(token)s 号）。"),
    "missing_timer": _("引擎等待的计时没有记录，将永不触发（第 %(token)s 号）。"),
    "orphan_timer": _("计时记录没有对应的等待任务（第 %(token)s 号）。"),
    "doubled_timer": _("同一计时 %(element)s 有两条待触发记录。"),
    "fired_early": _("第 %(token)s 号计时提前触发。"),
    "firing_not_logged": _("第 %(token)s 号计时已触发，却没有触发记录。"),
    "unscheduled_timer": _("最早的计时未列入案件的下次处理时间。"),
    "wrong_due_date": _("第 %(token)s 号计时的到期时间与期限记录算出的不符。"),
    "closed_without_revisit": _("差评已办结，但没有法规要求的回访。"),
    "returned_twice": _("案件被退回重办超过一次。"),
    "rating_without_case": _("有 %(count)s 条差评没有立案；运行 caseflow ratings open-missing。"),
    "missing_file": _("附件第 %(attachment)s 号的文件不在，或大小不符。"),
    "upheld_but_counted": _("申诉已经成立，评价却仍然计入统计。"),
    "sent_back_twice": _("申诉被退回补充超过一次。"),
    "no_impartial_reviewer": _("持复核岗位的人都应回避，这件申诉没有人能复核。"),
    "old_outbox": _("有 %(count)s 条消息等待发送超过 10 分钟。"),
    "dead_delivery": _("有 %(count)s 条%(channel)s没有送达，不再自动重试。"),
    "broken_journal": _("日志 %(stream)s 第 %(seq)s 条：%(what)s"),
    "not_opened": "%(opened)s of %(wanted)s cases were opened",     # of a simulation, which speaks English
    "not_ended": "%(open)s cases did not end",
}
OF_ENDED_CASES = {
    "orphan_work_item": _("案件已结束，待办仍在（第 %(token)s 号）。"),
    "orphan_timer": _("案件已结束，计时仍在（第 %(token)s 号）。"),
}
OF_A_UNIT = _("%(office)s没有人能公正复核涉及%(rated)s的申诉。")
CHANNELS = {"email": lazy_pgettext("complaint", "电子邮件"), "sms": lazy_pgettext("complaint", "短信"),
            "chat": lazy_pgettext("complaint", "办公平台消息")}


def sentence(code: str, facts: Mapping[str, Any]) -> str:
    """The complaint in a sentence; one that was kept as a sentence, by an older version, as it was said then."""
    if "said" in facts:
        return facts["said"]
    said = COMPLAINTS[code]
    if facts.get("ended"):
        said = OF_ENDED_CASES[code]
    if "office" in facts:
        said = OF_A_UNIT
    words = dict(facts)
    if code == "dead_delivery":
        words["channel"] = CHANNELS[facts["channel"]]
    if code == "broken_journal":
        words["what"] = journal.what(facts["code"], facts["number"])
    return str(said) % words


def standing(row: StandingComplaint) -> str:
    """The same of a complaint that is kept for as long as it lasts."""
    return sentence(row.code, json.loads(row.facts))
