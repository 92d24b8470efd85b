"""A database of its own for a benchmark, with the regulation of benchmarks/regulations and its people in it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from flask import Flask
from sqlalchemy import URL, create_engine, make_url, select

from caseflow.install import demo, installation
from caseflow.law import regulations
from caseflow.models import Case, User, db, disconnect, transaction
from caseflow.people.permissions import Actor, actor_for
from caseflow.ratings import intake
from web import create_app, migrations
from web.app import config

REGULATIONS = Path(__file__).parent / "regulations"
KEY = "bench"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)     # a Monday morning in Shanghai
TOMORROW = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)


@contextmanager
def scratch(server: str = "") -> Iterator[Flask]:
    """The application on a fresh, installed database, with its context open; all of it is gone at the end.

    `server` is the address of any PostgreSQL database: the fresh one is made beside it (the role needs CREATEDB).
    Without one, or with that of a SQLite file, it is a temporary file, synchronous FULL, in that file's folder.
    """
    with _regulations(), database(server) as url:
        app = create_app(config.Settings.for_scratch(url))
        with app.app_context():
            install()
            yield app
            disconnect()


def install() -> None:
    """Bring the application's empty database to where the first rating can come."""
    migrations.upgrade()
    with transaction():
        installation.install(NOW)
        demo.add_people(regulations.get(KEY), "!")
    db.session.remove()


@contextmanager
def database(server: str = "") -> Iterator[str]:
    """The URL of a new empty database."""
    if not server.startswith("postgres"):
        beside = Path(make_url(server).database).parent if server else None
        with tempfile.TemporaryDirectory(prefix="caseflow-bench-", dir=beside) as folder:
            yield f"sqlite:///{folder}/bench.db"
        return
    url = make_url(config.Settings.for_scratch(server).database_url)
    with _beside(url, "template1") as fresh:
        yield fresh.render_as_string(hide_password=False)


@contextmanager
def copy_of_postgresql(url: str) -> Iterator[str]:
    """The driver's address of a copy of a PostgreSQL database to which nobody is connected."""
    original = make_url(url)
    with _beside(original.set(database="postgres"), original.database) as copy:
        yield copy.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def _beside(server: URL, template: str) -> Iterator[URL]:
    """A new database like the template on the same server, dropped at the end."""
    name = f"caseflow_bench_{uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield server.set(database=name)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        engine.dispose()


@contextmanager
def copy_of_sqlite(path: str) -> Iterator[Path]:
    """A copy of a SQLite file that nobody has open."""
    with tempfile.TemporaryDirectory(prefix="caseflow-bench-", dir=Path(path).parent) as folder:
        copy = Path(folder) / "copy.db"
        copy.write_bytes(Path(path).read_bytes())
        yield copy


def open_cases(count: int, at: datetime = NOW) -> list[int]:
    """Open so many cases through the intake; their ids."""
    made: list[int] = []
    for start in range(0, count, 500):
        with transaction():
            verdicts = intake.receive([json.dumps(rating_line(bad=True)).encode()
                                        for _ in range(min(500, count - start))], "bench", at)
            numbers = [verdict.case for verdict in verdicts]
            assert all(numbers), verdicts[0]
            made += db.session.scalars(select(Case.id).where(Case.number.in_(numbers)).order_by(Case.id))
    db.session.remove()
    return made


def rating_line(*, bad: bool, number: str = "") -> dict[str, object]:
    """A rating in the national field names."""
    offices = regulations.get(KEY).responsible_units
    serial = number or uuid4().hex
    return {
        "areaCode": "990000000000", "projectNo": f"BENCH-{serial}", "serviceNumber": 1, "serviceName": "申报",
        "serviceTime": "2026-03-01 09:00:00", "taskName": "性能测试事项", "taskCode": "BENCH", "taskType": "20",
        "proStatus": "3", "orgcode": offices[sum(serial.encode()) % len(offices)].code, "orgName": "测试单位",
        "proManager": "测试", "proManagerNo": "B000", "satisfaction": "2" if bad else "5",
        "evalDetail": "214" if bad else "510", "pf": "1", "writingEvaluation": "测试数据",
        "assessTime": "2026-03-01 10:00:00", "anonymityFlag": "2", "userName": "测试评价人", "userProp": "1",
        "mobile": "13900000000"}


def people() -> dict[tuple[str, int], Actor]:
    """One actor for each role at each unit."""
    actors = [actor_for(user) for user in db.session.scalars(select(User).order_by(User.id)).unique()]
    return {post: actor for actor in actors for post in sorted(actor.roles)}


@contextmanager
def _regulations() -> Iterator[None]:
    """Let the benchmark's own regulation be the only one, here and in child processes."""
    before = os.environ.get("CASEFLOW_BPMN_DIR")
    os.environ["CASEFLOW_BPMN_DIR"] = str(REGULATIONS)
    try:
        yield
    finally:
        os.environ.pop("CASEFLOW_BPMN_DIR") if before is None else os.environ.update(CASEFLOW_BPMN_DIR=before)

