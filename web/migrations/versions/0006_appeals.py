"""Appeals, and the failures of duty they verify; an index that finds the ratings about one person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables and indexes."""
    op.create_table(
        "appeals",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False, unique=True),
        sa.Column("rating_id", BIG, sa.ForeignKey("ratings.id"), nullable=False),
        sa.Column("rectification_id", BIG, sa.ForeignKey("cases.id")),
        sa.Column("party", sa.String(40), nullable=False),
        sa.Column("appellant_id", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("unit_id", BIG, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("ground", sa.String(16), nullable=False),
        sa.Column("statement", sa.Text, nullable=False),
        sa.Column("form_token", sa.String(64), nullable=False),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT),
        sa.Column("decision", sa.String(16)),
        sa.Column("finding", sa.String(16)),
        sa.Column("reasons", sa.Text),
        sa.Column("decided_by", BIG, sa.ForeignKey("users.id")),
        sa.Column("decided_at", MOMENT),
        sa.Column("reference", sa.String(64)),
        sa.UniqueConstraint("rating_id", "party"),
    )
    op.create_index("ix_appeals_appellant_id_filed_at", "appeals", ["appellant_id", "filed_at"])
    op.create_index("ix_appeals_unit_id_filed_at", "appeals", ["unit_id", "filed_at"])
    op.create_table(
        "assessment_records",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("appeal_id", BIG, sa.ForeignKey("appeals.id"), nullable=False, unique=True),
        sa.Column("regulation", sa.String(32), nullable=False),
        sa.Column("unit_id", BIG, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("staff_no", sa.String(32)),
        sa.Column("year", BIG, nullable=False),
        sa.Column("consequences", sa.String(120), nullable=False),
        sa.Column("article", sa.String(16), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
    )
    op.create_index("ix_assessment_records_regulation_year", "assessment_records", ["regulation", "year"])
    op.create_index("ix_service_records_unit_id_handler_no", "service_records", ["unit_id", "handler_no"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_service_records_unit_id_handler_no", "service_records")
    op.drop_table("assessment_records")
    op.drop_table("appeals")
