"""Gives birth to the processes of a run: `python -m tests.chaos.nursery`, orders and answers as JSON lines.

It has imported everything, so a child lives after milliseconds. It alone kills and reaps its children, so that no
number of a dead process is ever taken for a living one. When its orders end, it takes its children with it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 180  # seconds that a child may take which is waited for


class Nursery:
    """The other end: starts, kills and waits for children."""

    def __init__(self) -> None:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("CASEFLOW_")}
        environ["PYTHONPATH"] = str(ROOT)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.nursery"], cwd=ROOT, env=environ, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._hear()

    def start(self, **spec: Any) -> int:
        """A child that runs the role `spec` describes (roles.run); its process id."""
        return self._order(order="start", spec=spec)

    def kill(self, pid: int) -> int:
        """Kill -9, wait for its end; minus the signal, or the code with which it had ended before."""
        return self._order(order="kill", pid=pid)

    def wait(self, pid: int, patience: float = PATIENCE) -> int | None:
        """Wait for its end: its exit code; None when it still runs after so many seconds."""
        return self._order(order="wait", pid=pid, patience=patience)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _order(self, **order: Any) -> Any:
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._hear()

    def _hear(self) -> Any:
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the nursery has died")
        return json.loads(line)


def serve() -> None:
    from tests.chaos import roles

    roles.warm()
    children: set[int] = set()
    _say("ready")
    for line in sys.stdin:
        order = json.loads(line)
        if order["order"] == "start":
            children.add(pid := _start(order["spec"], roles))
            _say(pid)
            continue
        status = _end(order["pid"], order.get("patience", PATIENCE), kill=order["order"] == "kill")
        if status is not None:
            children.discard(order["pid"])
        _say(status)
    for pid in children:
        _end(pid, PATIENCE, kill=True)


def _say(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _start(spec: dict[str, Any], roles: Any) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        log = os.open(Path(spec["folder"]) / f"{spec['slot']}.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for stream, target in ((0, nothing), (1, log), (2, log)):
            os.dup2(target, stream)
        roles.run(spec)
        status = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _end(pid: int, patience: float, *, kill: bool) -> int | None:
    if kill:
        os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + patience
    while True:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > end:
            return None
        time.sleep(0.002)


if __name__ == "__main__":
    serve()
