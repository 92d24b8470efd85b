"""What is sent to the database: every statement, whether it goes through SQLAlchemy or to the driver directly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from caseflow.models import driver

FRAMING = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")   # no questions


class Sent(list):
    """The statements in their order, each with its values, as pairs of text."""

    def add(self, text: str, values: object) -> None:
        line = " ".join(text.split())
        if not line.startswith(FRAMING):
            self.append((line, repr(values)))

    def repeats(self) -> list[tuple[str, str]]:
        """Those that were sent more than once with the same values."""
        return [statement for statement, times in Counter(self).items() if times > 1]

    def texts_sent_again(self) -> list[str]:
        """The texts that were sent more than once, whatever the values."""
        return [text for text, times in Counter(text for text, _ in self).items() if times > 1]

    def listing(self) -> str:
        """All of them, numbered; one that came before is marked."""
        seen: set[tuple[str, str]] = set()
        lines = []
        for number, statement in enumerate(self, 1):
            lines.append(f"{number:3} {'again: ' if statement in seen else ''}{statement[0]} {statement[1]}")
            seen.add(statement)
        return "\n".join(lines)


@contextmanager
def recorded() -> Iterator[Sent]:
    """Every statement of this process within the block."""
    sent, send = Sent(), driver.send

    def note_and_send(connection, statement, values, **kwargs):
        for each in values if kwargs.get("many") else [values]:
            sent.add(statement, each)
        return send(connection, statement, values, **kwargs)

    def note(_connection, _cursor, statement, values, *_) -> None:
        sent.add(statement, values)

    driver.send = note_and_send
    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        driver.send = send
        event.remove(Engine, "before_cursor_execute", note)
