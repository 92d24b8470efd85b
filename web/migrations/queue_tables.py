"""The tables of procrastinate, which wakes the side jobs on PostgreSQL: in a schema of their own, beside ours.

They come from the installed package. A revision that calls `bring_up_to_date` makes them, or applies what the package
has changed since; which of its migrations are in the database stands in a table beside them.
"""

from __future__ import annotations

from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

SEARCH_PATH = "procrastinate"   # the schema, and all that the queue's connections see


def newest() -> str:
    """The newest migration of the installed package, by which its tables are known."""
    return max(_migrations())


def bring_up_to_date(connection: Connection) -> None:
    """Make the tables of the installed package, or bring older ones to it, in the caller's transaction."""
    connection.execute(text("CREATE SCHEMA IF NOT EXISTS procrastinate"))
    connection.execute(text("CREATE TABLE IF NOT EXISTS procrastinate.caseflow_applied (migration text NOT NULL)"))
    held = connection.scalar(text("SELECT max(migration) FROM procrastinate.caseflow_applied"))
    missing = [SchemaManager.get_schema()] if held is None else [
        script for name, script in sorted(_migrations().items()) if name > held]
    connection.execute(text("SET LOCAL search_path TO procrastinate"))
    with connection.connection.cursor() as cursor:   # the driver's: a script of many statements, with no parameters
        for script in missing:
            cursor.execute(script)
    connection.execute(text("SET LOCAL search_path TO DEFAULT"))
    connection.execute(text("DELETE FROM procrastinate.caseflow_applied"))
    connection.execute(text("INSERT INTO procrastinate.caseflow_applied VALUES (:newest)"), {"newest": newest()})


def drop(connection: Connection) -> None:
    """Drop the tables, with whatever waits in the queue: only wakes, which come again."""
    connection.execute(text("DROP SCHEMA IF EXISTS procrastinate CASCADE"))


def _migrations() -> dict[str, str]:
    """Name → script; the names of the package's migrations sort in their order."""
    folder = Path(SchemaManager.get_migrations_path())
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.sql")}
