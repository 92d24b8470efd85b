"""Intake of ratings: lines a second against a bare multi-row INSERT of the same rows, and memory over many lines.

One line in a hundred is a bad review, which opens its case in the same transaction. The floor is the driver putting
the same service records and ratings into the same two tables, with as many commits and nothing else: no reading of
lines, no rules, no cases.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from benchmarks import ground
from benchmarks.floor import Replay, floor_database
from benchmarks.measure import Goal, Report, in_turns, ratios
from caseflow.models import Rating, ServiceRecord, db, transaction
from caseflow.ratings import intake
from caseflow.ratings.feeds import BATCH_LINES, batches

GOALS = {"memory_growth": Goal(most=1.1)}
BAD_ONE_IN = 100
FIRST = 10_000        # lines after which memory must no longer grow
TABLES = (ServiceRecord.__table__, Rating.__table__)


def bench(server: str = "", *, lines: int = 20_000, rounds: int = 5) -> Report:
    """`rounds` times 2,000 lines on each side (fewer when there are fewer), then the rest of `lines` for memory."""
    each = max(1, min(2_000, lines // rounds))
    with ground.scratch(server) as app:
        report = Report("import", GOALS, db.engine.dialect.name)
        feed = feed_of(lines + each)
        take_in(islice(feed, each))                # to warm up with
        with floor_database(app.config["SQLALCHEMY_DATABASE_URI"]) as replay:
            _compare(report, feed, each, rounds, replay)
        _remember(report, feed, lines, each * rounds)
    return report


def _compare(report: Report, feed: Iterator[bytes], each: int, rounds: int, replay: Replay) -> None:
    """The ratio is the driver's time over ours: 1 would mean that reading, judging and opening cases cost nothing."""
    def ours() -> float:
        before = _last_ids()
        took = take_in(islice(feed, each))
        replay.transactions = list(_bare(before))
        return took

    measured = in_turns(rounds, ours, replay.run)
    report.figures |= ratios([(bare, whole) for whole, bare in measured]) | {
        "lines_per_second": each / statistics.median(whole for whole, _ in measured),
        "floor_lines_per_second": each / statistics.median(bare for _, bare in measured)}


def _remember(report: Report, feed: Iterator[bytes], lines: int, done: int) -> None:
    """Peak memory after the first lines and after the last."""
    took = take_in(islice(feed, max(0, FIRST - done)))
    first = peak_megabytes()
    left = max(0, lines - max(FIRST, done))
    took += take_in(islice(feed, left))
    report.figures |= {"lines": float(lines), "peak_megabytes_first": first, "peak_megabytes": peak_megabytes(),
                       "memory_growth": peak_megabytes() / first}
    if lines > done:
        report.figures["lines_per_second_overall"] = (lines - done) / took


def feed_of(lines: int) -> Iterator[bytes]:
    for number in range(lines):
        line = ground.rating_line(bad=number % BAD_ONE_IN == 0, number=f"{number:09d}")
        yield json.dumps(line, ensure_ascii=False).encode()


def take_in(lines: Iterable[bytes]) -> float:
    """Seconds to take in these lines, as `caseflow ratings import` does; making them up is not counted."""
    took = 0.0
    for batch in batches(lines):
        began = time.perf_counter()
        with transaction():
            verdicts = intake.receive(batch, "file:bench", ground.NOW)
        took += time.perf_counter() - began
        assert all(verdict.status == "accepted" for verdict in verdicts), verdicts[0]
    db.session.remove()
    return took


def peak_megabytes() -> float:
    """The most memory this process has had (Linux counts kilobytes, macOS bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _last_ids() -> list[int]:
    with db.engine.connect() as connection:
        return [connection.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {table.name}").scalar_one()
                for table in TABLES]


def _bare(before: list[int]) -> Iterator[list[tuple[str, Any, bool]]]:
    """The rows that came since, as one multi-row INSERT for each table and batch."""
    new = []
    with db.engine.connect() as connection:
        for table, last in zip(TABLES, before, strict=True):
            found = connection.exec_driver_sql(f"SELECT * FROM {table.name} WHERE id > {last} ORDER BY id")
            new.append((table.name, list(found.keys()), [tuple(row) for row in found]))
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
    for start in range(0, len(new[0][2]), BATCH_LINES):
        yield [_insert(name, columns, rows[start:start + BATCH_LINES], mark) for name, columns, rows in new]


def _insert(table: str, columns: list[str], rows: list[tuple], mark: str) -> tuple[str, Any, bool]:
    one = f"({', '.join([mark] * len(columns))})"
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([one] * len(rows))}"
    return statement, tuple(value for row in rows for value in row), False
