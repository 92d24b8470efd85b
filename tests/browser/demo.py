"""The demo as people start it: `caseflow run` on a free port, on a database of its own, with its scheduler."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from caseflow.models import db
from tests import powers, source
from web import create_app
from web.app import config

COMMAND = [sys.executable, "-c", "from web.commands import main; main()", "run", "--port", "0"]
PATIENCE = 60  # seconds that the server and the scheduler may take to end


class Demo:
    """A running demo: its address, and the application on its database for what no screen can bring about."""

    def __init__(self, url: str, app: Flask) -> None:
        self.url, self.app = url, app


@contextmanager
def running(folder: Path) -> Iterator[Demo]:
    """The demo with its instance in `folder`, empty so far, and all powers switched on. It is stopped by its own handle
    at the end."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CASEFLOW_")}
    environ |= {"CASEFLOW_BPMN_DIR": str(powers.build(folder / "powers"))}
    environ |= {"CASEFLOW_DEMO": "1", "CASEFLOW_INSTANCE": str(folder), "PYTHONUNBUFFERED": "1"}
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(COMMAND, cwd=source.ROOT, env=environ, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            app = create_app(config.load(environ))
            yield Demo(_address(server, folder), app)
            with app.app_context():
                db.engine.dispose()
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _address(server: subprocess.Popen[str], folder: Path) -> str:
    """Where it listens; it says so in one line when it is ready."""
    for line in server.stdout or ():
        if "http://" in line:
            return "http://" + line.partition("http://")[2].split("/")[0]
    raise RuntimeError("the demo did not start:\n" + (folder / "server.log").read_text())
