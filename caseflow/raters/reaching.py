"""Reaching a rater: what an attempt is, and when so many in vain make them unreachable.

Pure, so that a try-out keeps the same rules; the log itself is attempts.py's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple

from caseflow import texts
from caseflow.engine.values import FormField
from caseflow.errors import InvalidForm, InvalidInput
from caseflow.law.regulation_file import Unreachable
from caseflow.moments import day_of
from caseflow.processes import asked

CHOICE = asked.UNREACHABLE         # the answer in the forms of the diagrams, with its reason and number
REASON, TRIED = asked.REASON.field, "no_answer"
NOBODY = asked.NOT_LEFT            # the answer that the rater left nothing by which to reach them, in any field
NUMBER = asked.ATTEMPTS.field
REACHED = "reached"
TELEPHONE = "telephone"
# Answer of a form that says how the rater was reached → the channel in the log; "" any.
HOW = {"phone": TELEPHONE, "sms": "sms", "wechat": "wechat", "visit": "visit", "in_person": "visit", "mail": "mail",
       "web": "", "other": ""}
ALONE = "questionnaire"             # such an answer needs no attempt: the rater answers by themselves
ANSWERS = (*HOW, ALONE, TRIED, NOBODY)      # that such a form may have
CHANNELS = (TELEPHONE, "sms", "wechat", "visit", "mail", "other")
RESULTS = ("reached", "no_answer", "wrong_number", "refused", "other")
LONGEST_NOTE = 500   # characters


class Attempt(NamedTuple):
    """One attempt to reach the rater: when, through which channel, with what result, and when it was written down."""

    at: datetime
    channel: str
    result: str
    recorded_at: datetime

    def since(self, moment: datetime) -> bool:
        """Whether it counts for what began then: made since, as far as its minute tells, and written down since."""
        return self.at >= by_the_minute(moment) and self.recorded_at >= moment


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


@dataclass(frozen=True, slots=True)
class Log:
    """What a task's answers about the rater are held against.

    Whether they `left` something by which to reach them, what was tried, in order, since when the task is open, and the
    rule on unreachable raters.
    """

    left: bool
    tried: Sequence[Attempt]
    since: datetime
    rule: Unreachable | None

    @property
    def standing(self) -> Standing | None:
        """How often it was tried in vain; None where there is no rule, or nothing to call."""
        return counted(self.rule, self.tried, self.since) if self.rule and self.left else None

    def reached(self, answer: str) -> bool:
        """Whether the rater was reached in the way that this answer names, since the task was opened."""
        channel = HOW.get(answer, "")
        return any(one.result == REACHED and channel in ("", one.channel) and one.since(self.since)
                   for one in self.tried)


class FirstContact(NamedTuple):
    """When the duty to contact the rater was kept, and when the log came to say so."""

    at: datetime
    recorded_at: datetime

    @property
    def added_at(self) -> datetime | None:
        """When it was written down, where that was on a later day (补记); None where it was the same day."""
        return self.recorded_at if day_of(self.recorded_at) != day_of(self.at) else None


def asks(form: Sequence[FormField]) -> FormField | None:
    """The field of a form that can be answered with "unreachable", if there is one."""
    return next((field for field in form if CHOICE in dict(field.choices)), None)


def says_how(form: Sequence[FormField]) -> list[FormField]:
    """The fields of a form that say in which way the rater was reached: choices whose id ends in "_channel"."""
    return [field for field in form if field.type == "enum" and field.id.endswith("_channel")]


def by_the_minute(moment: datetime) -> datetime:
    """Attempts are known by the minute."""
    return moment.replace(second=0, microsecond=0)


def counted(rule: Unreachable, tried: Iterable[Attempt], since: datetime) -> Standing:
    """What was tried in vain since then, or since the rater was last reached; `tried` in order."""
    newest = reversed([one for one in tried if one.since(since)])
    in_vain = [day_of(one.at) for one in takewhile(lambda one: one.result != REACHED, newest)]
    return Standing(len(in_vain), len(set(in_vain)), rule)


def first_contact(rule: Unreachable | None, tried: Sequence[Attempt]) -> FirstContact | None:
    """When the duty to contact the rater was kept: with the first attempt that reached them, or the one with which the
    rule on unreachable raters was met, which the log says once all before it are written down; None as long as neither
    is in the log. `tried` in order."""
    for number, one in enumerate(tried, 1):
        if one.result == REACHED:
            return FirstContact(one.at, one.recorded_at)
        if rule and counted(rule, tried[:number], tried[0].at).met:
            return FirstContact(one.at, max(earlier.recorded_at for earlier in tried[:number]))
    return None


def offered(form: Sequence[FormField], log: Log) -> tuple[FormField, ...]:
    """The form as it is offered: "unreachable" and "tried in vain" only when the rule is met, with the number that is
    logged; that the rater left nothing to reach them by only where that is so."""
    found = log.standing
    out = {NOBODY} if log.left else {TRIED}
    if found is not None and not found.met:
        out |= {CHOICE, TRIED}
    return tuple(_offered(field, found, out) for field in form)


def _offered(field: FormField, found: Standing | None, out: Collection[str]) -> FormField:
    if field.id == NUMBER and found is not None:
        return replace(field, default=str(found.attempts))
    kept = tuple(choice for choice in field.choices if choice[0] not in out)
    return field if kept == field.choices else replace(field, choices=kept)


def judge(form: Sequence[FormField], accepted: Mapping[str, object], find: Callable[[], Log]) -> None:
    """Refuse (InvalidForm) what the rating or the log denies: has_contact, nothing_left, not_contacted, unreachable_yet
    or not_logged. The log is asked for (`find`) only where an answer speaks of the rater."""
    said = {field.id: str(accepted[field.id]) for field in form if field.type == "enum" and field.id in accepted and (
        accepted[field.id] in (CHOICE, TRIED, NOBODY) or field in says_how(form))}
    if not said:
        return
    log = find()
    wrong = {field: code for field, answer in said.items() if (code := _problem(answer, form, log))}
    found = log.standing
    if CHOICE in said.values() and found and accepted.get(NUMBER) not in (None, found.attempts):
        wrong.setdefault(NUMBER, "not_logged")
    if wrong:
        raise InvalidForm(fields=wrong)


def _problem(answer: str, form: Sequence[FormField], log: Log) -> str:
    """What is wrong with one answer, if anything."""
    found = log.standing
    met = found is None or found.met
    if answer == NOBODY:
        return "has_contact" if log.left else ""
    if answer == TRIED:
        return "nothing_left" if not log.left else "" if met else "unreachable_yet"
    if answer == CHOICE:
        return "" if met else "unreachable_yet"
    may_be_vain = found is not None and found.met and not any(TRIED in dict(field.choices) for field in says_how(form))
    return "" if answer == ALONE or log.reached(answer) or may_be_vain else "not_contacted"


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
    return "before_the_case" if before(tried_at, opened_at) else None


def before(tried_at: datetime, opened_at: datetime) -> bool:
    """Whether an attempt lies before the minute in which a case was opened."""
    return tried_at < by_the_minute(opened_at)
