"""What the running installation knows of itself: heartbeats and the demo's simulated clock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.models.db import Base


class Heartbeat(Base):
    """A scheduler process is alive. `lag_seconds` is fired minus due of the last timer it fired."""

    __tablename__ = "heartbeats"

    process: Mapped[str] = mapped_column(String(80), primary_key=True)
    beat_at: Mapped[datetime]
    fired: Mapped[int] = mapped_column(default=0)
    lag_seconds: Mapped[float] = mapped_column(default=0.0)


class SimulatedClock(Base):
    """Demo only: seconds by which the clock is ahead of the real one. One row (id 1) or none."""

    __tablename__ = "simulated_clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    ahead_seconds: Mapped[int] = mapped_column(default=0)
