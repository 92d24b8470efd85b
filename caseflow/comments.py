"""Remarks on a case, at any time. They are never edited and never deleted; the journal holds their digests."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import select

from caseflow import form_values, journal, permissions
from caseflow.errors import InvalidInput, PermissionDenied
from caseflow.models import Case, Comment, User, db, lock_case
from caseflow.permissions import Actor

LONGEST = 2000   # characters


def add(case_id: int, actor: Actor, text: str, form_token: str, now: datetime) -> Comment:
    """Write a remark, whether the case is open or not; journaled as comment_added, without the text.

    The same token by the same person again answers with the first remark. Refuses with NotFound, PermissionDenied
    (auditors), or InvalidInput whose field `text` says: required, not_text, too_long.
    """
    case = lock_case(case_id)
    permissions.require_see(actor, case)
    if not permissions.may_contribute(actor):
        raise PermissionDenied
    problem = form_values.text_problem(text, LONGEST)
    if problem:
        raise InvalidInput(fields={"text": problem})
    earlier = db.session.scalar(select(Comment).where(
        Comment.written_by == actor.user_id, Comment.form_token == form_token))
    return earlier or _write(case, actor, text.strip(), form_token, now)


def _write(case: Case, actor: Actor, text: str, form_token: str, now: datetime) -> Comment:
    row = Comment(case_id=case.id, text=text, written_by=actor.user_id, written_at=now, form_token=form_token)
    db.session.add(row)
    db.session.flush()
    journal.append(case, "comment_added", actor, now, {
        "comment": row.id, "sha256": hashlib.sha256(text.encode()).hexdigest()})
    return row


def of_case(case: Case) -> list[tuple[Comment, str]]:
    """(remark, by whom), oldest first, of a case the reader may see."""
    rows = select(Comment, User.name).join(User, User.id == Comment.written_by).where(
        Comment.case_id == case.id).order_by(Comment.id)
    return [(row, name) for row, name in db.session.execute(rows)]
