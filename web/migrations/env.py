"""Run by Alembic inside an application context: `upgrade()` and `revise()` of this package, or `flask db`."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from caseflow.models import Base, db
from caseflow.models.db import WRITE

MIGRATION_LOCK = 4_201_906  # any constant: two processes that start together migrate one after the other


def run() -> None:
    """Migrate in one transaction: on both databases a failed revision leaves nothing behind."""
    with db.engine.connect().execution_options(**{WRITE: True}) as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            transactional_ddl=True,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            context.run_migrations()


run()
