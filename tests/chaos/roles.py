"""What the processes of a run do. Each is a function of its Part; all but the short ones run until they are killed."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from procrastinate.exceptions import ConnectorException
from psycopg import OperationalError
from sqlalchemy.exc import DBAPIError, StatementError

from caseflow.cases import incidents, steps
from caseflow.errors import (
    CaseflowError,
    ConcurrentUpdate,
    ConfigurationError,
    DatabaseUnavailable,
    PermissionDenied,
    StepFailed,
)
from caseflow.install import demo, installation
from caseflow.law import regulations
from caseflow.models import User, db, transaction
from caseflow.people.permissions import actor_for
from caseflow.ratings import intake as ratings
from scheduler import jobs, side_jobs, side_queue
from tests.chaos import faults, machine, pulse, workload
from tests.chaos.browser import Browser
from tests.chaos.ledger import Intent, Ledger
from tests.chaos.proxy import Proxy
from web import create_app
from web.app import clock, config
from web.commands import run as run_command

MONDAY_MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PAUSE = 0.04          # seconds, when there is nothing to do
OUTAGE = 0.05         # seconds, when the database does not answer
TRIES = 100           # of one form that the server cannot take
OUTAGES = (DBAPIError, DatabaseUnavailable)
CHUNK, MOST = 1024, 500_000
SPARE = (0, 16 * 1024, 256 * 1024, 1024 * 1024)  # bytes left to a starved worker
STACK = 900           # calls inside each other that a starved worker has room for
SELDOM = 20           # every so many rounds of a scheduler, its rarer jobs


@dataclass
class Part:
    """A process in a run: its application, the name it writes under, and what this role needs to know."""

    app: Flask
    slot: str
    folder: Path
    random: Random
    args: Mapping[str, Any]

    def ledger(self) -> Ledger:
        return Ledger(self.folder / f"{self.slot}.ledger")


def warm() -> None:
    """What every child would do first: read the diagrams and calendars, open a case and complete a task."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(config.load({"CASEFLOW_INSTANCE": folder, "CASEFLOW_SECRET_KEY": "w" * 48}))
        app.jinja_env.get_template("work/task.html")
        with app.app_context():
            db.create_all()
            _handle_one_case(Random(1))
            db.session.remove()
            db.engine.dispose()


def _handle_one_case(random: Random) -> None:
    with transaction():
        installation.install(MONDAY_MORNING)
        demo.add_people(regulations.get(workload.REGULATION), "!")
        ratings.receive([workload.feed(random, 1, MONDAY_MORNING)[0].encode()], "file:warm", MONDAY_MORNING)
    _complete(workload.next_task(random, 1, MONDAY_MORNING))


def run(spec: Mapping[str, Any]) -> None:
    """Become the process that the nursery was asked for."""
    machine.become(spec.get("zone"), spec.get("ahead", 0), spec.get("host", 0))
    jobs.PROCESS = f"{spec['slot']}:{os.getpid()}"     # one name was made in the nursery for all its children
    folder = Path(spec["folder"])
    faults.plant(spec.get("fault"), folder)
    app = _application(spec["environ"])
    pulse.beat(folder / f"{spec['slot']}.pulse")
    part = Part(app, spec["slot"], folder, Random(f"{spec['seed']}:{spec['slot']}:{spec['life']}"), spec["args"])
    ROLES[spec["role"]](part)
    sys.stderr.flush()


def _application(environ: Mapping[str, str]) -> Flask:
    """The application; while the database is down, tried again as a supervisor would."""
    while True:
        try:
            return create_app(config.load(environ))
        except ConfigurationError:
            time.sleep(OUTAGE)


# --- people ---------------------------------------------------------------------------------------------------------


def worker(part: Part) -> None:
    """Completes tasks through the operation, as the web does; begins with what its predecessor left unanswered."""
    _work(part, lambda ledger, intent: attempt(part, ledger, intent))


def browser(part: Part) -> None:
    """Completes tasks over HTTP: opens the form, sends it, and sends it again when no answer came."""
    client = Browser(part.args["port"])
    _work(part, lambda ledger, intent: _submit(client, ledger, intent))


def _work(part: Part, one: Callable[[Ledger, Intent], None]) -> None:
    ledger = part.ledger()
    for intent in ledger.open_intents():
        one(ledger, intent)
    while True:
        facts = _choose(part)
        if facts is None:
            time.sleep(PAUSE)
        else:
            one(ledger, ledger.intend(**facts))


