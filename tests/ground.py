"""What tests of the operations stand on: people by name, what is done at once, how many rows there are."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import uuid4

from flask import Flask
from sqlalchemy import func, select

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition as engine
from caseflow.law import regulations
from caseflow.models import Base, Case, JournalEntry, RoleAssignment, Unit, User, WorkItem, db, transaction
from caseflow.people.permissions import SYSTEM, Actor, actor_for
from caseflow.raters import attempts
from caseflow.workshop import deployment


def person(username: str) -> Actor:
    """A demo user as they are now, such as "guichi.dept1.officer"."""
    return actor_for(db.session.scalars(select(User).where(User.username == username)).one())


def newcomer(username: str, *posts: tuple[str, int]) -> Actor:
    """Somebody new, with these roles at these units."""
    with transaction():
        user = User(username=username, name=username, password_hash="!", active=True)
        user.roles = [RoleAssignment(role=role, unit_id=unit_id) for role, unit_id in posts]
        db.session.add(user)
        db.session.flush()
        return actor_for(user)


def colleague(item: WorkItem, username: str = "colleague") -> Actor:
    """A second person with the same role at the same office."""
    return newcomer(username, (item.role, item.unit_id))


def leave(item: WorkItem) -> None:
    """Whoever has the post of this task is active no more."""
    with transaction():
        for post in db.session.scalars(select(RoleAssignment).where(
                RoleAssignment.unit_id == item.unit_id, RoleAssignment.role == item.role)):
            post.user.active = False


def unit(regulation: str, key: str) -> Unit:
    return db.session.scalars(select(Unit).where(Unit.regulation == regulation, Unit.key == key)).one()


def reached(case_id: int, username: str, now: datetime, channel: str = "telephone", result: str = "reached") -> None:
    """This person reaches the rater, or not, and logs it."""
    with transaction():
        attempts.log(case_id, person(username), tried_at=now, channel=channel, result=result, note="",
                     form_token=uuid4().hex, now=now)


def open_item(case_id: int, element: str | None = None) -> WorkItem:
    """The one open task of the case, or its open task of this name."""
    query = select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.status == "open")
    return db.session.scalars(query.where(WorkItem.element == element) if element else query).one()


def entries(case_id: int, kind: str) -> list[JournalEntry]:
    """The case's journal entries of this kind, oldest first."""
    query = select(JournalEntry).where(JournalEntry.stream == f"case:{case_id}", JournalEntry.kind == kind)
    return list(db.session.scalars(query.order_by(JournalEntry.seq)))


def rows() -> dict[str, int]:
    """How many rows every table has, and what the cases say of themselves."""
    db.session.rollback()
    counts = {table.name: db.session.scalar(select(func.count()).select_from(table))
              for table in Base.metadata.sorted_tables}
    return counts | {f"case {case.id}": case.version for case in db.session.scalars(select(Case))}


def deploy(place: str, clock: Callable[[], datetime], *edits: tuple[str | bytes, str | bytes],
           name: str = "rectification", deployed: bool = False) -> str:
    """A next version of the place's process, lawful or not, with these replacements; its digest."""
    files = dict(regulations.files(place))
    for old, new in edits:
        old, new = (text.encode() if isinstance(text, str) else text for text in (old, new))
        assert old in files[f"{name}.bpmn"]
        files[f"{name}.bpmn"] = files[f"{name}.bpmn"].replace(old, new)
    with transaction():
        process = engine.load(files, trusted=True, process_id=f"{place}_{name}", topics=TOPICS, deployed=deployed)
        return deployment.put(process, place, clock(), SYSTEM).digest


def at_once(app: Flask, *calls: Callable[[], object]) -> list[object]:
    """What each call gave back or raised. They begin together, each in a thread and session of its own."""
    together = threading.Barrier(len(calls), timeout=30)

    def run(call: Callable[[], object]) -> object:
        with app.app_context():
            together.wait()
            try:
                return call()
            except Exception as error:
                return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
