"""Processes as they are deployed, and as they are being drawn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.models.db import Base


class Definition(Base):
    """A deployed process: the checked diagram files, kept for ever under their SHA-256."""

    __tablename__ = "definitions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    regulation: Mapped[str] = mapped_column(String(32), index=True)
    process_id: Mapped[str] = mapped_column(String(64))
    files: Mapped[str] = mapped_column(Text)          # JSON: {file name: text}
    deployed_at: Mapped[datetime]
    current: Mapped[bool] = mapped_column(default=True)
