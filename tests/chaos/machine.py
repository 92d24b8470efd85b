"""A machine with another time zone, or whose clock goes wrong."""

from __future__ import annotations

import datetime as module
import os
import sys
import time
from datetime import timedelta

OURS = ("caseflow", "web", "scheduler", "tests")


def become(zone: str | None, ahead: float) -> None:
    """Let this process live in a zone, and `ahead` seconds before (or, negative, behind) the true time."""
    if zone:
        os.environ["TZ"] = zone
        time.tzset()
    if ahead:
        _shift(ahead)


def _shift(ahead: float) -> None:
    """What this machine says the time is: for time.time and for every `datetime` our modules hold."""
    true = time.time
    time.time = lambda: true() + ahead

    class Shifted(module.datetime):
        @classmethod
        def now(cls, tz=None):
            return module.datetime.now(tz) + timedelta(seconds=ahead)

    for name, loaded in list(sys.modules.items()):
        if name.partition(".")[0] in OURS and getattr(loaded, "datetime", None) is module.datetime:
            loaded.datetime = Shifted