def _choose(part: Part) -> dict | None:
    try:
        with part.app.app_context():
            return workload.next_task(part.random, part.args["hurried"], clock.now())
    except (*OUTAGES, ConcurrentUpdate, PermissionDenied):      # somebody was faster: the task is done, or held
        time.sleep(OUTAGE)
        return None


def settle(part: Part) -> None:
    """Tries again what the ledgers still hold unanswered, and ends."""
    for path in sorted(part.folder.glob("*.ledger")):
        ledger = Ledger(path)
        for intent in ledger.open_intents():
            if intent.facts["op"] == "complete":
                attempt(part, ledger, intent)


def attempt(part: Part, ledger: Ledger, intent: Intent) -> None:
    """Complete the task of an intent; again with the same token until there is an answer."""
    while intent.final is None:
        with part.app.app_context():
            try:
                ledger.answer(intent, "done", submission=_complete(intent.facts))
            except ConcurrentUpdate:
                ledger.answer(intent, "again", code="concurrent_update")
            except OUTAGES as error:
                ledger.answer(intent, "outage", code=type(error).__name__)
                time.sleep(OUTAGE)
            except CaseflowError as refusal:
                ledger.answer(intent, "refused", code=refusal.code)


def _complete(facts: Mapping[str, Any]) -> int:
    actor, now = actor_for(db.session.get(User, facts["user"])), clock.now()
    with transaction() as session:
        submission = steps.complete_task(facts["item"], actor, facts["values"], facts["token"], now, "模拟逾期")
        session.flush()
        stored = submission.id
    return stored


def _submit(client: Browser, ledger: Ledger, intent: Intent) -> None:
    while intent.final is None:
        try:
            status, code = client.submit(intent.facts)
        except OSError as error:
            ledger.answer(intent, "outage", code=type(error).__name__)
            time.sleep(OUTAGE)
            continue
        if status == 302:
            ledger.answer(intent, "done")
        elif code == "again" or status >= 500 and len(intent.answers) < TRIES:
            ledger.answer(intent, "again", code=f"http_{status}")
            time.sleep(OUTAGE)
        else:
            ledger.answer(intent, "refused", code=f"http_{status}")


def racer(part: Part) -> None:
    """Completes every given task as soon as all are ready, and sends each form a second time at once."""
    ledger = part.ledger()
    _until_go(part)
    for facts in part.args["intents"]:
        for _ in range(2):
            attempt(part, ledger, ledger.intend(**facts))


def counter(part: Part) -> None:
    """Notes one failure of each given case, as schedulers do; when refused, again. Writes down what was kept."""
    ledger = part.ledger()
    _until_go(part)
    for case in part.args["cases"]:
        intent = ledger.intend(op="failure", case=case)
        while intent.final is None:
            with part.app.app_context():
                try:
                    with transaction():
                        incidents.record_failure(case, ValueError("tried"), clock.now())
                    ledger.answer(intent, "done")
                except ConcurrentUpdate:
                    ledger.answer(intent, "again", code="concurrent_update")


def starved(part: Part) -> None:
    """Works with less and less memory until it cannot; then, with memory again, finishes what it had begun."""
    ledger = part.ledger()
    _reach_deep(STACK)
    for _ in range(part.args["times"]):
        if (facts := _choose(part)) is None:
            break
        intent = ledger.intend(**facts)
        none, *more = SPARE     # first with nothing, or each might happen to be enough
        for spare in (none, *part.random.sample(more, len(more))):
            if (shortage := _complete_with(spare, part, facts)) is None:
                break
            ledger.answer(intent, "starved", code=shortage)
        attempt(part, ledger, intent)


def _reach_deep(calls: int) -> list[Any]:
    """Let the stack grow now: later it could not, and a stack that cannot grow is the death of a process."""
    return list(map(_reach_deep, [calls - 1])) if calls else []


