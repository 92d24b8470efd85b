"""A crowd of processes that handle cases together while some are killed, and the end of such a run."""

from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import exists, func, select

from caseflow.cases import steps
from caseflow.models import Case, JournalEntry, OutboxMessage, Rating, SimulatedClock, db, transaction
from caseflow.ratings import intake
from tests.chaos import checker, faults, pulse, workload
from tests.chaos.nursery import Nursery
from tests.conftest import MONDAY_MORNING
from web import create_app
from web.app import clock, config

IN_THE_MIDST = 0.7       # of the kills wait for a transaction, the others come at any moment
LOOKOUT = 1              # seconds in which somebody should come into a transaction
DEPTH = 0.004            # seconds into a transaction that such a kill may come
ENTRIES = 17             # in the journal, that at least belong to a case
STEP = 12                # hours that pass when nothing is due
TICK = 0.04              # seconds between two looks at a run
STALLED = 45             # seconds without any progress after which a run is given up, for the checker to speak
STALLED_BY_FAULT = 10


class World:
    """A database with the four places in it, its clock on an ordinary Monday, and a folder for what the run writes."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.environ = {"CASEFLOW_INSTANCE": str(folder), "CASEFLOW_DATABASE_URL": url, "CASEFLOW_DEMO": "1",
                        "CASEFLOW_SECRET_KEY": "k" * 48}
        self.app: Flask = create_app(config.load(self.environ))
        with self.app.app_context(), transaction() as session:
            session.merge(SimulatedClock(id=clock.ONLY_ROW, ahead_seconds=int(
                (MONDAY_MORNING - clock.real()).total_seconds())))

    @contextmanager
    def session(self):
        """The database session, in a fresh transaction."""
        with self.app.app_context():
            yield db.session
            db.session.rollback()

    def now(self) -> datetime:
        with self.session():
            return clock.now()

    def passes(self, **amount: float) -> None:
        """Let time pass, for every process at once."""
        with self.app.app_context(), transaction():
            clock.advance(int(timedelta(**amount).total_seconds()))

    def receive(self, count: int, random: Random) -> None:
        """Open so many cases, at one moment."""
        now = self.now()
        lines = workload.feed(random, count, now)
        for first in range(0, count, 50):
            with self.app.app_context(), transaction():
                verdicts = intake.receive([line.encode() for line in lines[first:first + 50]], "file:chaos", now)
                assert {verdict.status for verdict in verdicts} == {"accepted"}

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


@dataclass
class Slot:
    """A place in the crowd: which role, which of its lives is running, and as which process."""

    name: str
    role: str
    args: dict[str, Any]
    url: str
    on: dict[str, Any] = field(default_factory=dict)
    pid: int = 0
    life: int = 0


class Crowd:
    """The processes of one run. Use as a context manager: at the end none is left."""

    def __init__(self, nursery: Nursery, world: World, seed: int, *, fault: str | None = None, **machine: Any) -> None:
        self.nursery, self.world, self.seed = nursery, world, seed
        self.fault, self.machine = fault, machine
        self.slots: list[Slot] = []
        self.kills: Counter[str] = Counter()

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *_: Any) -> None:
        for slot in self.slots:
            self.stop(slot)

    def add(self, role: str, url: str = "", name: str = "", on: dict[str, Any] | None = None, **args: Any) -> Slot:
        """Begin one; `on` is the machine it runs on (machine.become) and its `instance` folder, if not everybody's."""
        name = f"{role}{name or sum(slot.role == role for slot in self.slots)}"
        self.slots.append(slot := Slot(name, role, args, url or self.world.url, on or {}))
        self.start(slot)
        return slot

    def start(self, slot: Slot) -> None:
        environ = {**self.world.environ, "CASEFLOW_DATABASE_URL": slot.url}
        if "instance" in slot.on:
            environ["CASEFLOW_INSTANCE"] = slot.on["instance"]
        args = {**slot.args, "environ": environ} if slot.role == "web" else slot.args
        slot.pid = self.nursery.start(
            slot=slot.name, role=slot.role, life=slot.life, seed=self.seed, folder=str(self.world.folder),
            environ=environ, fault=self.fault, args=args, **self.machine, **slot.on)

    def stop(self, slot: Slot) -> None:
        if slot.pid:
            self.nursery.kill(slot.pid)
            slot.pid = 0

    def kill_any(self, random: Random, roles: tuple[str, ...] = ()) -> None:
        """Kill one -9 and begin it again: mostly one that is inside a transaction, else whoever it is.

        With `roles`, one of these, and inside a transaction if one comes into one at all.
        """
        slots, end = [slot for slot in self.slots if not roles or slot.role in roles], time.monotonic() + LOOKOUT
        random.shuffle(slots)
        wanted = bool(roles) or random.random() < IN_THE_MIDST
        while wanted and time.monotonic() < end:
            for slot in slots:
                if self._where(slot) != pulse.OUTSIDE:
                    time.sleep(random.random() * (faults.GAP if self.fault else DEPTH))
                    return self.kill(slot)
            time.sleep(0.0005)
        return self.kill(slots[0])

    def _where(self, slot: Slot) -> int:
        return pulse.feel(self.world.folder / f"{slot.name}.pulse")

    def kill(self, slot: Slot) -> None:
        """Kill -9 and begin again; counts where it was."""
        where = self._where(slot)
        self.stop(slot)
        pulse.forget(self.world.folder / f"{slot.name}.pulse")
        self.kills[("outside", "inside", "committing")[where]] += 1
        slot.life += 1
        self.start(slot)

    def together(self, *slots: Slot) -> None:
        """Let processes that wait for a sign begin at one moment, and wait for their end."""
        while not all((self.world.folder / f"{slot.name}.ready").exists() for slot in slots):
            time.sleep(0.005)
        (self.world.folder / "go").touch()
        for slot in slots:
            self.end(slot)
            (self.world.folder / f"{slot.name}.ready").unlink()
        (self.world.folder / "go").unlink()

    def end(self, slot: Slot) -> None:
        """Wait for a process that ends by itself."""
        status = self.nursery.wait(slot.pid)
        slot.pid = 0 if status is not None else slot.pid
        log = (self.world.folder / f"{slot.name}.log").read_text(errors="replace")
        assert status == 0, f"{slot.name} ended with {status}:\n{log[-3000:]}"

    def go_on_until(self, reached: Callable[[], bool]) -> bool:
        """Let everybody work, and time pass when nothing is due, until that is so (true) or nothing moves any more."""
        patience = STALLED_BY_FAULT if self.fault else STALLED
        seen, since = -1, time.monotonic()
        while not reached():
            if time.monotonic() - since > patience:
                return False
            if (progress := self.progress()) != seen:
                seen, since = progress, time.monotonic()
            if self._idle():
                self.world.passes(hours=STEP)
            time.sleep(TICK)
        return True

    def run_to_the_end(self, expected: int) -> None:
        """Go on until all is done, then settle what is not answered yet. Nobody is left."""
        self.go_on_until(lambda: self._done(expected))
        for slot in self.slots:
            self.stop(slot)
        self.fault, before = None, self.fault
        self.end(self.add("settle"))
        self.fault = before

    def _done(self, expected: int) -> bool:
        with self.world.session() as session:
            if session.scalar(select(func.count(Rating.id))) < expected:
                return False
            waits = (exists().where(Case.status == "open"), exists().where(OutboxMessage.status == "waiting"))
            return not any(session.scalar(select(wait)) for wait in waits)

    def progress(self) -> int:
        with self.world.session() as session:
            return session.scalar(select(func.max(JournalEntry.id))) or 0

    def _idle(self) -> bool:
        """Nothing is due, so time may pass."""
        with self.world.session():
            return not steps.due_cases(clock.now(), 1)


