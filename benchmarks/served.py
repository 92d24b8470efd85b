"""The application as gunicorn serves it for the web bench: each answer says how long it took, and the operation in it.

    Server-Timing: total;dur=4.2, operation;dur=1.9        (milliseconds)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from web import create_app
from web.work import task

_operation = [0.0]     # seconds of this request; a worker serves one at a time


def app() -> Callable:
    served = create_app()
    task.transaction = _timed(task.transaction)
    served.wsgi_app = _Timing(served.wsgi_app)
    return served


def _timed(transaction: Callable) -> Callable:
    @contextmanager
    def timed() -> Iterator[Any]:
        began = time.perf_counter()
        try:
            with transaction() as session:
                yield session
        finally:
            _operation[0] += time.perf_counter() - began
    return timed


class _Timing:
    def __init__(self, wsgi: Callable) -> None:
        self.wsgi = wsgi

    def __call__(self, environ: dict, start_response: Callable) -> Any:
        _operation[0], began = 0.0, time.perf_counter()

        def start(status: str, headers: list, *rest: Any) -> Any:
            total = time.perf_counter() - began
            told = f"total;dur={total * 1000:.3f}, operation;dur={_operation[0] * 1000:.3f}"
            return start_response(status, [*headers, ("Server-Timing", told)], *rest)

        return self.wsgi(environ, start)
