"""Processes killed with -9 at random moments: nothing is lost, fired twice, doubled or left unfinished."""

from __future__ import annotations

import pytest

from tests.chaos import sizes
from tests.chaos.killer import kill_run


@pytest.mark.both_databases
def test_nothing_is_lost_or_doubled_when_processes_are_killed(nursery, world, seed, figures, database):
    kills = sizes.size(30, 1000 if database == "postgresql" else 300)
    ratings = sizes.size(30, 5000 if database == "postgresql" else 800)
    outcome = kill_run(nursery, world, seed, bad_ratings=ratings, kills=kills)
    figures(kills=outcome.kills.total(), cases=ratings, **{f"kills_{where}": n for where, n in outcome.kills.items()})
    assert (outcome.findings, outcome.kills.total()) == ([], kills)
