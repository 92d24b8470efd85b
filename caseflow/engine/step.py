"""One step of a case: load, act, run to rest, dump. Bytes go in and bytes come out; nothing else is touched.

Each function is pure: the same state, act and moment give the same Step, and a step that fails leaves the state
that was passed in as good as before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from caseflow.engine import state as states
from caseflow.engine.definition import Definition
from caseflow.engine.expressions import Environment
from caseflow.engine.timers import unpack_rule
from caseflow.engine.values import AwaitedMessage, Context, EffectCall, FormField, OpenTask, OpenTimer, Step
from caseflow.engine.workflow import LARGEST, CaseTask, CaseWorkflow, Run, Values, is_scalar
from caseflow.errors import InvalidForm, InvalidInput, StepFailed, TaskNotOpen


def start(definition: Definition, variables: Mapping[str, object], context: Context) -> Step:
    """Begin a case. `variables` are CASE_VARIABLES or form fields of the diagram, as JSON scalars.

    InvalidInput names the others: unknown_variable, wrong_type.
    """
    unknown = {name: "unknown_variable" for name in variables if name not in definition.variables}
    wrong = {name: "wrong_type" for name, value in variables.items() if not is_scalar(value)}
    if unknown or wrong:
        raise InvalidInput(fields=wrong | unknown)
    run = _run(definition, context)
    run.top = CaseWorkflow(run, definition.process)

    def act() -> None:
        run.last_write += 1
        run.top.begin(Values().written(variables, run.last_write))

    return _advance(definition, run, act)


def complete(
    definition: Definition, state: bytes, token: int, values: Mapping[str, object], context: Context
) -> Step:
    """Complete the open user task `token` with the deciding fields of its form; fields not given stay as they are.

    None empties a field. TaskNotOpen when the task is not open, InvalidForm (field → code) for a value that its field
    cannot have: unknown_field, wrong_type, not_a_choice, not_a_date, too_small, too_large. What the form requires is
    not asked here. Timers that are overdue do not fire by this.
    """
    run = states.load(state, _run(definition, context), definition)
    task = _open(run, token, "user")
    faults = _faults(definition.user_tasks[task.task_spec.name].form, values)
    if faults:
        raise InvalidForm(fields=faults)

    def act() -> None:
        if values:
            run.last_write += 1
            task.data = task.data.written(values, run.last_write)
        task.run()

    return _advance(definition, run, act)


def fire(definition: Definition, state: bytes, token: int, context: Context) -> Step:
    """Let the waiting timer `token` happen; whether its moment has come is the caller's judgement. TaskNotOpen."""
    run = states.load(state, _run(definition, context), definition)
    task = _open(run, token, "timer")
    return _advance(definition, run, task._ready)


def deliver(definition: Definition, state: bytes, message: str, context: Context) -> Step:
    """Give a message to everything that waits for it, the outermost first: what that withdraws gets it no more.

    TaskNotOpen when nothing waits for it. No data come with a message.
    """
    run = states.load(state, _run(definition, context), definition)
    waiting = [t for t in run.tasks() if t.task_spec.rests == "message" and t.task_spec.awaits == message]
    if not waiting:
        raise TaskNotOpen(message=message)

    def act() -> None:
        for task in sorted(waiting, key=lambda task: (task.depth, task.id)):
            if task.alive:
                task._ready()
                run.rest()

    return _advance(definition, run, act)


def inspect(definition: Definition, state: bytes) -> Step:
    """What is open in a case. Nothing is advanced: the state is the one passed in, `passed` and `effects` are empty."""
    run = states.load(state, Run(definition.inner), definition)
    return _report(run, state)


def _run(definition: Definition, context: Context) -> Run:
    """A fresh run with an environment of its own: threads share nothing but the definition."""
    run = Run(definition.inner)
    run.use(Environment(now=context.now, visits=run.visits))
    return run


def _open(run: Run, token: int, kind: str) -> CaseTask:
    for task in run.tasks():
        if task.id == token and task.task_spec.rests == kind:
            return task
    raise TaskNotOpen(token=token)


def _advance(definition: Definition, run: Run, act: Callable[[], None]) -> Step:
    try:
        act()
        run.rest()
        return _report(run, states.dump(run, definition.digest))
    except StepFailed:
        raise
    except Exception as fault:
        element = run.at.partition(".")[0]
        raise StepFailed(f"The process stopped at {element}: {fault}", element=element) from fault


def _faults(form: tuple[FormField, ...], values: Mapping[str, object]) -> dict[str, str]:
    fields = {field.id: field for field in form if field.decides}
    faults = {}
    for name, value in values.items():
        if name not in fields:
            faults[name] = "unknown_field"
        elif value is not None and (code := _fault(fields[name], value)):
            faults[name] = code
    return faults


def _fault(field: FormField, value: object) -> str | None:
    """Why a field cannot have this value, as a code."""
    if field.type == "boolean":
        return None if type(value) is bool else "wrong_type"
    if field.type == "long":
        return _number_fault(field, value)
    if type(value) is not str:
        return "wrong_type"
    if field.type == "enum":
        return None if value in dict(field.choices) else "not_a_choice"
    return None if _is_day(value) else "not_a_date"


def _number_fault(field: FormField, value: object) -> str | None:
    if type(value) is not int:
        return "wrong_type"
    if value < (-LARGEST if field.minimum is None else field.minimum):
        return "too_small"
    return "too_large" if value > (LARGEST if field.maximum is None else field.maximum) else None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _report(run: Run, state: bytes) -> Step:
    tasks, timers, messages = [], [], []
    for task in run.tasks():
        spec = task.task_spec
        if spec.rests == "user":
            tasks.append(OpenTask(task.id, spec.bpmn_id, task.internal_data["visit"], _deadlines(task)))
        elif spec.rests == "timer":
            timers.append(_timer(task))
        elif spec.rests == "message":
            messages.append(AwaitedMessage(task.id, spec.bpmn_id, spec.awaits))
    return Step(
        state=state,
        tasks=tuple(tasks),
        timers=tuple(timers),
        messages=tuple(messages),
        effects=tuple(EffectCall(*effect) for effect in run.effects),
        passed=tuple(run.passed),
        ended=run.top.completed,
        outcome=run.outcome if run.top.completed else None,
        variables=dict(run.variables()),
        chosen=tuple(run.chosen),
    )


def _timer(task: CaseTask) -> OpenTimer:
    spec = task.task_spec
    rule = unpack_rule(task.internal_data["rule"])
    return OpenTimer(task.id, spec.bpmn_id, rule, getattr(spec, "cancel_activity", False), spec.guards)


def _deadlines(task: CaseTask | None) -> tuple[int, ...]:
    """The waiting timers at the border of a task; without any, those of the nearest activity around it."""
    while task is not None:
        found = [t.id for t in task.group_members() if t.task_spec.rests == "timer"]
        if found:
            return tuple(found)
        task = task.workflow.host
    return ()
