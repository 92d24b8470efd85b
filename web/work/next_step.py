"""What happens after a task was submitted, and by when."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from caseflow.work.tasks import Standing, WaitingTask
from web.words import times
from web.words.drawn import outcome_name


def after(task: str, standing: Standing, definition: Any) -> str:
    """One sentence: the task is done, and what comes next by whom and when."""
    done = gettext("“%(task)s”已提交（%(number)s）。", task=task, number=standing.number)
    if standing.waiting:
        return done + gettext("；").join(_next(other) for other in standing.waiting) + gettext("。")
    if standing.status != "open":
        return done + gettext("案件已办结：%(outcome)s。", outcome=outcome_name(standing.outcome, definition))
    if standing.awaits_message:
        return done + gettext("案件等待外部消息，收到后自动继续。")
    return done + gettext("案件按期限自动继续，无需您再操作。")


def _next(task: WaitingTask) -> str:
    if task.due_at is None:
        return gettext("下一步由%(unit)s办理“%(task)s”", unit=task.unit_name, task=task.name)
    return gettext("下一步由%(unit)s办理“%(task)s”，期限 %(due)s", unit=task.unit_name, task=task.name,
                   due=times.moment(task.due_at))
