"""`caseflow expression check`: is each line of a file an expression that a diagram may hold?"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from caseflow.engine.expressions import TYPES, check_expression
from caseflow.engine.values import CASE_VARIABLES

# What the command knows unless --var tells otherwise: a case's own variables and the usual fields of a form.
DEFAULT_VARIABLES = {
    **CASE_VARIABLES,
    "outcome": "text",
    "revisit_result": "text",
    "rectify_by": "date",
    "count": "number",
    "score": "number",
    "rating": "text",
    "name": "text",
}


@click.group()
def expression() -> None:
    """The expression language of the diagrams (conditions and timers)."""


@expression.command()
@click.option("--file", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--var", "declared", multiple=True, metavar="NAME:TYPE", help="text, number, boolean or date")
@click.option("--kind", type=click.Choice(["condition", "timer"]), default="condition", show_default=True)
def check(path: Path, declared: tuple[str, ...], kind: str) -> None:
    """Print `accepted` or `refused<TAB>code` for the first column of each line.

    Declared are always the case's variables, and without --var also a few usual form fields
    (outcome, revisit_result, rating, name: text; rectify_by: date; count, score: number). A line that begins with
    `@timer:` is checked as a timer, one with `@script:` is a script and refused; any other prefix is plain text.
    """
    variables = {**CASE_VARIABLES, **dict(map(_declaration, declared))} if declared else DEFAULT_VARIABLES
    refused = False
    for line in _first_columns(path.read_bytes()):
        code = _verdict(line, variables, kind)
        refused = refused or bool(code)
        click.echo(f"refused\t{code}" if code else "accepted")
    sys.exit(1 if refused else 0)


def _declaration(text: str) -> tuple[str, str]:
    name, _, type_ = text.partition(":")
    if not name.isidentifier() or type_ not in TYPES:
        raise click.BadParameter(f"{text!r}: write name:type with a type of {', '.join(TYPES)}", param_hint="--var")
    return name, type_


def _first_columns(content: bytes) -> list[str]:
    lines = content.removesuffix(b"\n").split(b"\n") if content else []
    return [line.removesuffix(b"\r").split(b"\t")[0].decode(errors="replace") for line in lines]


def _verdict(text: str, variables: dict[str, str], kind: str) -> str:
    """The code of the first refusal, "" for an expression of the language."""
    if text.startswith("@script:"):
        return "script"
    if text.startswith("@timer:"):
        text, kind = text.removeprefix("@timer:"), "timer"
    refusals = check_expression(text, variables, kind=kind)
    return refusals[0].code if refusals else ""
