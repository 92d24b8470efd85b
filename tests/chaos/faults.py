"""What a careless implementation would do. Planted in a process of a run by name; the product knows nothing of it.

Where several lines of defence stand behind each other, the outer ones are taken away too: `no_version` also takes the
lock, since whoever waits for a lock never meets a stale version. The key on firings is dropped in the database of the
run (test_faults.py). Faults that open a gap hold it open for a moment, so that few kills are enough to hit it.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from caseflow.casefile.effected import NoticeSent
from caseflow.cases import steps
from caseflow.notices import outbox
from tests.chaos import statements

GAP = 0.03  # seconds
LOCKS = re.compile(r"\s+FOR UPDATE( OF \w+(, \w+)*)?( SKIP LOCKED)?")
VERSION = re.compile(r"cases\.version = (%\(\w+\)s(::\w+)?|\?)")
OUTSIDE = "outside.sent"      # what left the system, one key a line, in the folder of the run


def plant(name: str | None, folder: Path) -> None:
    """Let this process work with a fault from now on; without a name, do nothing."""
    if name:
        PLANTS[name](folder)


def two_transactions(_folder: Path) -> None:
    """The state of a case is committed before its timers and work items, or after them."""
    written = re.compile(r"UPDATE process_instances|INSERT INTO timers|UPDATE timers")

    def commit_now(connection: Any, cursor: Any, statement: str) -> None:
        if not written.match(statement) or connection.in_nested_transaction() or connection.info.get("parted"):
            return
        connection.info["parted"] = True
        if connection.dialect.name == "sqlite":
            cursor.execute("COMMIT")
            time.sleep(GAP)
            cursor.execute("BEGIN IMMEDIATE")
        else:
            connection.connection.dbapi_connection.commit()
            time.sleep(GAP)

    statements.follow(commit_now)
    event.listen(Engine, "begin", lambda connection: connection.info.pop("parted", None))


def no_lock(_folder: Path) -> None:
    """Cases are read without a lock, and SQLite's write lock is taken only by the first write."""
    def unlocked(statement: str) -> str:
        if statement.startswith("UPDATE cases"):
            time.sleep(5 * GAP)
        return LOCKS.sub("", statement).replace("BEGIN IMMEDIATE", "BEGIN")

    statements.rewrite(unlocked)


def no_version(folder: Path) -> None:
    """A case may be written whatever has become of it since it was read."""
    no_lock(folder)
    statements.rewrite(lambda statement: VERSION.sub(r"(\g<0> OR 1=1)", statement))


def effect_before_commit(folder: Path) -> None:
    """Messages leave when they are written, before the commit that they belong to."""
    send, write, sent = outbox.send, outbox.write, []

    def leave(key: str) -> None:
        with (folder / OUTSIDE).open("a") as outside:
            outside.write(key + "\n")
        sent.append(key)

    def send_at_once(key: str, *args: Any, **kwargs: Any) -> None:
        send(key, *args, **kwargs)
        leave(key)

    def write_at_once(case: Any, facts: Any, now: Any) -> None:
        write(case, facts, now)
        for fact in facts:
            if isinstance(fact, NoticeSent):
                leave(fact.key)

    def wait(_connection: Any) -> None:
        if sent:
            sent.clear()
            time.sleep(5 * GAP)

    outbox.send, outbox.write = send_at_once, write_at_once
    event.listen(Engine, "commit", wait)


def error_swallowed(_folder: Path) -> None:
    """A commit that fails is taken for done."""
    original = Session.commit

    def commit(session: Session) -> None:
        try:
            original(session)
        except Exception:
            session.rollback()

    Session.commit = commit


def no_form_token(_folder: Path) -> None:
    """Forms carry no token: each submission is taken for a new one."""
    original = steps.complete_task

    def complete_task(item: int, actor: Any, values: Any, _form_token: str, *more: Any) -> Any:
        return original(item, actor, values, uuid4().hex, *more)

    steps.complete_task = complete_task


PLANTS = {plant.__name__: plant for plant in (
    two_transactions, no_lock, no_version, effect_before_commit, error_swallowed, no_form_token)}
