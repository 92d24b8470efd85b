"""The log of attempts to reach the rater: when, how, by whom, with what result. It only grows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from caseflow import texts
from caseflow.casefile import journal, readings
from caseflow.casefile.readings import Reading
from caseflow.errors import InvalidInput, PermissionDenied
from caseflow.models import Case, ContactAttempt, db, lock_case
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.raters import contacts

CHANNELS = ("telephone", "sms", "wechat", "visit", "mail", "other")
RESULTS = ("reached", "no_answer", "wrong_number", "refused", "other")
LONGEST_NOTE = 500   # characters


def log(case_id: int, actor: Actor, *, tried_at: datetime, channel: str, result: str, note: str, form_token: str,
        now: datetime) -> ContactAttempt:
    """Record an attempt; journaled as contact_attempted, without the note.

    For whoever may contact the rater now. The same token by the same person again answers with the first row.
    Refuses with NotFound, PermissionDenied, or InvalidInput whose fields say: tried_at in_the_future or
    before_the_case, channel and result not_a_choice, note not_text, too_long, or required when the result is "other".
    """
    case = lock_case(case_id)
    permissions.require_see(actor, case)
    earlier = db.session.scalar(select(ContactAttempt).where(
        ContactAttempt.made_by == actor.user_id, ContactAttempt.form_token == form_token))
    if earlier is not None:
        return earlier
    if not contacts.may_reveal(case, actor):
        raise PermissionDenied
    wrong = {
        "tried_at": _moment_problem(tried_at, case, now),
        "channel": None if channel in CHANNELS else "not_a_choice",
        "result": None if result in RESULTS else "not_a_choice",
        "note": texts.text_problem(note, LONGEST_NOTE, required=result == "other")}
    if any(wrong.values()):
        raise InvalidInput(fields={field: code for field, code in wrong.items() if code})
    row = ContactAttempt(
        case_id=case.id, tried_at=tried_at, channel=channel, result=result, note=note.strip(), made_by=actor.user_id,
        recorded_at=now, form_token=form_token)
    db.session.add(row)
    db.session.flush()
    journal.append(case, "contact_attempted", actor, now, {
        "attempt": row.id, "channel": channel, "result": result, "at": tried_at})
    return row


def _moment_problem(tried_at: datetime, case: Case, now: datetime) -> str | None:
    if tried_at > now:
        return "in_the_future"
    return "before_the_case" if tried_at < case.opened_at.replace(second=0, microsecond=0) else None


def of_case(case: Case | Reading) -> list[tuple[ContactAttempt, str]]:
    """(attempt, by whom), in the order in which they were made, of a case the reader may see."""
    return list(readings.of(case).attempts)
