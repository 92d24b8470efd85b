"""`caseflow init`: prepare a database."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app

from caseflow.cases import calendar_change
from caseflow.errors import Conflict
from caseflow.install import demo as demo_people
from caseflow.install import installation
from caseflow.law import regulations
from caseflow.law.working_days import NATIONAL
from caseflow.models import transaction
from caseflow.moments import day_of
from caseflow.people import accounts, impartiality
from caseflow.people.permissions import SYSTEM
from caseflow.ratings import cleaning, intake
from caseflow.ratings.feeds import batches, lines_of
from web import create_app, migrations
from web.app import clock
from web.sign_in import passwords

FEEDS = Path(demo_people.__file__).parent / "demo_feeds"


@click.command()
@click.option("--demo", is_flag=True, help="also make demo people and import the sample feeds")
def init(demo: bool) -> None:
    """Prepare an empty database: tables, calendars, offices, processes. Again: brings it up to date."""
    with create_app().app_context():
        prepare(demo)
        for regulation in regulations.all_regulations().values():
            for gap in impartiality.gaps(regulation, day_of(clock.now())):
                click.echo(f"（提示）{gap.office}没有人能公正复核涉及{gap.rated}的申诉；请用 caseflow user role "
                           "在那里授予 reviewer。", err=True)
            for article, words in regulation.unexplained:
                click.echo(f"（提示）{regulation.name} {article}的“{words}”：这句话没有规则守住，也没有说明；请写规则，"
                           "或者在 regulation.toml 的 [[unwatched]] 里写明理由。", err=True)
        for row in installation.other_than_shipped():
            click.echo(f"（提示）{row.process_id} 的现行版本是第 {row.number} 版，不是文件夹里的图，没有替换；"
                       "要改用文件，请用 caseflow process deploy。", err=True)
    click.echo("已就绪")


def prepare(demo: bool) -> None:
    """Migrate and install, with the demo's people and ratings if wanted. Repeating it changes nothing.

    Refuses demo people (who sign in without a password) beside real ones.
    """
    Path(current_app.instance_path).mkdir(parents=True, exist_ok=True)
    migrations.upgrade()
    take_out_raters()
    if demo and accounts.any_real():
        raise Conflict("This database has real accounts; the demo needs one of its own.")
    with transaction():
        installation.install(clock.now())
    with transaction():
        calendar_change.recompute(NATIONAL, clock.now(), SYSTEM)     # an earlier version may have counted otherwise
    if demo:
        _populate()


def take_out_raters() -> None:
    """Clean the lines that an earlier version kept whole, in batches; a run that was cut off is gone on with."""
    done = 0
    while True:
        with transaction():
            cleaned = cleaning.clean(clock.now())
        if not cleaned:
            break
        done += cleaned
        if done % (100 * cleaning.BATCH) == 0:
            click.echo(f"已从 {done} 条评价的原始数据中清除评价人信息", err=True)
    if cleaning.needs_compacting():
        cleaning.compact()
        with transaction():
            cleaning.compacted(clock.now())
        click.echo("评价的原始数据中已没有评价人信息；此前的备份里仍有，请按保密要求保管或销毁。", err=True)


def _populate() -> None:
    password_hash = passwords.hashed(passwords.DEMO)
    with transaction():
        for regulation in regulations.all_regulations().values():
            demo_people.add_people(regulation, password_hash)
    for path in sorted(FEEDS.glob("*.ndjson")):
        with path.open("rb") as feed:
            for batch in batches(lines_of(feed)):
                with transaction():
                    intake.receive(batch, f"file:{path.name}", clock.now())
