"""What supervisors do, as rows: changes of a deadline, tasks handed over, absences."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.models.db import Base


class DeadlineEntry(Base):
    """A change of one deadline, in order (`seq` from 1). Append-only: triggers refuse UPDATE and DELETE.

    What was given stands in the timer's own row (unit, amount, since), which never changes either. Kinds: stopped
    (`used` and `amount` = remaining of what ran until then), restarted, extended and carried (`amount` more), ended
    (the task was done while the clock stood still), recomputed (the calendar changed). Amounts are working days, or
    microseconds for a limit in hours. `due_at` is the due moment afterwards, null while the clock stands still.
    """

    __tablename__ = "deadline_entries"
    __table_args__ = (UniqueConstraint("case_id", "token", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    token: Mapped[int]
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor: Mapped[str] = mapped_column(String(64), default="")
    amount: Mapped[int] = mapped_column(default=0)
    used: Mapped[int] = mapped_column(default=0)
    category: Mapped[str] = mapped_column(String(32), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime | None]
