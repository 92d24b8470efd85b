"""Reaching a rater: what an attempt is, and when so many in vain make them unreachable.

Pure, so that a try-out keeps the same rules; the log itself is attempts.py's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile

from caseflow import texts
from caseflow.engine.values import FormField
from caseflow.errors import InvalidForm, InvalidInput
from caseflow.law.regulation_file import Unreachable
from caseflow.moments import day_of
from caseflow.processes import asked

CHOICE = asked.UNREACHABLE         # the answer in the forms of the diagrams, with its reason and number
REASON, TRIED, NOBODY = asked.REASON.field, "no_answer", "no_contact"
NUMBER = asked.ATTEMPTS.field
REACHED = "reached"
TELEPHONE = "telephone"
CHANNELS = (TELEPHONE, "sms", "wechat", "visit", "mail", "other")
RESULTS = ("reached", "no_answer", "wrong_number", "refused", "other")
LONGEST_NOTE = 500   # characters


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


def judge(form: Sequence[FormField], accepted: Mapping[str, object], find: Callable[[], Standing | None]) -> None:
    """Refuse (InvalidForm) the answer "unreachable" while the rule is not met, or with a reason or number that the log
    denies. How it stands is asked for (`find`) only where that is the answer; None: nothing is held against it."""
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


def require(tried_at: datetime, channel: str, result: str, note: str, opened_at: datetime, now: datetime) -> None:
    """Refuse (InvalidInput) an attempt that cannot have been, or is not described, in a case opened at `opened_at`."""
    wrong = {
        "tried_at": _moment_problem(tried_at, opened_at, now),
        "channel": None if channel in CHANNELS else "not_a_choice",
        "result": None if result in RESULTS else "not_a_choice",
        "note": texts.text_problem(note, LONGEST_NOTE, required=result == "other")}
    if any(wrong.values()):
        raise InvalidInput(fields={field: code for field, code in wrong.items() if code})


def _moment_problem(tried_at: datetime, opened_at: datetime, now: datetime) -> str | None:
    if tried_at > now:
        return "in_the_future"
    return "before_the_case" if tried_at < opened_at.replace(second=0, microsecond=0) else None