@dataclass(frozen=True)
class Outcome:
    findings: list[checker.Finding]
    kills: Counter[str]

    def kinds(self) -> set[str]:
        return {finding.kind for finding in self.findings}


def kill_run(nursery: Nursery, world: World, seed: int, *, bad_ratings: int, kills: int, hurried: int = 5,
             fault: str | None = None, victims: tuple[str, ...] = ()) -> Outcome:
    """Handle `bad_ratings` cases while `kills` processes are killed, at random moments spread over all of the work."""
    random = Random(seed)
    workload.write_feed(world.folder, seed, bad_ratings, world.now())
    with Crowd(nursery, world, seed, fault=fault) as crowd:
        crowd.add("intake")
        people(crowd, hurried)
        for number in range(kills):
            moment = (number + random.random()) / kills * ENTRIES * bad_ratings
            if not crowd.go_on_until(lambda moment=moment: crowd.progress() >= moment):
                break
            crowd.kill_any(random, victims)
        crowd.run_to_the_end(bad_ratings)
        return Outcome(examine(world, bad_ratings, hurried), crowd.kills)


def people(crowd: Crowd, hurried: int, url: str = "") -> None:
    """Three workers, two schedulers, the web and a browser; on PostgreSQL somebody else for the side jobs."""
    port, queue = free_port(), (url or crowd.world.url).startswith("postgresql")
    for role, args in (("worker", {"hurried": hurried}),) * 3 + (("scheduler", {"side_jobs": not queue}),) * 2 + (
            ("web", {"port": port}), ("browser", {"port": port, "hurried": hurried})):
        crowd.add(role, url, **args)
    if queue:
        crowd.add("queue_worker", url)


def examine(world: World, expected: int, hurried: int) -> list[checker.Finding]:
    with world.session():
        return checker.examine(world.folder, clock.now(), ratings=expected, hurried=hurried)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
