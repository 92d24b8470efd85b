"""What is open in a case, as rows: work items with drafts and delegations, timers with their ledgers and firings,
awaited messages, applied effects; and what a person keeps for their work: filters, phrases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.models.cases import Case
from caseflow.models.db import Base
from caseflow.models.people import Unit, User

RUNNING = "ended_at IS NULL"
OPEN = "status = 'open'"
STOPPED = "status = 'open' AND clock_stopped"
FREE = "status = 'open' AND assignee_id IS NULL"
TAKEN = "status = 'open' AND assignee_id IS NOT NULL"     # of one's own few, however many the unit has


class WorkItem(Base):
    """A task somebody has to do (待办). `token` is the engine's number of this visit of the task.

    `stands_in`: the assignee does not hold its post, and does it because nobody there can (different_person).
    """

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
    stands_in: Mapped[bool] = mapped_column(server_default=false())
    status: Mapped[str] = mapped_column(String(16), default="open")   # open, completed, cancelled
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    due_provisional: Mapped[bool] = mapped_column(default=False)
    agreed_at: Mapped[datetime | None]      # to when it was extended; `due_at` stays what the statute says
    clock_stopped: Mapped[bool] = mapped_column(default=False)
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

    status: pending, fired, cancelled, withdrawn (it fired by a provisional calendar, and another took its place).
    `since` is the moment the count starts from. `due_at` is what the drawing and the calendar alone give. What was
    agreed beside it stands in deadline_entries: `agreed_at` is the later moment to which it was extended, if there is
    one, and `clock_stopped` says that the agreed time stands still.
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
    agreed_at: Mapped[datetime | None]
    clock_stopped: Mapped[bool] = mapped_column(server_default=false())
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


class Delegation(Base):
    """A taken task was handed from one person to another. It runs until it is given or taken back, or released."""

    __tablename__ = "delegations"
    __table_args__ = (
        Index("uq_delegations_running", "work_item_id", unique=True, sqlite_where=text(RUNNING),
              postgresql_where=text(RUNNING)),
        Index("ix_delegations_work_item_id", "work_item_id"),
        Index("ix_delegations_from_id_running", "from_id", sqlite_where=text(RUNNING), postgresql_where=text(RUNNING)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_items.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(String(500))
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(500), default="")    # what was said when it was given back


class DeadlineEntry(Base):
    """What was agreed beside one deadline, in order (`seq` from 1). Append-only: triggers refuse UPDATE and DELETE.

    What was given stands in the timer's own row (unit, amount, since), which never changes either. Kinds: stopped
    (`used` and `amount` = remaining of what ran until then), held (one more reason why a stopped clock stands still),
    released (one reason less, others remain), restarted, extended and carried (`amount` more), ended (the task was done
    while the clock stood still), recomputed (the calendar changed). `category` says why: one of the regulation's, or
    "appeal:<id>" for an appeal under review. Amounts are working days, or
    microseconds for a limit in hours. `due_at` is the agreed moment afterwards, null while the clock stands still.
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


class SavedFilter(Base):
    """A filter of a list ("work", "ledger") under a name: its owner's, or shared with a unit. `query` is JSON."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("owner_id", "list", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    list: Mapped[str] = mapped_column(String(16), default="work")
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]


class Phrase(Base):
    """A text that a unit's people often write, to be inserted into a field."""

    __tablename__ = "phrases"
    __table_args__ = (UniqueConstraint("unit_id", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    title: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime]
