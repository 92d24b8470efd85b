"""`caseflow doctor`: is everything as it must be?"""

from __future__ import annotations

import sys

import click

from caseflow.errors import ConfigurationError
from caseflow.health.doctor import examine
from caseflow.models import db, snapshot
from web import create_app
from web.app import clock, database


@click.command()
def doctor() -> None:
    """Check the invariants of this installation; one line per finding, exit code 1 when there is any."""
    with create_app().app_context():
        if database.is_empty(db.engine):
            raise ConfigurationError("Nothing has been set up in this database; run `caseflow init`.")
        with snapshot():
            complaints = examine(clock.now())
    for complaint in complaints:
        click.echo(f"{complaint.code}\t{complaint.case}\t{complaint.sentence}")
    if complaints:
        sys.exit(1)
    click.echo("healthy: every check holds")
