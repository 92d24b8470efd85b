"""What happens after a task was submitted, and by when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from caseflow.models import AwaitedMessage, WorkItem
from web.words import times
from web.words.journal import outcome_name


def after(item: WorkItem, items: Sequence[WorkItem], awaited: Sequence[AwaitedMessage], definition: Any) -> str:
    """One sentence: the task is done, and what comes next by whom and when."""
    done = gettext("“%(task)s”已提交（%(number)s）。", task=item.name, number=item.case.number)
    waiting = [other for other in items if other.status == "open"]
    if waiting:
        return done + gettext("；").join(_next(other) for other in waiting) + gettext("。")
    if item.case.status != "open":
        return done + gettext("案件已办结：%(outcome)s。", outcome=outcome_name(item.case.outcome, definition))
    if awaited:
        return done + gettext("案件等待外部消息，收到后自动继续。")
    return done + gettext("案件按期限自动继续，无需您再操作。")


def _next(item: WorkItem) -> str:
    if item.due_at is None:
        return gettext("下一步由%(unit)s办理“%(task)s”", unit=item.unit.name, task=item.name)
    return gettext("下一步由%(unit)s办理“%(task)s”，期限 %(due)s", unit=item.unit.name, task=item.name,
                   due=times.moment(item.due_at))
