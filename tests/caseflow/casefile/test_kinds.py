"""Kinds of cases: what is registered, and a case about nothing that the core knows, from its beginning to its end."""

from __future__ import annotations

from dataclasses import fields

import pytest

from caseflow.appeals.review import APPEAL
from caseflow.casefile import journal_check, kinds, readings
from caseflow.cases import clock as clocks
from caseflow.cases import ledger
from caseflow.cases.ledger import CaseFilter
from caseflow.engine import definition as engine
from caseflow.errors import ConfigurationError, NotFound, PermissionDenied, StepFailed
from caseflow.health import doctor
from caseflow.install import kinds as installed
from caseflow.install import tried_kinds
from caseflow.models import transaction
from caseflow.people import impartiality, permissions
from caseflow.processes import deployed
from caseflow.raters import contacts, unreachable
from caseflow.ratings.rectification import RECTIFICATION
from caseflow.supervision import board, discipline, dispatches, duplicates, reassign, urging
from caseflow.trials import recordings, replay
from caseflow.work import tasks, worklist
from caseflow.workshop import deployment, migration
from tests import inquiry
from tests.ground import entries, open_item, person, unit
from tests.inquiry import DIAGRAM, INQUIRY, PLACE, QUESTION, row_of

OFFICER, LEAD = "qijiang.dept1.officer", "qijiang.office.supervisor"


@pytest.fixture
def asked(installed, app, clock):
    """An inquiry whose answer is open."""
    with inquiry.known():
        yield inquiry.ask(app, clock)


def test_the_list_of_kinds_is_what_is_registered():
    assert kinds.registered() == installed.KINDS
    assert [kinds.of("rectification"), kinds.of("appeal")] == [RECTIFICATION, APPEAL]
    assert (kinds.listed(), kinds.running("appeal"), kinds.running("nothing")) == (("rectification",), ("appeal",), ())


def test_a_kind_that_nobody_registered_is_said_to_be_unknown():
    with pytest.raises(ConfigurationError, match="inquiry"):
        kinds.of("inquiry")
    with inquiry.known():
        assert kinds.of("inquiry") is INQUIRY
    assert kinds.registered() == installed.KINDS


def test_two_kinds_of_one_name_are_refused():
    with pytest.raises(ConfigurationError):
        kinds.register(APPEAL, RECTIFICATION, APPEAL)
    assert kinds.registered() == installed.KINDS


def test_what_is_tried_out_without_a_database_lacks_only_what_needs_rows():
    needs_rows = {"subject", "titles", "own", "after_task", "after_step"}
    for tried, kept in zip(tried_kinds.KINDS, installed.KINDS, strict=True):
        assert {one.name for one in fields(kept) if getattr(tried, one.name) != getattr(kept, one.name)} <= needs_rows
        with pytest.raises(ConfigurationError):
            tried.subject(None)


def test_trying_out_lets_the_kinds_of_an_application_be():
    tried_kinds.read()
    assert kinds.registered() == installed.KINDS


def test_a_diagram_of_no_kind_is_tried_out_as_a_case_about_a_rating():
    assert [kinds.trying("rectification"), kinds.trying("appeal")] == [RECTIFICATION, APPEAL]
    unknown = kinds.trying("nothing")
    assert (unknown.name, unknown.effects) == ("nothing", {})
    assert unknown.speaks_to_rater and not unknown.about_appeal
    assert [fact.entry[0] for fact in unknown.tried_with(None, {"level": "dissatisfied", "received_at": ""})] == [
        "rating_received"]


@pytest.mark.both_databases
def test_a_case_about_no_rating_goes_from_its_beginning_to_its_end(asked, session):
    officer = person(OFFICER)
    case = asked.case()
    assert (case.kind, case.number, case.rating_id, case.status) == ("inquiry", "X-2026-001", None, "open")
    assert permissions.units_of_case(case.id) == {
        case.unit_id, unit(PLACE, "office").id, unit(PLACE, "discipline").id}
    assert asked.due("answer") == "2026-03-04"
    for text in ("", case.number, row_of(asked).unit.name):
        assert [item.element for item in worklist.my_work(officer, now=asked.now, search=text).items] == ["answer"]
        assert [found.number for found in ledger.ledger(officer, CaseFilter(search=text), asked.now).items] == [
            case.number]
    asked.time_passes(days=4)
    assert asked.notices("overdue") != set()
    asked.does("answer", outcome="check").does("check").closed_as("closed_answered")
    assert asked.case().status == "closed"
    assert asked.kinds() == [
        "case_opened", "timer_set", "task_opened", "effect_applied", "timer_fired", "effect_applied",
        "task_completed", "task_opened", "task_completed", "case_closed"]
    assert "rating" not in entries(case.id, "case_opened")[0].details
    assert journal_check.verify().broken == []
    (listed, facts), = ledger.ledger_rows(officer, CaseFilter(kinds=kinds.listed()), asked.now)
    assert (listed.number, facts.late, kinds.titles([listed])) == (case.number, True, {case.id: QUESTION})


