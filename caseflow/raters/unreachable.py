"""When a rater counts as unreachable: after so many logged attempts on so many days, as the regulation is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from caseflow.casefile.hand import HeldCase
from caseflow.engine.values import FormField
from caseflow.law import regulations
from caseflow.models import Case, ContactAttempt, Rating, WorkItem, db
from caseflow.raters.reaching import Standing, counted, judge


def standing(case: Case | HeldCase, since: datetime) -> Standing | None:
    """How it stands for a task that was opened at `since`.

    None where the rule does not bind: the regulation has none, or the rater left no number that could be called.
    """
    rule = regulations.get(case.regulation).unreachable
    phone = db.session.scalar(select(Rating.rater_phone).where(Rating.id == case.rating_id))
    if rule is None or not phone:
        return None
    rows = db.session.execute(select(ContactAttempt.tried_at, ContactAttempt.result).where(
        ContactAttempt.case_id == case.id).order_by(ContactAttempt.tried_at, ContactAttempt.id))
    return counted(rule, rows, since)


def require(case: HeldCase, work_item_id: int, form: Sequence[FormField], accepted: Mapping[str, object]) -> None:
    """Refuse (InvalidForm) an answer that the log does not bear out: unreachable_yet, has_contact, not_logged."""
    def found() -> Standing | None:
        return standing(case, db.session.scalar(select(WorkItem.opened_at).where(WorkItem.id == work_item_id)))

    judge(form, accepted, found)
