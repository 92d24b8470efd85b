"""Remarks on a case, at any time. They are never edited and never deleted; the journal holds their digests."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import delete, select

from caseflow import texts
from caseflow.casefile import journal
from caseflow.casefile.readings import Reading
from caseflow.errors import InvalidInput, PermissionDenied
from caseflow.models import Case, Comment, CommentDraft, User, db, lock_case_row
from caseflow.people import permissions
from caseflow.people.permissions import Actor

LONGEST = 2000           # characters
LONGEST_DRAFT = 64_000   # bytes; more is nothing that somebody typed


def add(case_id: int, actor: Actor, text: str, form_token: str, now: datetime) -> Comment:
    """Write a remark, whether the case is open or not; journaled as comment_added, without the text. Its draft goes.

    The same again with the same token answers with the first remark. Refuses with NotFound, PermissionDenied
    (auditors), or InvalidInput whose field `text` says: required, not_text, too_long.
    """
    case = lock_case_row(case_id)
    permissions.require_see(actor, case)
    if not permissions.may_contribute(actor):
        raise PermissionDenied
    problem = texts.text_problem(text, LONGEST)
    if problem:
        raise InvalidInput(fields={"text": problem})
    form_token = texts.sent_once(form_token, case_id, text)
    earlier = db.session.scalar(select(Comment).where(
        Comment.written_by == actor.user_id, Comment.form_token == form_token))
    return earlier or _write(case, actor, text.strip(), form_token, now)


def save_draft(case_id: int, actor: Actor, text: str, now: datetime) -> None:
    """Keep what the actor has typed so far, whatever it is; the last one wins, and nothing typed keeps nothing.

    Refuses with NotFound, PermissionDenied (auditors), or InvalidInput (too_long).
    """
    case = lock_case_row(case_id)
    permissions.require_see(actor, case)
    if not permissions.may_contribute(actor):
        raise PermissionDenied
    if len(text.encode()) > LONGEST_DRAFT:
        raise InvalidInput(fields={"text": "too_long"})
    if text.strip():
        db.session.merge(CommentDraft(case_id=case.id, user_id=actor.user_id, text=text, saved_at=now))
    else:
        _forget_draft(case.id, actor)


def draft_of(case_id: int, actor: Actor) -> CommentDraft | None:
    """The remark that the actor has begun to write on this case."""
    return db.session.get(CommentDraft, (case_id, actor.user_id))


def _forget_draft(case_id: int, actor: Actor) -> None:
    db.session.execute(delete(CommentDraft).where(
        CommentDraft.case_id == case_id, CommentDraft.user_id == actor.user_id))


def _write(case: Case, actor: Actor, text: str, form_token: str, now: datetime) -> Comment:
    row = Comment(case_id=case.id, text=text, written_by=actor.user_id, written_at=now, form_token=form_token)
    db.session.add(row)
    db.session.flush()
    _forget_draft(case.id, actor)
    journal.append(case, "comment_added", actor, now, {
        "comment": row.id, "sha256": hashlib.sha256(text.encode()).hexdigest()})
    return row


def of_case(case: Case | Reading) -> list[tuple[Comment, str]]:
    """(remark, by whom), oldest first, of a case the reader may see."""
    rows = select(Comment, User.name).join(User, User.id == Comment.written_by).where(
        Comment.case_id == case.id).order_by(Comment.id)
    return [(row, name) for row, name in db.session.execute(rows)]
