"""The inbox: notices to one's roles at one's units, and which of them one has read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, literal, or_, select, union_all

from caseflow import paging
from caseflow.errors import NotFound
from caseflow.models import Notice, NoticeRead, Profile, User, db, insert_new
from caseflow.notices import outbox
from caseflow.people import accounts
from caseflow.people.permissions import Actor

MOST_COUNTED = 100
SETTLED = timedelta(minutes=1)    # by then no notice with a lower number can still be on its way


def unread(actor: Actor) -> int:
    """How many notices the actor has not read; counts little beyond 99."""
    return min(db.session.scalar(select(unread_figure(actor))), MOST_COUNTED)


def unread_figure(actor: Actor) -> ColumnElement[int]:
    """The same as an expression, which counts some more."""
    posts = outbox.addressed_to(actor)
    if not posts:
        return literal(0)
    parts = [select(Notice.id).where(post, _is_unread(actor)).limit(MOST_COUNTED) for post in posts]
    return paging.bounded(union_all(*(part.subquery().select() for part in parts)))


def unread_among(actor: Actor, shown: Collection[Notice]) -> set[int]:
    """Those of these notices that the actor has not read, by number."""
    ids = [notice.id for notice in shown]
    return set(db.session.scalars(select(Notice.id).where(Notice.id.in_(ids), _is_unread(actor)))) if ids else set()


def find(notice_id: int, actor: Actor) -> Notice:
    """The notice; NotFound when it is not for the actor."""
    posts = outbox.addressed_to(actor)
    found = db.session.scalar(select(Notice).where(Notice.id == notice_id, or_(*posts))) if posts else None
    if found is None:
        raise NotFound
    return found


def mark_read(notice_id: int, actor: Actor) -> None:
    """The actor has read this notice; again changes nothing."""
    find(notice_id, actor)
    insert_new(NoticeRead, user_id=actor.user_id, notice_id=notice_id)


def mark_all_read(newest: int, actor: Actor, now: datetime) -> None:
    """The actor has read all up to this notice: what arrived after the list was shown stays unread."""
    posts = outbox.addressed_to(actor)
    if not posts:
        return
    profile = accounts.profile_of(db.session.get(User, actor.user_id))
    mine = select(Notice.id).where(or_(*posts), Notice.id <= newest)
    settled = db.session.scalar(select(func.max(mine.where(Notice.created_at <= now - SETTLED).subquery().c.id))) or 0
    profile.read_to = max(profile.read_to, settled)
    db.session.flush()
    for number in list(db.session.scalars(mine.where(_is_unread(actor)))):
        insert_new(NoticeRead, user_id=actor.user_id, notice_id=number)
    db.session.execute(delete(NoticeRead).where(
        NoticeRead.user_id == actor.user_id, NoticeRead.notice_id <= profile.read_to))


def _is_unread(actor: Actor) -> ColumnElement[bool]:
    read_to = select(Profile.read_to).where(Profile.user_id == actor.user_id).scalar_subquery()
    return and_(Notice.id > func.coalesce(read_to, 0),
                ~exists().where(NoticeRead.user_id == actor.user_id, NoticeRead.notice_id == Notice.id))
