"""What is known of reaching the rater of a case, for the answers of its forms (reaching.py judges them)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from caseflow.casefile.hand import HeldCase
from caseflow.casefile.readings import Reading
from caseflow.engine.values import FormField
from caseflow.law import regulations
from caseflow.models import ContactAttempt, Rating, WorkItem, db
from caseflow.raters.reaching import Log, judge


def log_of(case: HeldCase | Reading, since: datetime) -> Log:
    """The log of attempts as it stands for a task that was opened at `since`."""
    rule = regulations.get(case.regulation).unreachable
    if isinstance(case, Reading):
        return Log(bool(case.rating and case.rating.rater_phone),
                   [(row.tried_at, row.channel, row.result) for row, _ in case.attempts], since, rule)
    left = bool(db.session.scalar(select(Rating.rater_phone).where(Rating.id == case.rating_id)))
    rows = select(ContactAttempt.tried_at, ContactAttempt.channel, ContactAttempt.result).where(
        ContactAttempt.case_id == case.id).order_by(ContactAttempt.tried_at, ContactAttempt.id)
    return Log(left, [tuple(row) for row in db.session.execute(rows)], since, rule)


def require(case: HeldCase, work_item_id: int, form: Sequence[FormField], accepted: Mapping[str, object]) -> None:
    """Refuse (InvalidForm) answers about the rater that the rating or the log denies (reaching.judge)."""
    judge(form, accepted, lambda: log_of(case, db.session.scalar(
        select(WorkItem.opened_at).where(WorkItem.id == work_item_id))))
