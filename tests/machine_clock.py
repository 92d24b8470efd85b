"""A guard before the door of the web to the clock of the machine: who reads it in a test says so, or the test fails.

The mark `machine_clock` says it. Any other test is to hold at whatever moment it is run, by the clock it was given; it
fails when an application in its process asks for the machine's. The processes that a test starts are not watched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from traceback import StackSummary, extract_stack

import pytest
from flask import current_app

from web.app import clock

REFUSAL = "This test reads the clock of the machine: give it a clock of its own, or mark it machine_clock."


class Guard:
    """Stands before `clock.real` once it is put there, and keeps who came through last."""

    def __init__(self) -> None:
        self.read: StackSummary | None = None
        self._real = clock.real

    def __call__(self) -> datetime:
        if "CASEFLOW_CLOCK" not in current_app.config:
            self.read = extract_stack(limit=4)
        return self._real()

    @contextmanager
    def watch(self, marked: bool) -> Iterator[None]:
        """While a test runs: it fails when it, or what was set up for it, read the clock and it is not marked."""
        yield
        if self.read and not marked:
            pytest.fail("".join([REFUSAL, "\n", *self.read.format()]), pytrace=False)


guard = Guard()
