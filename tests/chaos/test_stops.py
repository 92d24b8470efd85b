"""The database server stopped at once, again and again: nothing is lost, and work resumes within ten seconds."""

from __future__ import annotations

import pytest

from tests.chaos import sizes
from tests.chaos.killer import World
from tests.chaos.stopping import server_of_ones_own, stop_run

RESUMED = 10  # seconds


@pytest.mark.postgres
def test_nothing_is_lost_when_the_database_is_stopped_and_work_resumes(nursery, tmp_path, seed, figures):
    stops, ratings = sizes.size(2, 25), sizes.size(10, 1200)
    with server_of_ones_own() as (server, url):
        world = World(url, tmp_path)
        findings, pauses = stop_run(nursery, server, world, seed, ratings=ratings, stops=stops)
        world.close()
    figures(stops=len(pauses), cases=ratings, longest_pause_seconds=round(max(pauses), 1))
    assert findings == []
    assert max(pauses) < RESUMED
