"""Taking out who rated where an earlier version kept pushed lines whole (HN-11, QJ-13: 严格保护).

In batches, each a transaction of its own: killed anywhere, it goes on where it stood. The triggers of the tables let
exactly this happen: once to a row, and only towards fewer fields.
"""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, text, update

from caseflow.casefile import journal
from caseflow.models import JournalEntry, Rating, db
from caseflow.people.permissions import SYSTEM, Actor
from caseflow.ratings import line_key
from caseflow.ratings.verdicts import kept_line

BATCH = 2_000
POLL = 0.1           # seconds
CLEANED, COMPACTED = "raters_removed", "storage_compacted"
_UNCLEANED = Rating.raw_digest.is_(None)
_CLEANING = update(Rating.__table__).where(Rating.__table__.c.id == bindparam("rating")).values(
    raw=bindparam("kept"), raw_digest=bindparam("digest"))


def count() -> int:
    """How many ratings still have their line whole."""
    return db.session.scalar(select(func.count(Rating.id)).where(_UNCLEANED))


def clean(now: datetime, limit: int = BATCH, actor: Actor = SYSTEM) -> int:
    """Clean at most `limit` of them, the oldest first; how many. The journal says so in the same transaction.

    A line that is no JSON any more is left empty; its digest is that of what stood there.
    """
    if db.session.get_bind().dialect.name == "sqlite":
        db.session.execute(text("PRAGMA secure_delete=ON"))     # what is overwritten does not stay in the file
    found = db.session.execute(
        select(Rating.id, Rating.raw).where(_UNCLEANED).order_by(Rating.id).limit(limit).with_for_update()).all()
    if not found:
        return 0
    db.session.execute(
        _CLEANING,
        [{"rating": row.id, "kept": _kept(row.raw), "digest": line_key.digest_of_line(row.raw)} for row in found])
    journal.append(None, CLEANED, actor, now, {"ratings": len(found), "first": found[0].id, "last": found[-1].id})
    return len(found)


def _kept(line: str) -> str:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = {}
    return kept_line(record if isinstance(record, dict) else {})


def needs_compacting() -> bool:
    """Whether lines were cleaned and what stood there may still lie in pages of the database that nothing uses."""
    last = select(JournalEntry.kind).where(
        JournalEntry.stream == journal.SYSTEM, JournalEntry.kind.in_((CLEANED, COMPACTED)))
    return db.session.scalar(last.order_by(JournalEntry.seq.desc()).limit(1)) == CLEANED


def compact() -> None:
    """Write the database's pages anew without what is no longer theirs; needs as much room again as they take.

    Nobody may use the database meanwhile: on SQLite it is refused (OperationalError), on PostgreSQL waited for.
    """
    db.session.rollback()
    connection = db.engine.raw_connection()
    try:
        if db.engine.dialect.name == "sqlite":
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                connection.cursor().execute(statement)
        else:
            connection.driver_connection.autocommit = True
            _wait_for_older_readers(connection.cursor())
            connection.cursor().execute("VACUUM (FULL) ratings")
            connection.driver_connection.autocommit = False
    finally:
        connection.close()


def _wait_for_older_readers(cursor: Any) -> None:
    """Until nobody in this database reads as of before now: for them the old rows would be carried along."""
    now = cursor.execute("SELECT pg_current_xact_id()::xid").fetchone()
    while cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND age(backend_xmin) > age(%s::xid) LIMIT 1", now).fetchone():
        time.sleep(POLL)


def compacted(now: datetime, actor: Actor = SYSTEM) -> None:
    """Note in the journal that it was done."""
    journal.append(None, COMPACTED, actor, now, {})
