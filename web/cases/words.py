"""What is wrong with a remark, or with an attempt to reach the rater, in words."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

PROBLEMS = {
    ("tried_at", "in_the_future"): lazy_gettext("联系时间不能晚于现在。"),
    ("tried_at", "before_the_case"): lazy_gettext("联系时间不能早于案件建立。"),
    ("tried_at", "not_a_moment"): lazy_gettext("请填写联系时间，例如 2026-03-05 09:30。"),
    ("channel", "not_a_choice"): lazy_gettext("请选择联系方式。"),
    ("result", "not_a_choice"): lazy_gettext("请选择联系结果。"),
    ("note", "required"): lazy_gettext("结果为“其他”时，请写明情况。"),
    ("note", "too_long"): lazy_gettext("说明最多 500 个字，请删减。"),
    ("note", "not_text"): lazy_gettext("说明含有无法保存的字符，请删去。"),
    ("text", "required"): lazy_gettext("请写下内容。"),
    ("text", "too_long"): lazy_gettext("最多 2000 个字，请删减。"),
    ("text", "not_text"): lazy_gettext("内容含有无法保存的字符，请删去。"),
}


def problem(field: str, code: str) -> str:
    return str(PROBLEMS.get((field, code), gettext("填写有误，请修改。")))
