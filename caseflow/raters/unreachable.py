"""When a rater counts as unreachable: after so many logged attempts on so many days, as the regulation is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile

from sqlalchemy import select

from caseflow.casefile.hand import HeldCase
from caseflow.casefile.readings import Reading
from caseflow.engine.values import FormField
from caseflow.errors import InvalidForm
from caseflow.law import regulations
from caseflow.law.regulation_file import Unreachable
from caseflow.models import Case, ContactAttempt, Rating, WorkItem, db
from caseflow.moments import day_of
from caseflow.processes import topics

CHOICE = topics.UNREACHABLE         # the answer in the forms of the diagrams, with its reason and number
REASON, TRIED, NOBODY = topics.REASON.field, "no_answer", "no_contact"
NUMBER = topics.ATTEMPTS.field
REACHED = "reached"


@dataclass(frozen=True, slots=True)
class Standing:
    """What was tried in vain since a task was opened or the rater was last reached, on how many days, and the rule."""

    attempts: int
    days: int
    rule: Unreachable

    @property
    def met(self) -> bool:
        """Whether it was tried as often, and on as many days, as the rule asks."""
        return self.attempts >= self.rule.attempts and self.days >= self.rule.days


def asks(form: Sequence[FormField]) -> FormField | None:
    """The field of a form that can be answered with "unreachable", if there is one."""
    return next((field for field in form if CHOICE in dict(field.choices)), None)


def standing(case: Case | HeldCase | Reading, since: datetime) -> Standing | None:
    """How it stands for a task that was opened at `since`.

    None where the rule does not bind: the regulation has none, or the rater left no number that could be called.
    """
    rule = regulations.get(case.regulation).unreachable
    phone = case.rating.rater_phone if isinstance(case, Reading) else db.session.scalar(
        select(Rating.rater_phone).where(Rating.id == case.rating_id))
    if rule is None or not phone:
        return None
    since = since.replace(second=0, microsecond=0)      # attempts are known by the minute
    rows = takewhile(lambda row: row[1] != REACHED, _tried(case, since))
    in_vain = [day_of(moment) for moment, _ in rows]
    return Standing(len(in_vain), len(set(in_vain)), rule)


def _tried(case: Case | HeldCase | Reading, since: datetime) -> Iterable[Sequence]:
    """(when, with what result) it was tried since then, the last first."""
    if isinstance(case, Reading):
        return [(row.tried_at, row.result) for row, _ in reversed(case.attempts) if row.tried_at >= since]
    query = select(ContactAttempt.tried_at, ContactAttempt.result).where(
        ContactAttempt.case_id == case.id, ContactAttempt.tried_at >= since)
    return db.session.execute(query.order_by(ContactAttempt.tried_at.desc(), ContactAttempt.id.desc()))


def offered(form: Sequence[FormField], found: Standing | None) -> tuple[FormField, ...]:
    """The form as it is offered: "unreachable" only when the rule is met, and then with the number that is logged."""
    if found is None:
        return tuple(form)
    return tuple(_offered(field, found) for field in form)


def _offered(field: FormField, found: Standing) -> FormField:
    if CHOICE in dict(field.choices) and not found.met:
        return replace(field, choices=tuple(choice for choice in field.choices if choice[0] != CHOICE))
    if field.id == REASON:
        return replace(field, choices=tuple(choice for choice in field.choices if choice[0] != NOBODY))
    return replace(field, default=str(found.attempts)) if field.id == NUMBER else field


def require(case: HeldCase, work_item_id: int, form: Sequence[FormField], accepted: Mapping[str, object]) -> None:
    """Refuse (InvalidForm) an answer that the log does not bear out: unreachable_yet, has_contact, not_logged."""
    field = asks(form)
    if field is None or accepted.get(field.id) != CHOICE:
        return
    since = db.session.scalar(select(WorkItem.opened_at).where(WorkItem.id == work_item_id))
    found = standing(case, since)
    if found is None:
        return
    wrong = {} if found.met else {field.id: "unreachable_yet"}
    if accepted.get(REASON) == NOBODY:
        wrong[REASON] = "has_contact"
    if accepted.get(NUMBER) not in (None, found.attempts):
        wrong.setdefault(NUMBER, "not_logged")
    if wrong:
        raise InvalidForm(fields=wrong)
