"""Notices in words."""

from __future__ import annotations

import json

from flask_babel import gettext, lazy_gettext

SAY_IT_ALL = {      # the name of the step would say it again
    "file_opened", "returned", "appeal_filed", "appeal_returned", "appeal_upheld", "appeal_dismissed",
    "appeal_withdrawn", "dispatch_refused", "dispatch_transferred", "dispatch_confirmed",
    "tell_rater_upheld", "tell_rater_dismissed", "later_rating"}
KINDS = {
    "file_opened": lazy_gettext("新差评已建档，请办理"),
    "task_waiting": lazy_gettext("有任务等待办理"),
    "overdue": lazy_gettext("任务逾期，请督办"),
    "reminder_over": lazy_gettext("另定的时间已过，请督办"),      # of a timer without a name
    "overdue_withdrawn": lazy_gettext("逾期撤回，放假通知改了期限"),
    "due_soon": lazy_gettext("任务即将到期"),
    "feedback_due": lazy_gettext("请向评价人反馈处理结果"),
    "returned": lazy_gettext("案件退回重办"),
    "later_rating": lazy_gettext("评价人对同一次服务又作了评价，请看案件里后来的评价"),
    "appeal_filed": lazy_gettext("对一条差评提出了申诉"),
    "appeal_returned": lazy_gettext("申诉需要补充材料，请在期限内补充"),
    "appeal_upheld": lazy_gettext("申诉成立，请看复核决定"),
    "appeal_dismissed": lazy_gettext("申诉不成立，整改照常办理"),
    "appeal_withdrawn": lazy_gettext("申诉已撤回，整改照常办理"),
    "clock_stopped": lazy_gettext("已中止计时，法定期限不变"),
    "clock_restarted": lazy_gettext("已恢复计时"),
    "deadline_extended": lazy_gettext("已同意延期，法定期限不变"),
    "handed_over": lazy_gettext("有任务转办给您的单位"),
    "handed_to_you": lazy_gettext("有任务转办给您"),
    "delegated": lazy_gettext("同事委托您办理"),
    "given_back": lazy_gettext("委托的任务已交还给您"),
    "taken_back": lazy_gettext("委托给您的任务已由同事收回"),
    "stands_in": lazy_gettext("从今天起由您代办同事的工作"),
    "came_back": lazy_gettext("请假已结束，代办的任务已交还给您"),
    "still_late": lazy_gettext("任务仍未办结，已逾期，请催办"),
    "waiting_long": lazy_gettext("任务没有规定期限，已搁置多日，请及时办理"),
    "urged": lazy_gettext("催办，请抓紧办理"),
    "supervised": lazy_gettext("督办，请按要求办理并反馈"),
    "extension_asked": lazy_gettext("申请延期，请决定"),
    "dispatch_refused": lazy_gettext("承办单位退回转办，请决定改转或者维持"),
    "dispatch_transferred": lazy_gettext("退回的案件已改转别的单位"),
    "dispatch_confirmed": lazy_gettext("退回的案件维持原转办，请继续办理"),
    "tell_rater_upheld": lazy_gettext("对评价的申诉成立，请把复核决定告知评价人（不提供工作人员姓名）"),
    "tell_rater_dismissed": lazy_gettext("对评价的申诉不成立，评价有效，请告知评价人（不提供工作人员姓名）"),
    "conduct_recorded": lazy_gettext("督办人员对本单位作出责任认定"),
    "conduct_withdrawn": lazy_gettext("对本单位的责任认定已撤销"),
    "confidential": lazy_gettext("有一件限本岗位查看的事项，请登录系统查看"),
    "tell_rater_of_extension": lazy_gettext("已同意延期，请告知评价人"),
}


def sentence(kind: str, details: str) -> str:
    """“任务逾期，请督办：整改”. `details` is the message's JSON; the name of the step, of a timer that is no limit
    (“承诺的日期已过，请督办：整改”) and a note are taken from it."""
    told = json.loads(details or "{}")
    name, note, text = told.get("name") or "", told.get("note") or "", str(KINDS.get(kind, kind))
    text = gettext("%(reminder)s已过，请督办", reminder=told["reminder"]) if told.get("reminder") else text
    text = gettext("%(text)s：%(step)s", text=text, step=name) if name and kind not in SAY_IT_ALL else text
    return gettext("%(text)s（%(note)s）", text=text, note=note) if note else text
