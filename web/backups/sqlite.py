"""SQLite: its own backup API, which sees one moment while others write. The copy is one plain file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine

from web.app.config import Settings
from web.backups.files import BackupFailed

PATIENCE = 5.0  # seconds to wait for others before the database counts as in use


def dump(engine: Engine, draft: Path, settings: Settings) -> None:
    """Copy the database of `engine` to `draft` in one read transaction: writers go on, none of their work is half
    in it. Then make one file of it and check every page and key."""
    with _failing("The database could not be copied"), closing(_open(file_of(engine), "rw")) as source, \
            closing(_open(draft)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        _require_sound(copy)


def revision_in(path: Path, settings: Settings) -> str:
    """The revision of the tables in a backup, which must be sound."""
    with _failing(f"{path} is damaged or no backup of caseflow"), closing(_open(path, "ro")) as copy:
        _require_sound(copy)
        row = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row else ""


def require_alone(engine: Engine) -> None:
    """Refuse a database that another process has open."""
    with closing(_open_alone(file_of(engine))):
        pass


def pour(path: Path, engine: Engine, settings: Settings) -> None:
    """Replace the database of `engine` by the backup, in one transaction: after a crash it is the one or the other."""
    with closing(_open_alone(file_of(engine))) as target, _failing(f"{path} could not be brought back"), \
            closing(_open(path, "ro")) as copy:
        copy.backup(target)
        _require_sound(target)


def file_of(engine: Engine) -> Path:
    if engine.url.database in (None, "", ":memory:"):
        raise BackupFailed("a database in memory has no backup")
    return Path(engine.url.database).absolute()


def _open(path: Path, mode: str = "rwc") -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True, timeout=20, isolation_level=None)


def _open_alone(path: Path) -> sqlite3.Connection:
    """The database, locked against everybody else as long as the connection is open."""
    connection = _open(path)
    try:
        connection.execute(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        connection.close()
        if error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise BackupFailed("This database is in use; stop the web and the schedulers first.") from error
        raise BackupFailed(f"The database could not be opened: {error}") from error
    return connection


def _require_sound(connection: sqlite3.Connection) -> None:
    faults = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if faults != "ok" or connection.execute("PRAGMA foreign_key_check").fetchone():
        raise sqlite3.DatabaseError(faults if faults != "ok" else "a row refers to one that is not there")


@contextmanager
def _failing(sentence: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BackupFailed(f"{sentence}: {error}") from error
