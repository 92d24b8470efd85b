"""Who has a draft open, by when their page last asked: so that two people who edit one draft know of each other."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from caseflow import drafts
from caseflow.models import DraftVisit, ProcessDraft, User, db, insert_new
from caseflow.people.permissions import Actor

GONE_AFTER = timedelta(seconds=60)


def look(draft_id: int, actor: Actor, now: datetime) -> tuple[ProcessDraft, list[str]]:
    """The draft as it stands, and the names of the others who have it open; the actor counts as here from now on.

    `now` is real time, also in a demo. Refuses as drafts.find does. Not journaled: what people change is.
    """
    draft = drafts.find(draft_id, actor)
    if not insert_new(DraftVisit, draft_id=draft_id, user_id=actor.user_id, seen_at=now):
        mine = (DraftVisit.draft_id == draft_id, DraftVisit.user_id == actor.user_id)
        db.session.execute(update(DraftVisit).where(*mine).values(seen_at=now))
    others = select(User.name).join(DraftVisit, DraftVisit.user_id == User.id).where(
        DraftVisit.draft_id == draft_id, DraftVisit.user_id != actor.user_id, DraftVisit.seen_at > now - GONE_AFTER)
    return draft, list(db.session.scalars(others.order_by(User.name)))
