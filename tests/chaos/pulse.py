"""Where a process is when it is killed: inside a transaction that has written something, committing, or neither."""

from __future__ import annotations

import mmap
from pathlib import Path

from sqlalchemy import Engine, event

from tests.chaos import statements

OUTSIDE, INSIDE, COMMITTING = range(3)


def beat(path: Path) -> None:
    """Show in the first byte of this file where the present process is."""
    path.write_bytes(bytes([OUTSIDE]))
    with path.open("r+b") as file:
        shown = mmap.mmap(file.fileno(), 1)

    def show(where: int):
        def shows(*_: object) -> None:
            shown[0] = where
        return shows

    def writes(statement: str) -> str:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            shown[0] = INSIDE
        return statement

    def commits(_connection: object) -> None:
        if shown[0] == INSIDE:
            shown[0] = COMMITTING

    statements.rewrite(writes)
    event.listen(Engine, "commit", commits)
    event.listen(Engine, "rollback", show(OUTSIDE))
    event.listen(Engine, "checkin", show(OUTSIDE))


def forget(path: Path) -> None:
    """The process has died; its last beat says nothing of the next one."""
    path.unlink(missing_ok=True)


def feel(path: Path) -> int:
    try:
        return path.read_bytes()[0]
    except (OSError, IndexError):
        return OUTSIDE
