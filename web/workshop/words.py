"""Processes, drafts and what was found in them, as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask_babel import gettext, lazy_gettext

from caseflow.engine.definition import Definition
from caseflow.law import regulations
from caseflow.models import User

STATES = {"open": lazy_gettext("编辑中"), "submitted": lazy_gettext("待审批"), "deployed": lazy_gettext("已部署"),
          "discarded": lazy_gettext("已作废")}
KINDS = {"added": lazy_gettext("增加"), "removed": lazy_gettext("删去"), "changed": lazy_gettext("改动"),
         "moved": lazy_gettext("移动")}
VERDICTS = {"holds": lazy_gettext("符合"), "violated": lazy_gettext("违反"), "unknown": lazy_gettext("不能判定")}
REASONS = {"required": lazy_gettext("请用至少 2 个字写明理由。"), "too_long": lazy_gettext("理由不能超过 500 个字。")}
DAY = timedelta(days=1)


def regulation_name(regulation: str) -> str:
    return regulations.get(regulation).name


def by(user: User | None) -> str:
    """Who did it; what came with the software has nobody."""
    return user.name if user else gettext("随软件安装")


def offices(regulation: str) -> Mapping[str, str]:
    """The names of the regulation's offices by key."""
    return {key: unit.name for key, unit in regulations.get(regulation).units.items()}


def working_time(time: timedelta | None) -> str:
    """A working time as people say it: hours of one day, else days to one decimal."""
    if time is None:
        return "—"
    if time < DAY:
        return gettext("%(n)s 小时", n=f"{time / timedelta(hours=1):.1f}".removesuffix(".0"))
    return gettext("%(n)s 个工作日", n=f"{time / DAY:.1f}".removesuffix(".0"))


def element(definition: Definition | None, name: str) -> str:
    """The name of an element, with that of the activity an event sits on; its id where it has none."""
    found = definition.elements.get(name) if definition else None
    if found is None:
        return name
    guarded = definition.elements.get(found.attached_to)
    shown = found.name or name
    return f"{guarded.name or guarded.id}：{shown}" if guarded else shown
