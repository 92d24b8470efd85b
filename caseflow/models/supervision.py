"""What supervisors do, as rows: tasks handed over, reminders, absences, dispatches sent back, suspected breaches, links
with other channels and with cases that say the same, what was changed afterwards."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.models.cases import Case
from caseflow.models.db import Base
from caseflow.models.people import Unit, User
from caseflow.models.work import WorkItem


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
    """One task of a handover. `outcome`: waiting, moved, undone, or why it may not (a code of supervision/reassign.py).

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
    """A rung of the ladder of reminders was taken for a task with this due moment (without a limit: its beginning). The
    key makes a second one impossible; a due moment that is moved begins the ladder anew."""

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


class Improvement(Base):
    """What was changed after a closed case: `kind` is item, guide, material or process, `subject` its name.

    It stays as it is (triggers refuse to change it); a later one may correct it, once, also by saying that nothing was
    changed (kind withdrawn).
    """

    __tablename__ = "improvements"
    __table_args__ = (
        UniqueConstraint("corrects_id"),
        UniqueConstraint("entered_by", "form_token"),
        Index("ix_improvements_case_id", "case_id"),
        Index("ix_improvements_entered_at", "entered_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("improvements.id"))
    entered_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[datetime]
    form_token: Mapped[str] = mapped_column(String(64))
    case: Mapped[Case] = relationship()
    by: Mapped[User] = relationship()


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


class ConductRecord(Base):
    """That a unit, or a person of it, failed as the regulation describes (QJ-18, HN-17), verified by a supervisor.

    `kind` and `consequences` (parted by commas) are codes of its regulation; `person` is "" for the unit itself.
    `opinion` are the grounds of the kind's second condition, if it has one. Rows are only added; one that was wrong is
    withdrawn by another row.
    """

    __tablename__ = "conduct_records"
    __table_args__ = (
        UniqueConstraint("recorded_by", "form_token"),
        Index("ix_conduct_records_case_id", "case_id"),
        Index("ix_conduct_records_regulation_year", "regulation", "year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    regulation: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(24))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    person: Mapped[str] = mapped_column(String(80))
    staff_no: Mapped[str | None] = mapped_column(String(32))
    grounds: Mapped[str] = mapped_column(Text)
    opinion: Mapped[str] = mapped_column(Text)
    consequences: Mapped[str] = mapped_column(String(120))
    article: Mapped[str] = mapped_column(String(16))
    year: Mapped[int]
    form_token: Mapped[str] = mapped_column(String(64))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime]
    case: Mapped[Case] = relationship()
    unit: Mapped[Unit] = relationship()
    recorder: Mapped[User] = relationship()
    withdrawal: Mapped[ConductWithdrawal | None] = relationship(uselist=False)


class ConductWithdrawal(Base):
    """That what a conduct record says no longer holds, and why; once for each. Triggers refuse to change it."""

    __tablename__ = "conduct_withdrawals"

    record_id: Mapped[int] = mapped_column(ForeignKey("conduct_records.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    withdrawn_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime]
    by: Mapped[User] = relationship()
