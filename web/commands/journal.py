"""`caseflow journal`: is the record whole?"""

from __future__ import annotations

import sys

import click

from caseflow.casefile import journal_check
from web.sentences import journal as said

SHOWN = 20  # breaks named on the line


@click.group()
def journal() -> None:
    """The append-only record of everything that was done."""


@journal.command()
def verify() -> None:
    """Recompute every hash chain; say in one line whether all of it is whole, and where not (then exit 1)."""
    from web import create_app

    with create_app().app_context():
        report = journal_check.verify()
    click.echo(sentence(report))
    sys.exit(1 if report.broken else 0)


def sentence(report: journal_check.JournalReport) -> str:
    """The report in one line."""
    read = f"{report.streams} 条链，{report.entries} 条记录"
    if not report.broken:
        return f"日志完整：{read}"
    places = "；".join(f"{found.stream} 第 {found.seq} 条：{said.what(found.code, found.number)}"
                      for found in report.broken[:SHOWN])
    more = f"；另有 {len(report.broken) - SHOWN} 处" if len(report.broken) > SHOWN else ""
    return f"日志不完整，{len(report.broken)} 处（{read}）：{places}{more}".replace("\n", " ")
