"""Recomputing the chains of the journal, and saying where one is broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, String, and_, cast, exists, func, or_, select, type_coerce

from caseflow.casefile.journal import fingerprint
from caseflow.models import Case, JournalEntry, JournalHead, db


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain is broken, and how.

    `code`: gap (after the entry `number`), unlinked, altered, no_case, other_tail, cut (it should reach `number`) or
    vanished (there should be `number` entries).
    """

    stream: str
    seq: int
    code: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class JournalReport:
    """How many streams and entries were read, and each break."""

    streams: int
    entries: int
    broken: list[Break]


def verify() -> JournalReport:
    """Recompute every chain, and compare its end with the tail that is kept beside it. Memory stays flat.

    Each chain is read with its tail in one statement, so work that goes on meanwhile is no break.
    """
    broken: list[Break] = []
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


def _check_entry(row: Row[Any], before: Row[Any] | None) -> Iterator[Break]:
    seq, head = (before.seq, before.hash) if before is not None else (0, "")
    if not isinstance(row.seq, int) or not isinstance(seq, int) or row.seq != seq + 1:
        yield Break(row.stream, row.seq, "gap", seq)
    elif row.previous != head:
        yield Break(row.stream, row.seq, "unlinked")
    if not _is_as_written(row):
        yield Break(row.stream, row.seq, "altered")


def _is_as_written(row: Row[Any]) -> bool:
    try:
        return row.hash == fingerprint(
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


def _check_end(last: Row[Any] | None) -> Iterator[Break]:
    if last is None or (last.seq == last.tail_seq and last.hash == last.tail_hash):
        return
    if last.tail_seq is None:
        yield Break(last.stream, last.seq, "no_case")
    elif last.seq == last.tail_seq:
        yield Break(last.stream, last.seq, "other_tail")
    else:
        yield Break(last.stream, last.seq, "cut", last.tail_seq)


def _missing_chains() -> Iterator[Break]:
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
            yield Break(name, 0, "vanished", seq)
