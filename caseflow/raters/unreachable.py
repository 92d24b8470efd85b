"""When a rater counts as unreachable: after so many logged attempts on so many days, as the regulation is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from caseflow.casefile.hand import HeldCase
from caseflow.casefile.readings import Reading
from caseflow.engine.values import FormField
from caseflow.law import regulations
from caseflow.models import Case, ContactAttempt, Rating, WorkItem, db
from caseflow.raters.reaching import Standing, counted, judge


def standing(case: Case | HeldCase | Reading, since: datetime) -> Standing | None:
    """How it stands for a task that was opened at `since`.

    None where the rule does not bind: the regulation has none, or the rater left no number that could be called.
    """
    rule = regulations.get(case.regulation).unreachable
    return None if rule is None or not _phone_of(case) else counted(rule, _tried(case), since)


def _phone_of(case: Case | HeldCase | Reading) -> str | None:
    if isinstance(case, Reading):
        return case.rating.rater_phone if case.rating else None
    return db.session.scalar(select(Rating.rater_phone).where(Rating.id == case.rating_id))


def _tried(case: Case | HeldCase | Reading) -> Iterable[tuple[datetime, str]]:
    """(when, with what result) it was tried, in that order."""
    if isinstance(case, Reading):
        return [(row.tried_at, row.result) for row, _ in case.attempts]
    return [(at, result) for at, result in db.session.execute(
        select(ContactAttempt.tried_at, ContactAttempt.result).where(
            ContactAttempt.case_id == case.id).order_by(ContactAttempt.tried_at, ContactAttempt.id))]


def require(case: HeldCase, work_item_id: int, form: Sequence[FormField], accepted: Mapping[str, object]) -> None:
    """Refuse (InvalidForm) an answer that the log does not bear out: unreachable_yet, has_contact, not_logged."""
    def found() -> Standing | None:
        return standing(case, db.session.scalar(select(WorkItem.opened_at).where(WorkItem.id == work_item_id)))

    judge(form, accepted, found)
