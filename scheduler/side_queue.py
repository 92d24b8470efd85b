"""The queue of the side jobs on PostgreSQL: procrastinate wakes them, in any number of workers (worker.py).

A queued job carries nothing but its name. Each worker puts a wake for every side job into the queue when its turn has
come; the queue keeps one of the same turn and no second one of a job that still waits, and one worker takes it.
"""

from __future__ import annotations

import asyncio
import signal

from flask import Flask
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.jobs import Status
from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine

from caseflow.models import db
from scheduler import process
from scheduler.side_jobs import SIDE_JOBS
from web.migrations.queue_tables import SEARCH_PATH

CONCURRENCY = 4      # side jobs that one worker runs at the same time: a long round keeps no message waiting
LOST_AFTER = 30.0    # seconds without a heartbeat, after which a worker counts as dead


def build(app: Flask) -> App:
    """The queue in the application's database, with every side job and its interval; not opened."""
    with app.app_context():
        queue = App(connector=PsycopgConnector(conninfo=_conninfo(db.engine), min_size=1, max_size=CONCURRENCY))
    for name, _purpose, job, seconds in SIDE_JOBS:
        task = queue.task(process.inside(app, job), name=name, queueing_lock=name)
        queue.periodic(cron=every(seconds))(task)
    task = queue.task(_forget_the_dead, name="forget_the_dead", queueing_lock="forget_the_dead", pass_context=True)
    queue.periodic(cron=every(60))(task)
    return queue


def every(seconds: int) -> str:
    """An interval as a cron line, the seconds last; ValueError for one that does not divide its minute or hour."""
    minutes, rest = divmod(seconds, 60)
    if seconds < 60 and 60 % seconds == 0:
        return f"* * * * * */{seconds}"
    if rest == 0 and minutes and 60 % minutes == 0:
        return f"*/{minutes} * * * *"
    raise ValueError(f"{seconds} seconds divide neither a minute nor an hour")


def _conninfo(engine: Engine) -> str:
    """Where the application's database is, for a connection that sees the queue's tables only."""
    _, where = engine.dialect.create_connect_args(engine.url)
    where["options"] = f"{where.get('options', '')} -c search_path={SEARCH_PATH}".strip()
    return make_conninfo(**{name: value for name, value in where.items() if name != "context"})


async def _forget_the_dead(context: JobContext, **_: object) -> None:
    """Clear away workers that died and what they had taken: its next turn does what they left undone."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=LOST_AFTER):
        await manager.finish_job(job, status=Status.FAILED, delete_job=True)
    await manager.prune_stalled_workers(LOST_AFTER)


async def serve(queue: App) -> bool:
    """Work until SIGTERM or Ctrl+C; true when it was told to end, false when it lost the database.

    What is being done is finished, nothing is begun. Finished jobs are deleted, also those that failed: the log has
    the trace, and their next turn comes.
    """
    async with queue.open_async():
        work = asyncio.create_task(queue.run_worker_async(
            concurrency=CONCURRENCY, delete_jobs="always", install_signal_handlers=False,
            stalled_worker_timeout=LOST_AFTER))
        for told in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(told, lambda: work.cancelling() or work.cancel())
        try:
            await work
        except asyncio.CancelledError:
            return True
    return False
