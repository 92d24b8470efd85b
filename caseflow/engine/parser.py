"""SpiffWorkflow's parser, narrowed to the dialect."""

from __future__ import annotations

from collections.abc import Mapping

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    IntermediateCatchEventParser,
    StartEventParser,
)
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import (
    CallActivityParser,
    ConditionalGatewayParser,
    GatewayParser,
    SubWorkflowParser,
)
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from caseflow.engine import specs
from caseflow.engine.gate.names import CAMUNDA
from caseflow.engine.gate.reader import read
from caseflow.engine.timers import DeadlineTimer, PlainMessage


class DialectParsing:
    """What our parser classes do differently: the order of the file counts, not that of the drawing."""

    group_classes = (specs.GroupStart, specs.GroupEnd)

    def get_position(self, node=None):
        """The same for every node: SpiffWorkflow sorts what follows a node by its height in the drawing."""
        return {"x": 0.0, "y": 0.0}

    def _add_boundary_event(self, children):
        start_class, end_class = self.group_classes
        start = start_class(self.spec, f"{self.bpmn_id}.BoundaryEventSplit", lane=self.task.lane)
        end = end_class(
            self.spec, f"{self.bpmn_id}.BoundaryEventJoin", lane=self.task.lane, split_task=start.name, cancel=True
        )
        start.connect(self.task)
        self.task.connect(end)
        for node in children:
            event = self.process_parser.parse_node(node)
            start.connect(event)
            event.connect(end)
        return start

    def parse_timer_event(self, event):
        """A DeadlineTimer; ValidationException without timeDate (SpiffWorkflow takes timeDuration and timeCycle)."""
        expression = event.findtext(full_tag("timeDate"))
        if expression is None:
            raise ValidationException("A timer has a timeDate", node=self.node, file_name=self.filename)
        return DeadlineTimer(self.node.get("id"), expression.strip())

    def parse_message_event(self, event):
        """A PlainMessage with the name of the message it refers to; ValidationException when there is none.

        SpiffWorkflow would take the event's own name, and read correlations.
        """
        name = self.process_parser.parser.messages.get(event.get("messageRef"))
        if not name:
            raise ValidationException("A message has a name", node=self.node, file_name=self.filename)
        return PlainMessage(name)


class StepParser(DialectParsing, TaskParser):
    """bpmn:userTask. Who does it with which form is no matter of the engine: drawing.py reads it."""


class EffectParser(DialectParsing, TaskParser):
    """bpmn:serviceTask as Camunda 7's external task."""

    def create_task(self):
        """An EffectTask; ValidationException without camunda:type="external" and a camunda:topic."""
        topic = self.node.get(f"{{{CAMUNDA}}}topic", "")
        if self.node.get(f"{{{CAMUNDA}}}type") != "external" or not topic:
            raise ValidationException("A service task names a topic", node=self.node, file_name=self.filename)
        return self.spec_class(self.spec, self.bpmn_id, topic=topic, **self.bpmn_attributes)


class ForkParser(DialectParsing, GatewayParser):
    """bpmn:parallelGateway."""


class ChoiceParser(DialectParsing, ConditionalGatewayParser):
    """bpmn:exclusiveGateway."""

    def parse_condition(self, sequence_flow):
        """The text of a flow's conditionExpression without spaces around it; None for a flow that has none."""
        condition = super().parse_condition(sequence_flow)
        return condition.strip() if condition else None


class SubprocessParser(DialectParsing, SubWorkflowParser):
    """bpmn:subProcess, embedded in the process around it."""


class CallParser(DialectParsing, CallActivityParser):
    """bpmn:callActivity: `calledElement` is the id of another process in the files."""


class StartParser(DialectParsing, StartEventParser):
    """bpmn:startEvent."""

    def handles_multiple_outgoing(self):
        """No: a split is drawn as a gateway. SpiffWorkflow lets several flows leave a start event."""
        return False


class EndParser(DialectParsing, EndEventParser):
    """bpmn:endEvent."""


class CatchParser(DialectParsing, IntermediateCatchEventParser):
    """bpmn:intermediateCatchEvent."""


class BoundaryParser(DialectParsing, BoundaryEventParser):
    """bpmn:boundaryEvent, interrupting unless its cancelActivity is false."""


class CaseProcessParser(ProcessParser):
    """A process, or what is inside a subprocess."""

    def _index_process_nodes(self):
        """Elements of BPMN alone: SpiffWorkflow would take an answer to choose in a form (camunda:value) for the step
        that has the same id, where the form stands behind the step."""
        super()._index_process_nodes()
        self.nodes_by_id |= {node.get("id"): node for node in self.xpath(".//bpmn:*[@id]")}

    def create_spec(self):
        """An empty CaseProcess. SpiffWorkflow would ask here whether the process is executable; the gate has."""
        return specs.CaseProcess(name=self.bpmn_id, description=self.get_name(), filename=self.filename)


class CaseParser(BpmnParser):
    """Knows the elements of the dialect and no others: ValidationException for a node that is not in PARSER_CLASSES."""

    PROCESS_PARSER_CLASS = CaseProcessParser
    PARSER_CLASSES = {
        full_tag("startEvent"): (StartParser, specs.StartEvent),
        full_tag("endEvent"): (EndParser, specs.EndEvent),
        full_tag("userTask"): (StepParser, specs.UserTask),
        full_tag("serviceTask"): (EffectParser, specs.EffectTask),
        full_tag("exclusiveGateway"): (ChoiceParser, specs.Choice),
        full_tag("parallelGateway"): (ForkParser, specs.TokenJoin),
        full_tag("subProcess"): (SubprocessParser, specs.Subprocess),
        full_tag("callActivity"): (CallParser, specs.Call),
        full_tag("intermediateCatchEvent"): (CatchParser, specs.CatchEvent),
        full_tag("boundaryEvent"): (BoundaryParser, specs.BoundaryEvent),
    }


def parse(files: Mapping[str, bytes], process_id: str) -> tuple[specs.CaseProcess, dict[str, specs.CaseProcess]]:
    """The process and, by name, every process that runs inside it. `files` (name → bytes) have passed the gate.

    ValidationException (with the element's id) for what SpiffWorkflow or the dialect does not know.
    """
    parser = CaseParser()
    for name, source in files.items():
        parser.add_bpmn_xml(read(source), name)
    process = parser.get_spec(process_id)
    inner = parser.get_subprocess_specs(process_id)
    for spec in {process_id: process, **inner}.values():
        _settle(spec)
    return process, inner


def _settle(process: specs.CaseProcess) -> None:
    """Check each spec once and write down what follows it and which group it belongs to."""
    for spec in process.task_specs.values():
        spec.test()
        event, expected = getattr(spec, "event_definition", None), getattr(spec, "EVENTS", NoneEventDefinition)
        if event is not None and not isinstance(event, expected):
            raise ValidationException("This kind of event is not known", id=spec.name)
        spec.following = tuple(spec.outputs)
        if isinstance(spec, specs.GroupStart):
            for member in spec.following:
                member.group = spec.name
            for event in spec.following[1:]:
                event.guards = spec.following[0].name
