"""`caseflow unit`: the offices of a regulation."""

from __future__ import annotations

import click

from caseflow.models import transaction
from caseflow.models.people import LEVELS
from caseflow.people import accounts, units
from web import create_app
from web.app import clock


@click.group()
def unit() -> None:
    """Offices: list, add."""


@unit.command("list")
@click.option("--regulation", help="the key of a regulation: the name of its folder; all without it")
def list_(regulation: str | None) -> None:
    """A line for each office: regulation, code, name, the code of the office above it."""
    with create_app().app_context():
        for office in units.offices(regulation):
            above = office.parent.code if office.parent else "—"
            closed = [] if office.active else ["已停用"]
            click.echo("\t".join((office.regulation, office.code, office.name, above, *closed)))


@unit.command()
@click.argument("code")
@click.argument("name")
@click.option("--regulation", required=True, help="the key of a regulation: the name of its folder")
@click.option("--parent", help="code of the office above it, or its key in regulation.toml")
@click.option("--level", type=click.Choice(LEVELS), default="district", show_default=True)
@click.option("--area", default="", help="area code; without it that of the office above")
def add(code: str, name: str, regulation: str, parent: str | None, level: str, area: str) -> None:
    """Make the office NAME, to which ratings with the orgcode CODE go."""
    with create_app().app_context(), transaction():
        above = accounts.find_unit(regulation, parent) if parent else None
        units.add(regulation, code, name, level, clock.now(), parent=above, area_code=area)
    click.echo(f"已新增单位 {code} {name}")
