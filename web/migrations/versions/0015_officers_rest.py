"""Filters of the ledger too, drafts of remarks, messages to one person, and finding what somebody has taken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TAKEN = sa.text("status = 'open' AND assignee_id IS NOT NULL")
OWNER_AND_NAME = "uq_saved_filters_owner_id_name"
OWNER_LIST_AND_NAME = "uq_saved_filters_owner_id_list_name"


def upgrade() -> None:
    """Add the columns and the table; the filters that are there are the worklist's."""
    with op.batch_alter_table("saved_filters") as filters:
        filters.add_column(sa.Column("list", sa.String(16), nullable=False, server_default="work"))
        filters.drop_constraint(OWNER_AND_NAME, type_="unique")
        filters.create_unique_constraint(OWNER_LIST_AND_NAME, ["owner_id", "list", "name"])
    op.create_table(
        "comment_drafts",
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("user_id", BIG, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
    )
    for table in ("outbox", "notices"):
        op.add_column(table, sa.Column("user_id", BIG))
    op.create_index("ix_notices_user_id_id", "notices", ["user_id", "id"])
    op.create_index("ix_work_items_taken", "work_items", ["assignee_id", "unit_id", "role", "due_at", "id"],
                    sqlite_where=TAKEN, postgresql_where=TAKEN)


def downgrade() -> None:
    """Drop them; filters of the ledger and messages to one person are lost."""
    op.drop_index("ix_work_items_taken", "work_items")
    op.drop_index("ix_notices_user_id_id", "notices")
    op.execute("DELETE FROM deliveries WHERE notice_id IN (SELECT id FROM notices WHERE user_id IS NOT NULL)")
    op.execute("DELETE FROM notice_reads WHERE notice_id IN (SELECT id FROM notices WHERE user_id IS NOT NULL)")
    for table in ("notices", "outbox"):
        op.execute(f"DELETE FROM {table} WHERE user_id IS NOT NULL")
        op.drop_column(table, "user_id")
    op.drop_table("comment_drafts")
    op.execute("DELETE FROM saved_filters WHERE list <> 'work'")
    with op.batch_alter_table("saved_filters") as filters:
        filters.drop_constraint(OWNER_LIST_AND_NAME, type_="unique")
        filters.create_unique_constraint(OWNER_AND_NAME, ["owner_id", "name"])
        filters.drop_column("list")
