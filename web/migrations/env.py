"""Run by Alembic inside an application context: `upgrade()` and `revise()` of this package, or `flask db`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from sqlalchemy import Connection, text

from caseflow.errors import ConfigurationError
from caseflow.models import Base, db
from caseflow.models.db import WRITE

MIGRATION_LOCK = 4_201_906  # any constant: two processes that start together migrate one after the other


def run() -> None:
    """Migrate in one transaction: on both databases a failed revision leaves nothing behind."""
    with db.engine.connect().execution_options(**{WRITE: True}) as connection, _rebuilding(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            transactional_ddl=True,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            before = context.get_context().get_current_heads()
            context.run_migrations()
            if connection.dialect.name == "sqlite" and context.get_context().get_current_heads() != before:
                _require_whole(connection)


@contextmanager
def _rebuilding(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by copying it: rows that refer to it must bear its being gone for a moment.

    It can be told so outside of a transaction only; before the end of this one they are looked at (_require_whole).
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()


def _require_whole(connection: Connection) -> None:
    """ConfigurationError when a revision has left a row that refers to nothing."""
    broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if broken is not None:
        raise ConfigurationError(f"The migration would leave {broken.table} with rows that refer to nothing.")


run()
