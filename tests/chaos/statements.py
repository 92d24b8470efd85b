"""Listening to every statement of this process, whether it goes through SQLAlchemy or to the driver directly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event

from caseflow.models import driver


def rewrite(change: Callable[[str], str]) -> None:
    """Let the text of every statement pass through `change` before it is sent."""
    send = driver.send
    driver.send = lambda connection, statement, *args, **kwargs: send(connection, change(statement), *args, **kwargs)
    event.listen(Engine, "before_cursor_execute",
                 lambda _connection, _cursor, statement, parameters, *_: (change(statement), parameters), retval=True)


def precede(react: Callable[[Any, str], None]) -> Callable[[], None]:
    """Have `react` called with connection and text before every statement; the answer ends it."""
    send = driver.send

    def react_and_send(connection: Any, statement: str, *args: Any, **kwargs: Any) -> Any:
        react(connection, statement)
        return send(connection, statement, *args, **kwargs)

    def heard(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        react(connection, statement)

    def end() -> None:
        driver.send = send
        event.remove(Engine, "before_cursor_execute", heard)

    driver.send = react_and_send
    event.listen(Engine, "before_cursor_execute", heard)
    return end


def follow(react: Callable[[Any, Any, str], None]) -> None:
    """Have `react` called with connection, cursor and text after every statement."""
    send = driver.send

    def send_and_react(connection: Any, statement: str, *args: Any, **kwargs: Any) -> Any:
        answer = send(connection, statement, *args, **kwargs)
        cursor = connection.connection.cursor()   # its own: the answer is not read yet
        react(connection, cursor, statement)
        cursor.close()
        return answer

    driver.send = send_and_react
    event.listen(Engine, "after_cursor_execute",
                 lambda connection, cursor, statement, *_: react(connection, cursor, statement))
