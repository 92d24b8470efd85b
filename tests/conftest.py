"""Fixtures for all tests: a clock that is set by hand, and a fresh migrated database for every test.

A test marked `both_databases` runs twice, on SQLite and on PostgreSQL; any other runs on SQLite. With the fixture
`installed` the database is not empty: the four regulations and their demo people are in it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

from caseflow.install import demo, installation, kinds
from caseflow.law import regulations
from caseflow.models import db, transaction
from tests import apps, powers
from tests.machine_clock import guard
from tests.postgres import PostgresServer
from web.app import clock as web_clock
from web.migrations import upgrade
from web.sign_in import passwords

FOLDER = "CASEFLOW_TEST_POSTGRES"  # not below pytest's own folder, which it closes to the server's user again and again
OURS = pytest.StashKey[str]()
SETTINGS = (("secret_key", "t" * 48),)
MONDAY_MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai, an ordinary working week

kinds.read()  # for tests of the core that make no application
web_clock.real = guard
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # no wall clock
settings.load_profile("busy")


class Clock:
    """Stands still until it is told to move; calling it gives the moment (aware UTC)."""

    def __init__(self, moment: datetime = MONDAY_MORNING) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        self.moment = moment.astimezone(UTC)

    def advance(self, **amount: float) -> datetime:
        """Move forward by timedelta's arguments; answers the new moment."""
        self.moment += timedelta(**amount)
        return self.moment


class Client(FlaskClient):
    """A browser that shares no application context with the test, as a real one does not."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with self.application.app_context():
            return super().open(*args, **kwargs)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("both_databases"):
        both = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
        metafunc.parametrize("database", both, indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the workers share what the first process made
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # commands are started many times: compiled once
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="caseflow-pg-", dir=_in_memory())
        ours = config.option.basetemp is None and "CASEFLOW_CHAOS" not in os.environ  # which is for real disks
        if ours and _in_memory():
            config.option.basetemp = config.stash[OURS] = tempfile.mkdtemp(prefix="caseflow-tests-", dir=_in_memory())


# The longest first: what is long and begins last keeps one worker busy when the other has nothing left.
LONG = (
    "test_every_cell_of_the_permissions_table", "test_no_order_of_operations", "test_no_order_of_stops",
    "test_the_store_is_held", "browser/test_whole_cases.py", "test_nothing_is_lost_when_the_database_is_stopped",
    "browser/", "chaos/", "test_run_command.py", "benchmarks/", "test_journal.py", "test_ratings.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((at for at, name in enumerate(LONG) if name in item.nodeid), len(LONG)))


def _in_memory() -> Path | None:
    """A place where fsync costs nothing, if there is a large one: the server must run with it on."""
    place = Path("/dev/shm")
    return place if os.access(place, os.W_OK) and shutil.disk_usage(place).free > 2 * 1024**3 else None


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What the tests under chaos/ measured, with the seeds that repeat them (fixture `figures`)."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    lines = []
    for report in reports:
        figures = [text for name, text in report.user_properties if name == "figures" and report.when == "call"]
        lines += [f"{report.nodeid.split('::')[-1]}: {', '.join(figures)}"] if figures else []
    if lines:
        terminalreporter.section("figures")
        terminalreporter.line("\n".join(lines))


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        for folder in (os.environ.pop(FOLDER, ""), config.stash.get(OURS, "")):
            shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    guard.read = None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A test that reads the machine's clock says so (tests/machine_clock.py)."""
    with guard.watch(marked=item.get_closest_marker("machine_clock") is not None):
        return (yield)


def build_app(url: str, clock: Clock, folder: Path) -> Flask:
    """A new application on the database at `url`, demo off, its own files under `folder`."""
    app = apps.make(url, folder, SETTINGS)
    _dress(app)
    app.config["CASEFLOW_CLOCK"] = clock
    return app


def lend_app(url: str, clock: Clock, folder: Path) -> Flask:
    """As `build_app`, but lent until this test is over: much cheaper."""
    return apps.lender.lend(url, clock, folder, SETTINGS, _dress)


def _dress(app: Flask) -> None:
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    app.test_client_class = Client


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """The applications go back when everything else that this test had is torn down."""
    try:
        return (yield)
    finally:
        apps.lender.take_back()


def migrate(url: str, folder: Path) -> None:
    """Bring the database at `url` to the newest revision and let go of it."""
    app = build_app(url, Clock(), folder)
    with app.app_context():
        upgrade()
        db.engine.dispose()


def install(url: str, folder: Path) -> None:
    """Put the four regulations, their offices and demo people into the database at `url` and let go of it."""
    app = build_app(url, Clock(), folder)
    with app.app_context():
        with transaction():
            installation.install(MONDAY_MORNING)
            for regulation in regulations.all_regulations().values():
                demo.add_people(regulation, "!")
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[PasswordHasher]:
    """Hashes passwords as cheaply as can be; gives the real hasher, whose cost tests/web/sign_in/test_auth.py holds."""
    real = passwords._hasher
    with mock.patch.object(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)):
        yield real


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database this test runs on: "sqlite" or "postgresql"."""
    return getattr(request, "param", "sqlite")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def sqlite_migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    migrate(f"sqlite:///{folder}/caseflow.db", folder)
    return folder / "caseflow.db"


@pytest.fixture(scope="session")
def sqlite_installed(sqlite_migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    shutil.copyfile(sqlite_migrated, folder / "caseflow.db")
    install(f"sqlite:///{folder}/caseflow.db", folder)
    return folder / "caseflow.db"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL server for this session (shared by the workers), with a migrated template database."""
    with PostgresServer(Path(os.environ[FOLDER]), os.environ.get("PYTEST_XDIST_WORKER", "main")) as server:
        migrate(server.add_template("migrated"), tmp_path_factory.mktemp("postgres"))
        yield server


@pytest.fixture(scope="session")
def postgres_installed(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> PostgresServer:
    install(postgres.add_template("installed", like="migrated"), tmp_path_factory.mktemp("postgres"))
    return postgres


@pytest.fixture
def installed() -> None:
    """This test's database begins with the four regulations and their demo people in it."""


@pytest.fixture(scope="session")
def folder_with_powers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return powers.build(tmp_path_factory.mktemp("powers"))


@pytest.fixture
def with_powers(folder_with_powers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clocks may be stopped and limits extended in the four places: as shipped they may not."""
    monkeypatch.setenv("CASEFLOW_BPMN_DIR", str(folder_with_powers))


@pytest.fixture
def database_url(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[str]:
    """A fresh database at the newest revision, of this test alone."""
    contents = "installed" if "installed" in request.fixturenames else "migrated"
    if database == "sqlite":
        shutil.copyfile(request.getfixturevalue(f"sqlite_{contents}"), tmp_path / "caseflow.db")
        yield f"sqlite:///{tmp_path}/caseflow.db"
        return
    server = request.getfixturevalue("postgres" if contents == "migrated" else "postgres_installed")
    with server.copy_of(contents) as url:
        yield url


@pytest.fixture
def app(database_url: str, clock: Clock, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh database. No context is open: use `session`, `client` or `app.app_context()`."""
    app = lend_app(database_url, clock, tmp_path)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Any]:
    """The database session, with the application's context open for the whole test.

    Beside `client`, commit before a request and `session.rollback()` after it, to see what it changed.
    """
    with app.app_context():
        yield db.session
        db.session.rollback()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
