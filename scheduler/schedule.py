"""What runs when. APScheduler only wakes: what is due stands in the database, never in its job store."""

from __future__ import annotations

from scheduler import jobs

# id, what it does for people, the job, every so many seconds
SCHEDULE = (
    ("fire_due_cases", "fires deadlines, the longest overdue first", jobs.fire_due_cases, 2),
    ("deliver_notices", "turns waiting messages into notices", jobs.deliver_notices, 3),
    ("open_missing_cases", "opens the case of a bad rating that has none yet", jobs.open_missing_cases, 60),
    ("remind", "reminds before and after the due moment, to rising levels", jobs.remind, 60),
    ("turn_absences", "begins and ends absences by their days", jobs.turn_absences, 10),
    ("watch", "looks for what must not be: lost tasks and timers, stuck cases, a broken journal", jobs.watch, 300),
    ("beat", "shows that this process is alive", jobs.beat, 10),
)
