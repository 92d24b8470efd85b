"""A case in motion: SpiffWorkflow's workflow and task, without history.

SpiffWorkflow keeps every task a case ever had and every task it might still have in one growing tree, and walks
that tree after each of them. Here only what is alive exists: a task leaves the workflow when it is finished and
its followers are made when it completes. So a step costs the same however long a case has lasted.

A task carries its number (token) for ever: tokens count up through the case and are never used twice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from caseflow.errors import StepFailed

STEP_LIMIT = 1_000
LARGEST = 10**15

FUTURE, WAITING, READY = TaskState.FUTURE, TaskState.WAITING, TaskState.READY
STARTED, COMPLETED, CANCELLED = TaskState.STARTED, TaskState.COMPLETED, TaskState.CANCELLED
UNFINISHED = TaskState.NOT_FINISHED_MASK


def is_scalar(value: object) -> bool:
    """Whether a variable may have this value: text, whole number up to LARGEST either way, yes/no, or nothing."""
    return value is None or type(value) in (str, bool) or (type(value) is int and abs(value) <= LARGEST)


class Values(dict):
    """A branch's variables, never changed in place. `stamps` tells for each in which write it was set.

    Branches share one object until one of them writes. Where branches meet, the later write of each variable
    wins, so that a branch that only carried an old value along does not bring it back.
    """

    __slots__ = ("stamps",)

    def __init__(self, values: Mapping = {}, stamps: Mapping[str, int] = {}) -> None:
        super().__init__(values)
        self.stamps = dict(stamps)

    def written(self, values: Mapping, stamp: int) -> Values:
        """A copy in which `values` were written as write number `stamp`."""
        return Values({**self, **values}, {**self.stamps, **dict.fromkeys(values, stamp)})

    def met(self, other: Values) -> Values:
        """What both branches know: of each variable the later write. Neither is changed."""
        if other is self:
            return self
        newer = [name for name, stamp in other.stamps.items() if stamp > self.stamps.get(name, -1)]
        if not newer:
            return self
        stamps = {name: other.stamps[name] for name in newer}
        return Values({**self, **{name: other[name] for name in newer}}, {**self.stamps, **stamps})


NOTHING = Values()


class CaseEngine(PythonScriptEngine):
    """Passes expressions to the environment and its refusals back as they are."""

    def evaluate(self, task, expression, external_context=None):
        """The environment's answer. What it raises comes out as it is; SpiffWorkflow's own engine would wrap it."""
        return self.environment.evaluate(expression, task.data, external_context)


class Run:
    """One case while a step is taken: its counters, what waits to run, and what the step has done so far.

    `visits` counts the completed visits of each user task, `entered` those begun. `effects` are (token, element,
    topic), `passed` element ids, `chosen` (gateway, element that follows). `at` is the element the engine is busy with,
    so that a failure can name it.
    """

    def __init__(self, specs: Mapping) -> None:
        self.specs = specs
        self.script_engine: CaseEngine | None = None
        self.last_token = 0
        self.last_write = 0
        self.visits: dict[str, int] = {}
        self.entered: dict[str, int] = {}
        self.outcome: str | None = None
        self.effects: list[tuple[int, str, str]] = []
        self.passed: list[str] = []
        self.chosen: list[tuple[str, str]] = []
        self.queue: deque[CaseTask] = deque()
        self.at = ""
        self.top: CaseWorkflow | None = None

    def use(self, environment) -> None:
        """Let conditions and timers be evaluated by this environment."""
        self.script_engine = CaseEngine(environment)

    def rest(self) -> None:
        """Run everything that needs nobody, until only people, timers and messages are left.

        StepFailed after STEP_LIMIT (1,000) tasks: a loop without a person or a timer in it.
        """
        queue, budget = self.queue, STEP_LIMIT
        while queue:
            task = queue.popleft()
            if task._state != READY:
                continue
            if not budget:
                raise StepFailed(f"The process did not come to rest within {STEP_LIMIT} tasks.", element=self.at)
            budget -= 1
            self.at = task.task_spec.name
            task.run()

    def tasks(self) -> Iterator[CaseTask]:
        """Every living task of the case, those of a subprocess after the subprocess itself."""
        return self.top.everything()

    def variables(self) -> Values:
        """What the case knows: the meeting of all its branches."""
        known = self.top.data
        for task in self.tasks():
            known = known.met(task.data)
        return known


class CaseWorkflow(BpmnWorkflow):
    """A running process: the case's own, or that of a subprocess or call (then `host` is the task it runs for)."""

    def __init__(self, run: Run, spec, host: CaseTask | None = None) -> None:
        self.run = run
        self.spec = spec
        self.host = host
        self.tasks: dict[int, CaseTask] = {}
        self.data = NOTHING
        self.end_task: CaseTask | None = None
        self.completed = False

    @property
    def script_engine(self):
        """That of the run, also in a nested process."""
        return self.run.script_engine

    @property
    def top_workflow(self):
        """The case's own process."""
        return self.run.top

    @property
    def parent_workflow(self):
        """The process around this one, None for the case's own."""
        return self.host.workflow if self.host else None

    @property
    def data_objects(self):
        """Always empty: the dialect has none of BPMN's data objects."""
        return {}

    def begin(self, values: Values) -> None:
        """Put the first task on the way; it runs with the next Run.rest."""
        start = CaseTask(self, self.spec.start)
        start.data = values
        start._ready()

    def everything(self) -> Iterator[CaseTask]:
        """Every living task in here, those inside a task after it."""
        for task in self.tasks.values():
            yield task
            if task.inner is not None:
                yield from task.inner.everything()

    def cancel(self, success: bool = False) -> list[CaseTask]:
        """Cancel everything alive in here, nested processes included, and answer with it. `success` means nothing."""
        self.completed = True
        cancelled = list(self.everything())
        for task in cancelled:
            task._state = CANCELLED
        self.tasks.clear()
        return cancelled

    def remove(self, task: CaseTask) -> None:
        """Forget a finished task. When nothing but the end is left, let the process end."""
        del self.tasks[task.id]
        if self.end_task is not None and len(self.tasks) == 1:
            self.end_task._ready()

    def _task_completed_notify(self, task: CaseTask) -> None:
        if task.task_spec.name == "End":
            self._mark_complete(task)
        elif not task.task_spec.keeps:
            self.remove(task)

    def _mark_complete(self, task: CaseTask) -> None:
        self.data, self.completed = task.data, True
        self.tasks.clear()
        if self.host is not None:
            self.host.data, self.host.inner = task.data, None
            self.host._ready()


