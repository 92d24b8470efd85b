"""The first page of an officer's worklist, and the figures of the navigation: 200,000 open work items against 10,000.

All of them are free and lie with the officer's own post, which 2,000 people share: the worst case. One of them looks.
Printed with it is how the database says it will find the page.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from contextlib import ExitStack

from flask import Flask
from sqlalchemy import event, select

from benchmarks import crowd, ground
from benchmarks.measure import Goal, Report, in_turns, ratios, seconds
from caseflow import paging
from caseflow.models import User, db
from caseflow.people.permissions import Actor, actor_for
from caseflow.work import worklist

GOALS = {"page_ratio": Goal(most=1.5), "counts_ratio": Goal(most=1.5)}
INDEX = "ix_work_items_free"
PER_PAGE = 50


def bench(server: str = "", *, few: int = 10_000, many: int = 200_000, users: int = 2_000, rounds: int = 15,
          each: int = 5) -> Report:
    """`rounds` times `each` pages of each side in turns, then the same for the figures."""
    with ExitStack() as stack:
        sides = [_filled(stack, server, count, users) for count in (many, few)]
        pages = in_turns(rounds, *(_asking(app, first_page, each) for app in sides))
        figures = in_turns(rounds, *(_asking(app, counts, each) for app in sides))
        with sides[0].app_context():
            report = Report("worklist", GOALS, db.engine.dialect.name)
            report.notes = how_it_is_found()
    for name, measured in (("page", pages), ("counts", figures)):
        report.figures |= {f"{name}_{key}": value for key, value in ratios(measured).items()}
        report.figures |= {f"{name}_ms_of_{count}": statistics.median(side) / each * 1000
                           for count, side in zip((many, few), zip(*measured, strict=True), strict=True)}
    return report


def _filled(stack: ExitStack, server: str, count: int, users: int) -> Flask:
    app = stack.enter_context(ground.scratch(server))
    crowd.waiting_cases(count)
    crowd.people(users)
    crowd.refresh_statistics()
    return app


def _asking(app: Flask, question: Callable[[Actor], object], times: int) -> Callable[[], float]:
    def ask() -> float:
        with app.app_context():
            actor = officer()
            question(actor)                             # connect, and warm up
            took = seconds(lambda: [question(actor) for _ in range(times)])
            db.session.remove()
        return took
    return ask


def first_page(actor: Actor) -> paging.Page:
    page = worklist.my_work(actor, now=ground.NOW, per_page=PER_PAGE)
    db.session.expunge_all()
    return page


def counts(actor: Actor) -> dict[str, int]:
    return worklist.counts(actor, ground.NOW)


def officer() -> Actor:
    """One of those at the post that has all the work."""
    return actor_for(db.session.scalars(select(User).where(User.username == "crowd0")).one())


def how_it_is_found() -> list[str]:
    """The plan of each statement that looks for work; it must be on the index."""
    statements = []

    def note(_connection, _cursor, statement, values, _context, _many) -> None:
        statements.append((statement, values))

    actor = officer()
    event.listen(db.engine, "before_cursor_execute", note)
    worklist.my_work(actor, now=ground.NOW, per_page=PER_PAGE)
    event.remove(db.engine, "before_cursor_execute", note)
    looking = next(made for made in statements if "work_items.due_at IS NOT NULL" in made[0])
    plan = crowd.plan(*looking)
    assert any(INDEX in line for line in plan), plan
    return plan
