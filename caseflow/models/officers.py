"""What officers write beside the forms: remarks on a case, and each attempt to reach the rater. Rows never change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.models.db import Base


class Comment(Base):
    """A remark on a case. `form_token` is that of the form it was written in: sent again, it is there already."""

    __tablename__ = "comments"
    __table_args__ = (UniqueConstraint("written_by", "form_token"), Index("ix_comments_case_id_id", "case_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    text: Mapped[str] = mapped_column(Text)
    written_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    written_at: Mapped[datetime]
    form_token: Mapped[str] = mapped_column(String(64))


class CommentDraft(Base):
    """A remark that somebody has begun to write on a case."""

    __tablename__ = "comment_drafts"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]


class ContactAttempt(Base):
    """Somebody tried to reach the rater. `tried_at` is when, `recorded_at` when it was written down."""

    __tablename__ = "contact_attempts"
    __table_args__ = (
        UniqueConstraint("made_by", "form_token"), Index("ix_contact_attempts_case_id_tried_at", "case_id", "tried_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    tried_at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String(16))
    result: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(String(500))
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime]
    form_token: Mapped[str] = mapped_column(String(64))


class SavedFilter(Base):
    """A filter of a list ("work", "ledger") under a name: its owner's, or shared with a unit. `query` is JSON."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("owner_id", "list", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    list: Mapped[str] = mapped_column(String(16), default="work")
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]


class Phrase(Base):
    """A text that a unit's people often write, to be inserted into a field."""

    __tablename__ = "phrases"
    __table_args__ = (UniqueConstraint("unit_id", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    title: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime]
