"""The floor under an operation: the same SQL, recorded from it, through the bare driver on an equal database."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import event, make_url

from benchmarks import ground
from caseflow.models import Base, db, disconnect, driver

Statement = tuple[str, Any, bool]     # text, values, whether they are many rows


@contextmanager
def recorded() -> Iterator[list[list[Statement]]]:
    """What is sent to the database meanwhile, one list for each transaction that wrote something."""
    transactions: list[list[Statement]] = []
    current: list[Statement] = []

    def note(_connection, _cursor, statement, values, _context, many) -> None:
        current.append((statement, values, many))

    def send(connection, statement, values, *, many=False) -> Any:
        current.append((statement, values, many))
        return sent(connection, statement, values, many=many)

    def commit(_connection) -> None:
        transactions.append([made for made in current if not made[0].startswith("BEGIN")])
        current.clear()

    listening = (("before_cursor_execute", note), ("commit", commit), ("rollback", lambda _: current.clear()))
    for name, heard in listening:
        event.listen(db.engine, name, heard)
    sent, driver.send = driver.send, send
    try:
        yield transactions
    finally:
        driver.send = sent
        for name, heard in listening:
            event.remove(db.engine, name, heard)


class Replay:
    """Runs recorded transactions through a driver's connection. `begin` begins one."""

    def __init__(self, connection: Any, begin: Callable[[], object]) -> None:
        self.connection, self.begin = connection, begin
        self.transactions: list[list[Statement]] = []

    def run(self) -> float:
        """Seconds for all of them."""
        took = 0.0
        for statements in self.transactions:
            began = time.perf_counter()
            self._run(statements)
            took += time.perf_counter() - began
        return took

    def _run(self, statements: list[Statement]) -> None:
        self.begin()
        cursor = self.connection.cursor()
        for statement, values, many in statements:
            if many:
                cursor.executemany(statement, values)
                continue
            cursor.execute(statement, values)
            if cursor.description:
                cursor.fetchall()
        self.connection.commit()

    def counts(self, tables: Sequence[type[Base]]) -> list[int]:
        """How many rows each of these tables has."""
        cursor = self.connection.cursor()
        found = [cursor.execute(f"SELECT count(*) FROM {table.__tablename__}").fetchone()[0] for table in tables]
        self.connection.rollback()
        return found


@contextmanager
def floor_database(url: str) -> Iterator[Replay]:
    """A database equal to the application's as it is now, reached by the bare driver. Nobody may be connected."""
    disconnect()
    if url.startswith("sqlite"):
        with ground.copy_of_sqlite(make_url(url).database) as copy:
            connection = sqlite3.connect(copy, isolation_level=None)
            for pragma in ("busy_timeout=20000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")
            yield Replay(connection, lambda: connection.execute("BEGIN IMMEDIATE"))
            connection.close()
        return
    with ground.copy_of_postgresql(url) as copy:
        with psycopg.connect(copy) as connection:
            yield Replay(connection, lambda: None)
