"""The append-only, hash-chained record of everything that was done.

Every case has its own chain, whose tail the case row holds; what belongs to no case is in the chain "system".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Protocol

from sqlalchemy import select

from caseflow import paging
from caseflow.casefile import entries as kinds
from caseflow.casefile import store
from caseflow.casefile.facts import Fact
from caseflow.casefile.hand import HeldCase
from caseflow.models import Case, JournalEntry, JournalHead, db

SYSTEM = "system"   # the chain of what belongs to no case


class Who(Protocol):
    """Whoever an entry says did it; the system has no id."""

    user_id: int | None
    name: str


def append(case: Case | HeldCase | None, kind: str, actor: Who, now: datetime,
           details: Mapping[str, Any]) -> JournalEntry | None:
    """Record that `actor` did `kind`; `details` are ids, codes, numbers and days, never the rater's contact.

    Both as casefile/entries.py lists them: ValueError for others.
    The caller holds the case's lock; its chain goes on from the tail in the case row. Without a case the entry
    goes to "system", whose tail stays locked until the commit: write that entry last. Answers the new row, or None
    where it is written later, together with a held case.
    """
    if isinstance(case, HeldCase):
        case.note(store.INSERT_ENTRY, **_next(case, kind, actor, now, details))
        return None
    if case is not None and case.id is None:
        db.session.flush()
    entry = JournalEntry(**_next(case or _system_tail(), kind, actor, now, details))
    db.session.add(entry)
    return entry


def write(case: HeldCase, facts: Iterable[Fact], actor: Who, now: datetime) -> None:
    """Record what the journal says of these facts, in their order."""
    for fact in facts:
        if (entry := fact.entry) is not None:
            append(case, entry[0], actor, now, entry[1])


def _next(tail: Case | HeldCase | JournalHead, kind: str, actor: Who, now: datetime,
          details: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the next entry after this tail, which moves on to it."""
    kinds.require(kind, details)
    if isinstance(tail, JournalHead):
        stream, seq, previous = tail.stream, tail.seq, tail.head
    else:
        stream, seq, previous = f"case:{tail.id}", tail.journal_seq or 0, tail.journal_head or ""
    entry = {
        "stream": stream, "seq": seq + 1, "at": now.astimezone(UTC), "actor_id": actor.user_id, "actor": actor.name,
        "kind": kind, "details": _canonical(details), "previous": previous}
    entry["hash"] = fingerprint(**entry)
    if isinstance(tail, JournalHead):
        tail.seq, tail.head = entry["seq"], entry["hash"]
    else:
        tail.journal_seq, tail.journal_head = entry["seq"], entry["hash"]
    return entry


def entries(case: Case) -> list[JournalEntry]:
    """The case's entries, oldest first."""
    return [entry for _, entry in entries_of([case])]


def entries_of(cases: Sequence[Case]) -> Iterator[tuple[int, JournalEntry]]:
    """(case id, entry) of these cases, of each the oldest first."""
    ids = {f"case:{case.id}": case.id for case in cases}
    found = select(JournalEntry).where(JournalEntry.stream.in_(ids)).order_by(JournalEntry.seq)
    for entry in db.session.scalars(found):
        yield ids[entry.stream], entry


def _system_tail() -> JournalHead:
    """The tail of "system", locked: by its row on PostgreSQL, by the write lock on SQLite."""
    session = db.session
    session.flush()  # an entry of this transaction may have moved the tail
    tail = session.get(JournalHead, SYSTEM, with_for_update=True, populate_existing=True)
    if tail is None:
        tail = JournalHead(stream=SYSTEM, seq=0, head="")
        session.add(tail)
    return tail


def _canonical(value: Any) -> str:
    return _spelling.encode(value)


def _moment_or_day(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in the journal")


_spelling = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_moment_or_day)


def fingerprint(stream: str, seq: int, at: datetime, actor_id: int | None, actor: str, kind: str, details: str,
                previous: str) -> str:
    """The hash of an entry, SHA-256 in hexadecimal: of all that it says, and of the hash of the entry before it."""
    fields = _canonical([stream, seq, at.isoformat(), actor_id, actor, kind, details])
    return hashlib.sha256((previous + "\n" + fields).encode()).hexdigest()


def system_entries(*, page: int = 1, per_page: int = 50) -> list[JournalEntry]:
    """What was done to the system itself, newest first."""
    query = select(JournalEntry).where(JournalEntry.stream == SYSTEM).order_by(JournalEntry.seq.desc())
    return list(db.session.scalars(paging.cut(query, page, per_page)))
