"""Applications for the tests: made once for each worker and settings, lent to one test after the other.

To make one compiles its routes, its templates and its statements: more work than most tests. A lent application has
the database, the folder and the clock of its test, and its settings as they were when it was made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, make_url

from caseflow.cases import attachments
from caseflow.files.store import Store
from caseflow.models import db
from web import create_app
from web.app import config as app_config
from web.app import step_times

Settings = tuple[tuple[str, str], ...]


def make(url: str, folder: Path, settings: Settings) -> Flask:
    """A new application on the database at `url`, its own files under `folder`."""
    return create_app(_read(url, folder, settings))


def _read(url: str, folder: Path, settings: Settings) -> app_config.Settings:
    named = {f"CASEFLOW_{name.upper()}": value for name, value in settings}
    return app_config.load({"CASEFLOW_INSTANCE": str(folder), "CASEFLOW_DATABASE_URL": url, **named})


@dataclass
class _Made:
    """An application to lend, its configuration when it was new, and what its connections are opened with."""

    app: Flask
    engine: Engine
    config: dict[str, Any]
    where: tuple[list[Any], dict[str, Any]]

    def connect(self, _dialect: Any, _record: Any, places: list[Any], names: dict[str, Any]) -> None:
        places[:], names_now = self.where
        names.clear()
        names.update(names_now)


class Lender:
    """Lends applications; `take_back` when the test is over."""

    def __init__(self) -> None:
        self._free: dict[Any, list[_Made]] = defaultdict(list)
        self._lent: list[tuple[Any, _Made]] = []

    def lend(self, url: str, clock: Any, folder: Path, settings: Settings, *dress: Callable[[Flask], None]) -> Flask:
        """An application with these settings on the database at `url`; `dress` are called with each new one."""
        key = (make_url(url).get_backend_name(), settings, dress)
        made = self._free[key].pop() if self._free[key] else self._make(url, folder, settings, dress)
        self._lent.append((key, made))
        read = _read(url, folder, settings)
        made.app.config.clear()
        made.app.config.update(made.config, CASEFLOW=read, SQLALCHEMY_DATABASE_URI=url, CASEFLOW_CLOCK=clock)
        made.app.instance_path = str(folder.absolute())
        del made.app.extensions["caseflow.step_times"]
        step_times.init_app(made.app)
        made.engine.url = make_url(url)
        places, names = made.engine.dialect.create_connect_args(made.engine.url)
        made.where = list(places), dict(names)
        store = Store(read.files_folder, read.file_limit, read.case_files_limit)
        made.engine.update_execution_options(**{attachments.STORE: store})
        return made.app

    def _make(self, url: str, folder: Path, settings: Settings, dress: Iterable[Callable[[Flask], None]]) -> _Made:
        app = make(url, folder, settings)
        for each in dress:
            each(app)
        with app.app_context():
            made = _Made(app, db.engine, dict(app.config), ([], {}))
        made.engine.dispose()
        event.listen(made.engine, "do_connect", made.connect)
        return made

    def take_back(self) -> None:
        """All that are lent, their connections closed."""
        while self._lent:
            key, made = self._lent.pop()
            made.engine.dispose()
            self._free[key].append(made)


lender = Lender()
