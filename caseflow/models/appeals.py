"""Appeals against a rating, and what a dismissed one leaves for the annual assessment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.models.cases import Case
from caseflow.models.db import Base
from caseflow.models.people import User
from caseflow.models.ratings import Rating


class Appeal(Base):
    """An appeal, beside the case in which it is reviewed. One per rating and party, also when it was withdrawn.

    `party` is "staff:<user id>" or "department:<unit id>". `unit_id` is the unit that answers for the rating when it is
    filed. `decision` is upheld or dismissed once it is decided; `finding` the ground that was verified; `reference` the
    number of the correction in the provincial system (GC-2(三)).
    """

    __tablename__ = "appeals"
    __table_args__ = (
        UniqueConstraint("rating_id", "party"),
        Index("ix_appeals_appellant_id_filed_at", "appellant_id", "filed_at"),
        Index("ix_appeals_unit_id_filed_at", "unit_id", "filed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    rating_id: Mapped[int] = mapped_column(ForeignKey("ratings.id"))
    rectification_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    party: Mapped[str] = mapped_column(String(40))
    appellant_id: Mapped[int] = mapped_column(ForeignKey("users.id"))   # who filed it
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    ground: Mapped[str] = mapped_column(String(16))
    statement: Mapped[str] = mapped_column(Text)
    form_token: Mapped[str] = mapped_column(String(64))
    filed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    decision: Mapped[str | None] = mapped_column(String(16))
    finding: Mapped[str | None] = mapped_column(String(16))
    reasons: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    reference: Mapped[str | None] = mapped_column(String(64))
    case: Mapped[Case] = relationship(foreign_keys=[case_id], lazy="joined")
    rectification: Mapped[Case | None] = relationship(foreign_keys=[rectification_id])
    rating: Mapped[Rating] = relationship()
    appellant: Mapped[User] = relationship(foreign_keys=[appellant_id])
    decider: Mapped[User | None] = relationship(foreign_keys=[decided_by])


class AssessmentRecord(Base):
    """For the annual assessment: a failure of duty that the review of an appeal has verified (QJ-18).

    `consequences` are codes of its regulation, parted by commas; `opinion` on what it rests that people are much upset
    by it (意见较大), "" where the form did not ask.
    """

    __tablename__ = "assessment_records"
    __table_args__ = (Index("ix_assessment_records_regulation_year", "regulation", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id"), unique=True)
    regulation: Mapped[str] = mapped_column(String(32))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    staff_no: Mapped[str | None] = mapped_column(String(32))
    year: Mapped[int]
    consequences: Mapped[str] = mapped_column(String(120))
    article: Mapped[str] = mapped_column(String(16))
    opinion: Mapped[str] = mapped_column(Text, server_default="")
    recorded_at: Mapped[datetime]
