"""Processes as they are deployed, and as they are being drawn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.models.db import Base
from caseflow.models.people import User


class Definition(Base):
    """A deployed process: the checked diagram files, kept for ever under their SHA-256.

    `number` counts the versions of a process from 1. `current` marks the one that new cases start under: the newest,
    or an earlier one to which somebody has gone back. What an installation brings has no people. `scenarios` are those
    it was deployed with; None for one of an earlier release until `caseflow init` has written them down.
    """

    __tablename__ = "definitions"
    __table_args__ = (Index("ix_definitions_process_id_number", "process_id", "number", unique=True),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    regulation: Mapped[str] = mapped_column(String(32), index=True)
    process_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    files: Mapped[str] = mapped_column(Text)          # JSON: {file name: text}
    deployed_at: Mapped[datetime]
    deployed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))   # who submitted the draft
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    current: Mapped[bool] = mapped_column(default=True)
    scenarios: Mapped[str | None] = mapped_column(Text, deferred=True)      # JSON: {key: text of the file}
    deployed_by: Mapped[User | None] = relationship(foreign_keys=[deployed_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])


class ProcessDraft(Base):
    """A diagram that is being drawn. `revision` grows with every save: who has seen an older one is refused.

    `base` is the digest of the version it starts from, `deployed_as` that of the one it became. `reason` is why it was
    sent back last. Everybody who edited it is in `editors`: none of them may approve it.
    """

    __tablename__ = "process_drafts"
    __table_args__ = (Index("ix_process_drafts_regulation_state", "regulation", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    regulation: Mapped[str] = mapped_column(String(32))
    process_id: Mapped[str] = mapped_column(String(64))
    source: Mapped[bytes] = mapped_column(LargeBinary)
    base: Mapped[str | None] = mapped_column(ForeignKey("definitions.digest"))
    revision: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(16), default="open")   # open, submitted, deployed, discarded
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    begun_at: Mapped[datetime]
    edited_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    edited_at: Mapped[datetime]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    deployed_as: Mapped[str | None] = mapped_column(ForeignKey("definitions.digest"))
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    edited_by: Mapped[User] = relationship(foreign_keys=[edited_by_id])
    submitted_by: Mapped[User | None] = relationship(foreign_keys=[submitted_by_id])
    editors: Mapped[list[DraftEditor]] = relationship(cascade="all")


class DraftEditor(Base):
    """Somebody has saved this draft at least once."""

    __tablename__ = "draft_editors"

    draft_id: Mapped[int] = mapped_column(ForeignKey("process_drafts.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)


class DraftVisit(Base):
    """Somebody's page with this draft was open at that moment (real time)."""

    __tablename__ = "draft_visits"

    draft_id: Mapped[int] = mapped_column(ForeignKey("process_drafts.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    seen_at: Mapped[datetime]


class TrialRun(Base):
    """How far somebody has tried a draft out: their acts, in the TOML of scenario files."""

    __tablename__ = "trial_runs"

    draft_id: Mapped[int] = mapped_column(ForeignKey("process_drafts.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    acts: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]


class KeptScenario(Base):
    """A run that was kept with a draft, as the text of its file; "": the draft does without the one of this key.

    One with the key of a scenario of the version the draft starts from stands in its place. With the draft they become
    scenarios of the version it is deployed as.
    """

    __tablename__ = "kept_scenarios"
    __table_args__ = (UniqueConstraint("draft_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("process_drafts.id"))
    key: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    kept_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kept_at: Mapped[datetime]
    kept_by: Mapped[User] = relationship()
