"""The whole operation against its own SQL: steps.complete_task, and the same statements without engine and ORM.

One side completes the tasks of ten-task cases as the application does: permission, version, journal, work items,
timers, outbox, commit. What it sends to the database is recorded, and replayed by the bare driver on a database that
was equal before: the same statements with the same values in the same transactions. The ratio is the driver's time
over ours; 1 would mean that engine, rules and journal cost nothing.
"""

from __future__ import annotations

import multiprocessing
import secrets
import statistics
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from benchmarks import ground
from benchmarks.floor import Replay, floor_database, recorded
from benchmarks.measure import Goal, Report, in_turns, ratios
from caseflow.cases import steps as operations
from caseflow.models import JournalEntry, OutboxMessage, Submission, Timer, WorkItem, db, disconnect, transaction
from web import create_app
from web.app import config

GOALS = {"ratio": Goal(least=0.4)}
ANSWERS = {"first_response": {"outcome": "complex"}, "open_ledger": {"rectify_by": "2026-03-20"}}
TASKS = 10
WRITTEN = (JournalEntry, OutboxMessage, Submission, Timer, WorkItem)


def bench(server: str = "", *, rounds: int = 9, cases: int = 10, workers: Sequence[int] = (1, 2, 4)) -> Report:
    """`rounds` times so many whole cases on each side, then twice as many for each of so many processes at once."""
    with ground.scratch(server) as app:
        report = Report("store", GOALS, db.engine.dialect.name)
        drive(ground.open_cases(cases))                 # to warm up
        waiting = ground.open_cases(rounds * cases)
        crowds = {count: ground.open_cases(count * cases * 2) for count in workers}
        with floor_database(app.config["SQLALCHEMY_DATABASE_URI"]) as replay:
            _compare(report, replay, [waiting[n::rounds] for n in range(rounds)])
        for count, crowd in crowds.items():
            report.figures[f"tasks_per_second_{count}_workers"] = together(
                app.config["SQLALCHEMY_DATABASE_URI"], [crowd[n::count] for n in range(count)])
    return report


def _compare(report: Report, replay: Replay, batches: Sequence[Sequence[int]]) -> None:
    batches, used = list(batches), []

    def ours() -> float:
        with recorded() as statements:
            took, cpu = drive(batches.pop())
        replay.transactions = statements
        used.append(cpu)
        return took

    def floor() -> float:
        return replay.run()

    tasks = TASKS * len(batches[0])
    rounds = in_turns(len(batches), ours, floor)
    assert replay.counts(WRITTEN) == [db.session.scalar(select(func.count()).select_from(table)) for table in WRITTEN]
    statements = sum(len(transaction) for transaction in replay.transactions)
    report.figures |= ratios([(bare, whole) for whole, bare in rounds]) | {
        "tasks_per_second": tasks / statistics.median(whole for whole, _ in rounds),
        "floor_tasks_per_second": tasks / statistics.median(bare for _, bare in rounds),
        "processor_ms_per_task": statistics.median(used) / tasks * 1000,
        "statements_per_task": statements / tasks}


def drive(case_ids: Sequence[int]) -> tuple[float, float]:
    """Complete every task of these cases: seconds, and seconds of this process's processor, in the operation alone."""
    wall = cpu = 0.0
    people = ground.people()
    for case_id in case_ids:
        revisits = 0
        for step in range(TASKS):
            item = open_item(case_id)
            answers = dict(ANSWERS.get(item.element, {}))
            if item.element == "revisit":
                answers["revisit_result"] = "satisfied" if revisits else "unsatisfied"
                revisits += 1
            actor, now = people[item.role, item.unit_id], ground.NOW + timedelta(minutes=step)
            token = secrets.token_urlsafe(24)
            began, spent = time.perf_counter(), time.process_time()
            with transaction():
                operations.complete_task(item.id, actor, answers, token, now)
            wall, cpu = wall + time.perf_counter() - began, cpu + time.process_time() - spent
            db.session.remove()
        assert open_item(case_id) is None
    return wall, cpu


def open_item(case_id: int) -> Any:
    query = select(WorkItem.id, WorkItem.element, WorkItem.role, WorkItem.unit_id).where(
        WorkItem.case_id == case_id, WorkItem.status == "open")
    row = db.session.execute(query).first()
    db.session.remove()
    return row


# --- several workers ----------------------------------------------------------------------------------------------


def together(url: str, shares: Sequence[Sequence[int]]) -> float:
    """Tasks per second by as many processes as there are shares of cases, from the first start to the last end."""
    disconnect()
    context = multiprocessing.get_context("spawn")
    ready, ends = context.Barrier(len(shares)), context.Queue()
    processes = [context.Process(target=work, args=(url, share, ready, ends)) for share in shares]
    for process in processes:
        process.start()
    spans = [ends.get(timeout=600) for _ in processes]
    for process in processes:
        process.join()
    return TASKS * sum(len(share) - 1 for share in shares) / (max(e for _, e in spans) - min(b for b, _ in spans))


def work(url: str, share: Sequence[int], ready: Any, ends: Any) -> None:
    """One worker process: its own application on the same database; it begins with the others."""
    with create_app(config.Settings.for_scratch(url)).app_context():
        drive(share[:1])
        ready.wait()
        began = time.time()
        drive(share[1:])
        ends.put((began, time.time()))
