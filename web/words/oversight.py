"""What supervision says: why something is refused, and the journal's sentences about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import gettext, lazy_gettext

PROBLEMS = {
    ("reason", "required"): lazy_gettext("请用 2 到 200 个字写明理由。"),
    ("reason", "too_long"): lazy_gettext("理由不能超过 200 个字。"),
    ("reason", "not_text"): lazy_gettext("理由含有无法保存的字符，请删去后再提交。"),
    ("channel", "not_a_choice"): lazy_gettext("请选择来源渠道。"),
    ("number", "required"): lazy_gettext("请填写对方的编号（至少 2 个字符）。"),
    ("number", "too_long"): lazy_gettext("编号最多 64 个字符。"),
    ("number", "not_text"): lazy_gettext("编号含有无法保存的字符，请删去后再提交。"),
    ("text", "too_long"): lazy_gettext("说明最多 200 个字。"),
    ("text", "not_text"): lazy_gettext("说明含有无法保存的字符，请删去后再提交。"),
    ("of", "not_alike"): lazy_gettext("请选择列出的案件：同一单位办理中的、同一办件或者同一评价人的差评。"),
    ("of", "linked"): lazy_gettext("其中一个案件已经与别的案件关联；请都关联到最早的那个案件。"),
    ("of", "too_many"): lazy_gettext("那个案件已经关联了 20 个案件，不能再多。"),
    ("unit", "unknown"): lazy_gettext("请选择本地区的其他单位。"),
    ("unit", "nobody"): lazy_gettext("这个单位没有能办理的在岗人员，请另选单位。"),
}
FACTS = {
    "required": lazy_gettext("请写明评价人反映的具体情况。"), "too_short": lazy_gettext("具体情况至少写 10 个字。"),
    "too_long": lazy_gettext("具体情况最多 4000 个字，请删减。"),
    "not_text": lazy_gettext("内容含有无法保存的字符，请删去后再提交。"),
}
CHANNELS = {
    "hotline": lazy_gettext("12345热线工单"), "complaint": lazy_gettext("投诉"), "petition": lazy_gettext("信访"),
    "other": lazy_gettext("其他渠道"),
}
DISPATCHES = {"transferred": lazy_gettext("已改转别的单位"), "confirmed": lazy_gettext("维持原转办，由原单位办理")}


def problems(fields: Mapping[str, str]) -> list[str]:
    """What is wrong with a form, a sentence for each field."""
    return [str(PROBLEMS[problem]) for problem in fields.items() if problem in PROBLEMS]


def channel_name(key: str) -> str:
    return str(CHANNELS.get(key, key))


def _unit(told: Any, key: str) -> str:
    return told.units.get(told.details.get(key)) or gettext("其他单位")


def _dispatch_refused(told: Any) -> str:
    return gettext("退回转办（%(unit)s认为不属于本单位），理由：%(reason)s", unit=_unit(told, "unit"),
                   reason=told.details.get("reason", ""))


def _dispatch_transferred(told: Any) -> str:
    return gettext("转办有误，改由%(unit)s办理，理由：%(reason)s", unit=_unit(told, "to"),
                   reason=told.details.get("reason", ""))


def _dispatch_confirmed(told: Any) -> str:
    return gettext("维持原转办，由%(unit)s继续办理，理由：%(reason)s", unit=_unit(told, "unit"),
                   reason=told.details.get("reason", ""))


def _reference_linked(told: Any) -> str:
    return gettext("关联%(channel)s %(number)s", channel=channel_name(told.details.get("channel", "")),
                   number=told.details.get("number", ""))


def _reference_unlinked(told: Any) -> str:
    return gettext("解除与%(channel)s %(number)s 的关联，理由：%(reason)s", reason=told.details.get("reason", ""),
                   channel=channel_name(told.details.get("channel", "")), number=told.details.get("number", ""))


def _duplicate_linked(told: Any) -> str:
    return gettext("%(number)s 关联为 %(of)s 的重复差评，理由：%(reason)s", number=told.details.get("number", ""),
                   of=told.details.get("of", ""), reason=told.details.get("reason", ""))


def _duplicate_unlinked(told: Any) -> str:
    return gettext("解除 %(number)s 与 %(of)s 的重复关联，理由：%(reason)s", number=told.details.get("number", ""),
                   of=told.details.get("of", ""), reason=told.details.get("reason", ""))


SENTENCES: Mapping[str, Callable[[Any], str]] = MappingProxyType({
    "dispatch_refused": _dispatch_refused,
    "dispatch_transferred": _dispatch_transferred,
    "dispatch_confirmed": _dispatch_confirmed,
    "duplicate_linked": _duplicate_linked,
    "duplicate_unlinked": _duplicate_unlinked,
    "reference_linked": _reference_linked,
    "reference_unlinked": _reference_unlinked,
})
