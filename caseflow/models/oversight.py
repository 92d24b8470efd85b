"""What supervision leaves beside a case: dispatches that were sent back, suspicions that were forwarded, links."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.models.cases import Case
from caseflow.models.db import Base
from caseflow.models.people import Unit, User


class DispatchRefusal(Base):
    """A unit says that a case is not theirs, once for a case. `decision`: transferred, confirmed; null until then."""

    __tablename__ = "dispatch_refusals"
    __table_args__ = (
        UniqueConstraint("case_id", "unit_id"),
        Index("ix_dispatch_refusals_undecided", "id", sqlite_where=text("decision IS NULL"),
              postgresql_where=text("decision IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    reason: Mapped[str] = mapped_column(Text)
    suggested_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))   # whose it is, if known
    refused_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    refused_at: Mapped[datetime]
    decision: Mapped[str | None] = mapped_column(String(16))
    to_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    suggested: Mapped[Unit | None] = relationship(foreign_keys=[suggested_id])
    to_unit: Mapped[Unit | None] = relationship(foreign_keys=[to_unit_id])
    refuser: Mapped[User] = relationship(foreign_keys=[refused_by])
    decider: Mapped[User | None] = relationship(foreign_keys=[decided_by])


class DisciplineReport(Base):
    """What suggests a breach of discipline or law, forwarded to one post (QJ-20, HN-20). Who may know of it at all is
    in discipline.py; nothing of it stands in the case's own journal, messages or pages for others."""

    __tablename__ = "discipline_reports"
    __table_args__ = (
        UniqueConstraint("forwarded_by", "form_token"),
        Index("ix_discipline_reports_case_id", "case_id"),
        Index("ix_discipline_reports_to_unit_id", "to_unit_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    to_role: Mapped[str] = mapped_column(String(16))
    facts: Mapped[str] = mapped_column(Text)
    form_token: Mapped[str] = mapped_column(String(64))
    forwarded_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    forwarded_at: Mapped[datetime]
    received_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    received_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship()
    to_unit: Mapped[Unit] = relationship()
    forwarder: Mapped[User] = relationship(foreign_keys=[forwarded_by])
    receiver: Mapped[User | None] = relationship(foreign_keys=[received_by])


class CaseReference(Base):
    """That another channel has the same matter, under its number (GC-3(三)). `channel`: hotline, complaint, petition,
    other. One that was taken away stays, with the reason."""

    __tablename__ = "case_references"
    __table_args__ = (
        Index("uq_case_references_standing", "case_id", "channel", "number", unique=True,
              sqlite_where=text("removed_at IS NULL"), postgresql_where=text("removed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    channel: Mapped[str] = mapped_column(String(16))
    number: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text, default="")
    added_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime]
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    removed_at: Mapped[datetime | None]
    removal_reason: Mapped[str] = mapped_column(Text, default="")
    adder: Mapped[User] = relationship(foreign_keys=[added_by])


class DuplicateLink(Base):
    """That a case repeats another. One that was taken away stays, with the reason."""

    __tablename__ = "duplicate_links"
    __table_args__ = (
        Index("uq_duplicate_links_standing", "case_id", unique=True, sqlite_where=text("removed_at IS NULL"),
              postgresql_where=text("removed_at IS NULL")),
        Index("ix_duplicate_links_of_id", "of_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    of_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    reason: Mapped[str] = mapped_column(Text)
    linked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    linked_at: Mapped[datetime]
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    removed_at: Mapped[datetime | None]
    removal_reason: Mapped[str] = mapped_column(Text, default="")
    case: Mapped[Case] = relationship(foreign_keys=[case_id])
    of: Mapped[Case] = relationship(foreign_keys=[of_id])
