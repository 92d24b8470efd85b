"""The nursery, a world to run in, and seeds that are printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from tests.chaos import sizes
from tests.chaos.killer import World
from tests.chaos.nursery import Nursery


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
    """Call it with figures by name; they stand in the summary of the tests."""
    def say(**values: object) -> None:
        text = ", ".join(f"{name.replace('_', ' ') if name.islower() else name}={value}"
                         for name, value in values.items())
        request.node.user_properties.append(("figures", text))
        print(text)
    return say
