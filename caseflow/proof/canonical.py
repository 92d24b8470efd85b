"""One state for all that differ in nothing that can still matter.

Of a stored state are dropped: variables and counts that nothing ahead reads, the numbers of tokens and writes as far as
they are not an order, the order in which branches were begun, and an end that waits for others that will come. Two
states with the same canonical form take the same moves to states with the same canonical form.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from caseflow.engine.specs import CatchEvent, GroupStart
from caseflow.engine.state import BODY, HEAD, SUM_LENGTH, seal
from caseflow.proof.days import FIRST, closed, day_of, number_of
from caseflow.proof.reading import BEGUN, VISITS, Reading

SPEC, TOKEN, DATA, GROUP, ADDED = range(5)
START = len(HEAD) + SUM_LENGTH + len(BODY)
OTHER = "~"


class Canon:
    """Canonical states of one definition. `once`: the user tasks that offer something at their first visit only."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.definition = reading, reading.definition
        self.once = {name for name in reading.definition.user_tasks if reading.once(name)}

    def of(self, state: bytes, passed_days: int = 0) -> bytes:
        """The canonical form (bytes, which the engine loads) of a state of a case, `passed_days` later."""
        case = orjson.loads(state[START:-1])
        if case["final"] is not None:
            case.update(data=[{}], final=0, visits={}, token=1, write=0)
            return seal(case)
        live: set[str] = set()
        values: dict[int, dict] = {}
        rows = self._rows(case["rows"], self.definition.process_id, case["data"], values, live)
        case["rows"] = rows
        specs = self.definition.process.task_specs
        if any(_moves_on(specs[row[SPEC]]) for row in rows):
            case["end"] = None      # the end it comes to will be the outcome
        self._visits(case, live)
        self._write_data(case, values, passed_days)
        self._number(case)
        return seal(case)

    def days(self, state: bytes) -> frozenset[int]:
        """The days that a canonical state knows, counted from today; none where conditions hold no days together."""
        timed = self.reading.asked.timed
        return frozenset() if not timed else frozenset(
            day for data in orjson.loads(state[START:-1])["data"] for name, (value, _) in data.items()
            if name in timed and (day := number_of(value)) is not None)

    def _rows(self, rows: list, process: str, data: list, values: dict[int, dict], live: set[str]) -> list:
        """The rows of a process, in an order of their own. The data of each row become what is live of them."""
        specs = self.reading.processes[process].task_specs
        kept = []
        for row in rows:
            spec = specs[row[SPEC]]
            kind = spec.rests
            if kind == "inner":
                row[ADDED] = self._rows(row[ADDED], spec.spec, data, values, live)
            if kind in ("group", "inner"):
                names: frozenset[str] = frozenset()
            elif kind == "end":
                names = self.reading.after_all(process)
            else:
                names = self.reading.live((process, row[SPEC]))
            if kind == "timer":
                row[ADDED][2] = ""      # the moment it counts from: nothing ahead reads it
            live |= names
            row[DATA] = {name: entry for name, entry in data[row[DATA]].items() if name in names}
            values[id(row)] = row[DATA]
            kept.append(row)
        kept = self._without_waiting_end(kept, specs)
        order = {row[TOKEN]: number for number, row in enumerate(rows)}
        kept.sort(key=lambda row: self._rank(row, specs, order))
        return kept

    def _rank(self, row: list, specs, order: dict[int, int]) -> tuple:
        """Groups stand before their members; messages keep their order, in which one that is delivered reaches them,
        and tokens at a join that of those from the same flow, of which it takes the oldest."""
        spec = specs[row[SPEC]]
        if spec.rests == "message":
            return 2, "", "", order[row[TOKEN]]
        source = row[ADDED] if spec.rests == "join" else ""
        return 0 if isinstance(spec, GroupStart) else 1, row[SPEC], source, order[row[TOKEN]]

    def _without_waiting_end(self, rows: list, specs) -> list:
        """Without the row of branches that have ended, when another will come that knows all that it knows."""
        coming = [row for row in rows if _moves_on(specs[row[SPEC]])]

        def needless(row: list) -> bool:
            return specs[row[SPEC]].rests == "end" and any(
                all(name in other[DATA] and other[DATA][name][1] >= entry[1] for name, entry in row[DATA].items())
                for other in coming)

        return [row for row in rows if not needless(row)] if coming else rows

    def _visits(self, case: dict, live: set[str]) -> None:
        """Counts as far as conditions ask, and whether a task was there before where its form asks that."""
        open_ = {row[SPEC]: row for row in _all_rows(case["rows"]) if self._is_user(row)}
        kept = {}
        for task, (begun, completed) in case["visits"].items():
            limit = self.reading.asked.visits.get(task, 0)
            counted = 0 if VISITS + task not in live else completed if limit is None else min(completed, limit)
            entered = min(begun, 2) if task in self.once and BEGUN + task in live else int(task in open_)
            if entered or counted:
                kept[task] = [max(entered, counted, 1), counted]
        case["visits"] = dict(sorted(kept.items()))
        for row in _all_rows(case["rows"]):
            if self._is_user(row):
                row[ADDED] = min(row[ADDED], 2) if row[SPEC] in self.once else 1

    def _is_user(self, row: list) -> bool:
        return row[SPEC] in self.definition.user_tasks and type(row[ADDED]) is int

    def _write_data(self, case: dict, values: dict[int, dict], passed_days: int) -> None:
        """Number the writes of each variable in their order, set the days in theirs, and share equal data."""
        rows = list(_all_rows(case["rows"]))
        stamps: dict[str, list[int]] = {}
        for row in rows:
            for name, (_, stamp) in row[DATA].items():
                stamps.setdefault(name, []).append(stamp)
        ranks = {name: {stamp: rank for rank, stamp in enumerate(sorted(set(found)))} for name, found in stamps.items()}
        shown = self._days(rows, passed_days)
        table: dict[bytes, int] = {}
        data = []
        for row in rows:
            told = {name: [shown.get((name, value)) or self._class(name, value), ranks[name][stamp]]
                    for name, (value, stamp) in sorted(row[DATA].items())}
            key = orjson.dumps(told)
            if key not in table:
                table[key] = len(data)
                data.append(told)
            row[DATA] = table[key]
        case["data"] = data
        case["write"] = max((len(found) for found in ranks.values()), default=1) - 1

    def _class(self, name: str, value: object) -> object:
        """The value that stands for all that nothing ahead can tell from this one."""
        asked, kind = self.reading.asked, self.definition.variables.get(name)
        if value is None or name in asked.related or kind == "boolean":
            return value
        if kind == "date":
            return day_of(FIRST)
        if kind == "text":
            return value if value in asked.texts.get(name, ()) else OTHER
        return _number_like(value, asked.numbers.get(name, set()))

    def _days(self, rows: list, passed_days: int) -> dict[tuple[str, object], str]:
        timed = self.reading.asked.timed
        found = {(name, value): number_of(value) for row in rows for name, (value, _) in row[DATA].items()
                 if name in timed and value is not None}
        if not found:
            return {}
        told = closed((day - passed_days for day in found.values()), self.reading.asked.reach or 0)
        return {key: day_of(told[day - passed_days]) for key, day in found.items()}

    def _number(self, case: dict) -> None:
        """Number the tokens in the order of the rows."""
        told: dict[int, int] = {0: 0}
        for row in _all_rows(case["rows"]):
            told[row[TOKEN]] = len(told)
        for row in _all_rows(case["rows"]):
            row[TOKEN], row[GROUP] = told[row[TOKEN]], told[row[GROUP]]
        case["token"] = len(told) - 1


def _moves_on(spec) -> bool:
    """Whether what rests here goes on to an end of its process: all but events at a border, groups and ends."""
    return spec.rests in ("user", "inner", "join") or isinstance(spec, CatchEvent)


def _all_rows(rows: list) -> Iterator[list]:
    for row in rows:
        yield row
        if isinstance(row[ADDED], list) and row[ADDED] and isinstance(row[ADDED][0], list):
            yield from _all_rows(row[ADDED])


def _number_like(value: int, held_against: set[int]) -> int:
    """The least number that lies like this one to those it is held against."""
    if value in held_against:
        return value
    below = [number for number in held_against if number < value]
    return max(below) + 1 if below else min(held_against, default=1) - 1
