"""What is wrong with a field of a form about a case, in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

PROBLEMS = {
    ("reason", "required"): lazy_gettext("请用 2 到 200 个字写明理由。"),
    ("reason", "too_long"): lazy_gettext("理由不能超过 200 个字。"),
    ("reason", "not_text"): lazy_gettext("理由含有无法保存的字符，请删去后再提交。"),
    ("channel", "not_a_choice"): lazy_gettext("请选择来源渠道。"),
    ("number", "required"): lazy_gettext("请填写对方的编号（至少 2 个字符）。"),
    ("number", "too_long"): lazy_gettext("编号最多 64 个字符。"),
    ("number", "not_text"): lazy_gettext("编号含有无法保存的字符，请删去后再提交。"),
    ("text", "too_long"): lazy_gettext("说明太长，请缩短后再提交。"),
    ("text", "not_text"): lazy_gettext("说明含有无法保存的字符，请删去后再提交。"),
    ("of", "not_alike"): lazy_gettext("请选择列出的案件：同一单位办理中的、同一办件或者同一评价人的差评。"),
    ("of", "linked"): lazy_gettext("其中一个案件已经与别的案件关联；请都关联到最早的那个案件。"),
    ("of", "too_many"): lazy_gettext("那个案件已经关联了 20 个案件，不能再多。"),
    ("kind", "not_a_choice"): lazy_gettext("请选择改的是事项、办事指南、材料还是流程。"),
    ("subject", "required"): lazy_gettext("请写明改的是哪一个事项、指南、材料或者流程。"),
    ("subject", "too_long"): lazy_gettext("名称最多 200 个字。"),
    ("subject", "not_text"): lazy_gettext("名称含有无法保存的字符，请删去后再提交。"),
    ("text", "required"): lazy_gettext("请写明改了什么。"),
    ("corrects", "not_standing"): lazy_gettext("这一条已经更正过，请更正最新的一条。"),
    ("unit", "unknown"): lazy_gettext("请选择本地区的其他单位。"),
    ("unit", "nobody"): lazy_gettext("这个单位没有能办理的在岗人员，请另选单位。"),
}


def problems(fields: Mapping[str, str]) -> list[str]:
    """What is wrong with a form, a sentence for each field."""
    return [str(PROBLEMS[problem]) for problem in fields.items() if problem in PROBLEMS]
