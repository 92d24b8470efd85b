"""Who belongs where, what they have read and how they are told; one-time passwords; offices that are closed.

Those who were administrators are system administrators (units, people) from now on; roles and passwords are for the
new role "security", which `caseflow user role` gives first.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
COLUMNS = (
    ("units", lambda: sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true())),
    ("users", lambda: sa.Column("password_until", MOMENT)),
    ("web_sessions", lambda: sa.Column("address", sa.String(45), nullable=False, server_default="")),
    ("web_sessions", lambda: sa.Column("agent", sa.String(120), nullable=False, server_default="")),
)
BELONGS = """
    INSERT INTO profiles (user_id, unit_id, email, phone, chat, channels, digest, read_to)
    SELECT id, (SELECT min(unit_id) FROM role_assignments WHERE user_id = users.id), '', '', '', '', false,
           (SELECT coalesce(max(id), 0) FROM notices)
    FROM users
"""  # what came before is nobody's unread mail


def upgrade() -> None:
    """Add the columns and tables; everybody belongs to the office of their first role."""
    for table, column in COLUMNS:
        op.add_column(table, column())
    _people()
    _deliveries()
    op.create_index("ix_notices_unit_id_role_id", "notices", ["unit_id", "role", "id"])
    op.execute(BELONGS)


def _people() -> None:
    op.create_table(
        "profiles",
        sa.Column("user_id", BIG, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("unit_id", BIG, sa.ForeignKey("units.id")),
        *(sa.Column(name, sa.String(length), nullable=False) for name, length in (
            ("email", 120), ("phone", 32), ("chat", 64), ("channels", 40))),
        sa.Column("digest", sa.Boolean, nullable=False),
        sa.Column("digested_on", sa.Date),
        sa.Column("read_to", BIG, nullable=False),
    )
    op.create_index("ix_profiles_unit_id", "profiles", ["unit_id"])
    op.create_index("ix_profiles_digest", "profiles", ["digest", "digested_on"])
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String(200), primary_key=True),
        sa.Column("subject", sa.String(255), primary_key=True),
        sa.Column("user_id", BIG, sa.ForeignKey("users.id"), nullable=False),
        sa.UniqueConstraint("issuer", "user_id"),
    )
    op.create_table(
        "import_drafts",
        sa.Column("user_id", BIG, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("regulation", sa.String(32), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )


def _deliveries() -> None:
    op.create_table(
        "notice_reads",
        sa.Column("user_id", BIG, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("notice_id", BIG, sa.ForeignKey("notices.id"), primary_key=True),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("key", sa.String(40), nullable=False, unique=True),
        sa.Column("notice_id", BIG, sa.ForeignKey("notices.id")),
        sa.Column("user_id", BIG, sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("attempts", BIG, nullable=False),
        sa.Column("next_try", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("problem", sa.String(200), nullable=False),
        sa.UniqueConstraint("notice_id", "user_id", "channel"),
    )
    op.create_index("ix_deliveries_status_next_try", "deliveries", ["status", "next_try"])


def downgrade() -> None:
    """Drop them; who holds the role "security" loses it."""
    op.drop_index("ix_notices_unit_id_role_id", "notices")
    for table in ("deliveries", "notice_reads", "import_drafts", "identities", "profiles"):
        op.drop_table(table)
    op.execute("DELETE FROM role_assignments WHERE role = 'security'")
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column().name)
