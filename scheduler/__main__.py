"""`python -m scheduler`: run the schedule until told to stop, with `--while-stdin` also until that is closed."""

from __future__ import annotations

import logging
import signal
import sys
from typing import NoReturn

from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from caseflow.models import db
from scheduler import process
from scheduler.schedule import schedule_on


def build(app: Flask) -> BlockingScheduler:
    """A scheduler with every row for this database: one run of a job at a time, a late one still runs, once."""
    scheduler = BlockingScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1})
    with app.app_context():
        rows = schedule_on(db.engine.dialect.name)
    for name, purpose, job, seconds in rows:
        scheduler.add_job(process.inside(app, job), "interval", seconds=seconds, id=name, name=purpose)
    return scheduler


def main() -> int:
    """Run until SIGTERM or Ctrl+C; exit code 1 when the settings do not allow a start."""
    app = process.begin("scheduler")
    if app is None:
        return 1
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a turn left out while the last one works is no news
    scheduler = build(app)
    try:
        signal.signal(signal.SIGTERM, _stop)
        process.end_with_parent()
        scheduler.start()
    except KeyboardInterrupt:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if scheduler.running:
            scheduler.shutdown(wait=True)
    return 0


def _stop(*_: object) -> NoReturn:
    """SIGTERM ends like Ctrl+C, at whatever moment it comes: what is being done is finished, nothing is begun."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
