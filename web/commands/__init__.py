"""The console script `caseflow`: one group, each command in its own module, imported when it is asked for.

So that it starts at once, nothing heavy is imported at the top of what every command passes: this module, `web`,
`caseflow.errors`. `tests/web/test_commands.py` holds it to that.

Exit codes: 0 fine; 1 findings, or refused by a rule; 2 wrong use: of the command, of the settings, of a place that
cannot be read or written. The commands raise what they find; it is put into words here.
"""

from __future__ import annotations

import errno
import importlib
from collections.abc import Mapping
from typing import Any

import click

from caseflow.errors import CaseflowError, ConfigurationError, DefinitionRefused

COMMANDS = {
    "init": ("web.commands.init:init", "Prepare an empty database: tables, calendars, offices, processes."),
    "run": ("web.commands.run:run",
            "Serve the pages and run the scheduler (on PostgreSQL a worker too), until stopped."),
    "user": ("web.commands.user:user", "Accounts: list, add, import, roles, password, deactivate."),
    "unit": ("web.commands.unit:unit", "Offices: list, add."),
    "deadline": ("web.commands.deadline:deadline",
                 "The last moment in time of a limit, by the national notices 2004-2026 (民法典 Art. 200-204)."),
    "calendar": ("web.commands.calendar:calendar",
                 "Working-day calendars: the yearly notices that say who works when."),
    "ratings": ("web.commands.ratings:ratings", "Ratings pushed by other systems."),
    "process": ("web.commands.process:process", "The diagrams of the processes."),
    "expression": ("web.commands.expression:expression",
                   "The expression language of the diagrams (conditions and timers)."),
    "simulate": ("web.commands.simulate:simulate",
                 "Drive N cases to their ends through the real operations, then check the invariants."),
    "journal": ("web.commands.journal:journal", "The append-only record of everything that was done."),
    "doctor": ("web.commands.doctor:doctor",
               "Check the invariants of this installation; one line per finding, exit code 1 when there is any."),
    "bench": ("benchmarks.command:bench",
              "Measure, and say whether the goals of docs/benchmarks.md are met (exit code 1: one is not)."),
    "backup": ("web.commands.backup:backup",
               "Write the whole database and the attachments to a new FILE, while everything goes on working."),
    "restore": ("web.commands.restore:restore",
                "Bring a backup FILE back into an empty database, then check it; exit code 1 when it is not whole."),
}


class LazyGroup(click.Group):
    """Commands by name → (module:attribute, line of --help), each imported when it is run."""

    def __init__(self, *args: Any, named: Mapping[str, tuple[str, str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.named = named

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.named)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.named:
            return None
        module, attribute = self.named[name][0].split(":")
        return getattr(importlib.import_module(module), attribute)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.named.items()])


class Told(LazyGroup):
    """Puts into words what the commands raise."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except ConfigurationError as refusal:
            raise Unusable(str(refusal)) from None
        except DefinitionRefused as refusal:
            from web import sentences  # late: --help needs no words

            told = "\n".join(f"{one.element}\t{one.code}\t{sentences.of(one)}" for one in refusal.findings)
            raise click.ClickException(told or str(refusal)) from None
        except CaseflowError as refusal:
            raise click.ClickException(str(refusal)) from None
        except OSError as error:
            if error.errno in (None, errno.EPIPE):
                raise
            raise Unusable(": ".join(str(part) for part in (error.filename, error.strerror) if part)) from None
        except Exception as error:
            from caseflow.models import why_unusable  # late: as above, and most commands never get here

            reason = why_unusable(error)
            if reason is None:
                raise
            raise Unusable(f"数据库不可用或尚未初始化，请先运行 caseflow init：{reason}") from None


class Unusable(click.ClickException):
    """The settings, or a place they name, cannot be used."""

    exit_code = 2


@click.command(cls=Told, named=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """caseflow: bad reviews handled by law, from intake to close."""
