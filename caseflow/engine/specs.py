"""SpiffWorkflow's task specs, without history: what each element of the dialect does when a token reaches it.

Specs are shared between cases and threads; parser.parse() prepares them once and nothing changes them afterwards.
"""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit, BpmnStartTask, SimpleBpmnTask
from SpiffWorkflow.bpmn.specs.control import _EndJoin as EndJoin
from SpiffWorkflow.exceptions import WorkflowException

from caseflow.engine.timers import DeadlineTimer, PlainMessage
from caseflow.engine.workflow import COMPLETED, STARTED, WAITING, CaseWorkflow


class Lean:
    """Makes followers when a task completes instead of predicting them, and leaves out the structure checks and
    callbacks that SpiffWorkflow repeats for every task.

    parser.parse() fills in `following`, the specs that come next, `group`, the boundary split this spec belongs to, and
    the activity that a boundary event `guards`. `rests` names what a task of this spec is when the case is at rest:
    user, timer, message, join, inner, group or end (None: never seen then). A task whose spec `keeps` stays after
    completion, as the record of its group.
    """

    following: tuple = ()
    group: str | None = None
    guards: str = ""
    rests: str | None = None
    keeps = False

    def _predict(self, my_task, seen=None, looked_ahead=0, mask=None):
        pass

    def _update(self, my_task):
        my_task.workflow.run.at = self.name
        if self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, my_task):
        my_task._inherit_data()
        return True

    def _on_ready(self, my_task):
        my_task.workflow.run.queue.append(my_task)

    def _run_hook(self, my_task):
        return True

    def _on_complete(self, my_task):
        if self.bpmn_id is not None:
            my_task.workflow.run.passed.append(self.bpmn_id)
        self._on_complete_hook(my_task)
        for spec in my_task.next or self.following:
            spec._update(my_task._add_child(spec))
        my_task.workflow._task_completed_notify(my_task)

    def _on_complete_hook(self, my_task):
        pass


class Start(Lean, BpmnStartTask):
    """The station before a process's start event."""


class End(Lean, SimpleBpmnTask):
    """The station behind ProcessEnd: with it the process has ended."""


class ProcessEnd(Lean, EndJoin):
    """Where all branches of a process end. One task stands for all that have arrived, with what they know."""

    rests = "end"

    def _update_hook(self, my_task):
        workflow, arrived = my_task.workflow, my_task.parent.data
        if workflow.end_task is not None:
            arrived = workflow.end_task.data.met(arrived)
            del workflow.tasks[workflow.end_task.id]
        my_task.data = arrived
        my_task._set_state(WAITING)
        workflow.end_task = my_task
        return False

    def _run_hook(self, my_task):
        my_task.workflow.end_task = None
        return True


class StartEvent(Lean, defaults.StartEvent):
    """A start event without a trigger: cases are begun by step.start alone."""


class EndEvent(Lean, defaults.EndEvent):
    """An end event without a result: it ends its own branch. On the outermost level it becomes the case's outcome."""

    def _on_complete_hook(self, my_task):
        if my_task.workflow.host is None:
            my_task.workflow.run.outcome = self.bpmn_id


class UserTask(Lean, defaults.UserTask):
    """A task for a person. Its begun and its completed visits are counted (Run.entered, Run.visits)."""

    rests = "user"

    def _on_ready(self, my_task):
        entered = my_task.workflow.run.entered
        my_task.internal_data["visit"] = entered[self.bpmn_id] = entered.get(self.bpmn_id, 0) + 1

    def _on_complete_hook(self, my_task):
        visits = my_task.workflow.run.visits
        visits[self.bpmn_id] = visits.get(self.bpmn_id, 0) + 1


class EffectTask(Lean, defaults.ServiceTask):
    """A service task: notes (token, element, topic) in Run.effects and goes on. It calls nothing."""

    def __init__(self, wf_spec, bpmn_id, topic="", **kwargs):
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.topic = topic

    def _run_hook(self, my_task):
        my_task.workflow.run.effects.append((my_task.id, self.bpmn_id, self.topic))
        return True


