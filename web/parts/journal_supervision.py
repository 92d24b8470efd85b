"""What the journal says of dispatches, linked numbers, duplicates and improvements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import gettext

from web.words.channels import channel_name
from web.words.improvements import KINDS, kind_name


def unit(told: Any, key: str) -> str:
    return told.units.get(told.details.get(key)) or gettext("其他单位")


def unit_chosen(told: Any) -> str:
    return gettext("选定由%(unit)s承办（原为%(before)s）", unit=unit(told, "unit"), before=unit(told, "from_unit"))


def dispatch_refused(told: Any) -> str:
    return gettext("退回转办（%(unit)s认为不属于本单位），理由：%(reason)s", unit=unit(told, "unit"),
                   reason=told.details.get("reason", ""))


def dispatch_transferred(told: Any) -> str:
    return gettext("转办有误，改由%(unit)s办理，理由：%(reason)s", unit=unit(told, "to"),
                   reason=told.details.get("reason", ""))


def dispatch_confirmed(told: Any) -> str:
    return gettext("维持原转办，由%(unit)s继续办理，理由：%(reason)s", unit=unit(told, "unit"),
                   reason=told.details.get("reason", ""))


def reference_linked(told: Any) -> str:
    return gettext("关联%(channel)s %(number)s", channel=channel_name(told.details.get("channel", "")),
                   number=told.details.get("number", ""))


def reference_unlinked(told: Any) -> str:
    return gettext("解除与%(channel)s %(number)s 的关联，理由：%(reason)s", reason=told.details.get("reason", ""),
                   channel=channel_name(told.details.get("channel", "")), number=told.details.get("number", ""))


def duplicate_linked(told: Any) -> str:
    return gettext("%(number)s 关联为 %(of)s 的重复差评，理由：%(reason)s", number=told.details.get("number", ""),
                   of=told.details.get("of", ""), reason=told.details.get("reason", ""))


def duplicate_unlinked(told: Any) -> str:
    return gettext("解除 %(number)s 与 %(of)s 的重复关联，理由：%(reason)s", number=told.details.get("number", ""),
                   of=told.details.get("of", ""), reason=told.details.get("reason", ""))


def conduct_recorded(told: Any) -> str:
    if told.details.get("personal"):
        return gettext("对%(unit)s的工作人员作出责任认定", unit=unit(told, "unit"))
    return gettext("对%(unit)s作出责任认定", unit=unit(told, "unit"))


def conduct_withdrawn(told: Any) -> str:
    return gettext("撤销对%(unit)s的责任认定", unit=unit(told, "unit"))
def improvement_recorded(told: Any) -> str:
    kind, subject = told.details.get("kind", ""), told.details.get("subject", "")
    if not told.details.get("corrects"):
        return gettext("登记改进（%(kind)s）：%(subject)s", kind=kind_name(kind), subject=subject)
    if kind not in KINDS:
        return gettext("撤销一条改进的登记")
    return gettext("更正一条改进的登记（%(kind)s）：%(subject)s", kind=kind_name(kind), subject=subject)


SENTENCES: Mapping[str, Callable[[Any], str]] = MappingProxyType({
    "conduct_recorded": conduct_recorded,
    "conduct_withdrawn": conduct_withdrawn,
    "unit_chosen": unit_chosen,
    "dispatch_refused": dispatch_refused,
    "dispatch_transferred": dispatch_transferred,
    "dispatch_confirmed": dispatch_confirmed,
    "duplicate_linked": duplicate_linked,
    "duplicate_unlinked": duplicate_unlinked,
    "improvement_recorded": improvement_recorded,
    "reference_linked": reference_linked,
    "reference_unlinked": reference_unlinked,
})
