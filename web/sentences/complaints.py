"""What the doctor complains about, with the facts of it: a headline for each code, and the full sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from flask_babel import lazy_gettext, lazy_pgettext

from caseflow.models import StandingComplaint
from web.sentences import journal, monitor, proof
from web.sentences.comparison import ROLES
from web.sentences.filling import listed

_ = lazy_gettext


class Said(NamedTuple):
    """One complaint in words: short, as the head of a list has it, and in full. A headline "" is its code."""

    headline: str
    sentence: str


COMPLAINTS: Mapping[str, Said] = MappingProxyType({
    "stuck_case": Said(_("案件停住了，不会自动推进"), _("未结案件既无待办、也无计时、也不等待消息，且未列为异常。")),
    "wrong_state_digest": Said(_("案件的流程状态被改动过"), _("引擎状态与其摘要不符。")),
    "unreadable_state": Said(_("案件的流程状态无法读取"), _("引擎状态无法读取：%(why)s")),
    "invisible_task": Said(
        _("有任务已就绪，但没有人能看到"), _("引擎中已就绪的任务没有对应的待办（第 %(token)s 号）。")),
    "orphan_work_item": Said(_("待办没有对应的任务，办理会失败"), _("待办没有对应的就绪任务（第 %(token)s 号）。")),
    "missing_timer": Said(
        _("一项计时没有记录，到期不会触发"), _("引擎等待的计时没有记录，将永不触发（第 %(token)s 号）。")),
    "orphan_timer": Said(_("计时记录没有对应的任务"), _("计时记录没有对应的等待任务（第 %(token)s 号）。")),
    "doubled_timer": Said(_("同一计时有两条记录"), _("同一计时 %(element)s 有两条待触发记录。")),
    "fired_early": Said(_("计时提前触发"), _("第 %(token)s 号计时提前触发。")),
    "firing_not_logged": Said(_("计时触发没有记录"), _("第 %(token)s 号计时已触发，却没有触发记录。")),
    "unscheduled_timer": Said(_("计时未列入处理计划"), _("最早的计时未列入案件的下次处理时间。")),
    "wrong_due_date": Said(_("到期时间与条文不符"), _("第 %(token)s 号计时的到期时间与流程图、工作日历算出的不符。")),
    "wrong_agreed_date": Said(_("同意延至的时间与期限记录不符"), _(
        "第 %(token)s 号计时同意延至的时间，或者是否中止，与期限记录算出的不符。")),
    "closed_without_revisit": Said(_("差评办结前没有回访"), _("差评已办结，但没有法规要求的回访。")),
    "law_broken": Said(
        _("办结的案件违反了条文"), _("%(article)s：%(said)s（依据 %(rule)s；日志第 %(entries)s 条）")),
    "off_its_drawing": Said(_("办结的案件与流程图不符"), _("%(said)s（日志第 %(entries)s 条）")),
    "law_not_judged": Said(_("办结的案件无法核对是否守法"), _("不能按日志核对：%(why)s")),
    "returned_twice": Said(_("案件退回重办超过一次"), _("案件被退回重办超过一次。")),
    "lines_not_cleaned": Said(
        _("评价的原始数据里还留有评价人信息"),
        _("有 %(count)s 条评价的原始数据里还留有评价人信息；运行 caseflow init 清除。")),
    "rating_without_case": Said(
        _("差评没有立案"), _("有 %(count)s 条差评没有立案；运行 caseflow ratings open-missing。")),
    "missing_file": Said(_("附件的文件丢失"), _("附件第 %(attachment)s 号的文件不在，或大小不符。")),
    "upheld_but_counted": Said(_("申诉成立，评价却仍计入统计"), _("申诉已经成立，评价却仍然计入统计。")),
    "sent_back_twice": Said(_("申诉退回补充超过一次"), _("申诉被退回补充超过一次。")),
    "no_impartial_reviewer": Said(_("没有人能公正复核申诉"), _("持复核岗位的人都应回避，这件申诉没有人能复核。")),
    "no_rules": Said(
        _("有流程没有规则守着"),
        _("%(regulation)s 的 regulation.toml 没有 [[rules.%(process)s]]：没有一条规则守着这个流程；请照条文写上。")),
    "unwatched_words": Said(
        _("条文里有话没有规则守住，也没有说明"),
        _("%(regulation)s 的 %(article)s“%(words)s”：这句话没有规则守住，也没有说明；请在 regulation.toml 里写规则，"
          "或者在 [[unwatched]] 里写明理由。")),
    "missing_parameter": Said(
        _("有表单提交不了：regulation.toml 缺少参数"),
        _("“%(name)s”的“%(label)s”的规则按“%(parameter)s”数工作日，regulation.toml 的 [parameters] 里没有这个整数；"
          "请补上，否则这个任务提交不了。")),
    "beyond_law": Said(
        _("regulation.toml 给的权力或者参数超出条文"), _("%(process)s，%(article)s：%(what)s")),
    "effect_stops": Said(_("有流程会停在系统操作上"), _("%(process)s：%(what)s")),
    "no_other_person": Said(
        _("有任务按规定应当换人办理，却没有人可以办理"),
        _("“%(task)s”按规定应当由没有办理过前面环节的人办理，却没有这样的在岗人员；请增加人员，或者给有关岗位配备人员。")),
    "no_staff": Said(
        _("有岗位没有人在岗，任务没有人可以办理"),
        _("%(unit)s没有在岗的%(role)s，有 %(tasks)s 项待办没有人可以办理；请给该单位配备人员。")),
    "area_without_branch": Said(
        _("有地区没有登记分支机构，请到“管理—分支机构”处理"),
        _("地区 %(area)s（%(units)s 个单位）没有登记“%(office)s”，由%(unit)s代为办理；请到“管理—分支机构”登记。")),
    "old_outbox": Said(
        _("消息等待发送超过 %(minutes)s 分钟"), _("有 %(count)s 条消息等待发送超过 %(minutes)s 分钟。")),
    "dead_delivery": Said(
        _("有通知没有送达，请到“管理—未送达”处理"), _("有 %(count)s 条%(channel)s没有送达，不再自动重试。")),
    "broken_journal": Said(_("日志不完整"), _("日志 %(stream)s 第 %(seq)s 条：%(what)s")),
    "not_opened": Said("", "%(opened)s of %(wanted)s cases were opened"),     # of a simulation, which speaks English
    "not_ended": Said("", "%(open)s cases did not end"),
})
OF_ENDED_CASES = {
    "orphan_work_item": _("案件已结束，待办仍在（第 %(token)s 号）。"),
    "orphan_timer": _("案件已结束，计时仍在（第 %(token)s 号）。"),
}
OF_A_UNIT = _("%(office)s没有人能公正复核涉及%(rated)s的申诉。")
CHANNELS = {"email": lazy_pgettext("complaint", "电子邮件"), "sms": lazy_pgettext("complaint", "短信"),
            "chat": lazy_pgettext("complaint", "办公平台消息")}
OF_FINISHED_CASES = ("law_broken", "off_its_drawing")     # what the monitor finds
OF_PROOFS = ("beyond_law", "effect_stops")
UNSAID = {"minutes": 10}     # what older versions did not keep with a complaint


def headline(row: StandingComplaint) -> str:
    """What it is, in short; a code that this version does not know as it is."""
    said = COMPLAINTS.get(row.code)
    return str(said.headline) % (UNSAID | json.loads(row.facts)) if said and said.headline else row.code


def sentence(code: str, facts: Mapping[str, Any]) -> str:
    """The complaint in a sentence; one that was kept as a sentence, by an older version, as it was said then."""
    if "said" in facts:
        return facts["said"]
    said = COMPLAINTS[code].sentence
    if facts.get("ended"):
        said = OF_ENDED_CASES[code]
    if "rated" in facts:
        said = OF_A_UNIT
    words = UNSAID | dict(facts)
    if code == "dead_delivery":
        words["channel"] = CHANNELS[facts["channel"]]
    if code in OF_FINISHED_CASES:
        words |= {"said": monitor.sentence(facts["reason"], facts["of"]), "entries": listed(map(str, facts["entries"]))}
    if code == "no_staff":
        words["role"] = ROLES[facts["role"]]
    if code in OF_PROOFS:
        words["what"] = proof.sentence(words["reason"], _as_proven(facts))
    if code == "broken_journal":
        words["what"] = journal.what(facts["code"], facts["number"])
    return str(said) % words


def _as_proven(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Facts as a proof has them, where they were kept: several texts in order."""
    return {name: tuple(fact) if isinstance(fact, list) else fact for name, fact in facts.items()}


def standing(row: StandingComplaint) -> str:
    """The same of a complaint that is kept for as long as it lasts."""
    return sentence(row.code, json.loads(row.facts))
