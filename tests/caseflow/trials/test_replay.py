"""Recorded cases on another definition. The record is made by random people (caseflow simulate)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from caseflow.cases import clock
from caseflow.engine import definition as engine
from caseflow.errors import InvalidInput
from caseflow.install import simulation
from caseflow.law import regulations
from caseflow.models import Timer, transaction
from caseflow.moments import SHANGHAI
from caseflow.processes import deployed
from caseflow.trials import replay
from tests import ground
from tests.ground import person
from tests.journeys.kit import Journey
from web import sentences

pytestmark = pytest.mark.usefixtures("with_powers")

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def _simulated(place: str, cases: int = 12, seed: int = 3) -> None:
    assert not simulation.run(place, cases, seed).complaints


def _edited(place: str, *edits: tuple[str, str], name: str = "rectification") -> engine.Definition:
    files = dict(regulations.files(place))
    for old, new in edits:
        assert old.encode() in files[f"{name}.bpmn"]
        files[f"{name}.bpmn"] = files[f"{name}.bpmn"].replace(old.encode(), new.encode())
    return engine.load(files, trusted=True, process_id=f"{place}_{name}")


def _replay(target: engine.Definition, **more: int) -> replay.Replay:
    return replay.run(target.process_id, target, LONG_AGO, NOW, **more)


def _are_the_same(place: str) -> None:
    for name in ("rectification", "appeal") if place != "hefei" else ("rectification",):
        found = _replay(deployed.current(place, name))
        assert (found.other_path, found.deadlines, found.impossible) == ((), (), ())
        assert found.same == found.cases and (found.cases or name == "appeal")


@pytest.mark.both_databases
def test_cases_on_the_definition_they_ran_under_are_the_same(installed, session):
    _simulated("hainan", 6)
    _are_the_same("hainan")


@pytest.mark.parametrize("place", ["hefei", "qijiang"])
def test_cases_of_the_other_regulations_are_the_same_as_well(installed, session, place):
    _simulated(place, 4)
    _are_the_same(place)


def test_a_unit_that_was_chosen_or_not_asked_for_stays_as_it_was(installed, app, clock, session):
    chosen = Journey(app, clock, "qijiang").bad_review()
    chosen.does("assign", responsible_unit="11500222MB000003").does("first_response", outcome="complex")
    ground.deploy("qijiang", clock, (
        '<camunda:formField id="responsible_unit" label="责任部门" type="unit">',
        '<camunda:formField id="category" label="类别" type="string">'))
    Journey(app, clock, "qijiang").bad_review().does("assign").does("first_response", outcome="complex")
    found = _replay(_edited("qijiang"))
    assert (found.cases, found.same, found.impossible) == (2, 2, ())


def test_what_breaks_a_rule_of_the_target_cannot_be_done_again(guichi, session):
    guichi.does("first_response", outcome="simple", contact_channel="phone")
    rule = ('<camunda:formField id="contact_channel" label="联系方式" type="enum">\n              <camunda:properties>',
            '<camunda:formField id="contact_channel" label="联系方式" type="enum">\n              <camunda:properties>'
            '<camunda:property id="rule" value="outcome != \'simple\' or contact_channel == \'in_person\'"/>'
            '<camunda:property id="rule_says" value="简单事项当面联系。"/>')
    broken, = _replay(_edited("guichi", rule)).impossible
    assert (broken.element, sentences.of(broken.why)) == ("first_response", "contact_channel 简单事项当面联系。")


def test_what_is_agreed_beside_a_deadline_moves_none_of_a_replay(guichi, session):
    lead, case = person("guichi.bureau.supervisor"), guichi.case_id
    guichi.does("first_response", outcome="complex")
    with transaction():
        clock.stop(case, lead, "force_majeure", "大雪封路", guichi.now)
    guichi.time_passes(days=1)
    with transaction():
        clock.restart(case, lead, "道路恢复", guichi.now)
        token = session.scalars(select(Timer.token).where(Timer.case_id == case, Timer.status == "pending")).one()
        clock.extend(case, token, 2, lead, "材料较多", guichi.now)
    guichi.time_passes(days=9).does("open_ledger")          # late by the statute, whatever was agreed
    _are_the_same("guichi")
    stricter = _replay(_edited("guichi", ("working_days(15, since", "working_days(14, since")))
    change, = stricter.deadlines
    assert (change.element, _day(change.due_before), _day(change.due_after)) == (
        "rectify_complex_due", "2026-03-23", "2026-03-20")


def test_a_simulated_year_on_edited_diagrams(installed, session):
    """One record, four edits: each case counts once, in the right place."""
    _simulated("guichi", 8)
    _are_the_same("guichi")
    stricter = _replay(_edited("guichi", ("working_days(2, since=received_at)", "working_days(1, since=received_at)")))
    assert (stricter.other_path, stricter.impossible) == ((), ())
    assert len({change.case_id for change in stricter.deadlines}) + stricter.same == stricter.cases == 8
    assert {change.element for change in stricter.deadlines} == {"first_response_due"}
    assert all(change.due_after < change.due_before for change in stricter.deadlines)

    rerouted = _replay(_edited("guichi", ("outcome == 'complex'", "outcome == 'simple'")))
    assert {(other.recorded, other.instead) for other in rerouted.other_path} <= {
        ("rectify", "open_ledger"), ("open_ledger", "rectify")}
    assert rerouted.same + len(rerouted.other_path) == 8 and rerouted.other_path

    asked_more = _replay(_edited("guichi", ('id="findings" label', 'id="findings_in_full" label')))
    assert (asked_more.same, len(asked_more.impossible)) == (0, 8)
    assert {(broken.element, sentences.of(broken.why)) for broken in asked_more.impossible} == {
        ("first_response", "findings_in_full 没有填写。")}

    bounded = _replay(deployed.current("guichi", "rectification"), limit=3)
    assert (bounded.cases, bounded.same, bounded.more, bounded.limit) == (3, 3, True, 3)
    with pytest.raises(InvalidInput):
        replay.run("guichi_appeal", deployed.current("guichi", "rectification"), LONG_AGO, NOW)


def _day(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).date().isoformat()
