"""A run through a proxy that cuts connections."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import make_url

from tests.chaos import checker, proxy, workload
from tests.chaos.killer import Crowd, World, examine, free_port
from tests.chaos.nursery import Nursery

HURRIED = 1      # nobody waits for a deadline


def cut_run(nursery: Nursery, world: World, seed: int, *, ratings: int, cuts: int,
            fault: str | None = None) -> tuple[list[checker.Finding], Counter[str]]:
    """Handle so many cases while connections are cut; what is wrong, and the cuts by kind."""
    crowd = Crowd(nursery, world, seed, fault=fault)
    workload.write_feed(world.folder, seed, ratings, world.now())
    url = make_url(world.url)
    through = url.set(host="127.0.0.1", port=free_port(), query={}).render_as_string(hide_password=False)
    with crowd:
        crowd.add("proxy", socket=f"{url.query['host']}/.s.PGSQL.5432", port=make_url(through).port, cuts=cuts)
        crowd.add("intake", through)
        for _ in range(4):
            crowd.add("worker", through, hurried=HURRIED)
        for _ in range(2):
            crowd.add("scheduler", through)
        crowd.run_to_the_end(ratings)
    return examine(world, ratings, HURRIED), proxy.cuts(world.folder / "cuts")
