"""The console script `caseflow`: one group, each command in its own module, imported when it is asked for.

Exit codes: 0 fine, 1 findings or a refusal, 2 wrong use.
"""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "init": "web.commands.init:init",
    "run": "web.commands.run:run",
    "user": "web.commands.user:user",
    "deadline": "web.commands.deadline:deadline",
    "calendar": "web.commands.calendar:calendar",
    "ratings": "web.commands.ratings:ratings",
    "process": "web.commands.process:process",
    "expression": "web.commands.expression:expression",
    "simulate": "web.commands.simulate:simulate",
    "journal": "web.commands.journal:journal",
    "doctor": "web.commands.doctor:doctor",
    "backup": "web.commands.backup:backup",
    "restore": "web.commands.restore:restore",
}


class LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        return getattr(importlib.import_module(module), attribute)


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """caseflow: bad reviews handled by law, from intake to close."""
