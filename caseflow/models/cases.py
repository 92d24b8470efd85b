"""Cases: the summary people see, the process instance the engine owns, the units that take part, what was filled in,
remarks, incidents, and the numbers that were given."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, literal_column, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from caseflow.errors import NotFound
from caseflow.models.db import Base, db
from caseflow.models.people import Unit
from caseflow.models.ratings import Rating

CASE_STATUSES = ("open", "closed", "voided")


class Case(Base):
    """A case. What it is about points to it; `kind` says how to find it (casefile/kinds.py).

    `version` grows by one with every step: a second writer is refused.
    `status` and `step` are summaries derived from the diagram's state. `next_due` is the earliest pending
    timer; `next_try` is when the scheduler may touch it (later than next_due after failures). `journal_seq`
    and `journal_head` are number and hash of the case's last journal entry.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_incident_next_try_id", "incident", "next_try", "id"),
        Index("ix_cases_regulation_status_opened_at", "regulation", "status", "opened_at"),
        Index("ix_cases_open", "id", sqlite_where=text("status = 'open'"), postgresql_where=text("status = 'open'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(24))
    regulation: Mapped[str] = mapped_column(String(32))
    after_expiry: Mapped[bool] = mapped_column(default=False)   # opened past the regulation's validity (HF-18)
    rating_id: Mapped[int | None] = mapped_column(ForeignKey("ratings.id"), index=True)   # if it is about one
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)  # the responsible unit
    status: Mapped[str] = mapped_column(String(16), default="open")
    step: Mapped[str] = mapped_column(String(120), default="")                # names of the open tasks
    outcome: Mapped[str | None] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    next_due: Mapped[datetime | None]
    next_try: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    incident: Mapped[bool] = mapped_column(default=False)
    journal_seq: Mapped[int] = mapped_column(default=0)
    journal_head: Mapped[str] = mapped_column(String(64), default="")
    rating: Mapped[Rating | None] = relationship(lazy="joined")
    unit: Mapped[Unit] = relationship(lazy="joined")
    instance: Mapped[ProcessInstance] = relationship(back_populates="case", uselist=False)

    __mapper_args__ = {"version_id_col": version}


OPEN = Case.status == literal_column("'open'")  # spelled out: a parameter would not find ix_cases_open


class ProcessInstance(Base):
    """The engine's state of a case, pinned to the definition it started under."""

    __tablename__ = "process_instances"
    __table_args__ = (Index("ix_process_instances_definition_ended_case_id", "definition", "ended", "case_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    definition: Mapped[str] = mapped_column(ForeignKey("definitions.digest"))
    state: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    state_digest: Mapped[str] = mapped_column(String(64))
    ended: Mapped[bool] = mapped_column(default=False)
    case: Mapped[Case] = relationship(back_populates="instance")


class CaseUnit(Base):
    """A unit that takes part in a case, and so may see it."""

    __tablename__ = "case_units"
    __table_args__ = (Index("ix_case_units_unit_id_case_id", "unit_id", "case_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)


class Submission(Base):
    """What somebody filled in at a task, texts included. One per work item; a retry with its token finds it."""

    __tablename__ = "submissions"
    __table_args__ = (UniqueConstraint("work_item_id"), Index("ix_submissions_case_id", "case_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_items.id"))
    element: Mapped[str] = mapped_column(String(64))
    form_values: Mapped[str] = mapped_column(Text)    # JSON: {field id: value}
    form_token: Mapped[str] = mapped_column(String(64))
    submitted_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[datetime]


class Incident(Base):
    """A case the scheduler could not move after five tries. Others go on."""

    __tablename__ = "incidents"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class NumberSequence(Base):
    """The last file number given under a key such as "<regulation>-2026"."""

    __tablename__ = "number_sequences"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    last: Mapped[int]


def lock_case_row(case_id: int) -> Case:
    """The case with its instance, fresh and locked to the end of the transaction (SQLite: by `transaction`).

    For what changes a case beside its steps; a step holds its case by casefile.holding.

    The instance is read by a statement of its own: joined, whoever waited for the lock would get the old one.
    """
    query = select(Case).where(Case.id == case_id).with_for_update(of=Case).options(
        selectinload(Case.instance).undefer(ProcessInstance.state))
    case = db.session.scalar(query.execution_options(populate_existing=True))
    if case is None:
        raise NotFound
    return case


class Comment(Base):
    """A remark on a case. `form_token` is that of the form it was written in: sent again, it is there already."""

    __tablename__ = "comments"
    __table_args__ = (UniqueConstraint("written_by", "form_token"), Index("ix_comments_case_id_id", "case_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    text: Mapped[str] = mapped_column(Text)
    written_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    written_at: Mapped[datetime]
    form_token: Mapped[str] = mapped_column(String(64))


class CommentDraft(Base):
    """A remark that somebody has begun to write on a case."""

    __tablename__ = "comment_drafts"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]
