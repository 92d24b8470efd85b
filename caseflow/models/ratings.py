"""Service records and the ratings citizens gave them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.models.db import Base
from caseflow.models.people import Unit

# Internal level, never a bare number: the national interface counts 5 = best, GB/T 39046 A.8 counts 1 = best.
RATING_LEVELS = ("very_dissatisfied", "dissatisfied", "basically_satisfied", "satisfied", "very_satisfied")
BAD_LEVELS = ("very_dissatisfied", "dissatisfied")


class ServiceRecord(Base):
    """One service of a case of business (办件), as the pushing system described it."""

    __tablename__ = "service_records"
    __table_args__ = (
        UniqueConstraint("project_no", "service_number"),
        Index("ix_service_records_unit_id_handler_no", "unit_id", "handler_no"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_no: Mapped[str] = mapped_column(String(64))
    service_number: Mapped[int]
    service_name: Mapped[str | None] = mapped_column(String(64))
    service_time: Mapped[datetime]
    task_code: Mapped[str | None] = mapped_column(String(64))
    task_name: Mapped[str | None] = mapped_column(String(200))
    task_type: Mapped[str | None] = mapped_column(String(8))
    area_code: Mapped[str] = mapped_column(String(12))
    org_code: Mapped[str | None] = mapped_column(String(32))
    org_name: Mapped[str | None] = mapped_column(String(120))
    handler_name: Mapped[str | None] = mapped_column(String(64))
    handler_no: Mapped[str | None] = mapped_column(String(32))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    unit: Mapped[Unit | None] = relationship()


class Rating(Base):
    """A rating. Level, text, provenance and receive time never change (triggers refuse it); `voided_at` may be set.

    A service may have several, which say different things: `sequence` counts them as they came. `is_default`: nobody
    rated, a default stood in; `replaced_at`: since then the rater's own word stands in its place.

    A line that an earlier version kept whole may be replaced once, by what does not say who rated (ratings/cleaning).
    """

    __tablename__ = "ratings"
    __table_args__ = (
        UniqueConstraint("service_record_id", "sequence", name="uq_ratings_service_record_id_sequence"),
        Index("ix_ratings_regulation_received_at", "regulation", "received_at"),
        Index("ix_ratings_rater_phone", "rater_phone", sqlite_where=text("rater_phone IS NOT NULL"),
              postgresql_where=text("rater_phone IS NOT NULL")),
        Index("ix_ratings_uncleaned", "id", sqlite_where=text("raw_digest IS NULL"),
              postgresql_where=text("raw_digest IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_record_id: Mapped[int] = mapped_column(ForeignKey("service_records.id"))
    sequence: Mapped[int] = mapped_column(server_default="1")     # from 1, in the order in which they came
    regulation: Mapped[str] = mapped_column(String(32))
    level: Mapped[str] = mapped_column(String(24))
    raw_level: Mapped[str] = mapped_column(String(8))
    detail_codes: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    channel: Mapped[str | None] = mapped_column(String(8))
    rated_at: Mapped[datetime]
    received_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(64))   # "file:<name>" or "api:<key name>"
    real_name: Mapped[bool]
    rater_name: Mapped[str | None] = mapped_column(String(64))
    rater_phone: Mapped[str | None] = mapped_column(String(32))
    raw: Mapped[str] = mapped_column(Text)            # of the pushed line, what does not say who rated, as JSON
    raw_digest: Mapped[str | None] = mapped_column(String(64))    # keyed, of the whole line; none: not cleaned yet
    is_default: Mapped[bool] = mapped_column(server_default=false())
    replaced_at: Mapped[datetime | None]              # of a default: since when the rater's word stands for it
    voided_at: Mapped[datetime | None]
    service: Mapped[ServiceRecord] = relationship(lazy="joined")


class NewestRating(Base):
    """What the rater said last (HN-14, HN-15): a later level beside the first, never instead of it."""

    __tablename__ = "newest_ratings"
    __table_args__ = (UniqueConstraint("case_id", "token"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rating_id: Mapped[int] = mapped_column(ForeignKey("ratings.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    token: Mapped[int]
    level: Mapped[str] = mapped_column(String(24))
    recorded_at: Mapped[datetime]
