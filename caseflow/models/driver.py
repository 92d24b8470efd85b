"""Statements handed to the database's driver directly."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def send(connection: Connection, statement: str, values: Any, *, many: bool = False) -> Any:
    """Hand a statement to the driver; its cursor. Errors come as those of SQLAlchemy, and never quote the values."""
    cursor = connection.connection.cursor()
    try:
        if many:
            cursor.executemany(statement, values)
        else:
            cursor.execute(statement, values)
    except connection.dialect.dbapi.Error as error:
        dialect = connection.dialect
        lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(statement, values, error, dialect.dbapi.Error, hide_parameters=True,
                                  connection_invalidated=lost, dialect=dialect, ismulti=many) from error
    return cursor
