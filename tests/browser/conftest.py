"""One demo and one Chromium for each worker; a desk for each person. Every desk must end without a problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from caseflow.models import Case, RoleAssignment, User, db
from tests.browser import chromium
from tests.browser.demo import Demo, running
from tests.browser.desk import PATIENCE, Desk

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running(tmp_path_factory.mktemp("instance")) as demo:
        yield demo


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with chromium.launched() as browser:
        yield browser


@pytest.fixture
def desk(demo: Demo, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Desk]]:
    """Make a desk; `desk("guichi.dept1.officer")` is signed in already. The name of the pictures is the test's."""
    desks: list[Desk] = []
    name = request.node.name.removeprefix("test_").replace("[", "-").replace("]", "")

    def make(username: str = "", width: int = 1280) -> Desk:
        desks.append(Desk(browser, demo.url, name, width))
        return desks[-1].sign_in(username) if username else desks[-1]

    yield make
    problems = [problem for desk in desks for problem in desk.problems]
    for desk in desks:
        desk.close()
    assert problems == []


@pytest.fixture
def officer_of(demo: Demo) -> Callable[[str], str]:
    """The account of the officer in the office that a case's rating is about."""
    def find(number: str) -> str:
        with demo.app.app_context():
            return db.session.scalar(
                select(User.username).join(RoleAssignment).join(Case, Case.unit_id == RoleAssignment.unit_id)
                .where(Case.number == number, RoleAssignment.role == "officer"))
    return find


@pytest.fixture
def in_ten_days() -> str:
    return (datetime.now(UTC) + timedelta(days=10)).date().isoformat()
