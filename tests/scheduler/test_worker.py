"""The side jobs on PostgreSQL: procrastinate wakes them, the tables say what is to be done, deadlines stay outside."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import func, select, text

from caseflow.health import figures
from caseflow.models import Notice, OutboxMessage, TimerFiring
from scheduler import jobs, schedule, side_queue
from scheduler.side_jobs import SIDE_JOBS
from tests.journeys.kit import Journey
from tests.scheduler.test_schedule import PATIENCE, environment, process, wait_until
from web import migrations
from web.migrations import queue_tables

pytestmark = pytest.mark.machine_clock
on_postgresql = pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgres)],
                                        indirect=True)
QUEUED = text("SELECT task_name, status::text FROM procrastinate.procrastinate_jobs ORDER BY id")


def names(rows) -> set[str]:
    return {name for name, *_ in rows}


def in_a_loop(work: Coroutine) -> None:
    """In a thread of its own: where this process has driven a browser, its first thread has a loop that goes on."""
    with ThreadPoolExecutor(1) as other:
        other.submit(asyncio.run, work).result()


def work(app, *wakes: str) -> None:
    """A worker that takes these wakes and no others, and ends when nothing is left in the queue.

    By the clock it would put the turns of the last ten minutes beside them, some of them after it last looked.
    """
    async def run() -> None:
        queue = side_queue.build(app)
        queue.periodic_registry.periodic_tasks.clear()
        async with queue.open_async():
            for name in wakes:
                await queue.configure_task(name).defer_async()
            await queue.run_worker_async(wait=False, delete_jobs="always", listen_notify=False)

    in_a_loop(run())


@pytest.fixture
def guichi(installed, app, clock):
    return Journey(app, clock, "guichi").bad_review()


# --- the tables -------------------------------------------------------------------------------------------------------


def test_deadlines_are_fired_by_the_scheduler_on_both_databases_and_are_no_side_job():
    for database in ("sqlite", "postgresql"):
        assert "fire_due_cases" in names(schedule.schedule_on(database))
    assert not names(SIDE_JOBS) & names(schedule.SCHEDULE)


def test_side_jobs_run_in_the_scheduler_on_sqlite_and_not_on_postgresql():
    assert names(SIDE_JOBS) < names(schedule.schedule_on("sqlite"))
    assert not names(SIDE_JOBS) & names(schedule.schedule_on("postgresql"))


@on_postgresql
def test_the_queue_knows_the_side_jobs_and_nothing_else_of_ours(app):
    queue = side_queue.build(app)
    ours = {name: task for name, task in queue.tasks.items() if "builtin" not in name}
    assert ours.keys() == names(SIDE_JOBS) | {"forget_the_dead"}
    turns = {row.task.name: row.cron for row in queue.periodic_registry.periodic_tasks.values()}
    assert turns == {
        "deliver_notices": "* * * * * */3", "send_deliveries": "* * * * * */5", "make_digests": "*/1 * * * *",
        "watch": "*/5 * * * *", "forget_the_dead": "*/1 * * * *"}
    assert {task.queueing_lock for task in ours.values()} == ours.keys()
    assert {task.lock for task in ours.values()} == {None}, "a dead worker would keep it for ever"


@pytest.mark.parametrize("seconds", [7, 90, 420, 7200])
def test_an_interval_that_a_cron_line_cannot_say_is_refused(seconds):
    with pytest.raises(ValueError):
        side_queue.every(seconds)


# --- what a wake does -------------------------------------------------------------------------------------------------


@on_postgresql
def test_a_worker_delivers_what_waits_however_often_it_is_woken(guichi, app, session):
    for _ in range(2):
        work(app, "deliver_notices")
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Notice)) == 2
    assert set(session.scalars(select(OutboxMessage.status))) == {"sent"}
    assert "deliver_notices" not in [job for job, _ in session.execute(QUEUED)]


@on_postgresql
def test_a_job_that_waits_is_not_queued_a_second_time(app, session):
    async def run() -> None:
        queue = side_queue.build(app)
        async with queue.open_async():
            await queue.configure_task("watch").defer_async()
            with pytest.raises(AlreadyEnqueued):
                await queue.configure_task("watch").defer_async()

    in_a_loop(run())


@on_postgresql
def test_a_worker_fires_no_deadline(guichi, app, session, clock):
    clock.advance(days=60)
    work(app, "deliver_notices", "watch")
    session.rollback()
    assert session.query(TimerFiring).count() == 0
    assert jobs.fire_due_cases() == 1


@on_postgresql
def test_what_a_dead_worker_had_taken_is_cleared_away_and_done_in_its_next_turn(guichi, app, session):
    session.execute(text(
        "INSERT INTO procrastinate.procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes')"))
    session.execute(text(
        "INSERT INTO procrastinate.procrastinate_jobs (queue_name, task_name, queueing_lock, status, worker_id) "
        "SELECT 'default', 'deliver_notices', 'deliver_notices', 'doing', id FROM procrastinate.procrastinate_workers"))
    session.commit()
    work(app, "forget_the_dead", "deliver_notices")
    assert session.execute(QUEUED).all() == []
    assert session.scalar(select(func.count()).select_from(Notice)) == 2


@on_postgresql
def test_a_side_job_that_fails_is_logged_and_keeps_no_other_back(guichi, app, session, monkeypatch, caplog):
    monkeypatch.setattr("caseflow.health.watchdog.claim", lambda _now: 1 / 0)
    work(app, "watch", "deliver_notices")
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Notice)) == 2
    assert "ZeroDivisionError" in caplog.text and session.execute(QUEUED).all() == []


# --- its tables -------------------------------------------------------------------------------------------------------


def test_the_newest_revision_of_the_queue_s_tables_is_that_of_the_installed_package():
    history = migrations.ScriptDirectory.from_config(migrations._config()).walk_revisions()
    assert max(getattr(known.module, "QUEUE", "") for known in history) == queue_tables.newest(), \
        "write a revision that calls queue_tables.bring_up_to_date"


@on_postgresql
def test_tables_of_an_older_package_get_what_changed_since_and_only_that(session, monkeypatch):
    before = queue_tables._migrations()
    later = before | {"99.00.00_01_pre_more.sql": "CREATE TABLE more (percent text DEFAULT '%');"}
    for known in (before, later, later):
        monkeypatch.setattr(queue_tables, "_migrations", known.copy)
        queue_tables.bring_up_to_date(session.connection())
    assert session.scalar(text("SELECT count(*) FROM procrastinate.more")) == 0
    assert session.scalars(text("SELECT migration FROM procrastinate.caseflow_applied")).all() == [
        "99.00.00_01_pre_more.sql"]
    assert session.scalar(text("SELECT to_regclass('more')")) is None, "it would be among our own tables"


# --- the process ------------------------------------------------------------------------------------------------------


@on_postgresql
def test_a_real_worker_delivers_shows_that_it_lives_and_ends_cleanly_when_told_to(
        installed, app, session, clock, database_url, tmp_path):
    clock.set(datetime.now(UTC))    # the messages have not waited yet: else a turn of `watch` before theirs complains
    Journey(app, clock, "guichi").bad_review()

    def has_worked():
        session.rollback()
        return session.query(Notice).count() == 2 and figures.read(clock()).workers == 1

    with process(database_url, tmp_path, "scheduler.worker") as child:
        assert wait_until(child, has_worked), child.poll()
        child.send_signal(signal.SIGTERM)
        _, said = child.communicate(timeout=PATIENCE)
    assert (child.returncode, said) == (0, ""), said
    session.rollback()
    assert figures.read(clock()).workers == 0


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_worker_that_has_nothing_to_work_with_says_so(app, session, database, database_url, tmp_path):
    migrations.downgrade("0004")
    done = subprocess.run([sys.executable, "-m", "scheduler.worker"], cwd=tmp_path, capture_output=True, text=True,
                          env=environment(database_url, tmp_path), check=False)
    said = {"sqlite": "start no worker", "postgresql": "caseflow init"}[database]
    assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr
