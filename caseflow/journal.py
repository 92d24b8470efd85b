"""The append-only, hash-chained record of everything that was done.

Every case has its own chain, whose tail the case row holds; what belongs to no case is in the chain "system".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Integer, Row, String, and_, cast, exists, func, or_, select, type_coerce

from caseflow.models import Case, JournalEntry, JournalHead, db, held
from caseflow.models.held import HeldCase

SYSTEM = "system"


class _Who(Protocol):
    user_id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class JournalReport:
    """How many streams and entries were read, and each break as (stream, seq, what is wrong)."""

    streams: int
    entries: int
    broken: list[tuple[str, int, str]]


def append(case: Case | HeldCase | None, kind: str, actor: _Who, now: datetime,
           details: Mapping[str, Any]) -> JournalEntry | None:
    """Record that `actor` did `kind`; `details` are ids, codes, numbers and days, never the rater's contact.

    The caller holds the case's lock; its chain goes on from the tail in the case row. Without a case the entry
    goes to "system", whose tail stays locked until the commit: write that entry last. Answers the new row, or None
    where it is written later, together with a held case.
    """
    if isinstance(case, HeldCase):
        case.note(held.INSERT_ENTRY, **_next(case, kind, actor, now, details))
        return None
    if case is not None and case.id is None:
        db.session.flush()
    entry = JournalEntry(**_next(case or _system_tail(), kind, actor, now, details))
    db.session.add(entry)
    return entry


def _next(tail: Case | HeldCase | JournalHead, kind: str, actor: _Who, now: datetime,
          details: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the next entry after this tail, which moves on to it."""
    if isinstance(tail, JournalHead):
        stream, seq, previous = tail.stream, tail.seq, tail.head
    else:
        stream, seq, previous = f"case:{tail.id}", tail.journal_seq or 0, tail.journal_head or ""
    entry = {
        "stream": stream, "seq": seq + 1, "at": now.astimezone(UTC), "actor_id": actor.user_id, "actor": actor.name,
        "kind": kind, "details": _canonical(details), "previous": previous}
    entry["hash"] = _fingerprint(**entry)
    if isinstance(tail, JournalHead):
        tail.seq, tail.head = entry["seq"], entry["hash"]
    else:
        tail.journal_seq, tail.journal_head = entry["seq"], entry["hash"]
    return entry


def entries(case: Case) -> list[JournalEntry]:
    """The case's entries, oldest first."""
    found = select(JournalEntry).where(JournalEntry.stream == f"case:{case.id}").order_by(JournalEntry.seq)
    return list(db.session.scalars(found))


def verify() -> JournalReport:
    """Recompute every chain, and compare its end with the tail that is kept beside it. Memory stays flat.

    Each chain is read with its tail in one statement, so work that goes on meanwhile is no break.
    """
    broken: list[tuple[str, int, str]] = []
    streams = count = 0
    last: Row[Any] | None = None
    for row in db.session.execute(_chains(), execution_options={"yield_per": 1000}):
        if last is None or last.stream != row.stream:
            broken += _check_end(last)
            streams, last = streams + 1, None
        broken += _check_entry(row, last)
        count, last = count + 1, row
    broken += [*_check_end(last), *_missing_chains()]
    return JournalReport(streams, count, broken)


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


def _fingerprint(stream: str, seq: int, at: datetime, actor_id: int | None, actor: str, kind: str, details: str,
                 previous: str) -> str:
    fields = _canonical([stream, seq, at.isoformat(), actor_id, actor, kind, details])
    return hashlib.sha256((previous + "\n" + fields).encode()).hexdigest()


def _chains() -> Any:
    """Every entry in order, each with the number and hash where its chain should end (null: no such chain)."""
    of_case = JournalEntry.stream == "case:" + cast(Case.id, String)
    at: ColumnElement[Any] = JournalEntry.at
    if db.session.get_bind().dialect.name == "sqlite":
        of_case = and_(Case.id == cast(func.substr(JournalEntry.stream, 6), Integer), of_case)  # finds by key
        at = type_coerce(JournalEntry.at, String)  # a spoilt moment is to be reported, not to end the reading
    kept = (JournalEntry.seq, JournalEntry.actor_id, JournalEntry.actor, JournalEntry.kind, JournalEntry.details)
    return (
        select(JournalEntry.stream, at.label("at"), *kept, JournalEntry.previous, JournalEntry.hash,
               func.coalesce(Case.journal_seq, JournalHead.seq).label("tail_seq"),
               func.coalesce(Case.journal_head, JournalHead.head).label("tail_hash"))
        .outerjoin(Case, of_case)
        .outerjoin(JournalHead, JournalHead.stream == JournalEntry.stream)
        .order_by(JournalEntry.stream, JournalEntry.seq)
    )


def _check_entry(row: Row[Any], before: Row[Any] | None) -> Iterator[tuple[str, int, str]]:
    seq, head = (before.seq, before.hash) if before is not None else (0, "")
    if not isinstance(row.seq, int) or not isinstance(seq, int) or row.seq != seq + 1:
        yield row.stream, row.seq, f"前面缺少记录（上一条是第 {seq} 条）"
    elif row.previous != head:
        yield row.stream, row.seq, "与上一条记录接不上"
    if not _is_as_written(row):
        yield row.stream, row.seq, "内容与指纹不符"


def _is_as_written(row: Row[Any]) -> bool:
    try:
        return row.hash == _fingerprint(
            row.stream, row.seq, _moment(row.at), row.actor_id, row.actor, row.kind, row.details, row.previous)
    except (TypeError, ValueError, AttributeError):
        return False


def _moment(at: datetime | str) -> datetime:
    """A moment as it was read; SQLite's text must be in the one spelling in which it was written."""
    if isinstance(at, datetime):
        return at.astimezone(UTC)
    moment = datetime.fromisoformat(at)
    if moment.isoformat(sep=" ", timespec="microseconds") != at:
        raise ValueError(f"{at!r} is not as it was written")
    return moment.replace(tzinfo=UTC)


def _check_end(last: Row[Any] | None) -> Iterator[tuple[str, int, str]]:
    if last is None or (last.seq == last.tail_seq and last.hash == last.tail_hash):
        return
    if last.tail_seq is None:
        yield last.stream, last.seq, "没有与这条链对应的案件"
    elif last.seq == last.tail_seq:
        yield last.stream, last.seq, "链尾与案件所记不符"
    else:
        yield last.stream, last.seq, f"链尾与案件所记不符（应到第 {last.tail_seq} 条）"


def _missing_chains() -> Iterator[tuple[str, int, str]]:
    """Tails whose chain is gone altogether."""
    stream = "case:" + cast(Case.id, String)
    cases = select(stream, Case.journal_seq).where(
        or_(Case.journal_seq != 0, Case.journal_head != ""), ~exists().where(JournalEntry.stream == stream)
    )
    others = select(JournalHead.stream, JournalHead.seq).where(
        or_(JournalHead.seq != 0, JournalHead.head != ""), ~exists().where(JournalEntry.stream == JournalHead.stream)
    )
    for found in (cases, others):
        for name, seq in db.session.execute(found, execution_options={"yield_per": 1000}):
            yield name, 0, f"整条链不见了（应有 {seq} 条）"
