"""Each journey is made four times: on both databases, straight through and with a restart before every step."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.journeys.kit import Journey


@pytest.fixture(params=["straight", "restarted"])
def journey(request: pytest.FixtureRequest, installed: None, app: Flask, clock: Clock) -> Callable[[str], Journey]:
    return lambda regulation: Journey(app, clock, regulation, restart=request.param == "restarted")
