"""`caseflow user`: accounts and the roles they hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from caseflow import people
from caseflow.models import transaction
from caseflow.models.people import ROLES
from web import clock, create_app, login_limits, passwords

UNIT = (
    click.option("--regulation", required=True, help="hefei, qijiang, hainan or guichi"),
    click.option("--unit", "code", required=True, help="code of the unit, or its key in regulation.toml"),
    click.option("--role", required=True, type=click.Choice(ROLES)),
)


@click.group()
def user() -> None:
    """Accounts: list, add, roles, password, deactivate."""


def _at_a_unit(command):
    for option in reversed(UNIT):
        command = option(command)
    return command


@contextmanager
def _changing() -> Iterator[None]:
    """One transaction in the application's context."""
    with create_app().app_context(), transaction():
        yield


def _ask_password(username: str) -> str:
    """A password from the terminal (twice) or the first line of a pipe, as the hash to keep."""
    if sys.stdin.isatty():
        password = click.prompt("密码", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    passwords.require_good(password, username)
    return passwords.hashed(password)


@user.command("list")
@click.option("--regulation", help="only those who belong under this regulation")
@click.option("--all", "everybody", is_flag=True, help="stopped accounts too")
def list_(regulation: str | None, everybody: bool) -> None:
    """A line for each account: name, person, roles."""
    with create_app().app_context():
        for account in people.accounts(regulation, everybody):
            posts = "、".join(f"{held.unit.regulation}/{held.unit.key or held.unit.code} {held.role}"
                             for held in account.roles)
            stopped = [] if account.active else ["已停用"]
            click.echo("\t".join((account.username, account.name, posts or "—", *stopped)))


@user.command()
@click.argument("username")
@click.argument("name")
@_at_a_unit
def add(username: str, name: str, regulation: str, code: str, role: str) -> None:
    """Make the account USERNAME for the person NAME with a role at a unit. The password is asked for."""
    with _changing():
        account = people.add(username, name, _ask_password(username), clock.now())
        people.grant(account, role, people.find_unit(regulation, code), clock.now())
    click.echo(f"已建立账号 {username}")


@user.command()
@click.argument("username")
@_at_a_unit
@click.option("--remove", is_flag=True, help="take the role away")
def role(username: str, regulation: str, code: str, role: str, remove: bool) -> None:
    """Give USERNAME a role at a unit, or take it away."""
    with _changing():
        change = people.revoke if remove else people.grant
        change(people.find(username), role, people.find_unit(regulation, code), clock.now())
    click.echo(f"{username}：{'已撤销' if remove else '已授予'} {role}")


@user.command()
@click.argument("username")
def password(username: str) -> None:
    """Set a new password for USERNAME; ends its logins and its lock."""
    with _changing():
        people.set_password(people.find(username), _ask_password(username), clock.now())
        login_limits.unlock(username)
    click.echo(f"{username}：密码已更换")


@user.command()
@click.argument("username")
@click.option("--again", is_flag=True, help="let the account in again")
def deactivate(username: str, again: bool) -> None:
    """Stop the account USERNAME at once; what the person has taken goes back to its unit."""
    with _changing():
        people.set_active(people.find(username), again, clock.now())
    click.echo(f"{username}：{'已恢复' if again else '已停用'}")
