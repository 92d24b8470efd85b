"""Files that were added to cases. Their content is on disk, under its SHA-256."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.models.db import Base


class Attachment(Base):
    """A file of a case. `name` is safe to save under, `kind` its media type by content; the row never changes.

    purpose: file, evidence (of an appeal). A case has the same content once for each purpose.
    """

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("case_id", "purpose", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    purpose: Mapped[str] = mapped_column(String(16), default="file")
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    added_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime]