class CaseTask(Task):
    """A task with a number for an id and a pointer for a parent, and without log records.

    `next` is what follows when the spec has a choice; `inner` is the process that runs inside; `source` is the
    element a token came from, kept for joins.
    """

    parent = None
    triggered = False
    thread_id = 0
    last_state_change = 0

    def __init__(self, workflow: CaseWorkflow, task_spec, parent=None, state=FUTURE, id=None) -> None:
        run = workflow.run
        if id is None:
            run.last_token = id = run.last_token + 1
        self.id = id
        self.workflow = workflow
        self.task_spec = task_spec
        self.parent = parent
        self._state = state
        self.data = NOTHING
        self.internal_data = {}
        self.next = None
        self.inner = None
        self.source = ""
        workflow.tasks[id] = self

    @property
    def children(self) -> list[CaseTask]:
        """The living tasks that were made by this one."""
        return [task for task in self.workflow.tasks.values() if task.parent is self]

    @property
    def depth(self) -> int:
        """In how many subprocesses this task is."""
        host = self.workflow.host
        return 0 if host is None else host.depth + 1

    @property
    def alive(self) -> bool:
        """Whether it is neither completed nor cancelled."""
        return bool(self._state & UNFINISHED)

    def group_members(self) -> list[CaseTask]:
        """The activity and the events at its border that this task belongs together with; none without a border."""
        return self.parent.children if self.task_spec.group else []

    def _set_state(self, value: int) -> None:
        self._state = value

    def _inherit_data(self) -> None:
        self.data = self.parent.data

    def _add_child(self, task_spec, state=FUTURE) -> CaseTask:
        return CaseTask(self.workflow, task_spec, self, state)

    def _ready(self) -> None:
        self._state = READY
        self.task_spec._on_ready(self)

    def cancel(self) -> None:
        """Withdraw this task, with all that runs inside it."""
        if self._state & UNFINISHED:
            self._state = CANCELLED
            if self.inner is not None:
                self.inner.cancel()
            self.workflow.remove(self)
