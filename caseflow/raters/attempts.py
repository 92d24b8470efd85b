"""The log of attempts to reach the rater: when, how, by whom, with what result. It only grows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from caseflow import texts
from caseflow.casefile import journal, readings
from caseflow.casefile.facts import ContactAttempted
from caseflow.casefile.readings import Reading
from caseflow.errors import PermissionDenied
from caseflow.models import Case, ContactAttempt, db, lock_case_row
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.raters import contacts
from caseflow.raters.reaching import require


def log(case_id: int, actor: Actor, *, tried_at: datetime, channel: str, result: str, note: str, form_token: str,
        now: datetime) -> ContactAttempt:
    """Record an attempt; journaled as contact_attempted, without the note.

    For whoever may contact the rater now. The same again with the same token answers with the first row.
    Refuses with NotFound, PermissionDenied, or InvalidInput whose fields say: tried_at in_the_future or
    before_the_case, channel and result not_a_choice, note not_text, too_long, or required when the result is "other".
    """
    case = lock_case_row(case_id)
    permissions.require_see(actor, case)
    form_token = texts.sent_once(form_token, case_id, tried_at, channel, result, note)
    earlier = db.session.scalar(select(ContactAttempt).where(
        ContactAttempt.made_by == actor.user_id, ContactAttempt.form_token == form_token))
    if earlier is not None:
        return earlier
    if not contacts.may_reveal(case, actor):
        raise PermissionDenied
    require(tried_at, channel, result, note, case.opened_at, now)
    row = ContactAttempt(
        case_id=case.id, tried_at=tried_at, channel=channel, result=result, note=note.strip(), made_by=actor.user_id,
        recorded_at=now, form_token=form_token)
    db.session.add(row)
    db.session.flush()
    kind, details = ContactAttempted(row.id, channel, result, tried_at).entry
    journal.append(case, kind, actor, now, details)
    return row


def of_case(case: Case | Reading) -> list[tuple[ContactAttempt, str]]:
    """(attempt, by whom), in the order in which they were made, of a case the reader may see."""
    return list(readings.of(case).attempts)
