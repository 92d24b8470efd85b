"""Tasks that somebody handed to a colleague."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.models.db import Base

RUNNING = "ended_at IS NULL"


class Delegation(Base):
    """A taken task was handed from one person to another. It runs until it is given or taken back, or released."""

    __tablename__ = "delegations"
    __table_args__ = (
        Index("uq_delegations_running", "work_item_id", unique=True, sqlite_where=text(RUNNING),
              postgresql_where=text(RUNNING)),
        Index("ix_delegations_work_item_id", "work_item_id"),
        Index("ix_delegations_from_id_running", "from_id", sqlite_where=text(RUNNING), postgresql_where=text(RUNNING)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_items.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(String(500))
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(500), default="")    # what was said when it was given back
