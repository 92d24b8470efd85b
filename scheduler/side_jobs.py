"""The side jobs: what may wait a little, and is declared here once.

Each works off what stands in a table, in transactions of its own, and takes no arguments: a wake that is lost loses
nothing, one that comes twice does nothing twice. On SQLite the scheduler process runs them (schedule.py), on
PostgreSQL the workers (worker.py). Deadlines are no side jobs.
"""

from __future__ import annotations

import logging

from caseflow import notices, watchdog
from caseflow.models import snapshot, transaction
from web import clock

BATCH = 100           # messages that are delivered in one transaction
BATCHES_PER_RUN = 50

log = logging.getLogger("caseflow.scheduler")


def deliver_notices() -> int:
    """Deliver what waits in the outbox, batch by batch, each in its own transaction; returns how many messages."""
    delivered = 0
    for _ in range(BATCHES_PER_RUN):
        with transaction():
            batch = notices.deliver_waiting(clock.now(), BATCH)
        delivered += batch
        if batch < BATCH:
            break
    return delivered


def watch() -> int:
    """The doctor's rounds that are due, unless another process has them; returns how many complaints are new.

    Each complaint is logged when it begins and when it is over, not in between.
    """
    now = clock.now()
    with transaction():
        rounds = watchdog.claim(now)
    if not rounds:
        return 0
    with snapshot():
        found = watchdog.examine(rounds, now)
    with transaction():
        news = watchdog.keep(rounds, found, now)
        for row in news.begun:
            log.error("complaint %s case=%s %s", row.code, row.case_number or "-", row.sentence)
        for row in news.cleared:
            log.info("complaint over %s case=%s", row.code, row.case_number or "-")
        return len(news.begun)


# id, what it does for people, the job, every so many seconds (that divide a minute) or whole minutes (an hour)
SIDE_JOBS = (
    ("deliver_notices", "turns waiting messages into notices", deliver_notices, 3),
    ("watch", "looks for what must not be: lost tasks and timers, stuck cases, a broken journal", watch, 300),
)
