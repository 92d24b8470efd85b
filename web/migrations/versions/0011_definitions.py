"""Versions of a process are numbered and say who deployed and approved them; drafts of diagrams."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
PEOPLE = ("deployed_by_id", "approved_by_id")
KEPT = ("digest", "regulation", "process_id", "files", "deployed_at")
NUMBERS = """
    UPDATE definitions SET number = (
        SELECT count(*) FROM definitions AS others WHERE others.process_id = definitions.process_id
        AND (others.deployed_at, others.digest) <= (definitions.deployed_at, definitions.digest))
"""


def upgrade() -> None:
    """Number the versions that are there by the moment at which they were deployed; make the tables of drafts."""
    op.add_column("definitions", sa.Column("number", BIG, nullable=False, server_default="0"))
    op.execute(NUMBERS)
    op.create_index("ix_definitions_process_id_number", "definitions", ["process_id", "number"], unique=True)
    integer = "INTEGER" if _sqlite() else "BIGINT"
    for name in PEOPLE:   # in words: alembic cannot add a reference to a table of SQLite
        op.execute(f"ALTER TABLE definitions ADD COLUMN {name} {integer} REFERENCES users (id)")
    _refuse_changes((*KEPT, "number", *PEOPLE))
    _drafts()


def _drafts() -> None:
    op.create_table(
        "process_drafts",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("regulation", sa.String(32), nullable=False),
        sa.Column("process_id", sa.String(64), nullable=False),
        sa.Column("source", sa.LargeBinary, nullable=False),
        sa.Column("base", sa.String(64), sa.ForeignKey("definitions.digest")),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("author_id", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("edited_by_id", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("edited_at", MOMENT, nullable=False),
        sa.Column("submitted_by_id", BIG, sa.ForeignKey("users.id")),
        sa.Column("submitted_at", MOMENT),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("deployed_as", sa.String(64), sa.ForeignKey("definitions.digest")),
    )
    op.create_index("ix_process_drafts_regulation_state", "process_drafts", ["regulation", "state"])
    op.create_table(
        "draft_editors",
        sa.Column("draft_id", BIG, sa.ForeignKey("process_drafts.id"), primary_key=True),
        sa.Column("user_id", BIG, sa.ForeignKey("users.id"), primary_key=True),
    )


def _refuse_changes(columns: tuple[str, ...]) -> None:
    """Let the trigger of 0002 refuse to change these columns of a definition."""
    op.execute("DROP TRIGGER definitions_no_update" + ("" if _sqlite() else " ON definitions"))
    body = ("BEGIN SELECT RAISE(ABORT, 'definitions: what was recorded stays as it is'); END" if _sqlite() else
            "FOR EACH ROW EXECUTE FUNCTION caseflow_refuse()")
    op.execute(f"CREATE TRIGGER definitions_no_update BEFORE UPDATE OF {', '.join(columns)} ON definitions {body}")


def _sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def downgrade() -> None:
    """Drop them; what was drawn and not deployed is lost."""
    op.drop_table("draft_editors")
    op.drop_table("process_drafts")
    _refuse_changes(KEPT)
    op.drop_index("ix_definitions_process_id_number", "definitions")
    for name in (*PEOPLE, "number"):
        op.drop_column("definitions", name)
