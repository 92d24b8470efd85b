"""What is known of reaching the rater of a case, for the answers of its forms (reaching.py judges them)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from caseflow.casefile.hand import HeldCase
from caseflow.casefile.readings import Reading
from caseflow.engine.values import FormField
from caseflow.law import regulations
from caseflow.law.regulation_file import Unreachable
from caseflow.models import Case, ContactAttempt, Rating, WorkItem
from caseflow.models.prepared import Prepared
from caseflow.raters.reaching import Attempt, Log, judge

_item, _case = WorkItem.__table__.c, Case.__table__.c
_rating, _attempt = Rating.__table__.c, ContactAttempt.__table__.c


def log_of(case: Reading, since: datetime) -> Log:
    """The log of attempts as it stands for a task that was opened at `since`."""
    tried = [Attempt(row.tried_at, row.channel, row.result, row.recorded_at) for row, _ in case.attempts]
    return Log(bool(case.rating and case.rating.rater_phone), tried, since, _rule(case))


def require(case: HeldCase, work_item_id: int, form: Sequence[FormField], accepted: Mapping[str, object]) -> None:
    """Refuse (InvalidForm) answers about the rater that the rating or the log denies (reaching.judge)."""
    judge(form, accepted, lambda: _found(case, work_item_id))


_TASK = Prepared(
    select(_item.opened_at, _rating.rater_phone, _attempt.tried_at, _attempt.channel, _attempt.result,
           _attempt.recorded_at)
    .select_from(WorkItem.__table__).join(Case.__table__, _case.id == _item.case_id)
    .outerjoin(Rating.__table__, _rating.id == _case.rating_id)
    .outerjoin(ContactAttempt.__table__, _attempt.case_id == _case.id)
    .where(_item.id == bindparam("item")).order_by(_attempt.tried_at, _attempt.id))


def _found(case: HeldCase, work_item_id: int) -> Log:
    rows = _TASK.rows(item=work_item_id)
    opened_at, phone, *_ = rows[0]
    return Log(bool(phone), [Attempt(*row[2:]) for row in rows if row[2] is not None], opened_at, _rule(case))


def _rule(case: HeldCase | Reading) -> Unreachable | None:
    return regulations.get(case.regulation).unreachable
