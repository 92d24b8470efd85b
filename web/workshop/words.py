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
STOPS = {"violated": lazy_gettext("会停住"), "unknown": lazy_gettext("不能判定")}     # an effect that lacks something
MILESTONES = {"first_contact": lazy_gettext("首次联系"), "handled": lazy_gettext("整改完成"),
              "on_the_spot": lazy_gettext("整改完成（当场解决的）"), "revisited": lazy_gettext("回访"),
              "entered": lazy_gettext("记入复杂事项台账"), "ledger": lazy_gettext("按台账整改")}
REASONS = {
    "required": lazy_gettext("请用至少 2 个字写明理由。"), "too_long": lazy_gettext("理由不能超过 500 个字。"),
    "not_text": lazy_gettext("理由含有无法保存的字符，请删去后再提交。"),
}
DAY = timedelta(days=1)


def milestones(regulation: str, process_id: str, names: Mapping[str, str]) -> list[str]:
    """By which steps the ledger goes, each with its article. `names`: task → its name."""
    steps = regulations.get(regulation).milestones.get(process_id.removeprefix(f"{regulation}_"))
    return [gettext("%(milestone)s：%(steps)s（%(article)s）", milestone=MILESTONES[name], article=article,
                    steps=gettext("、").join(names.get(task, task) for task in tasks))
            for name, tasks, article in (steps.named() if steps else [])]


def regulation_name(regulation: str) -> str:
    return regulations.get(regulation).name


def by(user: User | None) -> str:
    """Who did it; what came with the software has nobody."""
    return user.name if user else gettext("随软件安装")


def offices(regulation: str) -> Mapping[str, str]:
    """The names of the regulation's offices by key."""
    return regulations.get(regulation).offices


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
