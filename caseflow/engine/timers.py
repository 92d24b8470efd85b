"""Events a case waits for. Nothing here reads a clock: timers and messages only ever happen when the step says so."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from caseflow.engine.values import DeadlineRule

UNITS = ("working_days", "calendar_days", "hours", "end_of_day", "date")


class DeadlineTimer(TimerEventDefinition):
    """A timer whose expression gives a DeadlineRule, evaluated once, when it starts to wait.

    The rule is kept in the task's internal data as plain JSON. The calendar turns it into a moment, the
    scheduler decides that the moment has come and fires it by name: it never fires by itself.
    """

    def has_fired(self, task) -> bool:
        """Never true here: the first call evaluates and keeps the rule. SpiffWorkflow asks the machine's clock.

        ExpressionRefused for a `since` that is not set, TypeError for the bare name of a date that is not.
        """
        if "rule" not in task.internal_data:
            task.internal_data["rule"] = pack_rule(task.workflow.script_engine.evaluate(task, self.expression))
        return task.internal_data.get("event_fired", False)


class PlainMessage(MessageEventDefinition):
    """A message with a name and nothing else: no payload enters the case, no correlation is computed."""

    def catches(self, task, event) -> bool:
        """Whether an event is this message, by its name alone; SpiffWorkflow compares correlations as well."""
        return self == event.event_definition

    def catch(self, task, event=None) -> None:
        """Note that it happened, and nothing of what it brought."""
        EventDefinition.catch(self, task, event)

    def update_task_data(self, task) -> None:
        """Nothing: SpiffWorkflow would write the payload into the task's data."""

    def throw(self, task) -> None:
        """Never (NotImplementedError): the dialect has no throwing events."""
        raise NotImplementedError("a diagram of caseflow sends no messages")


def pack_rule(rule: object) -> list:
    """The rule as a JSON list [unit, amount, since, since_name]; TypeError for anything else than a DeadlineRule."""
    if not isinstance(rule, DeadlineRule):
        raise TypeError(f"a timer needs a deadline, not {type(rule).__name__}")
    return [rule.unit, rule.amount, rule.since, rule.since_name]


def unpack_rule(packed: object) -> DeadlineRule:
    """The rule in such a list; ValueError for anything else, a unit that is not in UNITS included."""
    match packed:
        case [str(unit), int(amount), str(since), str(since_name)] if unit in UNITS and type(amount) is int:
            return DeadlineRule(unit, amount, since, since_name)
    raise ValueError("not a packed deadline rule")
