"""`caseflow simulate` and `caseflow doctor`: what they print and how they end."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from caseflow import doctor
from caseflow.models import db, transaction
from tests.journeys.kit import Journey
from tests.postgres import PostgresServer
from tests.web.desk import open_items
from web.commands import main


@pytest.fixture
def caseflow(monkeypatch, tmp_path):
    """Run a command; the database is the one given, else none is named."""
    def run(*arguments: object, database: str = "") -> Result:
        monkeypatch.setenv("CASEFLOW_INSTANCE", str(tmp_path))
        monkeypatch.setenv("CASEFLOW_DATABASE_URL", database)
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return run


def simulate(caseflow, regulation="guichi", cases=3, seed=1, **more) -> Result:
    return caseflow("simulate", "--regulation", regulation, "--cases", cases, "--seed", seed, **more)
