"""Statements that are compiled once and then go to the driver as they are.

For the few statements of every step: finding the compiled form and building a result costs SQLAlchemy several times
what the database needs to answer. They are written as SQLAlchemy statements all the same, and run in its transaction
and with its errors; only its events for statements do not see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Executable, Table, bindparam, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from caseflow.models import driver
from caseflow.models.db import db

INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}  # those that know ON CONFLICT
CONNECTION = "caseflow_connection"   # of the session's transaction, in session.info
Processor = Callable[[Any], Any]


class _Compiled(NamedTuple):
    """A statement for one kind of database: its text, and how values go in (by place or by name) and come out.

    `binds` and `results` are the few, by name and by place, that are not the same for the driver as for us.
    """

    text: str
    places: tuple[str, ...]
    binds: tuple[tuple[str, Processor], ...]
    constants: Mapping[str, Any]
    results: tuple[tuple[int, Processor], ...]

    def bind(self, values: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        bound = {**self.constants, **values}
        for name, to in self.binds:
            bound[name] = to(bound[name])
        return tuple([bound[name] for name in self.places]) if self.places else bound

    def read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self.results:
            return row
        values = list(row)
        for place, of in self.results:
            values[place] = of(values[place])
        return tuple(values)


class Prepared:
    """One statement. Its values are given by the names of its parameters; all of them, each time."""

    def __init__(self, statement: Executable | Callable[[str], Executable]) -> None:
        """`statement` may be a function that makes it from the dialect's name."""
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection | None = None, /, **values: Any) -> list[tuple[Any, ...]]:
        """The rows it finds, as tuples in the order of its columns. `connection`: of this transaction, if known."""
        connection, compiled = self._ready(connection)
        cursor = driver.send(connection, compiled.text, compiled.bind(values))
        return [compiled.read(row) for row in cursor.fetchall()]

    def first(self, connection: Connection | None = None, /, **values: Any) -> tuple[Any, ...] | None:
        """The first row, None when it finds none."""
        found = self.rows(connection, **values)
        return found[0] if found else None

    def write(self, connection: Connection | None = None, /, **values: Any) -> int:
        """How many rows it wrote."""
        connection, compiled = self._ready(connection)
        return driver.send(connection, compiled.text, compiled.bind(values)).rowcount

    def write_all(self, rows: Iterable[Mapping[str, Any]], connection: Connection | None = None) -> None:
        """The same statement for each of these rows, in one go. `connection`: of this transaction, if known."""
        connection, compiled = self._ready(connection)
        bound = [compiled.bind(values) for values in rows]
        if len(bound) == 1:
            driver.send(connection, compiled.text, bound[0])
        else:
            driver.send(connection, compiled.text, bound, many=True)

    def _ready(self, connection: Connection | None) -> tuple[Connection, _Compiled]:
        connection = connection or current_connection()
        return connection, self._for(connection.dialect)

    def _for(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = self._compile(dialect)
        return found

    def _compile(self, dialect: Dialect) -> _Compiled:
        statement = self._statement if isinstance(self._statement, Executable) else self._statement(dialect.name)
        compiled = statement.compile(dialect=dialect)
        binds = {name: _in(compiled.binds[name].type, dialect) for name in compiled.bind_names.values()}
        columns = getattr(statement, "selected_columns", None) or getattr(statement, "exported_columns", ())
        constants = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
        results = enumerate(_out(column.type, dialect) for column in columns)
        return _Compiled(compiled.string, tuple(compiled.positiontup or ()),
                         tuple((name, to) for name, to in binds.items() if to), constants,
                         tuple((place, of) for place, of in results if of))


def _in(kind: TypeEngine, dialect: Dialect) -> Processor | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _out(kind: TypeEngine, dialect: Dialect) -> Processor | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def current_connection() -> Connection:
    """The transaction's connection, on which what the session has pending was written first."""
    session = db.session()
    session.flush()
    connection = session.info.get(CONNECTION)
    if connection is None or connection.closed:   # it is closed with its transaction
        connection = session.info[CONNECTION] = session.connection()
    return connection


def inserting(table: Table, *, without: Iterable[str] = (), returning: str = "", or_nothing: bool = False) -> Prepared:
    """An INSERT of one row with all columns but `without`; with `or_nothing`, unless a row with its key is there."""
    def statement(dialect: str) -> Executable:
        make = INSERTS[dialect] if or_nothing else insert
        made = make(table).values({c.name: bindparam(c.name) for c in table.c if c.name not in without})
        if or_nothing:
            made = made.on_conflict_do_nothing()
        return made.returning(table.c[returning]) if returning else made.inline()
    return Prepared(statement)
