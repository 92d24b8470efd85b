"""Stock SpiffWorkflow driven like our engine: the yardstick of the equivalence test.

Its own workflow, task, spec and serializer classes; of ours only the reading of the dialect (order of the file,
topics) and the timer that never fires by itself, because stock knows neither. Restored from its own JSON at each step.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import EventDefinitionParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.event_definition import TimerConditionalEventDefinitionConverter
from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter
from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

from caseflow.engine.expressions import Environment
from caseflow.engine.gate import read
from caseflow.engine.parser import CaseParser
from caseflow.engine.timers import DeadlineTimer


class Effect(defaults.ServiceTask):
    """Stock leaves to everybody what a service task does; this one does nothing and succeeds."""

    def _execute(self, task):
        return True


STOCK_SPECS = {
    "startEvent": defaults.StartEvent, "endEvent": defaults.EndEvent, "userTask": defaults.UserTask,
    "serviceTask": Effect, "exclusiveGateway": defaults.ExclusiveGateway,
    "parallelGateway": defaults.ParallelGateway, "subProcess": defaults.SubWorkflowTask,
    "callActivity": defaults.CallActivity, "intermediateCatchEvent": defaults.IntermediateCatchEvent,
    "boundaryEvent": defaults.BoundaryEvent,
}


class StockParsing:
    group_classes = (BoundaryEventSplit, BoundaryEventJoin)

    def parse_message_event(self, event):
        return EventDefinitionParser.parse_message_event(self, event)


def _stock(tag: str):
    ours = CaseParser.PARSER_CLASSES[full_tag(tag)][0]
    return type(f"Stock{ours.__name__}", (StockParsing, ours), {}), STOCK_SPECS[tag]


class StockParser(BpmnParser):
    PARSER_CLASSES = {full_tag(tag): _stock(tag) for tag in STOCK_SPECS}


class Stock:
    """One case in stock SpiffWorkflow; the verbs and views of tests' Driver."""

    def __init__(self, files: dict[str, bytes], process: str, variables: dict, now: datetime) -> None:
        parser = StockParser()
        for name, source in files.items():
            parser.add_bpmn_xml(read(source), name)
        config = {
            **DEFAULT_CONFIG, Effect: BpmnTaskSpecConverter,
            DeadlineTimer: TimerConditionalEventDefinitionConverter,
        }
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(config))
        self.environment = Environment(now=now, visits={})
        self.seen: set = set()
        self.outcome: str | None = None
        spec, inner = parser.get_spec(process), parser.get_subprocess_specs(process)
        self.workflow = BpmnWorkflow(spec, inner, script_engine=PythonScriptEngine(self.environment))
        self.workflow.task_tree.data.update(variables)
        self._rest()

    def complete(self, element: str, **values) -> None:
        task = self._one(TaskState.READY, element)
        task.data.update(values)
        self.environment.visits[element] = self.environment.visits.get(element, 0) + 1
        task.run()
        self._rest()

    def fire(self, element: str) -> None:
        task = self._one(TaskState.WAITING, element)
        task.task_spec.catch(task, BpmnEvent(task.task_spec.event_definition))
        task.task_spec._update(task)
        self._rest()

    def deliver(self, message: str) -> None:
        self.workflow.send_event(BpmnEvent(MessageEventDefinition(message)))
        self._rest()

    def restore(self) -> None:
        """Through its own serialisation, as a server would between two requests."""
        self.workflow = self.serializer.deserialize_json(self.serializer.serialize_json(self.workflow))
        self.workflow.script_engine = PythonScriptEngine(self.environment)

    @property
    def open(self) -> list:
        """The open user tasks, each with what its branch knows."""
        tasks = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        return sorted((task.task_spec.bpmn_id, sorted(task.data.items(), key=str)) for task in tasks)

    @property
    def timers(self) -> list:
        return sorted((task.task_spec.bpmn_id, task.internal_data["rule"]) for task in self._waiting(DeadlineTimer))

    @property
    def messages(self) -> list:
        waiting = self._waiting(MessageEventDefinition)
        return sorted((task.task_spec.bpmn_id, task.task_spec.event_definition.name) for task in waiting)

    @property
    def ended(self) -> bool:
        return self.workflow.is_completed()

    @property
    def variables(self) -> dict:
        return dict(self.workflow.data)

    def _waiting(self, kind: type) -> list:
        tasks = self.workflow.event_manager.tasks.values()
        return [
            task for task in tasks
            if task.state == TaskState.WAITING and isinstance(task.task_spec.event_definition, kind)
        ]

    def _one(self, state: int, element: str):
        (task,) = self.workflow.get_tasks(state=state, spec_name=element)
        return task

    def _rest(self) -> None:
        while True:
            self.workflow.do_engine_steps()
            if not self.workflow.get_tasks(state=TaskState.READY, manual=False):
                break
        done = self.workflow.get_tasks(state=TaskState.COMPLETED)
        new = sorted((task for task in done if task.id not in self.seen), key=lambda task: task.last_state_change)
        self.seen |= {task.id for task in new}
        self.effects = Counter(t.task_spec.bpmn_id for t in new if isinstance(t.task_spec, Effect))
        for task in new:
            if isinstance(task.task_spec, defaults.EndEvent) and task.workflow is self.workflow:
                self.outcome = task.task_spec.bpmn_id
