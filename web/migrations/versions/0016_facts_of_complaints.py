"""A standing complaint keeps its facts, from which its sentence is made in the reader's language."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is kept as a sentence stays one, among the facts, until its check looks again."""
    op.execute("ALTER TABLE complaints RENAME COLUMN sentence TO facts")
    _rewrite(lambda kept: json.dumps({"said": kept}, ensure_ascii=False))


def downgrade() -> None:
    """Back to sentences; what has only facts says these until its check looks again."""
    _rewrite(lambda kept: json.loads(kept).get("said", kept))
    op.execute("ALTER TABLE complaints RENAME COLUMN facts TO sentence")


def _rewrite(change) -> None:
    table = sa.table("complaints", sa.column("id"), sa.column("facts"))
    for row in op.get_bind().execute(sa.select(table.c.id, table.c.facts)).all():
        op.execute(sa.update(table).where(table.c.id == row.id).values(facts=change(row.facts)))
