"""On PostgreSQL, the queue of the side jobs."""

from __future__ import annotations

from alembic import op

from web.migrations import queue_tables

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

QUEUE = "03.04.00_50_post_add_retry_failed_job_procedure.sql"  # the newest of procrastinate's migrations by then


def upgrade() -> None:
    """Make its tables; on SQLite the scheduler runs the side jobs."""
    if op.get_context().dialect.name == "postgresql":
        queue_tables.bring_up_to_date(op.get_bind())


def downgrade() -> None:
    """Drop them."""
    if op.get_context().dialect.name == "postgresql":
        queue_tables.drop(op.get_bind())
