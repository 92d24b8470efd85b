"""What the scheduler and the worker have in common as processes: log, start, and the end of their parent."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable

from flask import Flask

from caseflow.errors import ConfigurationError
from web import create_app


def begin(name: str) -> Flask | None:
    """Log to standard error and make the application. When the settings allow no start: None, and a line why."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        return create_app()
    except ConfigurationError as error:
        refuse(name, str(error))
        return None


def refuse(name: str, reason: str) -> None:
    print(f"{name}: {reason}", file=sys.stderr)


def inside(app: Flask, job: Callable[[], object]) -> Callable[..., None]:
    """The job within the application; what a waker gives it is left aside."""
    def run(**_: object) -> None:
        with app.app_context():
            job()
    return run


def end_with_parent() -> None:
    """With `--while-stdin`, end (as by SIGTERM) when standard input is closed: the parent holds its other end."""
    if "--while-stdin" in sys.argv[1:]:
        threading.Thread(target=_wait_for_parent, name="stdin", daemon=True).start()


def _wait_for_parent() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