@pytest.mark.both_databases
def test_whoever_asks_about_a_rating_hears_that_there_is_none(asked, session):
    officer, lead, case = person(OFFICER), person(LEAD), row_of(asked)
    assert not contacts.may_reveal(case, officer) and not contacts.is_rated(case, person("qijiang.dept1.staff"))
    with pytest.raises(PermissionDenied):
        contacts.reveal(case.id, officer, "联系评价人", asked.now)
    assert unreachable.log_of(readings.of(case), asked.now).standing is None
    assert dispatches.obstacle(case, officer) == "unavailable"
    assert not duplicates.may_link(case, lead) and duplicates.alike(case) == []
    assert duplicates.together(open_item(case.id), officer) == []
    assert ledger.ledger(officer, CaseFilter(level="dissatisfied"), asked.now).total == 0
    assert impartiality.bar(officer.user_id, case.id) is None
    with pytest.raises(NotFound):
        permissions.require_see(person("qijiang.dept2.staff"), case)


@pytest.mark.both_databases
@pytest.mark.usefixtures("with_powers")
def test_those_who_watch_see_a_case_about_no_rating_as_any_other(asked, session):
    officer, lead, case = person(OFFICER), person(LEAD), row_of(asked)
    item = open_item(case.id)
    assert [found.id for found in board.items(lead, board.Wanted(), asked.now).items] == [item.id]
    target = reassign.target(case.unit_id, officer.user_id, lead)
    assert [forecast.obstacle for forecast in reassign.preview([item.id], target, lead)] == [""]
    with transaction():
        tasks.claim(item.id, officer, asked.now)
    with transaction():
        urging.urge(case.id, "urged", "请尽快答复", lead, asked.now)
    with transaction():
        clocks.stop(case.id, lead, "awaiting_rater", "等待补充", asked.now)
    with transaction():
        clocks.restart(case.id, lead, "材料已到", asked.now)
    forwarder = person("qijiang.office.officer")
    with transaction():
        report = discipline.forward(case.id, forwarder, "说到工作人员收受礼品的情况。", "t" * 20, asked.now)
    assert [row.id for row in discipline.visible_to(forwarder, case)] == [report.id]
    assert discipline.visible_to(officer) == []
    assert doctor.examine(asked.now) == []


@pytest.mark.both_databases
def test_the_workshop_tries_and_moves_a_case_about_no_rating(asked, session):
    case = row_of(asked)
    recording, = recordings.of_cases([case])
    assert recording.variables == {"received_at": asked.now.isoformat()}
    found = replay.run(f"{PLACE}_inquiry", deployed.of(case), asked.now, asked.now)
    assert (found.cases, found.same) == (1, 1)
    renamed = DIAGRAM.replace("答复询问".encode(), "回答询问".encode())
    process = engine.load({"inquiry.bpmn": renamed}, trusted=True, process_id=f"{PLACE}_inquiry")
    with transaction():
        deployment.put(process, PLACE, asked.now, permissions.SYSTEM)
    assert migration.cases_of(f"{PLACE}_inquiry") == [case.id]
    preview, = migration.preview([case.id], process, asked.now)
    assert preview.obstacles == ()
    with transaction():
        migration.migrate(case.id, process.digest, {}, permissions.SYSTEM, asked.now)
    assert open_item(case.id).name == "回答询问"


def test_an_effect_that_another_kind_has_alone_is_refused(asked, session):
    def of(topic):
        source = DIAGRAM.replace(b'"remind"', f'"{topic}"'.encode())
        process = engine.load({"inquiry.bpmn": source}, trusted=True, process_id=f"{PLACE}_inquiry")
        with transaction():
            deployment.put(process, PLACE, asked.now, permissions.SYSTEM)
            inquiry.open_now(asked)
    of("notify_responsible")
    with pytest.raises(StepFailed, match="belongs to an appeal"):
        of("uphold_appeal")
