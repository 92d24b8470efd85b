"""Bringing a backup back into an empty database, and saying whether it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, inspect

from caseflow.casefile import journal, journal_check
from caseflow.cases import attachments
from caseflow.health import doctor
from caseflow.models import Base, Heartbeat, WebSession, db, disconnect, snapshot, transaction
from caseflow.people.permissions import SYSTEM
from web import migrations
from web.app.config import Settings
from web.backups import archive, making, sqlite
from web.backups.archive import kind_of
from web.backups.files import BackupFailed, fingerprint

VERSION_TABLE = "alembic_version"
AFTER_STANDSTILL = "old_outbox"  # nothing is sent while nothing runs: of a restored database this is no complaint


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back: its revision, where the former content is kept, and, unless older, its state of health."""

    revision: str
    kept: Path | None
    older: bool
    journal: journal_check.JournalReport | None = None
    complaints: tuple[doctor.Complaint, ...] = ()


def restore(path: Path, settings: Settings, now: datetime, *, replace: bool = False) -> Restored:
    """Bring a backup back into an empty database, with its attachments, and say whether it is whole. It is journaled.

    `replace` lets go of what the database holds, after a backup of it in the instance folder. Everybody signs in
    again. Refuses (BackupFailed), before anything is changed, a damaged file, one of another kind of database or
    of a newer version, a database that is not empty or not caseflow's, and one that is in use.
    """
    if not kind_of(path) == db.engine.dialect.name:
        raise BackupFailed(f"{path} is no backup of a {db.engine.dialect.name} database ({kind_of(path) or 'unknown'})")
    with archive.opened(path, settings.instance) as dump:
        return _restore(path, dump, settings, now, replace)


def _restore(path: Path, dump: Path, settings: Settings, now: datetime, replace: bool) -> Restored:
    tables = making.kind()
    revision = tables.revision_in(dump, settings)
    if not migrations.is_known(revision):
        raise BackupFailed(f"{path} was made by a newer version of caseflow (revision {revision}); install that first")
    holds = _require_room(replace)
    tables.require_alone(db.engine)
    kept = _keep(settings, now) if holds else None
    archive.bring_back(path, attachments.store())
    tables.pour(dump, db.engine, settings)
    _settle(path, revision, now)
    if revision != migrations.newest():
        return Restored(revision, kept, older=True)
    with snapshot():
        found = tuple(c for c in doctor.examine(now) if c.code != AFTER_STANDSTILL)
        return Restored(revision, kept, older=False, journal=journal_check.verify(), complaints=found)


def _require_room(replace: bool) -> bool:
    """Whether the database holds something that may be let go of; refuses what may not."""
    if db.engine.dialect.name == "sqlite":
        sqlite.file_of(db.engine).parent.mkdir(parents=True, exist_ok=True)
    found = set(inspect(db.engine).get_table_names())
    disconnect()
    if found and not replace:
        raise BackupFailed("This database is not empty; name another one, or say --replace "
                           "(what it holds is backed up first).")
    foreign = sorted(found - Base.metadata.tables.keys() - {VERSION_TABLE})
    if foreign:
        raise BackupFailed(f"This database holds tables that this caseflow does not know ({', '.join(foreign[:5])}).")
    return bool(found)


def _keep(settings: Settings, now: datetime) -> Path:
    settings.instance.mkdir(parents=True, exist_ok=True)
    path = settings.instance / f"before-restore-{now:%Y%m%dT%H%M%S%fZ}.backup"
    making.make(path, settings)
    db.engine.dispose()
    return path


def _settle(path: Path, revision: str, now: datetime) -> None:
    """Sessions that were ended since the backup stay ended, processes of then are not alive, and it is recorded."""
    with transaction() as session:
        session.execute(delete(WebSession))
        session.execute(delete(Heartbeat))
        journal.append(None, "restored", SYSTEM, now, {
            "file": path.name, "sha256": fingerprint(path), "revision": revision})
