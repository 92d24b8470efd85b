"""A run through a proxy that cuts connections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import make_url

from tests.chaos import checker, proxy, workload
from tests.chaos.killer import Crowd, World, examine, free_port
from tests.chaos.nursery import Nursery

HURRIED = 1      # nobody waits for a deadline
ROLES = ("intake", "worker", "scheduler")


def cut_run(nursery: Nursery, world: World, seed: int, *, ratings: int, cuts: int, kinds: Sequence[str] = proxy.KINDS,
            of: Sequence[str] = ROLES, fault: str | None = None) -> tuple[list[checker.Finding], Counter[str]]:
    """Handle so many cases while connections of these roles are cut, each in one of the ways; what is wrong, and
    the cuts by kind."""
    crowd = Crowd(nursery, world, seed, fault=fault)
    workload.write_feed(world.folder, seed, ratings, world.now())
    url = make_url(world.url)
    through = url.set(host="127.0.0.1", port=free_port(), query={}).render_as_string(hide_password=False)
    roads = {role: through if role in of else "" for role in ROLES}
    with crowd:
        crowd.add("proxy", socket=f"{url.query['host']}/.s.PGSQL.5432", port=make_url(through).port, cuts=cuts,
                  kinds=kinds)
        crowd.add("intake", roads["intake"])
        for _ in range(4):
            crowd.add("worker", roads["worker"], hurried=HURRIED)
        for _ in range(2):
            crowd.add("scheduler", roads["scheduler"])
        crowd.run_to_the_end(ratings)
    return examine(world, ratings, HURRIED), proxy.cuts(world.folder / "cuts")
