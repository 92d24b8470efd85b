"""Jumps of the clock, zones, hosts whose clocks differ, days of standstill: nothing early, nothing lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from caseflow.models import JournalEntry, SimulatedClock, Timer, TimerFiring, transaction
from scheduler import jobs
from tests.chaos import ledger, sizes, workload
from tests.chaos.killer import Crowd
from web.app import clock

DUE = datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC)   # two working days after Monday 2 March: Wednesday 23:59:59
AN_HOUR, A_DAY, A_MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=31)
FIVE_MINUTES = 300  # seconds
on_postgresql = pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgres)],
                                        indirect=True)


def set_clock(world, moment):
    """Also back, which only an operator's mistake could do."""
    with world.app.app_context(), transaction() as session:
        row = session.get(SimulatedClock, clock.ONLY_ROW)
        row.ahead_seconds += round((moment - clock.now()).total_seconds())


def fired(world):
    with world.session() as session:
        return session.scalar(select(func.count()).select_from(TimerFiring))


@pytest.mark.both_databases
def test_the_clock_may_jump_by_an_hour_a_day_or_a_month(world, random, figures):
    jumps = sizes.size(20, 200)
    for _ in range(jumps):
        if random.random() < 0.5:
            world.receive(2, random)
        jump = random.choice((AN_HOUR, A_DAY, A_MONTH, -AN_HOUR))
        set_clock(world, world.now() + jump)
        with world.app.app_context():
            jobs.fire_due_cases()
        now = world.now()
        with world.session() as session:
            due = set(session.scalars(select(Timer.id).where(Timer.due_at <= now - timedelta(seconds=5))))
            gone = {row.id: row for row in session.scalars(select(Timer).where(Timer.status == "fired"))}
            assert due <= gone.keys()
            firings = session.scalars(select(TimerFiring)).all()
            assert [row for row in firings if row.fired_at < row.due_at + timedelta(seconds=1)] == []
    figures(jumps=jumps, timers=len(gone))


@pytest.mark.both_databases
def test_the_zone_of_a_machine_changes_no_deadline(nursery, world, seed):
    zones = ("UTC", "Asia/Shanghai", "America/New_York")
    for zone in zones:
        workload.write_feed(world.folder, f"{seed}{zone}", 3, world.now())
        with Crowd(nursery, world, f"{seed}{zone}", zone=zone) as crowd:
            crowd.end(crowd.add("intake", name=zone.replace("/", "-")))
    with world.session() as session:
        assert session.execute(select(Timer.due_at, func.count()).group_by(Timer.due_at)).all() == [(DUE, 9)]
    for moment, expected in ((DUE - timedelta(seconds=60), [0, 0, 0]), (DUE + timedelta(seconds=2), [9, 0, 0])):
        set_clock(world, moment)
        assert [_fires(nursery, world, seed, zone=zone) for zone in zones] == expected


@on_postgresql
def test_a_host_whose_clock_is_wrong_fires_by_the_clock_of_the_database(nursery, world, seed):
    world.receive(3, Random(seed))
    for ahead in (FIVE_MINUTES, -FIVE_MINUTES):
        with Crowd(nursery, world, seed, ahead=ahead) as crowd:
            crowd.end(crowd.add("moment"))
        facts = ledger.read(world.folder / "moment0.ledger")[-1].facts
        machine, truth = (datetime.fromisoformat(facts[name]) for name in ("machine", "truth"))
        assert abs((machine - truth).total_seconds() - ahead) < 60
    set_clock(world, DUE - timedelta(seconds=120))
    assert _fires(nursery, world, seed, ahead=FIVE_MINUTES) == 0
    set_clock(world, DUE + timedelta(seconds=2))
    assert _fires(nursery, world, seed, ahead=-FIVE_MINUTES) == 3


def _fires(nursery, world, seed, **machine):
    """How many timers a scheduler on such a machine fires now."""
    before = fired(world)
    with Crowd(nursery, world, seed, **machine) as crowd:
        crowd.together(crowd.add("fires"))
    return fired(world) - before


@pytest.mark.both_databases
def test_after_three_days_of_standstill_all_fire_once_the_oldest_first(nursery, world, seed, random, figures):
    overdue = sizes.size(250, 5000)
    for _ in range(5):
        world.receive(overdue // 5, random)
        world.passes(days=1, hours=1)
    world.passes(days=10)
    set_clock(world, _last_due(world) + timedelta(days=3, seconds=2))     # the clock is set in whole seconds
    assert _fires(nursery, world, seed) == overdue
    with world.session() as session:
        rows = [json.loads(row) for row in session.scalars(select(JournalEntry.details).where(
            JournalEntry.kind == "timer_fired").order_by(JournalEntry.id))]
    due = [datetime.fromisoformat(row["due_at"]) for row in rows]
    lags = [row["lag_seconds"] for row in rows]
    assert due == sorted(due) and len(set(due)) > 1
    assert len(rows) == overdue and min(lags) >= 3 * 24 * 3600
    figures(overdue=overdue, least_lag_days=min(lags) // 86400, greatest_lag_days=max(lags) // 86400)


def _last_due(world):
    with world.session() as session:
        return session.scalar(select(func.max(Timer.due_at)))
