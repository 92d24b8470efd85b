"""What time it is. Only views, jobs and commands ask; the core is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import text

from caseflow.models import SimulatedClock, db

ONLY_ROW = 1


def now() -> datetime:
    """The moment by which deadlines are judged (aware UTC): the database's clock, in demo mode moved forward."""
    moment = real()
    if not current_app.config["CASEFLOW"].demo:
        return moment
    row = db.session.get(SimulatedClock, ONLY_ROW, populate_existing=True)
    return moment + timedelta(seconds=row.ahead_seconds) if row else moment


def real() -> datetime:
    """The database's clock, never moved: for sessions and login locks (aware UTC). Tests set another one."""
    if "CASEFLOW_CLOCK" in current_app.config:
        return current_app.config["CASEFLOW_CLOCK"]()
    if db.engine.dialect.name == "postgresql":
        return db.session.scalar(text("SELECT clock_timestamp()")).astimezone(UTC)
    return datetime.now(UTC)


def advance(seconds: int) -> None:
    """Move the demo's clock forward. The caller commits. Refuses to go back: what fired has fired."""
    if seconds < 0 or not current_app.config["CASEFLOW"].demo:
        raise ValueError("only the demo's clock moves, and only forward")
    row = db.session.get(SimulatedClock, ONLY_ROW, with_for_update=True)
    if row is None:
        db.session.add(SimulatedClock(id=ONLY_ROW, ahead_seconds=seconds))
    else:
        row.ahead_seconds += seconds
