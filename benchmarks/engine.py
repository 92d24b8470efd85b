"""Whole cases per second: the engine against stock SpiffWorkflow, both saved into one SQLite row per step.

    caseflow bench engine [--json]

The reference shape has eight user tasks, two gateways, three boundary timers and one loop. Both sides take the same
steps with the same values, in turns within one run; the ratio is the median over the rounds. Stock is SpiffWorkflow
3.2.0 as its documentation shows it: serialize_json with the specs inside, deserialize_json at every step. The only
difference between the two diagrams: where ours says working_days(5), stock's says 'P5D', which it understands. Ours
knows a task by its token, as the row of a work item does; stock looks for the task that is ready.
"""

from __future__ import annotations

import argparse
import logging
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter
from SpiffWorkflow.bpmn.specs.defaults import ServiceTask
from SpiffWorkflow.util.task import TaskState

from benchmarks.measure import Goal, Report
from caseflow.engine import definition, step
from caseflow.engine.values import Context, OpenTask

DIAGRAMS = Path(__file__).parent / "diagrams"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
START = {"received_at": "2026-03-02T00:30:00+00:00", "level": "dissatisfied", "real_name": True,
         "business_level": "city"}
VALUES = [
    ("first_response", {"outcome": "complex"}), ("assign", {}), ("open_ledger", {"rectify_by": "2026-03-20"}),
    ("rectify", {}), ("feed_back", {}), ("revisit", {"revisit_result": "unsatisfied"}),
    ("rectify", {}), ("feed_back", {}), ("revisit", {"revisit_result": "satisfied"}), ("review", {}), ("file", {}),
]
GOALS = {"ratio": Goal(least=10), "mean_state_bytes": Goal(most=7_000), "loop_growth": Goal(most=1.5)}


def source(name: str = "reference") -> bytes:
    return (DIAGRAMS / f"{name}.bpmn").read_bytes()


class Ours:
    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self.definition = definition.load({"reference.bpmn": source()}, trusted=True)
        self.open: tuple[OpenTask, ...] = ()
        self.sizes: list[int] = []

    def start(self) -> int:
        made = step.start(self.definition, START, Context(NOW))
        row = self.database.execute("insert into cases (state) values (?)", (made.state,)).lastrowid
        self.database.commit()
        self.open = made.tasks
        return row

    def complete(self, row: int, element: str, values: dict) -> None:
        (state,) = self.database.execute("select state from cases where id = ?", (row,)).fetchone()
        token = next(task.token for task in self.open if task.element == element)
        made = step.complete(self.definition, state, token, values, Context(NOW))
        self.database.execute("update cases set state = ? where id = ?", (made.state, row))
        self.database.commit()
        self.open = made.tasks
        self.sizes.append(len(made.state))


class Stock:
    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        parser = BpmnParser()
        text = source().replace(b"<bpmn:timeDate>working_days(5)</bpmn:timeDate>",
                                b"<bpmn:timeDuration>'P5D'</bpmn:timeDuration>")
        assert b"working_days" not in text
        parser.add_bpmn_xml(etree.fromstring(text))
        self.spec = parser.get_spec("bench_reference")
        self.subprocesses = parser.get_subprocess_specs("bench_reference")
        config = {**DEFAULT_CONFIG, ServiceTask: BpmnTaskSpecConverter}
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(config))
        self.sizes: list[int] = []

    def start(self) -> int:
        workflow = BpmnWorkflow(self.spec, self.subprocesses)
        workflow.task_tree.data.update(START)
        workflow.do_engine_steps()
        state = self.serializer.serialize_json(workflow)
        row = self.database.execute("insert into cases (state) values (?)", (state,)).lastrowid
        self.database.commit()
        return row

    def complete(self, row: int, element: str, values: dict) -> None:
        (state,) = self.database.execute("select state from cases where id = ?", (row,)).fetchone()
        workflow = self.serializer.deserialize_json(state)
        task = workflow.get_next_task(state=TaskState.READY, spec_name=element)
        task.data.update(values)
        task.run()
        workflow.do_engine_steps()
        state = self.serializer.serialize_json(workflow)
        self.database.execute("update cases set state = ? where id = ?", (state, row))
        self.database.commit()
        self.sizes.append(len(state))


def connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    database.execute("pragma journal_mode = wal")
    database.execute("pragma synchronous = normal")
    database.execute("create table cases (id integer primary key, state blob)")
    return database


def drive(side: Ours | Stock, cases: int) -> float:
    """Seconds for so many whole cases, one after the other."""
    began = time.perf_counter()
    for _ in range(cases):
        row = side.start()
        for element, values in VALUES:
            side.complete(row, element, values)
    return time.perf_counter() - began


def compare(rounds: int, cases: int) -> dict:
    """Both sides in turns: cases per second of each, median ratio, mean state."""
    with tempfile.TemporaryDirectory() as folder:
        ours, stock = Ours(connect(Path(folder) / "ours.db")), Stock(connect(Path(folder) / "stock.db"))
        drive(ours, 2), drive(stock, 1)
        pairs = [(drive(ours, cases) / cases, drive(stock, max(1, cases // 10)) / max(1, cases // 10))
                 for _ in range(rounds)]
    ratios = [theirs / mine for mine, theirs in pairs]
    return {
        "ratio": statistics.median(ratios), "ratio_least": min(ratios), "ratio_most": max(ratios),
        "cases_per_second": 1 / statistics.median(mine for mine, _ in pairs),
        "stock_cases_per_second": 1 / statistics.median(theirs for _, theirs in pairs),
        "mean_state_bytes": statistics.mean(ours.sizes), "stock_mean_state_bytes": statistics.mean(stock.sizes),
    }


def loop(rounds: int = 1_000) -> dict:
    """A loop of two user tasks with a deadline, gone round so often: what the last hundred cost against the first."""
    shape = definition.load({"reference.bpmn": source()}, trusted=True)
    made = step.start(shape, START, Context(NOW))
    for _, values in VALUES[:3]:
        made = step.complete(shape, made.state, made.tasks[0].token, values, Context(NOW))
    costs, sizes = [], []
    round_trip: list[Callable] = [lambda: {}, lambda: {}, lambda: {"revisit_result": "unsatisfied"}]
    for _ in range(rounds):
        began = time.perf_counter()
        for values in round_trip:
            made = step.complete(shape, made.state, made.tasks[0].token, values(), Context(NOW))
        costs.append(time.perf_counter() - began)
        sizes.append(len(made.state))
    first, last = statistics.median(costs[:100]), statistics.median(costs[-100:])
    return {"loop_growth": last / first, "loop_first_ms": first * 1000, "loop_last_ms": last * 1000,
            "loop_first_bytes": sizes[0], "loop_last_bytes": sizes[-1]}


def bench(*, rounds: int = 9, cases: int = 20, iterations: int = 1_000) -> Report:
    """Whole cases of both sides in turns, then the loop."""
    logging.disable(logging.CRITICAL)
    try:
        report = Report("engine", GOALS)
        report.figures = {**compare(rounds, cases), **loop(iterations)}
    finally:
        logging.disable(logging.NOTSET)
    return report


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--cases", type=int, default=20)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    report = bench(rounds=chosen.rounds, cases=chosen.cases)
    print(report.as_json() if chosen.json else "\n".join(report.lines()))


if __name__ == "__main__":
    main()
