"""A service may have several ratings that say different things, and a default may be replaced. What was changed after
a case is noted."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = (
    "id", "service_record_id", "regulation", "level", "raw_level", "detail_codes", "text", "channel", "rated_at",
    "received_at", "source", "real_name",
)
ADDED = ("sequence", "is_default")
UNIQUE = "uq_ratings_service_record_id_sequence"
SOLE = "uq_ratings_service_record_id"
BATCH = 10_000


def _sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _refuse_changes(columns: tuple[str, ...]) -> None:
    """Let the trigger of 0002 refuse to change these columns of a rating."""
    op.execute("DROP TRIGGER ratings_no_update" + ("" if _sqlite() else " ON ratings"))
    body = ("BEGIN SELECT RAISE(ABORT, 'ratings: what was recorded stays as it is'); END" if _sqlite() else
            "FOR EACH ROW EXECUTE FUNCTION caseflow_refuse()")
    op.execute(f"CREATE TRIGGER ratings_no_update BEFORE UPDATE OF {', '.join(columns)} ON ratings {body}")


def _triggers() -> list[str]:
    """What SQLite forgets with the table that is copied."""
    if not _sqlite():
        return []
    return list(op.get_bind().execute(sa.text(
        "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ratings'")).scalars())


def _mark_defaults() -> None:
    """Ratings that came as defaults say so in the line that is kept."""
    connection = op.get_bind()
    ratings = sa.table("ratings", sa.column("id"), sa.column("raw"), sa.column("is_default"))
    last = 0
    while rows := connection.execute(
            sa.select(ratings.c.id, ratings.c.raw).where(ratings.c.id > last, ratings.c.raw.contains('"isdefault"'))
            .order_by(ratings.c.id).limit(BATCH)).all():
        defaults = [row.id for row in rows if _is_default(row.raw)]
        if defaults:
            connection.execute(ratings.update().where(ratings.c.id.in_(defaults)).values(is_default=True))
        last = rows[-1].id


def _is_default(line: str) -> bool:
    try:
        value = json.loads(line).get("isdefault")
    except (ValueError, AttributeError, RecursionError):
        return False
    return not isinstance(value, bool) and str(value).strip() == "1"


def upgrade() -> None:
    """Let a service have several ratings, and make the table of improvements."""
    _count_ratings()
    _improvements()


def _count_ratings() -> None:
    """Each of those that are there is the first of its service."""
    triggers = _triggers()
    with op.batch_alter_table("ratings") as ratings:
        ratings.add_column(sa.Column("sequence", BIG, nullable=False, server_default="1"))
        ratings.add_column(sa.Column("is_default", sa.Boolean, nullable=False, server_default=sa.false()))
        ratings.add_column(sa.Column("replaced_at", sa.DateTime(timezone=True)))
        ratings.drop_constraint(SOLE, type_="unique")
        ratings.create_unique_constraint(UNIQUE, ["service_record_id", "sequence"])
    for trigger in triggers:
        op.execute(trigger)
    _mark_defaults()
    _refuse_changes((*KEPT, *ADDED))


def _improvements() -> None:
    op.create_table(
        "improvements",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("corrects_id", BIG, sa.ForeignKey("improvements.id")),
        sa.Column("entered_by", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("form_token", sa.String(64), nullable=False),
        sa.UniqueConstraint("corrects_id"),
        sa.UniqueConstraint("entered_by", "form_token"),
    )
    op.create_index("ix_improvements_case_id", "improvements", ["case_id"])
    op.create_index("ix_improvements_entered_at", "improvements", ["entered_at"])
    for event in ("UPDATE", "DELETE"):
        body = ("BEGIN SELECT RAISE(ABORT, 'improvements: what was recorded stays as it is'); END" if _sqlite() else
                "FOR EACH ROW EXECUTE FUNCTION caseflow_refuse()")
        op.execute(f"CREATE TRIGGER improvements_no_{event.lower()} BEFORE {event} ON improvements {body}")


def downgrade() -> None:
    """Forget what was changed, and let a service have one rating only; fails while there is one with more."""
    op.drop_table("improvements")
    _refuse_changes(KEPT)
    triggers = _triggers()
    with op.batch_alter_table("ratings") as ratings:
        ratings.drop_constraint(UNIQUE, type_="unique")
        ratings.create_unique_constraint(SOLE, ["service_record_id"])
        for column in ("replaced_at", "is_default", "sequence"):
            ratings.drop_column(column)
    for trigger in triggers:
        op.execute(trigger)
