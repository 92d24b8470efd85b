"""Many rows at once, for benchmarks that ask what a large table costs: copies of one real case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert, select

from benchmarks import ground
from caseflow.models import Case, RoleAssignment, Timer, User, WorkItem, db, transaction

BATCH = 5_000


def waiting_cases(count: int, *, due: int = 0) -> None:
    """`count` open cases, each with a work item and a deadline of its own; the first `due` of them are overdue.

    The moments are spread over the years after NOW in an order that has nothing to do with the ids.
    """
    original, = ground.open_cases(1)
    patterns = {table: _pattern(table, original) for table in (Case.__table__, Timer.__table__, WorkItem.__table__)}
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        with transaction():
            for table, pattern in patterns.items():
                db.session.execute(insert(table), list(_copies(table, pattern, numbers, original, due)))
    db.session.remove()
    refresh_statistics()


def _pattern(table: Table, case_id: int) -> Mapping[str, Any]:
    key = table.c.id if table is Case.__table__ else table.c.case_id
    return db.session.execute(select(table).where(key == case_id)).mappings().first()


def _copies(table: Table, pattern: Mapping[str, Any], numbers: range, original: int, due: int) -> Iterator[dict]:
    for number in numbers:
        row, moment = dict(pattern), due_moment(number, due)
        if table is Case.__table__:
            row |= {"id": original + 1 + number, "number": f"CROWD-{number}", "next_due": moment, "next_try": moment}
        else:
            row |= {"id": pattern["id"] + 1 + number, "case_id": original + 1 + number, "due_at": moment}
        yield row


def people(count: int) -> tuple[int, str, list[int]]:
    """So many people at one post of those whose tasks wait: its unit and role, and their ids."""
    with transaction() as session:
        unit, role = session.execute(select(WorkItem.unit_id, WorkItem.role).limit(1)).one()
        session.execute(insert(User), [
            {"username": f"crowd{number}", "name": f"人员{number}", "password_hash": "!", "active": True, "demo": False,
             "locale": "zh"} for number in range(count)])
        ids = list(session.scalars(select(User.id).where(User.username.like("crowd%")).order_by(User.id)))
        session.execute(insert(RoleAssignment), [{"user_id": key, "unit_id": unit, "role": role} for key in ids])
    return unit, role, ids


def due_moment(number: int, due: int) -> datetime:
    if number < due:
        return ground.NOW - timedelta(seconds=1 + number * 7919 % (due or 1))
    return ground.NOW + timedelta(days=30, seconds=number * 7919 % 63_000_000)


def refresh_statistics() -> None:
    """Let the database look at what was put into it, as autovacuum does on a living system."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if db.engine.dialect.name == "postgresql" else "ANALYZE")


def plan(statement: str, values: Any) -> list[str]:
    """What the database says it would do to answer."""
    ask = "EXPLAIN " if db.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    with db.engine.connect() as connection:
        rows = connection.exec_driver_sql(ask + statement, values).all()
    return [str(row[-1]) for row in rows]
