"""What supervisors do, as rows: changes of a deadline, tasks handed over, absences."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.models.db import Base
from caseflow.models.people import Unit, User
from caseflow.models.work import WorkItem


class DeadlineEntry(Base):
    """A change of one deadline, in order (`seq` from 1). Append-only: triggers refuse UPDATE and DELETE.

    What was given stands in the timer's own row (unit, amount, since), which never changes either. Kinds: stopped
    (`used` and `amount` = remaining of what ran until then), held (one more reason why a stopped clock stands still),
    released (one reason less, others remain), restarted, extended and carried (`amount` more), ended (the task was done
    while the clock stood still), recomputed (the calendar changed). `category` says why: one of the regulation's, or
    "appeal:<id>" for an appeal under review. Amounts are working days, or
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


class Handover(Base):
    """Tasks that somebody meant to hand over together, once: to a unit (`user_id` null) or to a person there."""

    __tablename__ = "handovers"

    id: Mapped[int] = mapped_column(primary_key=True)
    form_token: Mapped[str] = mapped_column(String(64), unique=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    actor: Mapped[User] = relationship(foreign_keys=[actor_id])


class HandoverItem(Base):
    """One task of a handover. `outcome`: waiting, moved, undone, or why it may not (a code of reassignment.py).

    `joined`: the unit takes part in the case since. Each is done in a transaction of its own.
    """

    __tablename__ = "handover_items"
    __table_args__ = (Index("ix_handover_items_work_item_id", "work_item_id"),)

    handover_id: Mapped[int] = mapped_column(ForeignKey("handovers.id"), primary_key=True)
    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_items.id"), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(16), default="waiting")
    from_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    from_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    joined: Mapped[bool] = mapped_column(default=False)
    responsible: Mapped[bool] = mapped_column(default=False)    # the case's responsible unit moved with it
    moved_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    handover: Mapped[Handover] = relationship()
    item: Mapped[WorkItem] = relationship()


class LadderStep(Base):
    """A rung of the ladder of reminders was taken for a task with this due moment. The key makes a second one
    impossible; a due moment that is moved begins the ladder anew."""

    __tablename__ = "ladder_steps"

    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_items.id"), primary_key=True)
    rung: Mapped[str] = mapped_column(String(16), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime]


class Absence(Base):
    """Somebody is away from a day to a day (Shanghai, both included) and somebody else stands in for them.

    `open_too`: what they have taken goes to the substitute as well. The scheduler begins and ends it. `lent`: the posts
    that the substitute got for the time, as "role:unit" with spaces between.
    """

    __tablename__ = "absences"
    __table_args__ = (Index("ix_absences_ended_at_first_day", "ended_at", "first_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    substitute_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    open_too: Mapped[bool]
    entered_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    lent: Mapped[str] = mapped_column(Text, default="")
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    substitute: Mapped[User] = relationship(foreign_keys=[substitute_id])


class SubstitutedItem(Base):
    """A task that went to a substitute with an absence, and goes back if it is still theirs at the end."""

    __tablename__ = "substituted_items"

    absence_id: Mapped[int] = mapped_column(ForeignKey("absences.id"), primary_key=True)
    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_items.id"), primary_key=True)