def _complete_with(spare: int, part: Part, facts: Mapping[str, Any]) -> str | None:
    """Complete a task with so many bytes left; the kind of error, None when it was done."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    with part.app.app_context():
        held = _take_all_memory_but(spare, hard)
        try:
            _complete(facts)
            return None
        except (MemoryError, StepFailed, StatementError, DatabaseUnavailable) as error:
            kind = type(getattr(error, "orig", None) or error)
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
            held.clear()
        return kind.__name__


def _take_all_memory_but(spare: int, hard: int) -> list[bytes | None]:
    """Limit this process to what it has, and fill what is free; `spare` bytes are given back."""
    held: list[bytes | None] = [None] * MOST
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used, hard))
    place = 0
    for size in (CHUNK, CHUNK // 3, CHUNK // 9):     # what the smaller ones fill was free inside this process
        with suppress(MemoryError):
            while place < MOST:
                held[place] = bytes(size)
                place += 1
    for place in range(spare // CHUNK):
        held[place] = None
    return held


def _until_go(part: Part) -> None:
    (part.folder / f"{part.slot}.ready").touch()
    while not (part.folder / "go").exists():
        time.sleep(0.001)


# --- machines -------------------------------------------------------------------------------------------------------


def host(part: Part) -> None:
    """A machine that others run on: has a network of its own, where that is allowed, and says so in its ledger."""
    part.ledger().intend(op="host", own_network=machine.own_network())
    while True:
        signal.pause()


def scheduler(part: Part) -> None:
    """Does the jobs again and again; what fails is noted, and the next one goes on, as under APScheduler."""
    ledger, rounds = part.ledger(), 0
    side = [side_jobs.deliver_notices] if part.args.get("side_jobs", True) else []
    while True:
        rare = [jobs.open_missing_cases, jobs.beat] if rounds % SELDOM == 0 else []
        moved = sum([_do(part, ledger, job) for job in (jobs.fire_due_cases, *side, *rare)])
        rounds += 1
        if not moved:
            time.sleep(PAUSE)


def _do(part: Part, ledger: Ledger, job: Callable[[], int | None]) -> int:
    with part.app.app_context():
        try:
            return job() or 0
        except Exception as error:
            ledger.answer(ledger.intend(op="job", job=job.__name__), "failed", code=type(error).__name__)
            time.sleep(OUTAGE)
            return 0


def queue_worker(part: Part) -> None:
    """The worker of the side jobs; when it has lost the database, begun again, as by `caseflow run`."""
    while True:
        with suppress(ConnectorException, OperationalError):
            asyncio.run(side_queue.serve(side_queue.build(part.app)))
        time.sleep(OUTAGE)


def fires(part: Part) -> None:
    """A scheduler that begins with the others, fires what is due until nothing is, and ends."""
    ledger = part.ledger()
    _until_go(part)
    with part.app.app_context():
        while fired := jobs.fire_due_cases():
            ledger.answer(ledger.intend(op="fire"), "done", fired=fired)


def web(part: Part) -> None:
    """The pages under waitress, as `caseflow run` serves them."""
    settings = config.load({**part.args["environ"], "CASEFLOW_PORT": str(part.args["port"])})
    run_command._listen(part.app, settings).run()


def intake(part: Part) -> None:
    """Receives the ratings of the feed in batches, and ends."""
    ledger = part.ledger()
    lines = (part.folder / "feed.ndjson").read_text(encoding="utf-8").splitlines()
    for intent in ledger.open_intents():
        _receive(part, ledger, intent, lines)
    for first in range(len(ledger.intents) * workload.BATCH, len(lines), workload.BATCH):
        _receive(part, ledger, ledger.intend(op="receive", first=first), lines)


def _receive(part: Part, ledger: Ledger, intent: Intent, lines: list[str]) -> None:
    first = intent.facts["first"]
    batch = [line.encode() for line in lines[first:first + workload.BATCH]]
    while intent.final is None:
        with part.app.app_context():
            try:
                with transaction():
                    verdicts = ratings.receive(batch, "file:chaos", clock.now())
                ledger.answer(intent, "done", verdicts=[verdict.status for verdict in verdicts])
            except ConcurrentUpdate:
                ledger.answer(intent, "again", code="concurrent_update")
            except OUTAGES as error:
                ledger.answer(intent, "outage", code=type(error).__name__)
                time.sleep(OUTAGE)


def proxy(part: Part) -> None:
    """Stands before the database and cuts connections."""
    cutting = Proxy(part.args["socket"], part.args["port"], part.args["cuts"], part.args["kinds"], part.random,
                    part.folder / "cuts")
    asyncio.run(cutting.serve())


def moment(part: Part) -> None:
    """Writes down what time this machine says and what time the database says."""
    with part.app.app_context():
        part.ledger().intend(op="moment", machine=datetime.now(UTC).isoformat(), truth=clock.real().isoformat())


ROLES: dict[str, Callable[[Part], None]] = {role.__name__: role for role in (
    worker, browser, settle, racer, counter, starved, host, scheduler, queue_worker, fires, web, intake, proxy, moment)}
