"""What is told to whom, inside and outside, and whether it arrived."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.models.db import Base


class OutboxMessage(Base):
    """A message that leaves after the commit that wrote it. `key` makes sending it twice harmless.

    For a role at a unit, or for one person there alone (`user_id`; people are never deleted).
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_status_next_try", "status", "next_try"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    role: Mapped[str | None] = mapped_column(String(16))
    user_id: Mapped[int | None]
    details: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), default="waiting")   # waiting, sent, dead
    attempts: Mapped[int] = mapped_column(default=0)
    next_try: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Notice(Base):
    """A message delivered to a role at a unit, or to one person there, shown in the inbox. One per outbox message."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_unit_id_role_created_at", "unit_id", "role", "created_at"),
        Index("ix_notices_unit_id_role_id", "unit_id", "role", "id"),
        Index("ix_notices_user_id_id", "user_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    role: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(40))
    details: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class NoticeRead(Base):
    """Somebody has read a notice that is newer than what their profile counts as read."""

    __tablename__ = "notice_reads"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), primary_key=True)


class Delivery(Base):
    """One message to one person by one channel (email, sms, chat); those of a notice, or a digest (no notice).

    `key` is the idempotency key: the same for every try. status: waiting, sent, dead (given up), dropped (the person
    left or chose otherwise).
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("notice_id", "user_id", "channel"),
        Index("ix_deliveries_status_next_try", "status", "next_try"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    channel: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(40))
    details: Mapped[str] = mapped_column(Text)       # JSON: what the words are made of
    status: Mapped[str] = mapped_column(String(16), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(200), default="")   # why the last try failed
