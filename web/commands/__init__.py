"""The console script `caseflow`: one group, each command in its own module, imported when it is asked for.

Exit codes: 0 fine; 1 findings, or refused by a rule; 2 wrong use: of the command, of the settings, of a place that
cannot be read or written. The commands raise what they find; it is put into words here.
"""

from __future__ import annotations

import errno
import importlib
from collections.abc import Mapping
from typing import Any

import click
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, InternalError, NotSupportedError

from caseflow.errors import CaseflowError, ConfigurationError, DefinitionRefused

COMMANDS = {
    "init": "web.commands.init:init",
    "run": "web.commands.run:run",
    "user": "web.commands.user:user",
    "unit": "web.commands.unit:unit",
    "deadline": "web.commands.deadline:deadline",
    "calendar": "web.commands.calendar:calendar",
    "ratings": "web.commands.ratings:ratings",
    "process": "web.commands.process:process",
    "expression": "web.commands.expression:expression",
    "simulate": "web.commands.simulate:simulate",
    "journal": "web.commands.journal:journal",
    "doctor": "web.commands.doctor:doctor",
    "bench": "benchmarks.command:bench",
    "backup": "web.commands.backup:backup",
    "restore": "web.commands.restore:restore",
}


class LazyGroup(click.Group):
    """Commands by name → module:attribute, each imported when it is asked for."""

    def __init__(self, *args: Any, named: Mapping[str, str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.named = named

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.named)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.named:
            return None
        module, attribute = self.named[name].split(":")
        return getattr(importlib.import_module(module), attribute)


class Told(LazyGroup):
    """Puts into words what the commands raise."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ConfigurationError as refusal:
            raise Unusable(str(refusal)) from None
        except DefinitionRefused as refusal:
            told = "\n".join(f"{found.element}\t{found.code}\t{found.sentence}" for found in refusal.findings)
            raise click.ClickException(told or str(refusal)) from None
        except CaseflowError as refusal:
            raise click.ClickException(str(refusal)) from None
        except (IntegrityError, InternalError, NotSupportedError):
            raise  # a fault of ours, not of the place
        except (DatabaseError, ArgumentError) as error:
            reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
            raise Unusable(f"数据库不可用或尚未初始化，请先运行 caseflow init：{reason}") from None
        except OSError as error:
            if error.errno in (None, errno.EPIPE):
                raise
            raise Unusable(": ".join(str(part) for part in (error.filename, error.strerror) if part)) from None


class Unusable(click.ClickException):
    """The settings, or a place they name, cannot be used."""

    exit_code = 2


@click.command(cls=Told, named=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """caseflow: bad reviews handled by law, from intake to close."""
