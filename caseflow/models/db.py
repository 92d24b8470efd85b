"""The database handle, column types and the one way to write.

This is the only file of the core that imports Flask-SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, ColumnElement, DateTime, Engine, Integer, MetaData, event, func, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    IntegrityError,
    InternalError,
    NotSupportedError,
    OperationalError,
    PendingRollbackError,
)
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

from caseflow.errors import ConcurrentUpdate, DatabaseUnavailable
from caseflow.models import driver
from caseflow.moments import ONE_SECOND

WRITE = "caseflow_write"  # execution option: SQLite takes the write lock when the transaction begins
FASTER_ON_POSTGRESQL = frozenset({
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "55P03",  # lock_not_available
    "23505",  # unique_violation
})
FASTER_ON_SQLITE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")
OUT_ON_POSTGRESQL = frozenset({
    "08",  # connection exception
    "53",  # insufficient resources: disk, memory, connections
    "57",  # operator intervention: shutdown, a statement cancelled
    "58",  # system error: input and output
})
OUT_ON_SQLITE = ("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_NOMEM")


class UtcDateTime(TypeDecorator):
    """A moment: aware in Python, UTC in the database. Naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """A moment as the database has it: naive UTC in SQLite, aware UTC in PostgreSQL. ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """A moment from the database: aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every table inherits: names of constraints, 64-bit whole numbers, moments in UTC."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={int: BigId, datetime: UtcDateTime()},
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


@contextmanager
def transaction() -> Iterator[Any]:
    """Write in one transaction: everything is committed at the end, or nothing on any error.

    Entry points (views, jobs, commands) use this; the core never commits. On SQLite the write lock is
    taken at the beginning, so that no read can go stale before its write. When somebody else was faster (a
    changed case, a lock not had, a key taken meanwhile) this is refused with ConcurrentUpdate; when the database
    cannot work, with DatabaseUnavailable: it is then unknown whether a commit under way arrived. Every other
    error goes on as it is.
    """
    session = db.session
    session.rollback()
    try:
        session.connection(execution_options={WRITE: True})
        yield session
        session.commit()
    except BaseException as error:
        session.rollback()
        if _somebody_was_faster(error):
            raise ConcurrentUpdate from error
        if is_outage(error):
            raise DatabaseUnavailable from error
        raise


@contextmanager
def snapshot() -> Iterator[Any]:
    """Read in one transaction that sees one moment, whatever others commit meanwhile. What is written is dropped."""
    session = db.session
    session.rollback()
    try:
        if session.get_bind().dialect.name == "postgresql":  # on SQLite every transaction is like that
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session
    finally:
        session.rollback()


def forget() -> None:
    """Let go of what was begun outside of `transaction()`, as by a request that was refused; nothing of it is kept."""
    db.session.rollback()


def disconnect() -> None:
    """End the session and every connection of this process: nothing holds the database any more."""
    db.session.remove()
    db.engine.dispose()


def insert_new(model: type[Base], **values: Any) -> bool:
    """Insert a row unless one with its key is there; whether it was new. At once, without a look first."""
    dialect = sqlite if _is_sqlite() else postgresql
    return db.session.execute(dialect.insert(model).values(**values).on_conflict_do_nothing()).rowcount == 1


def over_by_then(column: Any) -> ColumnElement[datetime]:
    """`moments.over_by` of a moment that stands in a column, in SQL."""
    if not _is_sqlite():
        return column - literal(ONE_SECOND)
    whole, fraction = func.substr(column, 1, 19), func.substr(column, 20)     # its own arithmetic drops microseconds
    return func.datetime(whole, f"-{ONE_SECOND.seconds} second").concat(fraction)


def _is_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"


def _somebody_was_faster(error: BaseException) -> bool:
    if not isinstance(error, DBAPIError):
        return isinstance(error, StaleDataError)
    state, name = getattr(error.orig, "sqlstate", None), getattr(error.orig, "sqlite_errorname", "")
    return state in FASTER_ON_POSTGRESQL or name.startswith(FASTER_ON_SQLITE)


def is_outage(error: BaseException) -> bool:
    """Whether the database could not work at all (gone, full, read-only): no fault of what was being done."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, PendingRollbackError)
    if hasattr(error.orig, "sqlstate"):  # psycopg gives none when there is no connection
        lost = error.orig.sqlstate is None and isinstance(error, OperationalError)
        return lost or error.connection_invalidated or (error.orig.sqlstate or "")[:2] in OUT_ON_POSTGRESQL
    return getattr(error.orig, "sqlite_errorname", "").startswith(OUT_ON_SQLITE)


def why_unusable(error: BaseException) -> str | None:
    """Why the database cannot be used, in a line of its driver; None for what is a fault of ours, not of the place."""
    ours = isinstance(error, (IntegrityError, InternalError, NotSupportedError))
    if ours or not isinstance(error, (DatabaseError, ArgumentError)):
        return None
    return str(getattr(error, "orig", error)).strip().splitlines()[0]


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, _record: Any) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        connection.isolation_level = None  # SQLAlchemy's own BEGIN below, not the driver's
        cursor = connection.cursor()
        for pragma in ("busy_timeout=20000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        write = connection.get_execution_options().get(WRITE)
        driver.send(connection, "BEGIN IMMEDIATE" if write else "BEGIN", ())
