"""Making a backup: the database, whichever it is, and its attachments, in one file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from sqlalchemy import inspect, select

from caseflow.cases import attachments
from caseflow.models import Attachment, db
from web.app.config import Settings
from web.backups import archive, postgresql, sqlite
from web.backups.files import placed


@dataclass(frozen=True, slots=True)
class Made:
    """What was backed up: the revision of the tables, how many files, and the digests of those that are not whole."""

    revision: str
    files: int
    lost: tuple[str, ...]


def make(path: Path, settings: Settings) -> Made:
    """Write the database and its attachments to a new file, while others go on working.

    The file holds everything that was committed before the call, is read through once, and takes its name only
    then. An attachment that is gone or changed on the disk keeps nothing else out. Refuses (BackupFailed) to
    overwrite a file.
    """
    tables = kind()
    with placed(path) as draft, archive.beside(draft, "dump") as dump:
        tables.dump(db.engine, dump, settings)
        revision = tables.revision_in(dump, settings)
        files, lost = archive.pack(draft, dump, attachments.store(), _digests())   # asked for after the dump: all of it
        return Made(revision, files, tuple(lost))


def _digests() -> list[str]:
    """The attachments there are, or were when the dump was made: rows are never deleted."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table(Attachment.__tablename__):
            return []
        return list(connection.scalars(select(Attachment.digest).distinct().order_by(Attachment.digest)))


def kind() -> ModuleType:
    """The module that knows how the database of this application is dumped and poured."""
    return {"sqlite": sqlite, "postgresql": postgresql}[db.engine.dialect.name]
