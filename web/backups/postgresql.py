"""PostgreSQL: pg_dump and pg_restore, custom format. pg_dump sees one moment while others write."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine, MetaData, text

from caseflow.errors import ConfigurationError
from web.app.config import Settings
from web.backups.files import BackupFailed
from web.migrations import queue_tables

DROP_FUNCTIONS = (      # those that revisions make
    text("DROP FUNCTION IF EXISTS caseflow_refuse()"), text("DROP FUNCTION IF EXISTS caseflow_line_cleaned_once()"))
ENDING = 5      # seconds that the server may take to end a connection that was closed
OTHERS = text("SELECT count(*) FROM pg_stat_activity "
              "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL")


def dump(engine: Engine, draft: Path, settings: Settings) -> None:
    """Write the database of `engine` to `draft` as of one moment, and read the file through once."""
    program = _program("pg_dump", engine, settings)
    _run([program, "--format=custom", "--no-owner", "--no-privileges", f"--file={draft}"], engine)
    _run([_found("pg_restore", settings), f"--file={os.devnull}", str(draft)])


def revision_in(path: Path, settings: Settings) -> str:
    """The revision of the tables in a backup, which is read through."""
    program = _found("pg_restore", settings)
    _run([program, f"--file={os.devnull}", str(path)])
    rows = _run([program, "--data-only", "--table=alembic_version", "--file=-", str(path)])
    found = re.search(r"^COPY \S*alembic_version .*\n(\S+)\n\\\.$", rows, re.MULTILINE)
    if found is None:
        raise BackupFailed(f"{path} is no backup of caseflow")
    return found.group(1)


def require_alone(engine: Engine) -> None:
    """Refuse a database to which others are connected; a connection that was just closed has a moment to be gone."""
    patience = time.monotonic() + ENDING
    while (others := _others(engine)) and time.monotonic() < patience:
        time.sleep(0.1)
    if others:
        raise BackupFailed(f"This database is in use ({others} other connections); "
                           "stop the web, the schedulers and the workers first.")


def _others(engine: Engine) -> int:
    with engine.connect() as connection:
        others = connection.scalar(OTHERS)
    engine.dispose()
    return others


def pour(path: Path, engine: Engine, settings: Settings) -> None:
    """Empty the database of `engine` and bring the backup back in one transaction."""
    program = _program("pg_restore", engine, settings)
    _empty(engine)
    _run([program, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(path)], engine)


def _empty(engine: Engine) -> None:
    with engine.begin() as connection:
        tables = MetaData()
        tables.reflect(connection)
        tables.drop_all(connection)
        for drop in DROP_FUNCTIONS:
            connection.execute(drop)
        queue_tables.drop(connection)
    engine.dispose()


def _program(name: str, engine: Engine, settings: Settings) -> str:
    """The program, which must not be older than the server."""
    path = _found(name, settings)
    with engine.connect() as connection:
        server = int(connection.scalar(text("SHOW server_version_num"))) // 10_000
    engine.dispose()
    own = int(re.search(r"\) (\d+)", _run([path, "--version"])).group(1))
    if own < server:
        raise ConfigurationError(f"{path} is of version {own}, the server of {server}; install the programs of that "
                                 "version, or name their folder with CASEFLOW_PG_BIN.")
    return path


def _found(name: str, settings: Settings) -> str:
    path = shutil.which(name, path=settings.pg_bin or None)
    if path is None:
        where = f"in {settings.pg_bin}" if settings.pg_bin else "on PATH"
        raise ConfigurationError(f"{name} was not found {where}; install the client programs of PostgreSQL, "
                                 "or name their folder with CASEFLOW_PG_BIN.")
    return path


def _run(command: list[str], engine: Engine | None = None) -> str:
    """What the program prints. The password travels in the environment, not on the command line."""
    environ = {**os.environ, "LC_ALL": "C"}
    if engine is not None:
        _, where = engine.dialect.create_connect_args(engine.url)
        if "password" in where:
            environ["PGPASSWORD"] = where.pop("password")
        where = {name: value for name, value in where.items() if name != "context"}
        command = [*command, f"--dbname={make_conninfo(**where)}"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise BackupFailed(f"{Path(command[0]).name} failed: {said}")
    return done.stdout
