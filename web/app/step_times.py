"""How long steps take: counted in this process, added to the database's counts every few seconds.

The entry points measure, not the core. Without CASEFLOW_METRICS_TOKEN nothing is measured.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app

from caseflow.health import figures
from caseflow.models import transaction

BOUNDS_MS = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000)
LONGER = 0       # the bound of what took longer than any
EVERY = 10.0     # seconds between additions

log = logging.getLogger(__name__)


class _Counts:
    """What this process has measured and not yet added. Threads share it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.added_at = time.monotonic()
        self.kept: dict[tuple[str, int], tuple[int, float]] = {}

    def observe(self, operation: str, seconds: float) -> bool:
        """Count one step; whether it is time to add what was counted."""
        bound = next((ms for ms in BOUNDS_MS if seconds * 1000 <= ms), LONGER)
        with self.lock:
            count, total = self.kept.get((operation, bound), (0, 0.0))
            self.kept[operation, bound] = count + 1, total + seconds
            return time.monotonic() - self.added_at > EVERY

    def take(self) -> dict[tuple[str, int], tuple[int, float]]:
        with self.lock:
            taken, self.kept, self.added_at = self.kept, {}, time.monotonic()
            return taken

    def give_back(self, taken: dict[tuple[str, int], tuple[int, float]]) -> None:
        with self.lock:
            sums = defaultdict(lambda: (0, 0.0), self.kept)
            for key, (count, seconds) in taken.items():
                sums[key] = sums[key][0] + count, sums[key][1] + seconds
            self.kept = dict(sums)


def init_app(app: Flask) -> None:
    app.extensions["caseflow.step_times"] = _Counts()


class Step:
    """What is being measured. Set `counts` to False when there was nothing to do."""

    counts = True


@contextmanager
def measured(operation: str) -> Iterator[Step]:
    """Count how long what happens within takes, its commit included, whether it succeeds or not.

    Put it around the transaction. Adding to the database's counts is a transaction of its own, and never an error.
    """
    step, begun = Step(), time.perf_counter()
    try:
        yield step
    finally:
        wanted = step.counts and current_app.config["CASEFLOW"].metrics_token
        if wanted and _counts().observe(operation, time.perf_counter() - begun):
            add()


def add() -> None:
    """Add what this process has measured to the database's counts; what cannot be added is kept for the next time."""
    taken = _counts().take()
    if not taken:
        return
    try:
        with transaction():
            figures.add_step_times(taken)
    except Exception:
        log.exception("step times could not be added")
        _counts().give_back(taken)


def _counts() -> _Counts:
    return current_app.extensions["caseflow.step_times"]
