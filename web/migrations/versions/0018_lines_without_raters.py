"""Of a pushed line stays what does not say who rated, and a keyed digest of the whole.

Rows that are there are cleaned after this revision (caseflow/ratings/cleaning.py), in batches; the triggers let that
happen once to each.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEPT = (
    "id", "service_record_id", "regulation", "level", "raw_level", "detail_codes", "text", "channel", "rated_at",
    "received_at", "source", "real_name",
)
FIELDS = (
    "areaCode", "projectNo", "serviceNumber", "satisfaction", "serviceTime", "assessTime", "evalDetail",
    "writingEvaluation", "pf", "anonymityFlag", "serviceName", "taskCode", "taskName", "taskType", "orgcode", "orgName",
    "proManager", "proManagerNo", "proStatus", "userProp", "evaluateType", "isdefault", "isprotion", "assessNumber",
    "dataSource",
)
REFUSED = "ratings: what was recorded stays as it is"
NAMES = ", ".join(f"'{name}'" for name in FIELDS)
SQLITE = f"""
CREATE TRIGGER ratings_line_cleaned_once BEFORE UPDATE OF raw, raw_digest ON ratings
WHEN OLD.raw_digest IS NOT NULL OR NEW.raw_digest IS NULL OR length(NEW.raw_digest) <> 64 OR NOT json_valid(NEW.raw)
    OR EXISTS (SELECT 1 FROM json_each(NEW.raw) AS kept WHERE kept.key NOT IN ({NAMES}) OR (json_valid(OLD.raw)
        AND NOT EXISTS (SELECT 1 FROM json_each(OLD.raw) AS had WHERE had.key = kept.key AND had.value IS kept.value)))
BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END
"""
POSTGRESQL = f"""
CREATE FUNCTION caseflow_line_cleaned_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE cleaned boolean;
BEGIN
    cleaned := OLD.raw_digest IS NULL AND length(coalesce(NEW.raw_digest, '')) = 64
        AND (NEW.raw::jsonb - ARRAY[{NAMES}]::text[]) = '{{}}'::jsonb;
    IF cleaned AND NEW.raw::jsonb <> '{{}}'::jsonb THEN
        BEGIN
            cleaned := OLD.raw::jsonb @> NEW.raw::jsonb;
        EXCEPTION WHEN invalid_text_representation OR untranslatable_character OR statement_too_complex THEN
            NULL;   -- what stood there cannot be compared: jsonb holds no U+0000, no half of a pair, no great depth
        END;
    END IF;
    IF NOT cleaned THEN
        RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""


def _sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _refuse_changes(columns: tuple[str, ...]) -> None:
    """Let the trigger of 0002 refuse to change these columns of a rating."""
    op.execute("DROP TRIGGER ratings_no_update" + ("" if _sqlite() else " ON ratings"))
    body = (f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END" if _sqlite() else
            "FOR EACH ROW EXECUTE FUNCTION caseflow_refuse()")
    op.execute(f"CREATE TRIGGER ratings_no_update BEFORE UPDATE OF {', '.join(columns)} ON ratings {body}")


def upgrade() -> None:
    """Make room for the digest, and let a line be cleaned once."""
    op.add_column("ratings", sa.Column("raw_digest", sa.String(64)))
    op.create_index("ix_ratings_uncleaned", "ratings", ["id"], sqlite_where=sa.text("raw_digest IS NULL"),
                    postgresql_where=sa.text("raw_digest IS NULL"))
    _refuse_changes(KEPT)
    if _sqlite():
        op.execute(SQLITE)
        return
    op.execute(POSTGRESQL)
    op.execute("CREATE TRIGGER ratings_line_cleaned_once BEFORE UPDATE OF raw, raw_digest ON ratings "
               "FOR EACH ROW EXECUTE FUNCTION caseflow_line_cleaned_once()")


def downgrade() -> None:
    """Forget the digests; lines that were cleaned stay so, and are digested as they are when they come back up."""
    op.execute("DROP TRIGGER ratings_line_cleaned_once" + ("" if _sqlite() else " ON ratings"))
    if not _sqlite():
        op.execute("DROP FUNCTION caseflow_line_cleaned_once()")
    _refuse_changes((*KEPT, "raw"))
    op.drop_index("ix_ratings_uncleaned", "ratings")
    op.drop_column("ratings", "raw_digest")
