"""What runs when. APScheduler only wakes: what is due stands in the database, never in its job store."""

from __future__ import annotations

from scheduler import jobs

# id, what it does for people, the job, every so many seconds
SCHEDULE = (
    ("fire_due_cases", "fires deadlines, the longest overdue first", jobs.fire_due_cases, 2),
    ("deliver_notices", "turns waiting messages into notices", jobs.deliver_notices, 3),
    ("send_deliveries", "sends e-mails, SMS and chat messages", jobs.send_deliveries, 5),
    ("make_digests", "makes the digest of each working day", jobs.make_digests, 60),
    ("free_stranded", "gives back tasks of people whose account was stopped", jobs.free_stranded, 60),
    ("open_missing_cases", "opens the case of a bad rating that has none yet", jobs.open_missing_cases, 60),
    ("watch", "looks for what must not be: lost tasks and timers, stuck cases, a broken journal", jobs.watch, 300),
    ("beat", "shows that this process is alive", jobs.beat, 10),
)
