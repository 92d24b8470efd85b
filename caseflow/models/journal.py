"""What was done: the entries of the journal, and the head of each chain that belongs to no case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.models.db import Base


class JournalEntry(Base):
    """One thing that happened. Append-only (triggers refuse UPDATE and DELETE), hash-chained per stream.

    `stream` is "case:<id>" or "system". `actor_id` is null for the scheduler and the intake.
    """

    __tablename__ = "journal"
    __table_args__ = (UniqueConstraint("stream", "seq"), Index("ix_journal_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(String(40))
    seq: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor: Mapped[str] = mapped_column(String(64))    # the name as it was then
    kind: Mapped[str] = mapped_column(String(40))
    details: Mapped[str] = mapped_column(Text)        # JSON, keys sorted
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class JournalHead(Base):
    """Number and hash of the last entry of a stream without a case ("system"); its row is that stream's lock."""

    __tablename__ = "journal_heads"

    stream: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    head: Mapped[str] = mapped_column(String(64), default="")
