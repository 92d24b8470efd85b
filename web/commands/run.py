"""`caseflow run`: the web, the scheduler and, on PostgreSQL, the worker of the side jobs, in one command."""

from __future__ import annotations

import dataclasses
import logging
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack

import click
import waitress
from flask import Flask

from caseflow.errors import ConfigurationError
from web import create_app, migrations
from web.app import config, database
from web.commands.init import prepare

PATIENCE = 10  # seconds that the scheduler and the worker may take to end their transactions

log = logging.getLogger("caseflow.run")


@click.command()
@click.option("--host", help="address to listen on  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="port to listen on  [default: 8000]")
@click.option("--web-only", is_flag=True, help="begin neither scheduler nor worker; they run by themselves")
def run(host: str | None, port: int | None, web_only: bool) -> None:
    """Serve the pages and run the scheduler (on PostgreSQL a worker too), until stopped. An empty database is
    prepared first.

    With CASEFLOW_DEMO=1 the four places come with people and sample ratings, on a clock that can be moved;
    the demo listens on this machine only.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = dataclasses.replace(config.load(), **given)
    config.check(settings)
    config.require_secret(settings)
    app = create_app(settings)
    with app.app_context():
        _make_ready(settings)
    _serve(_listen(app, settings), settings, () if web_only else _companions(settings))


def _make_ready(settings: config.Settings) -> None:
    """Prepare an empty database. A real one is only migrated when somebody says so (`caseflow init`)."""
    if settings.demo or database.is_empty():
        prepare(settings.demo)
    elif not migrations.is_current():
        raise ConfigurationError("The tables are of another version; back up, then run `caseflow init`.")


def _listen(app: Flask, settings: config.Settings):
    try:
        return waitress.create_server(
            app, host=settings.host, port=settings.port, threads=settings.threads, ident=None,
            max_request_body_size=settings.largest_form + settings.max_upload,
            clear_untrusted_proxy_headers=not settings.proxies)  # the application believes that many of them
    except OSError as error:
        raise ConfigurationError(f"cannot listen on {settings.host}:{settings.port} ({error.strerror}); "
                                 "choose another with --port") from None


def _serve(server, settings: config.Settings, modules: tuple[str, ...]) -> None:
    signal.signal(signal.SIGTERM, _stop)
    with ExitStack() as companions:
        for module in modules:
            companions.enter_context(_Companion(module))
        name = "演示" if settings.demo else "服务"
        click.echo(f"caseflow {name}：http://{settings.host}:{server.effective_port}/  （Ctrl+C 结束）")
        server.run()


def _companions(settings: config.Settings) -> tuple[str, ...]:
    """The processes beside the web. On SQLite the scheduler runs the side jobs as well."""
    return ("scheduler", "scheduler.worker") if settings.on_postgresql else ("scheduler",)


def _stop(*_: object) -> None:
    raise SystemExit(0)


class _Companion:
    """A process beside the web: begun again when it ends, ended with us, even when we are killed."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __enter__(self) -> _Companion:
        self._ending = threading.Event()
        self._child = self._start()
        self._watcher = threading.Thread(target=self._watch, name=f"{self._module}-watch", daemon=True)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._child.terminate()
        self._watcher.join(PATIENCE)
        if self._child.poll() is None:
            self._child.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", self._module, "--while-stdin"], stdin=subprocess.PIPE)

    def _watch(self) -> None:
        while True:
            code = self._child.wait()
            if self._ending.wait(2):  # seconds before it is begun again
                return
            log.error("%s ended with %s; it is begun again", self._module, code)
            self._child = self._start()
