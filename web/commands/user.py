"""`caseflow user`: accounts and the roles they hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import click
from flask import current_app

from caseflow.errors import ConfigurationError, InvalidInput
from caseflow.files import spreadsheets
from caseflow.models import transaction
from caseflow.models.people import ROLES
from caseflow.people import accounts, sheet_import
from caseflow.people.permissions import SYSTEM
from web import create_app
from web.app import clock
from web.sentences import people_sheet
from web.sign_in import login_limits, passwords

VERDICTS = {"add": "新增", "change": "更改", "same": "不变", "wrong": "有误"}
UNIT = (
    click.option("--regulation", required=True, help="the key of a regulation: the name of its folder"),
    click.option("--unit", "code", required=True, help="code of the unit, or its key in regulation.toml"),
    click.option("--role", required=True, type=click.Choice(ROLES)),
)


@click.group()
def user() -> None:
    """Accounts: list, add, import, roles, password, deactivate."""


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
        for account in accounts.accounts(regulation, everybody):
            posts = "、".join(f"{held.unit.regulation}/{held.unit.key or held.unit.code} {held.role}"
                             for held in account.roles)
            stopped = [] if account.active else ["已停用"]
            click.echo("\t".join((account.username, account.name, posts or "—", *stopped)))


@user.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--regulation", required=True, help="the key of a regulation: the name of its folder")
@click.option("--dry-run", is_flag=True, help="say what every line would do, and do nothing")
def import_(file: BinaryIO, regulation: str, dry_run: bool) -> None:
    """Make or change the people (or offices) of FILE, CSV or xlsx: all of them, or none when a line is wrong."""
    content = file.read(spreadsheets.MAX_BYTES + 1)
    with _changing():
        plan = _plan(content, regulation)
        wrong = [line for line in plan.lines if line.verdict == "wrong"]
        for line in plan.lines if dry_run else wrong:
            said = f"第 {line.line} 行 {VERDICTS[line.verdict]} {line.subject} {people_sheet.problem(line)}"
            click.echo(said.rstrip(), err=line.verdict == "wrong")
        if wrong:
            raise click.ClickException(f"{len(wrong)} 行有误，没有写入任何内容。")
        changed = 0 if dry_run else sheet_import.store(plan, clock.now(), SYSTEM)
    sums = "，".join(f"{word} {plan.count(verdict)}" for verdict, word in VERDICTS.items())
    click.echo(f"{sums}。" + ("试运行，没有写入任何内容。" if dry_run else f"已导入 {changed} 行。"))


def _plan(content: bytes, regulation: str) -> sheet_import.Plan:
    """What the file would do; what is no such sheet is refused with what to do about it."""
    try:
        return sheet_import.plan(content, regulation, SYSTEM)
    except InvalidInput as error:
        raise click.ClickException(people_sheet.refused(error)) from None


@user.command()
@click.argument("username")
@click.argument("name")
@_at_a_unit
def add(username: str, name: str, regulation: str, code: str, role: str) -> None:
    """Make the account USERNAME for the person NAME with a role at a unit. The password is asked for."""
    with _changing():
        account = accounts.add(username, name, _ask_password(username), clock.now())
        accounts.grant(account, role, accounts.find_unit(regulation, code), clock.now())
    click.echo(f"已建立账号 {username}")


@user.command()
@click.argument("username")
@_at_a_unit
@click.option("--remove", is_flag=True, help="take the role away")
def role(username: str, regulation: str, code: str, role: str, remove: bool) -> None:
    """Give USERNAME a role at a unit, or take it away."""
    with _changing():
        change = accounts.revoke if remove else accounts.grant
        change(accounts.find(username), role, accounts.find_unit(regulation, code), clock.now())
    click.echo(f"{username}：{'已撤销' if remove else '已授予'} {role}")


@user.command()
@click.argument("username")
def password(username: str) -> None:
    """Set a new password for USERNAME; ends its logins and its lock."""
    with _changing():
        accounts.set_password(accounts.find(username), _ask_password(username), clock.now())
        login_limits.unlock(username)
    click.echo(f"{username}：密码已更换")


@user.command()
@click.argument("username")
@click.argument("subject", default="")
def link(username: str, subject: str) -> None:
    """Let USERNAME sign in as SUBJECT of the identity provider of the settings; without SUBJECT no more."""
    with _changing():
        issuer = current_app.config["CASEFLOW"].oidc_issuer
        if not issuer:
            raise ConfigurationError("CASEFLOW_OIDC_ISSUER is not set")
        accounts.link(accounts.find(username), issuer, subject, clock.now())
    click.echo(f"{username}：{'已关联' if subject else '已解除'}统一身份")


@user.command()
@click.argument("username")
@click.option("--again", is_flag=True, help="let the account in again")
def deactivate(username: str, again: bool) -> None:
    """Stop the account USERNAME at once; what the person has taken goes back to its unit."""
    with _changing():
        accounts.set_active(accounts.find(username), again, clock.now())
    click.echo(f"{username}：{'已恢复' if again else '已停用'}")
