"""Two machines: one that is backed up, and others with empty databases."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest

from caseflow.models import db
from tests.conftest import build_app
from tests.journeys.kit import Journey


@pytest.fixture
def programs(database, request, monkeypatch) -> str:
    """The folder of pg_dump and pg_restore: that of the tests' own server."""
    folder = str(request.getfixturevalue("postgres").programs) if database == "postgresql" else ""
    monkeypatch.setenv("CASEFLOW_PG_BIN", folder)
    return folder


@pytest.fixture
def guichi(installed, app, clock, programs):
    app.config["CASEFLOW"] = replace(app.config["CASEFLOW"], pg_bin=programs)
    return Journey(app, clock, "guichi").bad_review()


@pytest.fixture
def elsewhere(database, request, clock, programs, tmp_path):
    """Another machine: an application on an empty database, as often as it is asked for."""
    @contextmanager
    def machine():
        folder = tmp_path / uuid4().hex
        folder.mkdir()
        with _empty(database, request, folder) as url:
            app = build_app(url, clock, folder)
            app.config["CASEFLOW"] = replace(app.config["CASEFLOW"], pg_bin=programs)
            with app.app_context():
                yield app
                db.session.remove()
                db.engine.dispose()
    return machine


@contextmanager
def _empty(database, request, folder):
    if database == "sqlite":
        yield f"sqlite:///{folder}/caseflow.db"
    else:
        with request.getfixturevalue("postgres").copy_of() as url:
            yield url
