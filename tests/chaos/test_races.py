"""Several do the same at one moment."""

from __future__ import annotations

import pytest

from tests.chaos import races, sizes
from tests.chaos.conftest import WAITING


@pytest.mark.both_databases
def test_of_eight_who_complete_a_task_one_does_and_the_others_are_told_so(nursery, world, seed, figures):
    tasks = sizes.size(50, 1000)
    figures(clients=races.CLIENTS, tasks=tasks)
    assert races.complete_the_same(nursery, world, seed, tasks) == []


@pytest.mark.both_databases
@pytest.mark.parametrize("schedulers", [2, 4, 8])
def test_timers_due_in_one_second_fire_once_whoever_fires_them(nursery, waiting_world, seed, figures, schedulers):
    figures(schedulers=schedulers, timers=WAITING)
    assert races.fire_the_same(nursery, waiting_world, seed, schedulers) == []


@pytest.mark.both_databases
def test_no_failure_that_was_noted_is_forgotten(nursery, world, seed):
    cases = sizes.size(4, 100)
    assert races.count_up(nursery, world, seed, cases) == (4 * cases, 4 * cases)
