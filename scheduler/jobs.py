"""The scheduler's own jobs: read the clock, call one operation in one transaction, note what failed and go on."""

from __future__ import annotations

import logging
import os
import socket
import threading
from datetime import timedelta

from sqlalchemy import delete

from caseflow.cases import attachments, incidents, steps
from caseflow.errors import ConcurrentUpdate, DatabaseUnavailable
from caseflow.models import Heartbeat, db, transaction
from caseflow.people import accounts
from caseflow.ratings import intake
from caseflow.supervision import absences, reminders
from web.app import clock, step_times

PROCESS = f"{socket.gethostname()}:{os.getpid()}"
CASES_PER_RUN = 500
FORGOTTEN = timedelta(days=1)    # heartbeats of processes that ended long ago are cleared away

_beating = threading.Lock()      # the jobs of this process share its row

log = logging.getLogger("caseflow.scheduler")


def fire_due_cases() -> int:
    """Claim and fire due cases one by one, each in its own transaction; returns how many timers fired."""
    fired, lag = 0, 0.0
    for _ in range(CASES_PER_RUN):
        outcome = _fire_next()
        if outcome is None:
            break
        fired, lag = fired + outcome[0], outcome[1]
    if fired:
        beat(fired, lag)
    return fired


def _fire_next() -> tuple[int, float] | None:
    case_id = None
    now = clock.now()
    try:
        with step_times.measured("fire_due") as step, transaction():
            case = steps.claim_due(now)
            if case is None:
                step.counts = False
                return None
            case_id, due = case.id, case.next_due or now
            return steps.fire_due(case.id, now), (now - due).total_seconds()
    except Exception as error:
        if case_id is None or isinstance(error, DatabaseUnavailable):  # not the case's fault
            raise
        log.exception("case %s could not be moved", case_id)
        with transaction():
            incidents.record_failure(case_id, error, now)
        return 0, 0.0


def free_stranded() -> int:
    """Give back the tasks of people whose account was stopped meanwhile; returns how many."""
    with transaction():
        return accounts.free_stranded(clock.now())


def open_missing_cases() -> int:
    with transaction():
        return intake.open_missing_cases(clock.now())


def sweep_files() -> int:
    """Remove files that were taken in and never kept, such as those of a transaction that failed."""
    return attachments.sweep(clock.real())


def remind() -> int:
    """Take the rungs of the ladder that have come, each in its own transaction; returns how many."""
    now, taken = clock.now(), 0
    for work_item_id, rung in reminders.due(now):
        try:
            with transaction():
                taken += reminders.climb(work_item_id, rung, now)
        except ConcurrentUpdate:     # another process has it, or the case moved on: it is looked at again
            continue
    return taken


def turn_absences() -> int:
    """Begin and end the absences whose day has come, each in its own transaction; returns how many."""
    turned = 0
    while True:
        with transaction():
            if absences.turn(clock.now()) is None:
                return turned
        turned += 1


def beat(fired: int = 0, lag_seconds: float | None = None) -> None:
    """Say that this process is alive, how much it has fired and how late the last one was."""
    step_times.add()
    now = clock.now()
    with _beating, transaction() as session:
        row = session.get(Heartbeat, PROCESS) or Heartbeat(process=PROCESS, fired=0, lag_seconds=0.0)
        row.beat_at, row.fired = now, row.fired + fired
        if lag_seconds is not None:
            row.lag_seconds = lag_seconds
        session.add(row)
        db.session.execute(delete(Heartbeat).where(Heartbeat.beat_at < now - FORGOTTEN))
