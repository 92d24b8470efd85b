"""The side jobs: what may wait a little, and is declared here once.

Each works off what stands in a table, in transactions of its own, and takes no arguments: a wake that is lost loses
nothing, one that comes twice does nothing twice. On SQLite the scheduler process runs them (schedule.py), on
PostgreSQL the workers (worker.py). Deadlines are no side jobs.
"""

from __future__ import annotations

import logging

from caseflow.health import watchdog
from caseflow.models import snapshot, transaction
from caseflow.notices import deliveries, outbox
from caseflow.work import digests
from web.app import clock, outgoing
from web.sentences import complaints

BATCH = 100           # messages that are delivered in one transaction
BATCHES_PER_RUN = 50
SENT_AT_ONCE = 5      # messages that are claimed together: all are tried well within the lease

log = logging.getLogger("caseflow.scheduler")


def deliver_notices() -> int:
    """Deliver what waits in the outbox, batch by batch, each in its own transaction; returns how many messages."""
    delivered = 0
    for _ in range(BATCHES_PER_RUN):
        with transaction():
            batch = outbox.deliver_waiting(clock.now(), BATCH, outgoing.rules())
        delivered += batch
        if batch < BATCH:
            break
    return delivered


def send_deliveries() -> int:
    """Send what is due by e-mail, SMS and chat; returns how many were tried. No transaction is open while sending."""
    tried = 0
    rules = outgoing.rules()
    for _ in range(BATCHES_PER_RUN if rules.channels else 0):
        with transaction():
            batch = deliveries.claim(rules, clock.now(), SENT_AT_ONCE)
        for one in batch:
            outcome = outgoing.send(one, clock.now())
            with transaction():
                deliveries.record(one, outcome, rules, clock.now())
            if outcome.problem:
                log.warning("delivery %s by %s, try %s: %s", one.id, one.channel, one.attempt, outcome.problem)
        tried += len(batch)
        if len(batch) < SENT_AT_ONCE:
            break
    return tried


def make_digests() -> int:
    """Make the day's digests, some people at a time; returns how many people were looked at."""
    looked = 0
    while True:
        with transaction():
            batch = digests.make(outgoing.digest_at(), outgoing.rules(), clock.now())
        looked += batch
        if not batch:
            return looked


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
            log.error("complaint %s case=%s %s", row.code, row.case_number or "-", complaints.standing(row))
        for row in news.cleared:
            log.info("complaint over %s case=%s", row.code, row.case_number or "-")
        return len(news.begun)


# id, what it does for people, the job, every so many seconds (that divide a minute) or whole minutes (an hour)
SIDE_JOBS = (
    ("deliver_notices", "turns waiting messages into notices", deliver_notices, 3),
    ("send_deliveries", "sends e-mails, SMS and chat messages", send_deliveries, 5),
    ("make_digests", "makes the digest of each working day", make_digests, 60),
    ("watch", "looks for what must not be: lost tasks and timers, stuck cases, a broken journal", watch, 300),
)
