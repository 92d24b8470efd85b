"""Each journey is made on both databases, straight through and with a restart before every step.

Guichi's, which have every branch, are made in all four ways; the others in two, crosswise: what a restart forgets
(definitions, connections, objects) is the same code for every regulation and on both databases.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.journeys.kit import Journey

HERE = Path(__file__).parent
ALL_WAYS = "test_guichi.py"
CROSSED = {("sqlite", "restarted"), ("postgresql", "straight")}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = [item for item in items if not _is_crossed(item)]


def _is_crossed(item: pytest.Item) -> bool:
    if item.path.parent != HERE or item.path.name == ALL_WAYS or not hasattr(item, "callspec"):
        return False
    params = item.callspec.params
    return (params.get("database"), params.get("journey")) in CROSSED


@pytest.fixture(params=["straight", "restarted"])
def journey(request: pytest.FixtureRequest, installed: None, app: Flask, clock: Clock) -> Callable[[str], Journey]:
    return lambda regulation: Journey(app, clock, regulation, restart=request.param == "restarted")
