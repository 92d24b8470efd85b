"""`caseflow doctor`: is everything as it must be?"""

from __future__ import annotations

import sys

import click

from caseflow.errors import ConfigurationError
from caseflow.health.doctor import examine
from caseflow.models import snapshot
from web import create_app
from web.app import clock, database
from web.sentences import complaints


@click.command()
def doctor() -> None:
    """Check the invariants of this installation; one line per finding, exit code 1 when there is any."""
    with create_app().app_context():
        if database.is_empty():
            raise ConfigurationError("Nothing has been set up in this database; run `caseflow init`.")
        with snapshot():
            found = examine(clock.now())
    for complaint in found:
        click.echo(f"{complaint.code}\t{complaint.case}\t{complaints.sentence(complaint.code, complaint.facts)}")
    if found:
        sys.exit(1)
    click.echo("healthy: every check holds")
