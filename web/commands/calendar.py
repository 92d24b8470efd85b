"""`caseflow calendar`: import a year's notice, look at a year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import BinaryIO

import click

from caseflow.errors import InvalidInput
from caseflow.models import transaction


@click.group()
def calendar() -> None:
    """Working-day calendars: the yearly notices that say who works when."""


@calendar.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--jurisdiction", default="national", show_default=True, metavar="J",
              help="national, or the calendar of a regulation (its days lie over the national ones).")
@click.option("--year", type=click.IntRange(2000, 2100), required=True, help="The year the notice is for.")
@click.option("--source", required=True, help="The notice's full name, shown wherever a due date is explained.")
def import_(file: BinaryIO, jurisdiction: str, year: int, source: str) -> None:
    """Replace a year's days by those of FILE and recompute the pending due dates.

    FILE is CSV in UTF-8, a line for each special day: 2027-01-01,off,元旦 or 2027-01-03,work,元旦.
    Any bad line refuses the whole file; all of them are listed.
    """
    from caseflow.cases import calendar_change
    from caseflow.law import calendar_rows
    from caseflow.people.permissions import SYSTEM
    from web import create_app
    from web.app.clock import now
    from web.sentences import calendars as said

    try:
        rows = calendar_rows.split_lines(file.read(calendar_rows.MAX_BYTES + 1))
        with create_app().app_context(), transaction():
            result = calendar_change.import_notice(jurisdiction, year, rows, source, now(), SYSTEM)
    except InvalidInput as error:
        raise click.ClickException(said.refused(error)) from None
    click.echo(f"{result.jurisdiction} {result.year} 年第 {result.revision} 版：{result.days} 天；"
               f"重新计算 {result.cases} 个案件的 {result.timers} 个期限。")
    for doubt in result.doubts:
        click.echo(f"提醒：{said.doubt(doubt)}", err=True)


@calendar.command()
@click.argument("year", type=click.IntRange(2000, 2100))
@click.option("--jurisdiction", default="national", show_default=True, metavar="J")
def show(year: int, jurisdiction: str) -> None:
    """The days of YEAR that are not as Monday-to-Friday says, each with its notice, and the sum."""
    from caseflow.law import calendar_notices, calendars
    from web import create_app
    from web.sentences.calendars import why

    known = calendar_notices.jurisdictions()
    if jurisdiction not in known:
        raise click.BadParameter(f"没有名为“{jurisdiction}”的日历；可用：{'、'.join(known)}",
                                 param_hint="--jurisdiction")
    with create_app().app_context():
        value = calendars.load(jurisdiction)
    for day in sorted(day for day in value.days if day.year == year):
        click.echo(f"{day} {why(value.why(day))}")
    working = value.working_days_between(date(year, 1, 1) - timedelta(days=1), date(year, 12, 31))
    note = "" if year in value.years else "（放假安排尚未公布，暂按周一至周五计算）"
    click.echo(f"{year} 年共 {working} 个工作日{note}；日历版本 {value.version}")
