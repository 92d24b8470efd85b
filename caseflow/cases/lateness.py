"""Whether a task is late, or was: what was late stays late, done or called off (只看有逾期的, 是否逾期)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_

from caseflow.casefile.hand import FIRED
from caseflow.models import Case, Timer, WorkItem
from caseflow.models.db import over_by_then
from caseflow.moments import over_by


def is_or_was_late(now: datetime) -> ColumnElement[bool]:
    """A condition on WorkItem and its Case. One that is open is judged by now, one that is done by when it was done."""
    return or_(
        and_(WorkItem.status == "open", WorkItem.due_at <= over_by(now)),
        and_(WorkItem.status == "completed", WorkItem.due_at <= over_by_then(WorkItem.completed_at)),
        and_(WorkItem.status == "cancelled", _called_off_late()))


def _called_off_late() -> ColumnElement[bool]:
    """Of a task that was cancelled no moment is kept. Its limit was over before when that has fired, or when the case
    was voided after it and before the scheduler came. A limit that ended its task itself made nobody late; one whose
    lateness was withdrawn has not fired."""
    cut_off = and_(Timer.status == "cancelled", Case.status == "voided",
                   Timer.due_at <= over_by_then(Case.closed_at))
    return exists().where(
        Timer.case_id == WorkItem.case_id, Timer.due_at == WorkItem.due_at, ~Timer.interrupting,
        or_(Timer.status == FIRED, cut_off)).correlate(WorkItem, Case)
