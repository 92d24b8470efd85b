"""Try-outs of drafts, as rows: the run somebody is in the middle of, and the runs that were kept as scenarios."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.models.db import Base
from caseflow.models.people import User


class TrialRun(Base):
    """How far somebody has tried a draft out: their acts, in the TOML of scenario files."""

    __tablename__ = "trial_runs"

    draft_id: Mapped[int] = mapped_column(ForeignKey("process_drafts.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    acts: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]


class KeptScenario(Base):
    """A run that was kept with a draft, as the text of its file. One with the key of a file stands in its place.

    Those of a draft that was deployed are checked with every later draft of the process too.
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
