"""What supervision leaves beside a case: dispatches that were sent back, suspicions that were forwarded, links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
PHONES = sa.text("rater_phone IS NOT NULL")
STANDING = sa.text("removed_at IS NULL")
UNDECIDED = sa.text("decision IS NULL")


def upgrade() -> None:
    """Make the tables."""
    _dispatches()
    _discipline()
    _references()
    _duplicates()


def _dispatches() -> None:
    op.create_table(
        "dispatch_refusals",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("unit_id", BIG, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("suggested_id", BIG, sa.ForeignKey("units.id")),
        sa.Column("refused_by", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("refused_at", MOMENT, nullable=False),
        sa.Column("decision", sa.String(16)),
        sa.Column("to_unit_id", BIG, sa.ForeignKey("units.id")),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("decided_by", BIG, sa.ForeignKey("users.id")),
        sa.Column("decided_at", MOMENT),
        sa.UniqueConstraint("case_id", "unit_id"),
    )
    op.create_index("ix_dispatch_refusals_undecided", "dispatch_refusals", ["id"], sqlite_where=UNDECIDED,
                    postgresql_where=UNDECIDED)


def _discipline() -> None:
    op.create_table(
        "discipline_reports",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("to_unit_id", BIG, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("to_role", sa.String(16), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("form_token", sa.String(64), nullable=False),
        sa.Column("forwarded_by", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("forwarded_at", MOMENT, nullable=False),
        sa.Column("received_by", BIG, sa.ForeignKey("users.id")),
        sa.Column("received_at", MOMENT),
        sa.UniqueConstraint("forwarded_by", "form_token"),
    )
    op.create_index("ix_discipline_reports_case_id", "discipline_reports", ["case_id"])
    op.create_index("ix_discipline_reports_to_unit_id", "discipline_reports", ["to_unit_id", "id"])


def _references() -> None:
    op.create_table(
        "case_references",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("added_by", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("removed_by", BIG, sa.ForeignKey("users.id")),
        sa.Column("removed_at", MOMENT),
        sa.Column("removal_reason", sa.Text(), nullable=False),
    )
    op.create_index("uq_case_references_standing", "case_references", ["case_id", "channel", "number"], unique=True,
                    sqlite_where=STANDING, postgresql_where=STANDING)


def _duplicates() -> None:
    op.create_table(
        "duplicate_links",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("of_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("linked_by", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.Column("removed_by", BIG, sa.ForeignKey("users.id")),
        sa.Column("removed_at", MOMENT),
        sa.Column("removal_reason", sa.Text(), nullable=False),
    )
    op.create_index("uq_duplicate_links_standing", "duplicate_links", ["case_id"], unique=True,
                    sqlite_where=STANDING, postgresql_where=STANDING)
    op.create_index("ix_duplicate_links_of_id", "duplicate_links", ["of_id"])
    op.create_index("ix_ratings_rater_phone", "ratings", ["rater_phone"], sqlite_where=PHONES,
                    postgresql_where=PHONES)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_ratings_rater_phone", "ratings")
    op.drop_table("duplicate_links")
    op.drop_table("case_references")
    op.drop_table("discipline_reports")
    op.drop_table("dispatch_refusals")
