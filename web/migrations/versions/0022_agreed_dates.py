"""What is agreed beside a deadline stands beside it, and the due date is the statute's.

A date that was extended, or stood still, becomes the agreed one. `caseflow init` counts the due dates of what waits
anew after every migration, on the record; a task that is done keeps the date by which it was judged.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
GRANTED = """EXISTS (SELECT 1 FROM deadline_entries WHERE deadline_entries.case_id = timers.case_id
    AND deadline_entries.token = timers.token AND deadline_entries.kind IN ('extended', 'carried', 'restarted'))"""
STOOD = """(SELECT min(timers.due_at) FROM timers WHERE timers.case_id = work_items.case_id AND timers.clock_stopped
    AND timers.status = 'pending')"""
NEXT = "(SELECT min(timers.due_at) FROM timers WHERE timers.case_id = cases.id AND timers.status = 'pending')"
CHANGED = """EXISTS (SELECT 1 FROM timers WHERE timers.case_id = cases.id AND timers.status IN ('pending', 'stopped')
    AND (timers.clock_stopped OR timers.agreed_at IS NOT NULL))"""


def upgrade() -> None:
    """Add the columns; what stands still waits again, with its date, and is looked at when it is over."""
    for table in ("timers", "work_items"):
        op.add_column(table, sa.Column("agreed_at", MOMENT))
    op.add_column("timers", sa.Column("clock_stopped", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(f"UPDATE timers SET agreed_at = due_at WHERE status IN ('pending', 'stopped') AND {GRANTED}")
    op.execute("UPDATE timers SET status = 'pending', clock_stopped = true WHERE status = 'stopped'")
    op.execute(f"UPDATE work_items SET due_at = {STOOD} WHERE status = 'open' AND clock_stopped")
    op.execute("""UPDATE work_items SET agreed_at = due_at WHERE status = 'open' AND EXISTS (SELECT 1 FROM timers
        WHERE timers.case_id = work_items.case_id AND timers.agreed_at = work_items.due_at)""")
    _schedule()


def downgrade() -> None:
    """The agreed date is the due date again, and what stands still is due nowhere."""
    op.execute("UPDATE work_items SET due_at = agreed_at WHERE status = 'open' AND agreed_at IS NOT NULL")
    op.execute(f"UPDATE work_items SET clock_stopped = false WHERE clock_stopped AND {STOOD} IS NULL")
    op.execute("UPDATE work_items SET due_at = NULL, due_provisional = false WHERE clock_stopped")
    op.execute("UPDATE timers SET due_at = agreed_at WHERE status = 'pending' AND agreed_at IS NOT NULL")
    op.execute("UPDATE timers SET status = 'cancelled' WHERE status = 'withdrawn'")
    op.execute("UPDATE timers SET status = 'stopped' WHERE status = 'pending' AND clock_stopped")
    _schedule()
    op.drop_column("timers", "clock_stopped")
    for table in ("timers", "work_items"):
        op.drop_column(table, "agreed_at")


def _schedule() -> None:
    """Let the scheduler look at these cases when their first deadline is over, unless a failure keeps it away."""
    op.execute(f"UPDATE cases SET next_try = {NEXT} WHERE NOT incident AND attempts = 0 AND {CHANGED}")
    op.execute(f"UPDATE cases SET next_due = {NEXT} WHERE {CHANGED}")
