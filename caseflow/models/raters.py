"""Each attempt to reach the rater. Rows never change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.models.db import Base


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
