"""`caseflow ratings`: import a file of ratings, and the keys of the systems that push them."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO, TextIO

import click

from caseflow.models import transaction
from caseflow.ratings import api_keys, intake
from caseflow.ratings.feeds import batches, lines_of
from web import create_app
from web.app import clock


@click.group()
def ratings() -> None:
    """Ratings pushed by other systems."""


@ratings.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="write the verdict of each line (TSV)")
def import_file(file: Path, report: Path | None) -> None:
    """Take in FILE, one rating a line in the national field names (NDJSON, UTF-8).

    What was accepted stays, whatever follows; a second run changes nothing. Exit code 1 when a line was
    rejected or a case could not be opened.
    """
    if report is not None and report.resolve() == file.resolve():
        raise click.UsageError("--report would overwrite the file that is imported")
    with create_app().app_context(), file.open("rb") as feed:
        with report.open("w", encoding="utf-8", newline="\n") if report else nullcontext() as table:
            counts = _take_in(feed, f"file:{file.name}", table)
    failed = f"，立案未成 {counts['case_not_opened']} 件" if counts["case_not_opened"] else ""
    click.echo(
        f"{counts['line']} 行：接收 {counts['accepted']}，后续评价 {counts['later_rating']}，"
        f"重复 {counts['duplicate']}，退回 {counts['rejected']}；"
        f"立案 {counts['case']} 件{failed}")
    raise SystemExit(1 if counts["rejected"] or counts["case_not_opened"] else 0)


def _take_in(feed: BinaryIO, source: str, table: TextIO | None) -> Counter[str]:
    """Batch by batch, each in its own transaction; a verdict is written down once it is committed."""
    counts: Counter[str] = Counter()
    if table:
        table.write("line\tverdict\n")
    for batch in batches(lines_of(feed)):
        with transaction():
            verdicts = intake.receive(batch, source, clock.now())
        for verdict in verdicts:
            counts["line"] += 1
            counts.update([verdict.status, *verdict.notes, *(["case"] if verdict.case else [])])
            if table:
                table.write(f"{counts['line']}\t{verdict.verdict}\n")
    return counts


@ratings.command("open-missing")
def open_missing() -> None:
    """Open the cases of bad ratings whose case could not be opened at intake."""
    opened = 0
    with create_app().app_context():
        while more := _open_some():
            opened += more
        missing = intake.count_missing_cases()
    click.echo(f"补立案 {opened} 件，未成 {missing} 件")
    raise SystemExit(1 if missing else 0)


def _open_some() -> int:
    with transaction():
        return intake.open_missing_cases(clock.now())


@ratings.group()
def key() -> None:
    """Keys for POST /api/v1/ratings."""


@key.command("add")
@click.argument("name")
def add_key(name: str) -> None:
    """Make a key for the system NAME and print it. It is shown this once."""
    with create_app().app_context(), transaction():
        secret = api_keys.add(name, clock.now())
    click.echo(secret)


@key.command("revoke")
@click.argument("name")
def revoke_key(name: str) -> None:
    """The key of NAME opens nothing any more."""
    with create_app().app_context(), transaction():
        api_keys.revoke(name, clock.now())
    click.echo(f"已停用：{name}")
