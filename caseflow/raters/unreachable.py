"""When a rater counts as unreachable: after so many logged attempts on so many days, as the regulation is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile

from sqlalchemy import select

from caseflow.casefile.hand import HeldCase
from caseflow.engine.values import FormField
from caseflow.errors import InvalidForm
from caseflow.law import regulations
from caseflow.law.regulation_file import Unreachable
from caseflow.models import Case, ContactAttempt, Rating, WorkItem, db
from caseflow.moments import day_of
from caseflow.processes import asked

CHOICE = asked.UNREACHABLE         # the answer in the forms of the diagrams, with its reason and number
REASON, TRIED, NOBODY = asked.REASON.field, "no_answer", "no_contact"
NUMBER = asked.ATTEMPTS.field
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


def counted(rule: Unreachable, tried: Iterable[tuple[datetime, str]], since: datetime) -> Standing:
    """What was tried in vain since then, or since the rater was last reached; `tried`: (moment, result) in order."""
    since = since.replace(second=0, microsecond=0)      # attempts are known by the minute
    newest = reversed([(at, result) for at, result in tried if at >= since])
    in_vain = [day_of(at) for at, _ in takewhile(lambda one: one[1] != REACHED, newest)]
    return Standing(len(in_vain), len(set(in_vain)), rule)


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
    def found() -> Standing | None:
        return standing(case, db.session.scalar(select(WorkItem.opened_at).where(WorkItem.id == work_item_id)))

    judge(form, accepted, found)


def judge(form: Sequence[FormField], accepted: Mapping[str, object], find: Callable[[], Standing | None]) -> None:
    """The same; how it stands is asked for (`find`) only where the answer is "unreachable"."""
    field = asks(form)
    if field is None or accepted.get(field.id) != CHOICE:
        return
    found = find()
    if found is None:
        return
    wrong = {} if found.met else {field.id: "unreachable_yet"}
    if accepted.get(REASON) == NOBODY:
        wrong[REASON] = "has_contact"
    if accepted.get(NUMBER) not in (None, found.attempts):
        wrong.setdefault(NUMBER, "not_logged")
    if wrong:
        raise InvalidForm(fields=wrong)
