"""Finding and claiming what is due: a thousand due among a hundred thousand waiting cases, against among ten thousand.

Each claim is the scheduler's own (steps.claim_due), in a transaction of its own, and is followed by what takes the
case out of the way: its next due moment is set to later. Commits are not counted: they cost the same on both sides.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

from flask import Flask
from sqlalchemy import bindparam, update

from benchmarks import crowd, ground
from benchmarks.measure import Goal, Report, in_turns, ratios
from caseflow.casefile import store
from caseflow.cases import steps
from caseflow.models import Case, db, transaction
from caseflow.models.prepared import Prepared

GOALS = {"ratio": Goal(most=1.3)}
LATER = Prepared(update(Case.__table__).where(Case.__table__.c.id == bindparam("case")).values(
    next_try=bindparam("moment"), next_due=bindparam("moment")))


def bench(server: str = "", *, few: int = 10_000, many: int = 100_000, due: int = 1_000, rounds: int = 10) -> Report:
    with ExitStack() as stack:
        sides = [_waiting(stack, server, count, due) for count in (many, few)]
        claims = due // rounds
        rounds_ = in_turns(rounds, *(claiming(app, claims) for app in sides))
        with sides[0].app_context():
            report = Report("timers", GOALS, db.engine.dialect.name)
            compiled = store.CLAIM_DUE._for(db.engine.dialect)
            report.notes = crowd.plan(compiled.text, compiled.bind({"until": ground.NOW, "limit": 1}))
    report.figures = ratios(rounds_) | {
        f"claims_per_second_of_{many}": claims * rounds / sum(large for large, _ in rounds_),
        f"claims_per_second_of_{few}": claims * rounds / sum(small for _, small in rounds_)}
    return report


def _waiting(stack: ExitStack, server: str, count: int, due: int) -> Flask:
    app = stack.enter_context(ground.scratch(server))
    crowd.waiting_cases(count, due=due)
    return app


def claiming(app: Flask, claims: int) -> Callable[[], float]:
    """Claims so many due cases, one after the other: seconds."""
    def run() -> float:
        took = 0.0
        with app.app_context():
            for _ in range(claims):
                with transaction():
                    began = time.perf_counter()
                    case = steps.claim_due(ground.NOW)
                    LATER.write(case=case.id, moment=ground.NOW + timedelta(days=400))
                    took += time.perf_counter() - began
        return took
    return run
