"""What the running installation knows of itself: heartbeats, what the doctor found, step times, the demo's clock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.models.db import Base


class Heartbeat(Base):
    """A scheduler process is alive. `lag_seconds` is fired minus due of the last timer it fired."""

    __tablename__ = "heartbeats"

    process: Mapped[str] = mapped_column(String(80), primary_key=True)
    beat_at: Mapped[datetime]
    fired: Mapped[int] = mapped_column(default=0)
    lag_seconds: Mapped[float] = mapped_column(default=0.0)


class StandingComplaint(Base):
    """What the doctor complains about, once for as long as it lasts. `subject`: what of the case, such as a token.

    `found_by` is the check that finds it again, or clears it. `case_number` is "" when no case is meant. `facts` is
    a JSON object.
    """

    __tablename__ = "complaints"
    __table_args__ = (
        Index("uq_complaints_standing", "code", "case_number", "subject", unique=True,
              sqlite_where=text("cleared_at IS NULL"), postgresql_where=text("cleared_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    found_by: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(40))
    case_number: Mapped[str] = mapped_column(String(40), default="")
    subject: Mapped[str] = mapped_column(String(120), default="")
    facts: Mapped[str] = mapped_column(Text)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    cleared_at: Mapped[datetime | None]


class Checkup(Base):
    """The last round of a group of the doctor's checks ("current", "history"): whoever moves `begun_at` does it."""

    __tablename__ = "checkups"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StepTime(Base):
    """How many steps of an operation took up to `le_ms` milliseconds (0: longer than any), and their seconds in all.

    Every process adds what it measured, every few seconds.
    """

    __tablename__ = "step_times"

    operation: Mapped[str] = mapped_column(String(24), primary_key=True)
    le_ms: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
    seconds: Mapped[float]


class SimulatedClock(Base):
    """Demo only: seconds by which the clock is ahead of the real one. One row (id 1) or none."""

    __tablename__ = "simulated_clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    ahead_seconds: Mapped[int] = mapped_column(default=0)
