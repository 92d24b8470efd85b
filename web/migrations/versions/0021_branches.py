"""Which unit is the branch of which area; the branch that stood in Hainan's regulation by name becomes one."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HAINAN = {"regulation": "hainan", "key": "platform_city"}
SINCE = date(2020, 2, 24)       # since when Hainan's regulation is in force


def upgrade() -> None:
    """Make the table. Haikou's branch goes on with the cases of its city."""
    branches = op.create_table(
        "branches",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("regulation", sa.String(32), nullable=False),
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("area_code", sa.String(12), nullable=False),
        sa.Column("unit_id", BIG, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
    )
    op.create_index("ix_branches_regulation_office", "branches", ["regulation", "office"])
    op.create_index("ix_branches_unit_id", "branches", ["unit_id"])
    units = sa.table("units", sa.column("id"), sa.column("regulation"), sa.column("key"), sa.column("level"),
                     sa.column("area_code"))
    named = sa.select(
        units.c.regulation, sa.literal("branch"), sa.literal("branch"), units.c.level, units.c.area_code, units.c.id,
        sa.literal(SINCE)).where(units.c.regulation == HAINAN["regulation"], units.c.key == HAINAN["key"])
    op.execute(branches.insert().from_select(
        ["regulation", "office", "kind", "level", "area_code", "unit_id", "first_day"], named))


def downgrade() -> None:
    """Forget which unit is a branch of what."""
    op.drop_table("branches")
