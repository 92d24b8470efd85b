"""`caseflow simulate`: cases driven to their ends by random people on a simulated clock."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import click

from caseflow.install import simulation
from caseflow.install.simulation import Simulated
from caseflow.law import regulations
from caseflow.models import disconnect, forget
from web import create_app, migrations
from web.app import config, database
from web.sentences import complaints

SHOWN = 20      # findings that are printed


@click.command()
@click.option("--regulation", "key", required=True, help="the key of a regulation: the name of its folder")
@click.option("--cases", "wanted", default=50, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--seed", default=1, show_default=True, type=int, help="the same seed makes the same run")
def simulate(key: str, wanted: int, seed: int) -> None:
    """Drive N cases to their ends through the real operations, then check the invariants.

    Uses CASEFLOW_DATABASE_URL when it is set (never a database that holds real people or ratings), with this
    installation's folder of files, else a temporary SQLite file. Prints one summary line; exit code 1 when an
    invariant does not hold.
    """
    if key not in regulations.all_regulations():
        known = ", ".join(regulations.all_regulations())
        raise click.BadParameter(f"{key!r} is none of {known}", param_hint="--regulation")
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(Path(folder))
        with create_app(settings).app_context():
            _prepare()
            done = simulation.run(key, wanted, seed)
            disconnect()
    for complaint in done.complaints[:SHOWN]:
        sentence = complaints.sentence(complaint.code, complaint.facts)
        click.echo(f"{complaint.code}\t{complaint.case}\t{sentence}", err=True)
    kind = "postgresql" if settings.on_postgresql else "sqlite"
    click.echo(f"{key} seed={seed} database={kind} cases={wanted} {_summary(done)}")
    sys.exit(1 if done.complaints else 0)


def _settings(folder: Path) -> config.Settings:
    """Those of the environment when it names a database, else of one in this folder."""
    if os.environ.get("CASEFLOW_DATABASE_URL"):
        return config.load()
    return config.Settings.for_scratch(f"sqlite:///{folder / 'simulation.db'}", folder)


def _prepare() -> None:
    real = not database.is_empty() and simulation.is_real()
    forget()    # a table that is still being read cannot be changed
    if real:
        raise click.UsageError("this database holds people or ratings that are not simulated; use an empty one")
    migrations.upgrade()


def _summary(done: Simulated) -> str:
    ends = " ".join(f"{outcome}={count}" for outcome, count in done.outcomes.items())
    return f"open={done.open} tasks={done.tasks} timers={done.timers} appeals={done.appeals} {ends}"
