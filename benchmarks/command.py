"""`caseflow bench`: how fast the parts are, as ratios within one run, against their goals."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import click

try:
    from benchmarks import board, engine, handover, importing, proof, store, timers, worklist
    from benchmarks import web as over_http
except ModuleNotFoundError as missing:
    raise click.ClickException(
        f"the benchmarks are not here ({missing.name}); run this from a checkout that `make` has installed") from None

WITHOUT_DATABASE = (engine.bench, proof.bench)


@click.group()
def bench() -> None:
    """Measure, and say whether the goals of docs/benchmarks.md are met (exit code 1: one is not).

    Each bench makes databases of its own and drops them at the end. They are temporary SQLite files, or lie beside
    the PostgreSQL database of --database or CASEFLOW_DATABASE_URL, which itself is not touched (its role must be
    allowed to make databases).
    """


def _measuring(run: Callable[..., Any], **sizes: tuple[int, str]) -> Callable[..., None]:
    """A command that runs this bench; `sizes` are its options: default, and what it means."""
    def command(as_json: bool, database: str | None = None, **chosen: int) -> None:
        place = () if run in WITHOUT_DATABASE else (database or os.environ.get("CASEFLOW_DATABASE_URL") or "",)
        report = run(*place, **chosen)
        click.echo(report.as_json() if as_json else "\n".join(report.lines()))
        sys.exit(0 if report.met else 1)

    command = click.option("--json", "as_json", is_flag=True, help="one line for machines")(command)
    if run not in WITHOUT_DATABASE:
        command = click.option("--database", help="address of a PostgreSQL database beside which to measure")(command)
    for name, (default, meaning) in sizes.items():
        command = click.option(f"--{name}", default=default, show_default=True, help=meaning,
                               type=click.IntRange(min=1))(command)
    return command


ROUNDS = "how often the sides take turns"
for name, run, sizes, purpose in (
    ("engine", engine.bench, {"rounds": (9, ROUNDS), "cases": (20, "whole cases a round"),
                              "iterations": (1_000, "of the loop")},
     "Whole cases against stock SpiffWorkflow saved naively; state size; cost of a long loop."),
    ("proof", proof.bench, {"rounds": (5, "how often each diagram is proven"),
                            "sizes": (3, "how many sizes of each kind of made diagram")},
     "Proving the shipped diagrams; how states and time grow with tasks, branches, loops and limits."),
    ("store", store.bench, {"rounds": (9, ROUNDS), "cases": (10, "whole cases of ten tasks, each side, each round")},
     "Completing a task against the same SQL through the bare driver; then 2 and 4 processes."),
    ("timers", timers.bench, {"few": (10_000, "waiting cases"), "many": (100_000, "waiting cases"),
                              "due": (1_000, "of them"), "rounds": (10, ROUNDS)},
     "Finding and claiming what is due among many waiting cases, against among few."),
    ("worklist", worklist.bench, {"few": (10_000, "open work items"), "many": (200_000, "open work items"),
                                  "users": (2_000, "who share the post"), "rounds": (15, ROUNDS)},
     "First page and figures with many open work items, against with few; how they are found."),
    ("board", board.bench, {"few": (10_000, "open work items"), "many": (200_000, "open work items"),
                            "users": (2_000, "who have taken them"), "rounds": (15, ROUNDS)},
     "The supervisors' board and a list of it with many open work items, against with few."),
    ("handover", handover.bench, {"tasks": (1_000, "in one request"), "rounds": (3, ROUNDS)},
     "Handing many tasks over in groups, as it is done, against a transaction for each."),
    ("web", over_http.bench, {"cases": (60, "of ten tasks"), "clients": (4, "at once"), "workers": (2, "of gunicorn")},
     "Completing tasks over HTTP: requests a second, p95, share that is not the operation."),
    ("import", importing.bench, {"lines": (20_000, "of the feed"), "rounds": (5, ROUNDS)},
     "Intake of ratings against a bare multi-row INSERT; memory over many lines."),
):
    bench.command(name, help=purpose)(_measuring(run, **sizes))
