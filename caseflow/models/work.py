"""What is open in a case, as rows: work items, drafts, timers, awaited messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.models.cases import Case
from caseflow.models.db import Base
from caseflow.models.people import Unit, User

OPEN = "status = 'open'"
STOPPED = "status = 'open' AND clock_stopped"
FREE = "status = 'open' AND assignee_id IS NULL"
TAKEN = "status = 'open' AND assignee_id IS NOT NULL"     # of one's own few, however many the unit has


class WorkItem(Base):
    """A task somebody has to do (待办). `token` is the engine's number of this visit of the task."""

    __tablename__ = "work_items"
    __table_args__ = (
        UniqueConstraint("case_id", "token"),
        Index("ix_work_items_free", "unit_id", "role", "due_at", "id",
              sqlite_where=text(FREE), postgresql_where=text(FREE)),
        Index("ix_work_items_taken", "assignee_id", "unit_id", "role", "due_at", "id",
              sqlite_where=text(TAKEN), postgresql_where=text(TAKEN)),
        Index("ix_work_items_of_unit", "unit_id", "due_at", "id", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_work_items_due", "due_at", "id", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_work_items_at_step", "element", "unit_id", "due_at",
              sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_work_items_stopped", "unit_id", "id", sqlite_where=text(STOPPED), postgresql_where=text(STOPPED)),
        Index("ix_work_items_status_assignee_id_due_at", "status", "assignee_id", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    token: Mapped[int]
    element: Mapped[str] = mapped_column(String(64))
    visit: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    role: Mapped[str] = mapped_column(String(16))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    status: Mapped[str] = mapped_column(String(16), default="open")   # open, completed, cancelled
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    due_provisional: Mapped[bool] = mapped_column(default=False)
    clock_stopped: Mapped[bool] = mapped_column(default=False)      # then it has no due_at
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    case: Mapped[Case] = relationship(lazy="joined")
    unit: Mapped[Unit] = relationship()
    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id])


class Draft(Base):
    """What a person has typed into a task's form and not yet submitted."""

    __tablename__ = "drafts"

    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_items.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    form_values: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]


class Timer(Base):
    """A deadline or delay of one visit of a task, with how its due moment was computed.

    status: pending, stopped, fired, cancelled. `since` is the moment the count starts from. What was changed since it
    was set stands in deadline_entries; while it is stopped, `due_at` is where it stood.
    """

    __tablename__ = "timers"
    __table_args__ = (
        UniqueConstraint("case_id", "token"),
        Index("ix_timers_status_due_at", "status", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    token: Mapped[int]
    element: Mapped[str] = mapped_column(String(64))
    attached_to: Mapped[str] = mapped_column(String(64), default="")
    interrupting: Mapped[bool]
    unit: Mapped[str] = mapped_column(String(16))      # working_days, calendar_days, hours, end_of_day, date
    amount: Mapped[int]
    since: Mapped[str] = mapped_column(String(40))
    since_name: Mapped[str] = mapped_column(String(64))
    due_at: Mapped[datetime]
    calendar: Mapped[str] = mapped_column(String(64), default="")   # version of the calendar that was used
    provisional: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(16), default="pending")
    created_at: Mapped[datetime]
    case: Mapped[Case] = relationship()


class TimerFiring(Base):
    """A timer fired. The key makes a second firing of the same visit impossible."""

    __tablename__ = "timer_firings"
    __table_args__ = (Index("ix_timer_firings_fired_at", "fired_at"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    fired_at: Mapped[datetime]


class AppliedEffect(Base):
    """A service task's effect was applied. The key makes a second application impossible."""

    __tablename__ = "applied_effects"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(64))
    applied_at: Mapped[datetime]


class AwaitedMessage(Base):
    """A message a case waits for (deleted when it no longer does)."""

    __tablename__ = "awaited_messages"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True)
    element: Mapped[str] = mapped_column(String(64))
    message: Mapped[str] = mapped_column(String(64))
