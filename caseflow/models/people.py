"""The roles there are; units, users, where they belong and what they hold; sign-ins, imports of people, API keys."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.models.db import Base

ROLES = ("officer", "supervisor", "staff", "reviewer", "designer", "approver", "auditor", "admin", "security")
OFFICIALS = frozenset({"officer", "supervisor"})    # they act for their office
POSTS = ("officer", "supervisor", "reviewer")       # they have work, which others can take over
DUTIES = ("admin", "security", "auditor")   # separated: system administration, security administration, audit
LEVELS = ("province", "city", "district", "town", "village")  # HN-2: five levels


class Unit(Base):
    """An office. `key` is its name in regulation.toml when the regulation speaks of it (else null).

    One that is not active gets no new roles, and ratings for its code go to the lead unit.
    """

    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("regulation", "code"), UniqueConstraint("regulation", "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    regulation: Mapped[str] = mapped_column(String(32), index=True)
    code: Mapped[str] = mapped_column(String(32))
    key: Mapped[str | None] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(120))
    level: Mapped[str] = mapped_column(String(16))
    area_code: Mapped[str] = mapped_column(String(12))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    parent: Mapped[Unit | None] = relationship(remote_side=[id])


class Branch(Base):
    """That a unit is the branch of an area, from its first day to its last (null: for now without end).

    `office` is the key under which lanes name it by rule, `kind` which of the kinds of this office it is, both of
    [branches] in regulation.toml. The area has as many digits of `area_code` as its `level` has.
    """

    __tablename__ = "branches"
    __table_args__ = (Index("ix_branches_regulation_office", "regulation", "office"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    regulation: Mapped[str] = mapped_column(String(32))
    office: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(32))
    level: Mapped[str] = mapped_column(String(16))
    area_code: Mapped[str] = mapped_column(String(12))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    unit: Mapped[Unit] = relationship(lazy="joined")


class User(Base):
    """Somebody who signs in. `password_until` is set while the password is a one-time one: until then it opens the
    page where another is chosen, and nothing else."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    staff_no: Mapped[str | None] = mapped_column(String(32))  # proManagerNo of the feeds
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str] = mapped_column(String(8), default="zh")
    password_until: Mapped[datetime | None]
    roles: Mapped[list[RoleAssignment]] = relationship(back_populates="user", lazy="selectin")
    profile: Mapped[Profile | None] = relationship(lazy="select", uselist=False)


class Profile(Base):
    """Where a person belongs, how they want to be told, and what of the inbox they have read.

    `channels` are the chosen ones, parted by commas. Notices up to number `read_to` count as read. `digested_on` is the
    Shanghai day of the last digest.
    """

    __tablename__ = "profiles"
    __table_args__ = (Index("ix_profiles_unit_id", "unit_id"), Index("ix_profiles_digest", "digest", "digested_on"))

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    email: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(32), default="")
    chat: Mapped[str] = mapped_column(String(64), default="")
    channels: Mapped[str] = mapped_column(String(40), default="")
    digest: Mapped[bool] = mapped_column(default=False)
    digested_on: Mapped[date | None]
    read_to: Mapped[int] = mapped_column(default=0)
    unit: Mapped[Unit | None] = relationship()


class RoleAssignment(Base):
    """A user holds a role at a unit."""

    __tablename__ = "role_assignments"
    __table_args__ = (Index("ix_role_assignments_unit_id_role", "unit_id", "role"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)
    user: Mapped[User] = relationship(back_populates="roles")
    unit: Mapped[Unit] = relationship(lazy="joined")


class WebSession(Base):
    """A login the server can end. `id` is the SHA-256 of the secret that the cookie carries."""

    __tablename__ = "web_sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(45), default="", server_default="")
    agent: Mapped[str] = mapped_column(String(120), default="", server_default="")   # what the browser calls itself


class Identity(Base):
    """Who a person is for an identity provider (OIDC): they sign in there instead of by password."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "user_id"),)

    issuer: Mapped[str] = mapped_column(String(200), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class ImportDraft(Base):
    """A file of units or users that somebody has sent and not yet confirmed; one for each person."""

    __tablename__ = "import_drafts"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    regulation: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class LoginFailures(Base):
    """Wrong passwords lately, per account name and per address (known or not, so that both look alike).

    `key` is the SHA-256 of "account:<name>" or "address:<ip>"; the count begins anew after the window.
    """

    __tablename__ = "login_failures"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime | None]


class ApiKey(Base):
    """A pushing system's key; only its SHA-256 is kept."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(Text)