class Choice(Lean, defaults.ExclusiveGateway):
    """An exclusive gateway: the first flow, in the order of the file, whose condition holds; else the default flow.

    What it took is noted in Run.chosen. WorkflowException when nothing holds and there is no default.
    """

    def _run_hook(self, my_task):
        chosen = self.default_task_spec
        for condition, name in self.cond_task_specs:
            if condition is not None and self._holds(condition, my_task):
                chosen = name
                break
        if chosen is None:
            raise WorkflowException(f"No condition of {self.name} holds and there is no default flow")
        my_task.next = (self._wf_spec.task_specs[chosen],)
        my_task.workflow.run.chosen.append((self.bpmn_id, chosen.partition(".")[0]))
        return True

    def _holds(self, condition, my_task) -> bool:
        """Whether a condition is true; a variable that is not set yet (None) is not."""
        answer = condition._matches(my_task)
        if answer not in (True, False, None):
            raise WorkflowException(f"A condition of {self.name} is neither true nor false")
        return answer is True


class TokenJoin(Lean, defaults.ParallelGateway):
    """A parallel gateway that takes exactly one token from each incoming flow, however often it is passed.

    SpiffWorkflow's own looks at where tokens once were: it fires early in the second round of a loop, and it
    merges whole data, which brings old values back (Values.met does not).
    """

    rests = "join"

    def _update_hook(self, my_task):
        my_task._inherit_data()
        if len(self._inputs) < 2:
            return True
        my_task.source = my_task.parent.task_spec.name
        partners = self._partners(my_task)
        if partners is None:
            my_task._set_state(WAITING)
            return False
        for partner in partners:
            my_task.data = my_task.data.met(partner.data)
            partner._set_state(COMPLETED)
            del my_task.workflow.tasks[partner.id]
        return True

    def _partners(self, my_task) -> list | None:
        """The oldest waiting tokens, one for each other flow; None while one is missing."""
        missing = list(self._inputs)
        missing.remove(my_task.source)
        partners = []
        for task in my_task.workflow.tasks.values():
            if task.task_spec is self and task._state == WAITING and task.source in missing:
                missing.remove(task.source)
                partners.append(task)
        return None if missing else partners


class Subprocess(Lean, defaults.SubWorkflowTask):
    """An embedded subprocess: its process runs inside this task and hands its values back at the end."""

    rests = "inner"

    def _update_hook(self, my_task):
        my_task._inherit_data()
        run = my_task.workflow.run
        my_task._set_state(STARTED)
        my_task.inner = CaseWorkflow(run, run.specs[self.spec], host=my_task)
        my_task.inner.begin(my_task.data)
        return False


class Call(Subprocess, defaults.CallActivity):
    """A call of another process of the same regulation; all values go in and come back."""


class Catching(Lean):
    """Waits for a timer or a message until Run's owner says that it happened; SpiffWorkflow's events are not used."""

    EVENTS = (DeadlineTimer, PlainMessage)

    def _update_hook(self, my_task):
        my_task._inherit_data()
        if self.event_definition.has_fired(my_task):
            return True
        my_task._set_state(WAITING)
        return False

    @property
    def rests(self):
        """"timer" or "message"."""
        return "timer" if isinstance(self.event_definition, DeadlineTimer) else "message"

    @property
    def awaits(self):
        """The name of the message."""
        return self.event_definition.name


class CatchEvent(Catching, defaults.IntermediateCatchEvent):
    """An intermediate event in the flow."""


class BoundaryEvent(Catching, defaults.BoundaryEvent):
    """An event at the border of an activity; `cancel_activity` tells whether it interrupts it."""


class GroupStart(Lean, BoundaryEventSplit):
    """Starts an activity together with the events at its border. Stays as their record until they are over."""

    rests = "group"
    keeps = True


class GroupEnd(Lean, BoundaryEventJoin):
    """Withdraws what is left of a group when its activity is done or an interrupting event has happened.

    It is no station of its own: it acts when it is reached and is gone.
    """

    def _update_hook(self, my_task):
        cause, workflow = my_task.parent, my_task.workflow
        if getattr(cause.task_spec, "cancel_activity", True):
            group = cause.parent
            for member in group.children:
                if member is not cause:
                    member.cancel()
            workflow.remove(group)
        workflow.remove(my_task)
        return False


class CaseProcess(BpmnProcessSpec):
    """A process whose first and last stations are lean as well."""

    def __init__(self, name=None, description=None, filename=None, svg=None):
        super().__init__(name, description, filename, svg)
        self.task_specs.clear()
        self.start = Start(self, "Start")
        self.end = ProcessEnd(self, f"{name}.EndJoin")
        self.end.connect(End(self, "End"))
