"""Working-day calendars: every day that differs from Monday-to-Friday, with the notice that says so."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.models.db import Base


class CalendarNotice(Base):
    """A year's notice for a jurisdiction ("national" or a regulation's key). A year without one is provisional."""

    __tablename__ = "calendar_notices"
    __table_args__ = (UniqueConstraint("jurisdiction", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(String(32))
    year: Mapped[int]
    source: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int] = mapped_column(default=1)
    imported_at: Mapped[datetime]


class CalendarDay(Base):
    """A day on which the offices work although it is a weekend, or rest although it is not."""

    __tablename__ = "calendar_days"

    jurisdiction: Mapped[str] = mapped_column(String(32), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(200))
