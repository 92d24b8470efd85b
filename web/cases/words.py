"""What is wrong with a remark, or with an attempt to reach the rater, in words."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

from web.words.contacts import ATTEMPT

PROBLEMS = {
    **ATTEMPT,
    ("text", "required"): lazy_gettext("请写下内容。"),
    ("text", "too_long"): lazy_gettext("最多 2000 个字，请删减。"),
    ("text", "not_text"): lazy_gettext("内容含有无法保存的字符，请删去。"),
}


def problem(field: str, code: str) -> str:
    return str(PROBLEMS.get((field, code), gettext("填写有误，请修改。")))
