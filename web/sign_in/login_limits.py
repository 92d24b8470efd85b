"""Guessing passwords is stopped: a few wrong ones lock the account name, and the address, for a while.

A try is counted before the password is looked at and taken back when it was right, so that many tries at
once count as many. Names that do not exist are counted like those that do.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete

from caseflow.errors import ConcurrentUpdate
from caseflow.models import LoginFailures, db, transaction
from web.app.config import Settings


def begin(username: str, address: str, now: datetime, settings: Settings) -> bool:
    """Count a try for both; False when either is locked (the try is then not to be made). Commits."""
    window = timedelta(minutes=settings.login_window)
    try:
        with transaction() as session:
            session.execute(delete(LoginFailures).where(LoginFailures.since < now - 2 * window))
            rows = [_row(session, key, now, window) for key in _keys(username, address)]
            if any(row.locked_until and row.locked_until > now for row in rows):
                return False
            for row in rows:
                row.failures += 1
                if row.failures >= settings.login_failures:
                    row.locked_until = now + window
            return True
    except ConcurrentUpdate:  # two first tries of the same name in the same instant: the later one is refused
        return False


def succeed(username: str, address: str) -> None:
    """The password was right: forget the account's failures, take this try back from the address. Commits."""
    account_key, address_key = _keys(username, address)
    with transaction() as session:
        session.execute(delete(LoginFailures).where(LoginFailures.key == account_key))
        row = session.get(LoginFailures, address_key, with_for_update=True)
        if row is not None:
            row.failures -= 1
            row.locked_until = None


def unlock(username: str) -> None:
    """Forget an account's failures. The caller commits."""
    db.session.execute(delete(LoginFailures).where(LoginFailures.key == _keys(username, "")[0]))


def _row(session, key: str, now: datetime, window: timedelta) -> LoginFailures:
    row = session.get(LoginFailures, key, with_for_update=True)
    if row is None:
        row = LoginFailures(key=key, failures=0, since=now)
        session.add(row)
    elif row.since <= now - window and not (row.locked_until and row.locked_until > now):
        row.failures, row.since, row.locked_until = 0, now, None
    return row


def _keys(username: str, address: str) -> tuple[str, str]:
    return tuple(hashlib.sha256(text.encode()).hexdigest()
                 for text in (f"account:{username.strip().lower()}", f"address:{address}"))
