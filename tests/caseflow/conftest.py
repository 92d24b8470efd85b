"""Cases to work on, in a database where the four regulations are installed."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.journeys.kit import Journey


@pytest.fixture
def guichi(installed: None, app: Flask, clock: Clock) -> Journey:
    """A bad review of Guichi's first department, whose first response is open; the rater gave name and number."""
    return Journey(app, clock, "guichi").bad_review()


@pytest.fixture
def hainan(installed: None, app: Flask, clock: Clock) -> Journey:
    return Journey(app, clock, "hainan").bad_review()
