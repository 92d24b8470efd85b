"""`caseflow deadline`: when a limit ends under working-day law, and why. Needs no database."""

from __future__ import annotations

from datetime import datetime, time

import click

from caseflow import moments
from caseflow.engine.values import DeadlineRule
from caseflow.errors import InvalidInput, RegulationNotFound
from caseflow.law import deadlines, regulations, working_days
from caseflow.law.deadlines import MOST
from caseflow.moments import SHANGHAI
from web.sentences import deadlines as said


class Amount(click.ParamType):
    """A whole number of units, negative to count backward; never 0."""

    name = "N"

    def __init__(self, unit: str) -> None:
        self.most = MOST[unit]

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            amount = int(str(value))
        except ValueError:
            self.fail(f"“{value}”不是整数", param, ctx)
        if not 1 <= abs(amount) <= self.most:
            self.fail(f"应在 1 至 {self.most} 之间（倒算写负数）", param, ctx)
        return amount


class Moment(click.ParamType):
    """A moment in ISO 8601; without an offset it is Shanghai's."""

    name = "MOMENT"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = datetime.fromisoformat(str(value))
            return moments.moment(moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI))
        except (ValueError, InvalidInput):
            self.fail(f"“{value}”不是有效时间；例如 2026-02-13T10:00 或 2026-02-13T10:00:00+08:00", param, ctx)


@click.command()
@click.option("--regulation", metavar="R",
              help="The key of a regulation (the name of its folder): its calendar and close of business.")
@click.option("--from", "since", type=Moment(), required=True, help="The event; its own day does not count.")
@click.option("--working-days", type=Amount("working_days"), help="Negative: so many before the event.")
@click.option("--calendar-days", type=Amount("calendar_days"), help="Runs on over a rest day at its end.")
@click.option("--hours", type=Amount("hours"), help="By the clock, from the moment itself.")
@click.option("--end-of-day", is_flag=True, help="The same calendar day (当日).")
@click.option("--explain", is_flag=True, help="One more line for each counted or skipped day, with the reason.")
def deadline(regulation: str | None, since: datetime, explain: bool, **amounts: int | bool | None) -> None:
    """The last moment in time of a limit, by the national notices 2004-2026 (民法典 Art. 200-204).

    The first line is ISO 8601 with offset. Days of a year without a notice yet are taken Monday to Friday,
    and a warning says so.
    """
    rule, calendar = _rule(since, amounts), working_days.national()
    close_of_business = _close_of_business(regulation)
    try:
        due = deadlines.compute(rule, calendar, close_of_business)
    except InvalidInput as error:
        raise click.ClickException(said.refused(error)) from None
    lines = said.explain(rule, calendar, close_of_business) if explain else []
    click.echo(due.due_at.astimezone(SHANGHAI).isoformat())
    for line in lines:
        click.echo(line)
    if due.provisional:
        click.echo("注意：期限涉及放假安排尚未公布的年份，为暂定日期。", err=True)


def _rule(since: datetime, amounts: dict[str, int | bool | None]) -> DeadlineRule:
    given = {unit: amount for unit, amount in amounts.items() if amount}
    if len(given) != 1:
        raise click.UsageError("请给出且只给出一种期限：--working-days、--calendar-days、--hours 或 --end-of-day")
    (unit, amount), = given.items()
    return DeadlineRule(unit, 0 if unit == "end_of_day" else int(amount), since.isoformat(), "event")


def _close_of_business(regulation: str | None) -> time | None:
    if regulation is None:
        return None
    try:
        return regulations.get(regulation).close_of_business
    except RegulationNotFound:
        known = "、".join(sorted(regulations.all_regulations()))
        raise click.BadParameter(f"没有“{regulation}”；可用：{known}", param_hint="--regulation") from None
