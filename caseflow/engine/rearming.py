"""A deadline of a case at rest waits once more, after it has happened by mistake; nothing is passed by it."""

from __future__ import annotations

from caseflow.engine import state as states
from caseflow.engine.definition import Definition
from caseflow.engine.migrate import border_of
from caseflow.engine.step import inspect
from caseflow.engine.timers import pack_rule
from caseflow.engine.values import DeadlineRule, Step
from caseflow.engine.workflow import WAITING, CaseTask, Run
from caseflow.errors import TaskNotOpen


def wait_again(definition: Definition, state: bytes, timer: str, rule: DeadlineRule) -> tuple[Step, int]:
    """The case with this timer (element id) at the border of what it guards again, by the rule that it had; and the
    token of the new timer. What followed when it happened stays. TaskNotOpen where what it guards is over, or the
    timer waits.
    """
    run = states.load(state, Run(definition.inner), definition)
    for task in list(run.tasks()):
        spec = next((spec for spec in border_of(task) if spec.name == timer), None)
        if spec is None or any(member.task_spec is spec for member in task.group_members()):
            continue
        made = CaseTask(task.workflow, spec, task.parent, WAITING)
        made.data, made.internal_data = task.parent.data, {"rule": pack_rule(rule)}
        return inspect(definition, states.dump(run, definition.digest)), made.id
    raise TaskNotOpen(element=timer)
