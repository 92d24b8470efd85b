"""Completing work items over HTTP, through gunicorn: requests a second, p95, and what of it is not the operation.

Officers are signed in; each client completes the tasks of its cases one after the other and follows the redirect's
address to the next task, without loading the page in between. The share is the server's own: it tells the time of
each request, and of the transaction in it (permission, engine, rows, journal, commit), in a header.
"""

from __future__ import annotations

import http.client
import os
import re
import secrets
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from urllib.parse import urlencode, urlsplit

from sqlalchemy import select, update

from benchmarks import ground
from benchmarks.measure import Goal, Report
from caseflow.models import User, WorkItem, db, disconnect, transaction
from web.forms.task_form import PREFIX
from web.sign_in import passwords

GOALS = {"share_not_operation": Goal(most=0.5)}
PASSWORD = "Bench-" + secrets.token_urlsafe(12)
ANSWERS = {"outcome": "complex", "rectify_by": "2099-03-20"}
LATE_REASON = "基准测试"     # asked for when the task is overdue, else ignored
TASKS = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """One completion: seconds as the client saw it; seconds in the server, and of the operation there."""

    seconds: float
    total: float
    operation: float


def bench(server: str = "", *, cases: int = 60, clients: int = 4, workers: int = 2) -> Report:
    with ground.scratch(server) as app:
        report = Report("web", GOALS, db.engine.dialect.name)
        officers = _let_in()
        items = _first_items(cases + clients)
        disconnect()
        with _serving(app.config["SQLALCHEMY_DATABASE_URI"], workers) as port:
            visitors = {unit: Visitor(port, name) for unit, name in officers.items()}
            _together(visitors, items[:clients], clients)           # to warm up with
            began = time.perf_counter()
            answers = _together(visitors, items[clients:], clients)
            took = time.perf_counter() - began
    report.figures = _figures(answers, took)
    return report


def _figures(answers: Sequence[Answer], took: float) -> dict[str, float]:
    seen = sorted(answer.seconds for answer in answers)
    return {
        "requests_per_second": len(answers) / took,
        "median_ms": statistics.median(seen) * 1000, "p95_ms": seen[int(len(seen) * 0.95)] * 1000,
        "share_not_operation": statistics.median(1 - answer.operation / answer.total for answer in answers),
        "server_ms": statistics.median(answer.total for answer in answers) * 1000,
        "operation_ms": statistics.median(answer.operation for answer in answers) * 1000}


def _let_in() -> dict[int, str]:
    """Unit → name of its officer, who may sign in from now on."""
    people = {unit: actor for (role, unit), actor in ground.people().items() if role == "officer"}
    with transaction():
        db.session.execute(update(User).where(User.id.in_([actor.user_id for actor in people.values()])).values(
            demo=False, password_hash=passwords.hashed(PASSWORD)))
    return {unit: actor.username for unit, actor in people.items()}


def _first_items(cases: int) -> list[tuple[int, int]]:
    """(unit, work item) of the first task of so many new cases."""
    opened = ground.open_cases(cases)
    return [tuple(row) for row in db.session.execute(select(WorkItem.unit_id, WorkItem.id).where(
        WorkItem.case_id.in_(opened)).order_by(WorkItem.id))]


@contextmanager
def _serving(url: str, workers: int) -> Iterator[int]:
    """gunicorn on a free port of this machine; its number."""
    with socket.socket() as listening, TemporaryDirectory() as instance:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        environ = os.environ | {
            "CASEFLOW_DATABASE_URL": url, "CASEFLOW_INSTANCE": instance, "CASEFLOW_HTTPS": "0",
            "CASEFLOW_SECRET_KEY": secrets.token_urlsafe(48), "CASEFLOW_DEMO": "0"}
        command = [sys.executable, "-m", "gunicorn", "benchmarks.served:app()", f"--workers={workers}",
                   f"--bind=fd://{listening.fileno()}", "--log-level=warning"]
        child = subprocess.Popen(command, env=environ, pass_fds=[listening.fileno()])
        try:
            yield listening.getsockname()[1]
        finally:
            child.terminate()
            child.wait(30)


class Visitor:
    """A signed-in officer's browser, as far as completing tasks needs one."""

    def __init__(self, port: int, username: str) -> None:
        self.port, self.cookie = port, ""
        page = self._send("GET", "/login")[2]
        self.csrf = _csrf(page)
        status, _, _ = self._send("POST", "/login", username=username, password=PASSWORD, csrf_token=self.csrf)
        assert status == 302, f"sign-in: {status}"
        self.csrf = _csrf(self._send("GET", "/work/")[2])

    def complete(self, path: str, revisits: int) -> tuple[Answer, str]:
        """Submit the form of the task at this address; the answer, and where it leads."""
        answers = ANSWERS | {"revisit_result": "satisfied" if revisits else "unsatisfied"}
        form = {PREFIX + name: value for name, value in answers.items()}
        began = time.perf_counter()
        status, headers, _ = self._send(
            "POST", path, **form, late_reason=LATE_REASON, form_token=secrets.token_urlsafe(24), csrf_token=self.csrf)
        took = time.perf_counter() - began
        assert status == 302, f"{path}: {status}"
        total, operation = (float(part) / 1000 for part in re.findall(r"dur=([\d.]+)", headers["Server-Timing"]))
        return Answer(took, total, operation), urlsplit(headers["Location"]).path

    def _send(self, method: str, path: str, **form: str) -> tuple[int, http.client.HTTPMessage, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if method == "GET" or path == "/login":
            self.cookie = (answer.headers["Set-Cookie"] or self.cookie).partition(";")[0]
        return answer.status, answer.headers, text


def _csrf(page: str) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)


def _together(visitors: dict[int, Visitor], items: Sequence[tuple[int, int]], clients: int) -> list[Answer]:
    """All tasks of these cases, by so many clients at once."""
    answers: list[Answer] = []

    def run(share: Sequence[tuple[int, int]]) -> None:
        for unit, item in share:
            answers.extend(_whole_case(visitors[unit], f"/work/{item}"))

    threads = [threading.Thread(target=run, args=(items[n::clients],)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == TASKS * len(items), "a client did not come to the end"
    return answers


def _whole_case(visitor: Visitor, path: str) -> Iterator[Answer]:
    for task in range(TASKS):
        answer, path = visitor.complete(path, revisits=task > 5)
        yield answer
