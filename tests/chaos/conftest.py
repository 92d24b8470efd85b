"""The nursery, a world to run in, and seeds that are printed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from tests.chaos import sizes
from tests.chaos.killer import World
from tests.chaos.nursery import Nursery
from tests.postgres import PostgresServer

WAITING = sizes.size(160, 10_000)
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.machine_clock)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture
def world(database_url: str, installed: None, tmp_path: Path) -> Iterator[World]:
    folder = tmp_path / "run"
    folder.mkdir()
    world = World(database_url, folder)
    yield world
    world.close()


@pytest.fixture(scope="session")
def sqlite_waiting(sqlite_installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which many cases wait for a deadline, due in the same second."""
    folder = tmp_path_factory.mktemp("waiting")
    shutil.copyfile(sqlite_installed, folder / "caseflow.db")
    _open_many(f"sqlite:///{folder}/caseflow.db", folder)
    return folder / "caseflow.db"


@pytest.fixture(scope="session")
def postgres_waiting(postgres_installed: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> PostgresServer:
    _open_many(postgres_installed.add_template("waiting", like="installed"), tmp_path_factory.mktemp("waiting"))
    return postgres_installed


def _open_many(url: str, folder: Path) -> None:
    world = World(url, folder)
    world.receive(WAITING, Random(WAITING))
    world.close()


@pytest.fixture
def waiting_world(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[World]:
    """A world of its own in which WAITING deadlines will be due in the same second."""
    with ExitStack() as stack:
        if database == "sqlite":
            shutil.copyfile(request.getfixturevalue("sqlite_waiting"), tmp_path / "caseflow.db")
            url = f"sqlite:///{tmp_path}/caseflow.db"
        else:
            url = stack.enter_context(request.getfixturevalue("postgres_waiting").copy_of("waiting"))
        world = World(url, tmp_path)
        yield world
        world.close()


@pytest.fixture
def seed(figures: Callable[..., None]) -> int:
    """The seed of this test, said in the summary."""
    seed = sizes.new_seed()
    figures(CASEFLOW_CHAOS_SEED=seed)
    return seed


@pytest.fixture
def random(seed: int) -> Random:
    return Random(seed)


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Call it with figures by name; they stand in the summary of the tests, and in a long run are said at once."""
    def say(**values: object) -> None:
        text = ", ".join(f"{name.replace('_', ' ') if name.islower() else name}={value}"
                         for name, value in values.items())
        request.node.user_properties.append(("figures", text))
        if sizes.LONG:
            with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
                print(f"\n{request.node.name}: {text}", flush=True)
    return say
