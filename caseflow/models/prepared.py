"""Statements that are compiled once and then go to the driver as they are.

For the few statements of every step: finding the compiled form and building a result costs SQLAlchemy several times
what the database needs to answer. They are written as SQLAlchemy statements all the same, and run in its transaction
and with its errors; only its events for statements do not see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Executable, Table, bindparam, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from caseflow.models import driver
from caseflow.models.db import db

INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}  # those that know ON CONFLICT
CONNECTION = "caseflow_connection"   # of the session's transaction, in session.info
Processor = Callable[[Any], Any] | None


class _Compiled(NamedTuple):
    """A statement for one kind of database: its text, how values go in (by place or by name) and come out."""

    text: str
    positional: bool
    binds: tuple[tuple[str, Processor], ...]
    constants: Mapping[str, Any]
    results: tuple[Processor, ...]

    def bind(self, values: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        values = {**self.constants, **values}
        if self.positional:
            return tuple([values[name] if to is None else to(values[name]) for name, to in self.binds])
        return {name: values[name] if to is None else to(values[name]) for name, to in self.binds}

    def read(self, row: Sequence[Any]) -> tuple[Any, ...]:
        return tuple([value if of is None else of(value) for of, value in zip(self.results, row, strict=True)])


class Prepared:
    """One statement. Its values are given by the names of its parameters; all of them, each time."""

    def __init__(self, statement: Executable | Callable[[str], Executable]) -> None:
        """`statement` may be a function that makes it from the dialect's name."""
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows it finds, as tuples in the order of its columns."""
        connection, compiled = self._ready(None)
        cursor = driver.send(connection, compiled.text, compiled.bind(values))
        return [compiled.read(row) for row in cursor.fetchall()]

    def first(self, **values: Any) -> tuple[Any, ...] | None:
        """The first row, None when it finds none."""
        found = self.rows(**values)
        return found[0] if found else None

    def write(self, **values: Any) -> int:
        """How many rows it wrote."""
        connection, compiled = self._ready(None)
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
        names = tuple(compiled.positiontup or ()) if compiled.positional else tuple(compiled.bind_names.values())
        binds = tuple((name, _in(compiled.binds[name].type, dialect)) for name in names)
        columns = getattr(statement, "selected_columns", None) or getattr(statement, "exported_columns", ())
        constants = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
        return _Compiled(compiled.string, compiled.positional, binds, constants,
                         tuple(_out(column.type, dialect) for column in columns))


def _in(kind: TypeEngine, dialect: Dialect) -> Processor:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _out(kind: TypeEngine, dialect: Dialect) -> Processor:
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
