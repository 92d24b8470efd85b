"""The table of jobs, and the process that runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.blocking import BlockingScheduler

from caseflow.models import Heartbeat, OutboxMessage, TimerFiring
from scheduler.__main__ import build
from scheduler.schedule import schedule_on
from tests import source
from tests.journeys.kit import Journey

pytestmark = pytest.mark.machine_clock
PATIENCE = 60  # seconds


@pytest.fixture
def table(app, monkeypatch):
    """The scheduler with its jobs added, before the first of them runs."""
    monkeypatch.setattr(BlockingScheduler, "_main_loop", lambda self: None)
    scheduler = build(app)
    scheduler.start(paused=True)
    yield scheduler
    scheduler.shutdown()


def test_every_job_has_its_name_and_its_interval(table):
    assert [(job.id, job.trigger.interval.total_seconds()) for job in sorted(table.get_jobs(), key=lambda j: j.id)] == [
        ("beat", 10), ("deliver_notices", 3), ("fire_due_cases", 2), ("free_stranded", 60), ("make_digests", 60),
        ("open_missing_cases", 60), ("remind", 60), ("send_deliveries", 5), ("sweep_files", 3600),
        ("turn_absences", 10), ("watch", 300)]
    assert {job.id: job.name for job in table.get_jobs()} == {row[0]: row[1] for row in schedule_on("sqlite")}


def test_a_job_runs_one_at_a_time_and_is_late_rather_than_left_out(table):
    for job in table.get_jobs():
        assert (job.max_instances, job.coalesce, job.misfire_grace_time) == (1, True, None), job.id


def test_what_is_due_stands_in_no_job_store(table):
    assert {type(store) for store in table._jobstores.values()} == {MemoryJobStore}


def test_every_job_runs_within_the_application(table, app, installed):
    for job in table.get_jobs():
        job.func()


# --- the process --------------------------------------------------------------------------------------------------


def environment(url, folder, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CASEFLOW_")}
    return kept | {"CASEFLOW_DATABASE_URL": url, "CASEFLOW_INSTANCE": str(folder), "CASEFLOW_SECRET_KEY": "t" * 48,
                   "PYTHONPATH": str(source.ROOT), **more}


@contextmanager
def process(url, folder, module="scheduler"):
    child = subprocess.Popen([sys.executable, "-m", module], cwd=folder, env=environment(url, folder),
                             stderr=subprocess.PIPE, text=True)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def wait_until(child, holds) -> bool:
    """Ask again and again, as long as the process lives."""
    for _ in range(PATIENCE * 5):
        if holds():
            return True
        try:
            child.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
        break
    return holds()


def test_a_real_process_fires_what_is_due_and_ends_cleanly_when_told_to(
        installed, app, session, clock, database_url, tmp_path):
    clock.set(datetime.now(UTC) - timedelta(days=60))
    case = Journey(app, clock, "guichi").bad_review()

    def has_worked():
        session.rollback()
        waiting = session.query(OutboxMessage).filter_by(status="waiting").count()
        return session.query(Heartbeat).filter_by(fired=1).count() == 1 and not waiting

    with process(database_url, tmp_path) as child:
        assert wait_until(child, has_worked), child.poll()
        child.send_signal(signal.SIGTERM)
        _, said = child.communicate(timeout=PATIENCE)
    assert (child.returncode, "Traceback" in said) == (0, False), said
    firing = session.query(TimerFiring).one()
    assert firing.case_id == case.case_id and firing.fired_at > firing.due_at
    clock.set(datetime.now(UTC))
    case.healthy()


def test_settings_that_allow_no_start_are_told_in_a_line(tmp_path):
    done = subprocess.run([sys.executable, "-m", "scheduler"], cwd=tmp_path, env=environment("nonsense", tmp_path),
                          capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.startswith("scheduler: "), "Traceback" in done.stderr) == (1, True, False)
