"""The supervisors' board and the first page of a supervised list: 200,000 open items and 2,000 users against 10,000.

On both sides the items are spread over the same officers of one office, and a fifth of them is late.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from contextlib import ExitStack

from flask import Flask
from sqlalchemy import event, select, update

from benchmarks import crowd, ground
from benchmarks.measure import Goal, Report, in_turns, ratios, seconds
from caseflow.models import RoleAssignment, User, WorkItem, db, transaction
from caseflow.people.permissions import Actor, actor_for
from caseflow.supervision import board

GOALS = {"board_ratio": Goal(most=1.5), "list_ratio": Goal(most=1.5)}
INDEX = "ix_work_items_of_unit"


def bench(server: str = "", *, few: int = 10_000, many: int = 200_000, users: int = 2_000, rounds: int = 15,
          each: int = 5) -> Report:
    """`rounds` times `each` boards of each side in turns, then the same for the list of what is late."""
    with ExitStack() as stack:
        sides = [_filled(stack, server, count, users) for count in (many, few)]
        boards = in_turns(rounds, *(_asking(app, whole_board, each) for app in sides))
        lists = in_turns(rounds, *(_asking(app, late_list, each) for app in sides))
        with sides[0].app_context():
            report = Report("board", GOALS, db.engine.dialect.name)
            report.notes = how_it_is_found()
    for name, measured in (("board", boards), ("list", lists)):
        report.figures |= {f"{name}_{key}": value for key, value in ratios(measured).items()}
        report.figures |= {f"{name}_ms_of_{count}": statistics.median(side) / each * 1000
                           for count, side in zip((many, few), zip(*measured, strict=True), strict=True)}
    return report


def _filled(stack: ExitStack, server: str, count: int, users: int) -> Flask:
    app = stack.enter_context(ground.scratch(server))
    crowd.waiting_cases(count, due=count // 5)
    unit, _role, ids = crowd.people(users)
    with transaction() as session:
        boss = User(username="boss", name="督办", password_hash="!")
        boss.roles = [RoleAssignment(unit_id=unit, role="supervisor")]
        session.add(boss)
        session.execute(update(WorkItem).where(WorkItem.status == "open").values(
            assignee_id=ids[0] + WorkItem.id % len(ids)).execution_options(synchronize_session=False))
    crowd.refresh_statistics()
    return app


def _asking(app: Flask, question: Callable[[Actor], object], times: int) -> Callable[[], float]:
    def ask() -> float:
        with app.app_context():
            actor = supervisor()
            question(actor)                             # connect, and warm up
            took = seconds(lambda: [question(actor) for _ in range(times)])
            db.session.remove()
        return took
    return ask


def supervisor() -> Actor:
    """Who supervises the office that has all the work."""
    return actor_for(db.session.scalars(select(User).where(User.username == "boss")).one())


def whole_board(actor: Actor) -> tuple:
    return (board.figures(actor, ground.NOW), board.units(actor, ground.NOW), board.people(actor, ground.NOW))


def late_list(actor: Actor) -> object:
    page = board.items(actor, board.Wanted("late"), ground.NOW)
    db.session.expunge_all()
    return page


def how_it_is_found() -> list[str]:
    """The plan of the statement that looks for what is late; it must be on the index."""
    statements = []

    def note(_connection, _cursor, statement, values, _context, _many) -> None:
        statements.append((statement, values))

    actor = supervisor()
    event.listen(db.engine, "before_cursor_execute", note)
    late_list(actor)
    event.remove(db.engine, "before_cursor_execute", note)
    looking = next(made for made in statements if "work_items.due_at IS NOT NULL" in made[0])
    plan = crowd.plan(*looking)
    assert any(INDEX in line for line in plan), plan
    return plan
