"""Logins that the server can end: the cookie carries a random secret, the table its SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import joinedload

from caseflow.models import User, WebSession, db
from web.app.config import Settings

LOGIN = select(WebSession, User).join(User, User.id == WebSession.user_id).where(
    WebSession.id == bindparam("digest")).options(joinedload(User.roles))     # with all that says who is asking
SEEN_EVERY = timedelta(minutes=1)  # a page a second need not be a write a second


def begin(user: User, now: datetime, settings: Settings, *, address: str = "", agent: str = "") -> str:
    """A new login, from where and with which browser; returns the secret for the cookie. Sessions past their length
    are removed. The caller commits."""
    secret = secrets.token_urlsafe(32)
    db.session.execute(delete(WebSession).where(WebSession.created_at < now - _length(settings)))
    db.session.add(WebSession(id=_digest(secret), user_id=user.id, created_at=now, seen_at=now,
                              address=address[:45], agent="".join(filter(str.isprintable, agent))[:120]))
    return secret


def find(secret: str, now: datetime, settings: Settings) -> tuple[WebSession, User] | None:
    """The login of this secret and its user; None when it ended, idled out, or the account may not sign in."""
    found = db.session.execute(LOGIN, {"digest": _digest(secret)}).unique().first()
    if found is None:
        return None
    row, user = found
    if row.created_at <= now - _length(settings) or row.seen_at <= now - timedelta(minutes=settings.session_idle):
        return None
    return (row, user) if may_sign_in(user, settings) else None


def may_sign_in(user: User, settings: Settings) -> bool:
    """Whether the account is let in: never a stopped one, a demo account only in the demo."""
    return user.active and (settings.demo or not user.demo)


def is_stale(row: WebSession, now: datetime) -> bool:
    """Whether `seen_at` should be written again."""
    return row.seen_at <= now - SEEN_EVERY


def left(row: WebSession, now: datetime, settings: Settings) -> int:
    """Seconds until this login ends when nobody uses it."""
    ends = min(row.created_at + _length(settings), row.seen_at + timedelta(minutes=settings.session_idle))
    return max(0, int((ends - now).total_seconds()))


def digest_of(secret: str) -> str:
    """The number under which the table keeps the login of this secret."""
    return _digest(secret)


def end(secret: str) -> None:
    """End this login. The caller commits."""
    db.session.execute(delete(WebSession).where(WebSession.id == _digest(secret)))


def end_all(user: User) -> None:
    """End every login of a person (password changed, account stopped). The caller commits."""
    db.session.execute(delete(WebSession).where(WebSession.user_id == user.id))


def _length(settings: Settings) -> timedelta:
    return timedelta(minutes=settings.session_length)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
