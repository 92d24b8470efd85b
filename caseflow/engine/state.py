"""A case at rest, as bytes: what is open in it and what its branches know, and nothing else.

    {"v":1,"sum":"<SHA-256 of what follows, 32 hex digits>","case":{
      "def": "<definition>", "token": last, "write": last, "visits": {element: [begun, completed]}, "end": outcome,
      "data": [{variable: [value, write]}], "final": number of data | null, "rows": [row, …]}}
    row = [spec, token, number of data, token of the boundary group | 0, what its kind adds]

A user task adds the number of its visit, a timer its rule, a token at a join the element it came from, a
subprocess the rows inside it. Specs are named, never pickled. Equal cases give equal bytes. Whatever is not exactly
of this shape, or belongs to another definition, is refused with StepFailed before anything runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import orjson

from caseflow.engine.definition import Definition
from caseflow.engine.timers import unpack_rule
from caseflow.engine.workflow import (
    COMPLETED,
    LARGEST,
    NOTHING,
    READY,
    STARTED,
    WAITING,
    CaseTask,
    CaseWorkflow,
    Run,
    Values,
    is_scalar,
)
from caseflow.errors import StepFailed

HEAD = b'{"v":1,"sum":"'
BODY = b'","case":'
SUM_LENGTH = 32
STATE_OF = {"user": READY, "timer": WAITING, "message": WAITING, "join": WAITING, "end": WAITING, "inner": STARTED,
            "group": COMPLETED}


def dump(run: Run, definition: str) -> bytes:
    """The state (bytes) of a case at rest under the definition with this digest. Equal cases give equal bytes."""
    table: dict[int, int] = {}
    data: list[dict] = []

    def number(values: Values) -> int:
        if id(values) not in table:
            table[id(values)] = len(data)
            data.append({name: [value, values.stamps[name]] for name, value in values.items()})
        return table[id(values)]

    rows = _rows(run.top, number)
    return seal({
        "def": definition[:SUM_LENGTH],
        "token": run.last_token,
        "write": run.last_write,
        "visits": {name: [begun, run.visits.get(name, 0)] for name, begun in run.entered.items()},
        "end": run.outcome,
        "final": number(run.top.data) if run.top.completed else None,
        "rows": rows,
        "data": data,
    })


def seal(case: Mapping) -> bytes:
    """A case, of the shape above, in its envelope: version and checksum around it."""
    return enclose(orjson.dumps(case))


def enclose(body: bytes) -> bytes:
    """JSON that stands for a case, in the envelope: version 1, and the first 32 hex digits of its SHA-256 before it."""
    return b"".join((HEAD, _sum(body), BODY, body, b"}"))


def _sum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:SUM_LENGTH].encode()


def _rows(workflow: CaseWorkflow, number) -> list:
    rows = []
    for task in workflow.tasks.values():
        spec = task.task_spec
        group = task.parent.id if spec.group else 0
        rows.append([spec.name, task.id, number(task.data), group, _added(task, spec.rests, number)])
    return rows


def _added(task: CaseTask, kind: str, number):
    if kind == "user":
        return task.internal_data["visit"]
    if kind == "timer":
        return task.internal_data["rule"]
    if kind == "join":
        return task.source
    return _rows(task.inner, number) if kind == "inner" else None


def load(state: bytes, run: Run, definition: Definition) -> Run:
    """Fill `run` with a stored case. StepFailed when the bytes are not what dump() wrote under this definition.

    `reason` says what is wrong with them. The answer is `run`.
    """
    try:
        _Loader(_open(state), run, definition.digest).load(definition.process)
    except StepFailed:
        raise
    except MemoryError as shortage:
        raise StepFailed("There was not enough memory to read this case.", element="") from shortage
    except Exception as damage:
        raise StepFailed("The stored state of this case is damaged.", element="", reason=repr(damage)) from damage
    return run


def _open(state: bytes) -> dict:
    """The case inside the envelope, its checksum proven."""
    start = len(HEAD) + SUM_LENGTH
    if type(state) is not bytes or not state.startswith(HEAD) or state[start : start + len(BODY)] != BODY:
        raise ValueError("no state of version 1")
    body = state[start + len(BODY) : -1]
    if state[-1:] != b"}" or _sum(body) != state[len(HEAD) : start]:
        raise ValueError("the checksum does not fit")
    return orjson.loads(body)


def _whole(value: object, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{value!r} is no number from {low} to {high}")
    return value


class _Loader:
    def __init__(self, case: dict, run: Run, definition: str) -> None:
        if set(case) != {"def", "token", "write", "visits", "end", "data", "final", "rows"}:
            raise ValueError("other parts than a case has")
        if case["def"] != definition[:SUM_LENGTH]:
            raise ValueError("the state of another definition")
        self.case, self.run, self.tokens = case, run, set()
        run.last_token = _whole(case["token"], 1, LARGEST)
        run.last_write = _whole(case["write"], 0, LARGEST)
        self.data = [self._values(row) for row in case["data"]]

    def load(self, process) -> None:
        run, case = self.run, self.case
        for element, (begun, completed) in case["visits"].items():
            run.entered[element] = _whole(begun, 1, LARGEST)
            if completed:
                run.visits[element] = _whole(completed, 1, begun)
        if case["end"] is not None and case["end"] not in process.task_specs:
            raise ValueError("an unknown end")
        run.outcome = case["end"]
        run.top = CaseWorkflow(run, process)
        if case["final"] is None:
            self._workflow(run.top, case["rows"])
        elif case["rows"] or not case["end"]:
            raise ValueError("an ended case with open tasks or without an outcome")
        else:
            run.top.data, run.top.completed = self._data(case["final"]), True

    def _values(self, row: dict) -> Values:
        values, stamps = {}, {}
        for name, (value, stamp) in row.items():
            if not is_scalar(value):
                raise ValueError(f"{name} is no plain value")
            values[name], stamps[name] = value, _whole(stamp, 0, self.run.last_write)
        return Values(values, stamps) if values else NOTHING

    def _data(self, number: object) -> Values:
        return self.data[_whole(number, 0, len(self.data) - 1)]

    def _workflow(self, workflow: CaseWorkflow, rows: list) -> None:
        if type(rows) is not list or not rows:
            raise ValueError("an open process without tasks")
        for name, token, data, group, added in rows:
            spec = workflow.spec.task_specs[name]
            if token in self.tokens:
                raise ValueError("a token twice")
            self.tokens.add(_whole(token, 1, self.run.last_token))
            task = CaseTask(workflow, spec, self._group(workflow, spec, group), STATE_OF[spec.rests], token)
            task.data = self._data(data)
            self._add(task, spec.rests, added)
        self._check_groups(workflow)

    def _group(self, workflow: CaseWorkflow, spec, token: object) -> CaseTask | None:
        """The group a task belongs to; groups come before their members, so there is no circle."""
        if spec.group is None:
            return _whole(token, 0, 0) or None
        group = workflow.tasks[_whole(token, 1, LARGEST)]
        if group.task_spec.name != spec.group or any(t.parent is group and t.task_spec is spec
                                                     for t in workflow.tasks.values()):
            raise ValueError("a task in a group that is not its own")
        return group

    def _add(self, task: CaseTask, kind: str, added: object) -> None:
        if kind == "user":
            task.internal_data["visit"] = _whole(added, 1, self.run.entered[task.task_spec.name])
        elif kind == "timer":
            unpack_rule(added)
            task.internal_data["rule"] = added
        elif kind == "join":
            if added not in task.task_spec._inputs:
                raise ValueError("a token from nowhere")
            task.source = added
        elif kind == "inner":
            task.inner = CaseWorkflow(self.run, self.run.specs[task.task_spec.spec], host=task)
            self._workflow(task.inner, added)
        elif added is not None:
            raise ValueError("more than the task has")
        if kind == "end":
            if task.workflow.end_task is not None:
                raise ValueError("two ends")
            task.workflow.end_task = task

    def _check_groups(self, workflow: CaseWorkflow) -> None:
        """Each group still has its activity: else its timers would guard nothing."""
        for group in workflow.tasks.values():
            if group.task_spec.keeps and not any(
                task.parent is group and task.task_spec is group.task_spec.following[0]
                for task in workflow.tasks.values()
            ):
                raise ValueError("a group without its activity")


