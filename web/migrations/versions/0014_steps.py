"""Indexes that count what is open at a step, and find the cases that run under a version of a process."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OPEN = sa.text("status = 'open'")
INDEXES = (
    ("ix_work_items_at_step", "work_items", ["element", "unit_id", "due_at"], OPEN),
    ("ix_process_instances_definition_ended_case_id", "process_instances", ["definition", "ended", "case_id"], None),
)


def upgrade() -> None:
    """Add them."""
    for name, table, columns, where in INDEXES:
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name, table, *_ in INDEXES:
        op.drop_index(name, table)
