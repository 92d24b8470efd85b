"""A kind of case that is made up, to see that cases know nothing of what they are about: an inquiry, without a rating.

Its subject stands in no table: `ASKED` has what was asked, by case id.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from unittest import mock

from flask import Flask
from sqlalchemy import select

from caseflow.casefile.kinds import Kind, Subject
from caseflow.cases import steps
from caseflow.cases.effects.occasion import Occasion, Outcome
from caseflow.cases.effects.registry import TOPICS, Effect
from caseflow.engine import definition as engine
from caseflow.install import kinds as installed
from caseflow.law import regulations
from caseflow.models import Case, Unit, db, transaction
from caseflow.people.permissions import SYSTEM
from caseflow.proof import Rule
from caseflow.workshop import deployment
from tests.caseflow.engine.builder import NAMESPACES
from tests.conftest import Clock
from tests.journeys.kit import Journey

PLACE = "qijiang"
QUESTION = "窗口几点开门"
ASKED: dict[int, str] = {}
DIAGRAM = f"""<bpmn:definitions {NAMESPACES} id="definitions" targetNamespace="urn:caseflow:test">
  <bpmn:process id="{PLACE}_inquiry" name="询问" isExecutable="true">
    <bpmn:startEvent id="asked" name="有人询问" />
    <bpmn:serviceTask id="register" name="登记" camunda:type="external" camunda:topic="remind" />
    <bpmn:userTask id="answer" name="答复询问" camunda:candidateGroups="responsible.officer">
      <bpmn:extensionElements><camunda:formData>
        <camunda:formField id="outcome" label="结果" type="enum"><camunda:value id="done" name="已答复" />
          <camunda:value id="check" name="请复核" /></camunda:formField>
      </camunda:formData></bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:boundaryEvent id="answer_due" name="答复到期" attachedToRef="answer" cancelActivity="false">
      <bpmn:timerEventDefinition>
        <bpmn:timeDate>working_days(2, since=received_at)</bpmn:timeDate></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:serviceTask id="escalate" name="上报" camunda:type="external" camunda:topic="escalate" />
    <bpmn:endEvent id="escalated" name="已上报" />
    <bpmn:exclusiveGateway id="by_outcome" default="to_check" />
    <bpmn:userTask id="check" name="复核答复" camunda:candidateGroups="office.reviewer" />
    <bpmn:endEvent id="closed_answered" name="已答复" />
    <bpmn:sequenceFlow id="to_register" sourceRef="asked" targetRef="register" />
    <bpmn:sequenceFlow id="to_answer" sourceRef="register" targetRef="answer" />
    <bpmn:sequenceFlow id="to_escalate" sourceRef="answer_due" targetRef="escalate" />
    <bpmn:sequenceFlow id="to_escalated" sourceRef="escalate" targetRef="escalated" />
    <bpmn:sequenceFlow id="to_outcome" sourceRef="answer" targetRef="by_outcome" />
    <bpmn:sequenceFlow id="to_end" sourceRef="by_outcome" targetRef="closed_answered">
      <bpmn:conditionExpression>outcome == "done"</bpmn:conditionExpression></bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="to_check" sourceRef="by_outcome" targetRef="check" />
    <bpmn:sequenceFlow id="checked" sourceRef="check" targetRef="closed_answered" />
  </bpmn:process>
</bpmn:definitions>""".encode()


def _registered(occasion: Occasion) -> Outcome:
    return Outcome(details={"number": occasion.case.number})


def _subject(asked_at: str, unit_id: int) -> Subject:
    return Subject(PLACE, unit_id, {"received_at": asked_at}, offices=("discipline",))


INQUIRY = Kind(
    name="inquiry", process="inquiry", number_format=lambda regulation: "X-{year}-{number:03d}",
    sequence="{regulation}-inquiry-{year}", subject=lambda case: _subject(case.opened_at.isoformat(), case.unit_id),
    titles=lambda cases: {case.id: ASKED[case.id] for case in cases}, effects=MappingProxyType({
        "remind": Effect(_registered)}),
    offered=lambda regulation: False)


@contextmanager
def known() -> Iterator[None]:
    """The list of kinds has one line more, and its place a rule about it."""
    place = regulations.get(PLACE)
    ruled = replace(place, rules={**place.rules, INQUIRY.process: (Rule("always_ends()", "QJ-1", ""),)})
    places = {**regulations.all_regulations(), PLACE: ruled}
    with mock.patch.object(installed, "KINDS", (*installed.KINDS, INQUIRY)), \
            mock.patch.object(regulations, "all_regulations", lambda: places):
        installed.read()
        yield
    installed.read()


def ask(app: Flask, clock: Clock) -> Journey:
    """Somebody asks the first department of Qijiang; the case as a journey."""
    journey = Journey(app, clock, PLACE)
    with app.app_context(), transaction():
        process = engine.load({"inquiry.bpmn": DIAGRAM}, trusted=True, process_id=f"{PLACE}_inquiry", topics=TOPICS)
        deployment.put(process, PLACE, clock(), SYSTEM)
        journey.case_id = open_now(journey)
    return journey


def open_now(journey: Journey) -> int:
    """The id of a new inquiry under the process that is current."""
    office = journey.regulation.responsible_units[0].code
    unit_id = db.session.scalars(select(Unit.id).where(Unit.regulation == PLACE, Unit.code == office)).one()
    subject = _subject(journey.now.isoformat(), unit_id)
    case, definition = steps.begin(INQUIRY, subject, journey.now)
    ASKED[case.id] = QUESTION
    steps.start(case, definition, subject, SYSTEM, journey.now)
    return case.id


def row_of(journey: Journey) -> Case:
    return db.session.get(Case, journey.case_id)
