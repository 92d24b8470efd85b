"""What the doctor complains about, in words, and what to do about it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

WORDS = {
    "missing_timer": _("一项计时没有记录，到期不会触发"),
    "invisible_task": _("有任务已就绪，但没有人能看到"),
    "orphan_work_item": _("待办没有对应的任务，办理会失败"),
    "orphan_timer": _("计时记录没有对应的任务"),
    "doubled_timer": _("同一计时有两条记录"),
    "wrong_due_date": _("到期时间与期限记录不符"),
    "old_outbox": _("消息等待发送超过 10 分钟"),
    "dead_delivery": _("有通知没有送达，请到“管理—未送达”处理"),
    "wrong_state_digest": _("案件的流程状态被改动过"),
    "unreadable_state": _("案件的流程状态无法读取"),
    "stuck_case": _("案件停住了，不会自动推进"),
    "unscheduled_timer": _("计时未列入处理计划"),
    "fired_early": _("计时提前触发"),
    "firing_not_logged": _("计时触发没有记录"),
    "closed_without_revisit": _("差评办结前没有回访"),
    "returned_twice": _("案件退回重办超过一次"),
    "upheld_but_counted": _("申诉成立，评价却仍计入统计"),
    "sent_back_twice": _("申诉退回补充超过一次"),
    "no_impartial_reviewer": _("没有人能公正复核申诉"),
    "rating_without_case": _("差评没有立案"),
    "missing_file": _("附件的文件丢失"),
    "broken_journal": _("日志不完整"),
}


def complaint(code: str) -> str:
    """The complaint in the reader's language; one without words by its code."""
    return str(WORDS.get(code, code))
