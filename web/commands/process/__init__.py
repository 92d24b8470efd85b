"""`caseflow process`: each command has a module of its own, imported when it is asked for."""

from __future__ import annotations

import importlib

import click

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


class _Commands(click.Group):
    """The commands by name → module and attribute."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        return getattr(importlib.import_module(module), attribute)


@click.group(cls=_Commands)
def process() -> None:
    """The diagrams of the processes."""
