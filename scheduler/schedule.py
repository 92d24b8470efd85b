"""What runs when. APScheduler only wakes: what is due stands in the database, never in its job store."""

from __future__ import annotations

from collections.abc import Callable

from scheduler import jobs
from scheduler.side_jobs import SIDE_JOBS

# id, what it does for people, the job, every so many seconds
SCHEDULE = (
    ("fire_due_cases", "fires deadlines, the longest overdue first", jobs.fire_due_cases, 2),
    ("free_stranded", "gives back tasks of people whose account was stopped", jobs.free_stranded, 60),
    ("open_missing_cases", "opens the case of a bad rating that has none yet", jobs.open_missing_cases, 60),
    ("remind", "reminds before and after the due moment, to rising levels", jobs.remind, 60),
    ("sweep_files", "removes files that were taken in and never kept", jobs.sweep_files, 3600),
    ("turn_absences", "begins and ends absences by their days", jobs.turn_absences, 10),
    ("beat", "shows that this process is alive", jobs.beat, 10),
)


def schedule_on(database: str) -> tuple[tuple[str, str, Callable[[], object], int], ...]:
    """The rows that a scheduler runs on "sqlite" or "postgresql", where the workers have the side jobs."""
    return SCHEDULE if database == "postgresql" else (*SCHEDULE, *SIDE_JOBS)
