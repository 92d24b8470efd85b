"""Several machines share one database, without a leader: each has its instance folder, its network, its processes."""

from __future__ import annotations

import json
import time

import pytest
from sqlalchemy import func, select

from caseflow.models import Notice, TimerFiring
from tests.chaos import pulse, sizes, workload
from tests.chaos.killer import Crowd, examine, free_port

MACHINES = 3
RATINGS = sizes.size(8, 400)
ENTRIES = 17    # in the journal, that at least belong to a case
HURRIED = 4
PORT = 8000     # the same on each of them, where each has a network of its own

on_postgresql = pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgres)],
                                        indirect=True)


def machine(crowd, number):
    """A machine with web, scheduler and worker, and a person at a browser; its slots, and whether its network is
    its own."""
    instance = crowd.world.folder / f"instance{number}"
    instance.mkdir()
    on = {"instance": str(instance)}
    host = crowd.add("host", on=on)
    own = said_by(crowd, host)["own_network"]
    on |= {"host": host.pid} if own else {}
    port = PORT if own else free_port()
    roles = {"web": {"port": port}, "scheduler": {"side_jobs": False}, "queue_worker": {},
             "browser": {"port": port, "hurried": HURRIED}}
    return [host, *(crowd.add(role, on=on, **args) for role, args in roles.items())], own


def said_by(crowd, slot):
    """The first line of its ledger, once it is there."""
    path, end = crowd.world.folder / f"{slot.name}.ledger", time.monotonic() + 30
    while not (path.exists() and path.read_text().endswith("\n")):
        assert time.monotonic() < end
        time.sleep(0.005)
    return json.loads(path.read_text().splitlines()[0])["intent"]


def is_in_the_midst(crowd, slots):
    return any(crowd._where(slot) != pulse.OUTSIDE for slot in slots)


def completed_by(world, slot):
    return (world.folder / f"{slot.name}.ledger").read_text().count('"done"')


@on_postgresql
def test_machines_without_a_leader_do_all_of_it_once_though_one_of_them_dies(nursery, world, seed, figures):
    workload.write_feed(world.folder, seed, RATINGS, world.now())
    with Crowd(nursery, world, seed) as crowd:
        crowd.add("intake")
        machines = [machine(crowd, number) for number in range(MACHINES)]
        slots = [slots for slots, _ in machines]
        crowd.go_on_until(lambda: crowd.progress() >= ENTRIES * RATINGS / 2 and is_in_the_midst(crowd, slots[0]))
        for slot in slots[0]:
            crowd.stop(slot)                                # kill -9, and nobody begins it again
        crowd.run_to_the_end(RATINGS)
        findings = examine(world, RATINGS, HURRIED)
        completed = [completed_by(world, slot) for one in slots for slot in one if slot.role == "browser"]
        with world.session() as session:
            done = [session.scalar(select(func.count()).select_from(table)) for table in (TimerFiring, Notice)]
    figures(machines=MACHINES, networks_of_their_own=sum(own for _, own in machines), cases=RATINGS,
            tasks_completed_on_each=completed, timers=done[0], messages=done[1])
    assert findings == []
