"""`python -m scheduler.worker`: run the side jobs on PostgreSQL until told to stop, with `--while-stdin` also until
that is closed. Whoever begins it begins it again when it ends: it ends when it has lost the database.
"""

from __future__ import annotations

import asyncio
import logging
import sys

from procrastinate.exceptions import ConnectorException
from psycopg import OperationalError

from caseflow.models import db
from scheduler import process, side_queue

log = logging.getLogger("caseflow.worker")


def main() -> int:
    """Run until SIGTERM or Ctrl+C. Exit code 1 when no start is possible, or the database was lost."""
    app = process.begin("worker")
    if app is None:
        return 1
    logging.getLogger("procrastinate").setLevel(logging.WARNING)  # that a job began and ended is no news
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            process.refuse("worker", "on SQLite the scheduler runs the side jobs; start no worker")
            return 1
    process.end_with_parent()
    try:
        if asyncio.run(side_queue.serve(side_queue.build(app))):
            return 0
    except (ConnectorException, OperationalError) as error:
        log.error("%s", error)
    process.refuse("worker", "the database was lost, or its tables are not there; `caseflow init` makes them")
    return 1


if __name__ == "__main__":
    sys.exit(main())
