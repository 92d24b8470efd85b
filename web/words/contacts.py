"""Attempts to reach the rater, in words: how, with what result, and whether "unreachable" may be answered yet."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

from caseflow.raters.reaching import Standing

CHANNELS = {
    "telephone": lazy_gettext("电话"), "sms": lazy_gettext("短信"), "wechat": lazy_gettext("微信"),
    "visit": lazy_gettext("上门"), "mail": lazy_gettext("信函"), "other": lazy_gettext("其他方式"),
}
RESULTS = {
    "reached": lazy_gettext("已联系上"), "no_answer": lazy_gettext("无人接听或未回复"),
    "wrong_number": lazy_gettext("号码有误"), "refused": lazy_gettext("拒绝沟通"), "other": lazy_gettext("其他"),
}

ATTEMPT = {     # what is wrong with an attempt to reach the rater: (field, code) → sentence
    ("tried_at", "in_the_future"): lazy_gettext("联系时间不能晚于现在。"),
    ("tried_at", "before_the_case"): lazy_gettext("联系时间不能早于案件建立。"),
    ("tried_at", "not_a_moment"): lazy_gettext("请填写联系时间，例如 2026-03-05 09:30。"),
    ("channel", "not_a_choice"): lazy_gettext("请选择联系方式。"),
    ("result", "not_a_choice"): lazy_gettext("请选择联系结果。"),
    ("also", "not_linked"): lazy_gettext("勾选的案件已经不是本案的关联案件，或者不是同一位评价人，请重新勾选。"),
    ("also", "opened_later"): lazy_gettext("勾选的案件里有在这次联系以后才建立的，请不要勾选它。"),
    ("note", "required"): lazy_gettext("结果为“其他”时，请写明情况。"),
    ("note", "too_long"): lazy_gettext("说明最多 500 个字，请删减。"),
    ("note", "not_text"): lazy_gettext("说明含有无法保存的字符，请删去。"),
}


def channel_name(channel: str) -> str:
    return str(CHANNELS.get(channel, channel))


def result_name(result: str) -> str:
    return str(RESULTS.get(result, result))


def standing(found: Standing | None) -> str:
    """What is still wanting before the rater may be called unreachable, or that nothing is."""
    if found is None:
        return ""
    facts = {"attempts": found.attempts, "days": found.days, "article": found.rule.article,
             "least": found.rule.attempts, "least_days": found.rule.days}
    if found.met:
        return gettext("已记录 %(attempts)s 次未联系上（分在 %(days)s 天），可以选择“联系不上”（%(article)s）。",
                       **facts)
    return gettext("本环节已记录 %(attempts)s 次未联系上（分在 %(days)s 天）。"
                   "至少 %(least)s 次、分在 %(least_days)s 天，才可以选择“联系不上”（%(article)s）。", **facts)
