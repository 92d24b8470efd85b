"""`python -m scheduler`: run the schedule until told to stop, with `--while-stdin` also until that is closed."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from caseflow.errors import ConfigurationError
from scheduler.schedule import SCHEDULE
from web import create_app


def build(app: Flask) -> BlockingScheduler:
    """A scheduler with every row of the table: one run of a job at a time, a late one still runs, once."""
    scheduler = BlockingScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1})
    for name, purpose, job, seconds in SCHEDULE:
        scheduler.add_job(_inside(app, job), "interval", seconds=seconds, id=name, name=purpose)
    return scheduler


def _inside(app: Flask, job: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        with app.app_context():
            job()
    return run


def main() -> int:
    """Run until SIGTERM or Ctrl+C; exit code 1 when the settings do not allow a start."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a turn left out while the last one works is no news
    try:
        scheduler = build(create_app())
    except ConfigurationError as error:
        print(f"scheduler: {error}", file=sys.stderr)
        return 1
    try:
        signal.signal(signal.SIGTERM, _stop)
        if "--while-stdin" in sys.argv[1:]:
            threading.Thread(target=_stop_with_stdin, name="stdin", daemon=True).start()
        scheduler.start()
    except KeyboardInterrupt:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if scheduler.running:
            scheduler.shutdown(wait=True)
    return 0


def _stop(*_: object) -> NoReturn:
    """SIGTERM ends like Ctrl+C, at whatever moment it comes: what is being done is finished, nothing is begun."""
    raise KeyboardInterrupt


def _stop_with_stdin() -> None:
    """Whoever began us holds the other end, and lets go of it however they end."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
