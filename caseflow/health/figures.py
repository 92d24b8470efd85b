"""The figures that tell how the installation is doing, read from the tables: a few indexed counts, no case data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, cast, extract, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from caseflow.health import watchdog
from caseflow.models import Case, Checkup, Delivery, Heartbeat, OutboxMessage, StepTime, TimerFiring, WorkItem, db
from caseflow.models.cases import OPEN
from caseflow.moments import over_by
from caseflow.notices.deliveries import CHANNELS

RECENT = timedelta(minutes=5)
ALIVE = timedelta(minutes=1)     # a scheduler beats every ten seconds, a worker too
WORKERS = text(                  # by the clock of the database, with which they beat, in the demo too
    "SELECT count(*) FROM procrastinate.procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute'")


@dataclass(frozen=True, slots=True)
class Figures:
    """How it stands at one moment. Ages and lags in seconds; None where there is nothing to measure.

    `fired`, `lag_largest` and `lag_mean` are of the timers fired in the last five minutes; `overdue_timers` is by
    how much the case the scheduler should take next is late. `workers` is None on SQLite, which has none. `checkups`
    is how long ago each round ended.
    """

    fired: int
    lag_largest: float
    lag_mean: float
    overdue_timers: float
    outbox_age: float
    outbox_waiting: int
    incidents: int
    open_cases: dict[str, int]
    overdue_tasks: int
    schedulers: int
    workers: int | None
    heartbeat_age: float | None
    dead_deliveries: dict[str, int]
    checkups: dict[str, float]
    complaints: dict[str, int]


def read(now: datetime) -> Figures:
    """The figures at this moment; some ten statements, none of which reads more than what is open or recent."""
    fired, largest, mean = _recent_firings(now)
    waiting, oldest = db.session.execute(select(func.count(), func.min(OutboxMessage.created_at)).where(
        OutboxMessage.status == "waiting")).one()
    next_try = select(func.min(Case.next_try)).where(Case.incident.is_(False))
    beat = db.session.scalar(select(func.max(Heartbeat.beat_at)))
    return Figures(
        fired=fired, lag_largest=largest, lag_mean=mean,
        overdue_timers=_age(db.session.scalar(next_try), now) or 0.0,
        outbox_age=_age(oldest, now) or 0.0, outbox_waiting=waiting,
        incidents=_count(select(func.count(Case.id)).where(Case.incident.is_(True))),
        open_cases=dict(map(tuple, db.session.execute(
            select(Case.regulation, func.count()).where(OPEN).group_by(Case.regulation)))),
        overdue_tasks=_count(select(func.count(WorkItem.id)).where(
            WorkItem.status == "open", WorkItem.due_at <= over_by(now))),
        schedulers=_count(select(func.count()).select_from(Heartbeat).where(Heartbeat.beat_at > now - ALIVE)),
        workers=db.session.scalar(WORKERS) if db.engine.dialect.name == "postgresql" else None,
        heartbeat_age=_age(beat, now),
        dead_deliveries=dict.fromkeys(CHANNELS, 0) | dict(map(tuple, db.session.execute(
            select(Delivery.channel, func.count()).where(Delivery.status == "dead").group_by(Delivery.channel)))),
        checkups={name: _age(ended, now) for name, ended in db.session.execute(
            select(Checkup.name, Checkup.ended_at).where(Checkup.ended_at.is_not(None)))},
        complaints=watchdog.standing_by_code())


def step_times() -> dict[str, dict[int, tuple[int, float]]]:
    """Operation → upper bound in milliseconds (0: none) → how many steps fell there, and their seconds in all."""
    found: dict[str, dict[int, tuple[int, float]]] = {}
    for row in db.session.execute(select(StepTime.operation, StepTime.le_ms, StepTime.count, StepTime.seconds)):
        found.setdefault(row.operation, {})[row.le_ms] = (row.count, row.seconds)
    return found


def add_step_times(measured: dict[tuple[str, int], tuple[int, float]]) -> None:
    """Add to the step times: (operation, bound in milliseconds) → (how many, their seconds)."""
    insert = _insert()
    for (operation, le_ms), (count, seconds) in sorted(measured.items()):
        row = insert(StepTime).values(operation=operation, le_ms=le_ms, count=count, seconds=seconds)
        db.session.execute(row.on_conflict_do_update(index_elements=["operation", "le_ms"], set_={
            "count": StepTime.count + row.excluded.count, "seconds": StepTime.seconds + row.excluded.seconds}))


def _insert():
    return sqlite.insert if _is_sqlite() else postgresql.insert


def _is_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"


def _recent_firings(now: datetime) -> tuple[int, float, float]:
    lag = _seconds(TimerFiring.fired_at) - _seconds(TimerFiring.due_at)
    query = select(func.count(), func.max(lag), func.avg(lag)).where(TimerFiring.fired_at > now - RECENT)
    count, largest, mean = db.session.execute(query).one()
    return count, float(largest or 0), float(mean or 0)


def _seconds(moment):
    """Seconds since 1970, in the database's own words."""
    return cast(func.strftime("%s", moment), Integer) if _is_sqlite() else extract("epoch", moment)


def _count(query) -> int:
    return db.session.scalar(query) or 0


def _age(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None else max(0.0, (now - moment).total_seconds())
