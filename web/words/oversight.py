"""What supervision says: why something is refused, and the journal's sentences about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import gettext, lazy_gettext

from web.words.channels import channel_name

FACTS = {
    "required": lazy_gettext("请写明评价人反映的具体情况。"), "too_short": lazy_gettext("具体情况至少写 10 个字。"),
    "too_long": lazy_gettext("具体情况最多 4000 个字，请删减。"),
    "not_text": lazy_gettext("内容含有无法保存的字符，请删去后再提交。"),
}
DISPATCHES = {"transferred": lazy_gettext("已改转别的单位"), "confirmed": lazy_gettext("维持原转办，由原单位办理")}


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
