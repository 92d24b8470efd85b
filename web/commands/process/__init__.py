"""`caseflow process`: each command has a module of its own, imported when it is asked for."""

from __future__ import annotations

import click

from web.commands import LazyGroup

COMMANDS = {
    "check": "web.commands.process.check:check",
    "deploy": "web.commands.process.versions:deploy",
    "diff": "web.commands.process.diff:diff",
    "export": "web.commands.process.versions:export",
    "list": "web.commands.process.versions:list_",
    "migrate": "web.commands.process.migrate:migrate",
    "prove": "web.commands.process.prove:prove",
    "replay": "web.commands.process.replay:replay",
    "rollback": "web.commands.process.versions:rollback",
}


@click.group(cls=LazyGroup, named=COMMANDS)
def process() -> None:
    """The diagrams of the processes."""
