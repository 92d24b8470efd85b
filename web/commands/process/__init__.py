"""`caseflow process`: each command has a module of its own, imported when it is asked for."""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "check": "check",
}


class _Commands(click.Group):
    """The commands by name → module of this package; the command is called as it is there."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        return getattr(importlib.import_module(f"{__name__}.{COMMANDS[name]}"), name)


@click.group(cls=_Commands)
def process() -> None:
    """The diagrams of the processes."""
