"""A verified failure that was recorded may be withdrawn, with its grounds; what was recorded stays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIXED = ("conduct_records", "conduct_withdrawals")


def upgrade() -> None:
    """Make the table, and let neither what was recorded nor its withdrawal be changed or deleted."""
    op.create_table(
        "conduct_withdrawals",
        sa.Column("record_id", BIG, sa.ForeignKey("conduct_records.id"), primary_key=True, autoincrement=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_by", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
    )
    sqlite = op.get_context().dialect.name == "sqlite"
    for table in FIXED:
        for event in ("UPDATE", "DELETE"):
            body = (f"BEGIN SELECT RAISE(ABORT, '{table}: what was recorded stays as it is'); END" if sqlite else
                    "FOR EACH ROW EXECUTE FUNCTION caseflow_refuse()")
            op.execute(f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} {body}")


def downgrade() -> None:
    """Forget what was withdrawn."""
    op.drop_table("conduct_withdrawals")
    on = "" if op.get_context().dialect.name == "sqlite" else " ON conduct_records"
    for event in ("update", "delete"):
        op.execute(f"DROP TRIGGER conduct_records_no_{event}{on}")
