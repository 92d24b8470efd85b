"""Each journey is made on both databases, straight through and with a restart before every step.

Guichi's, which have every branch, are made in all four ways; the others in two, crosswise: what a restart forgets
(definitions, connections, objects) is the same code for every regulation and on both databases.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.journeys.kit import Journey
from tests.journeys.screens import Screens

CROSSWISE = {"sqlite": "straight", "postgresql": "restarted"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "way" in metafunc.fixturenames and metafunc.module.__name__.endswith("test_guichi"):
        metafunc.parametrize("way", ["straight", "restarted"], indirect=True)


@pytest.fixture
def way(request: pytest.FixtureRequest, database: str) -> str:
    return getattr(request, "param", CROSSWISE[database])


@pytest.fixture
def journey(way: str, installed: None, app: Flask, clock: Clock) -> Callable[[str], Journey]:
    return lambda regulation: Journey(app, clock, regulation, restart=way == "restarted")


@pytest.fixture
def screens(request: pytest.FixtureRequest, installed: None, app: Flask, clock: Clock) -> Screens:
    """Those of the place after which the module is named (test_articles_guichi)."""
    return Screens(app, clock, request.module.__name__.rpartition("_")[2])


@pytest.fixture
def case(screens: Screens) -> Screens:
    return screens.bad_review()
