"""A verified failure of a unit or a person is recorded on a case, by whoever the regulation says, with its grounds."""

from __future__ import annotations

import json

import pytest
from sqlalchemy.exc import DBAPIError

from caseflow.casefile import readings
from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.law import regulations
from caseflow.models import Case, ConductRecord, ConductWithdrawal, db, transaction
from caseflow.supervision import conduct, failures
from caseflow.supervision.conduct import Said
from caseflow.supervision.failures import Wanted
from tests.ground import entries, person
from tests.journeys.kit import Journey

pytestmark = pytest.mark.both_databases
FAILED = Said("duty_failed", "卫窗口", "S001", "调取监控核实：当日擅自离岗四十分钟。",
              "一周内三名群众反映同一窗口，均附照片。")
REFUSES = Said("refuses", "", "", "两次督办后仍未整改，现场核实窗口未变。")


@pytest.fixture
def qijiang(installed, app, clock, session):
    return Journey(app, clock, "qijiang").bad_review().does("assign")


@pytest.fixture
def lead(qijiang):
    return person("qijiang.office.supervisor")


def record(journey, said, actor, token="t" * 20):
    with transaction():
        return conduct.record(journey.case_id, said, actor, token, journey.now)


def test_a_failure_of_duty_is_recorded_with_its_grounds_and_what_follows(qijiang, lead):
    row = record(qijiang, FAILED, lead)
    assert (row.person, row.grounds, row.opinion) == (FAILED.person, FAILED.grounds, FAILED.opinion)
    assert (row.consequences, row.article, row.year) == ("points_deducted,award_ineligible", "QJ-18", 2026)
    assert row.unit_id == db.session.get(Case, qijiang.case_id).unit_id
    [entry] = entries(qijiang.case_id, "conduct_recorded")
    told = json.loads(entry.details)
    assert told["personal"] is True and FAILED.grounds not in entry.details and FAILED.person not in entry.details
    assert qijiang.notices("conduct_recorded") == {("区市场监管局", "supervisor")}
    qijiang.healthy()


def test_the_case_goes_on_and_a_closed_one_can_still_be_recorded_on(qijiang, lead):
    qijiang.does("first_response", outcome="resolved", resolution="ruled").does("revisit", revisit_result="satisfied")
    qijiang.does("track", track_result="confirmed").closed_as("closed_resolved")
    db.session.rollback()
    assert record(qijiang, FAILED, lead).id


def test_a_unit_itself_can_have_failed(qijiang, lead):
    row = record(qijiang, Said("duty_failed", "", "", FAILED.grounds, FAILED.opinion), lead)
    assert (row.person, row.staff_no) == ("", None)


@pytest.mark.parametrize(("said", "wrong"), [
    (Said("duty_failed", "", "", "太短", FAILED.opinion), {"grounds": "too_short"}),
    (Said("duty_failed", "", "", FAILED.grounds), {"opinion": "required"}),
    (Said("duty_failed", "名" * 81, "S 1", FAILED.grounds, FAILED.opinion), {"person": "too_long", "staff_no": "form"}),
])
def test_both_conditions_have_grounds_of_their_own(qijiang, lead, said, wrong):
    with pytest.raises(InvalidInput) as refused:
        record(qijiang, said, lead)
    assert refused.value.fields == wrong
    db.session.rollback()
    assert db.session.query(ConductRecord).count() == 0 and entries(qijiang.case_id, "conduct_recorded") == []


@pytest.mark.parametrize(("username", "error"), [
    ("qijiang.dept1.supervisor", PermissionDenied), ("qijiang.office.officer", PermissionDenied),
    ("guichi.bureau.supervisor", NotFound)])
def test_in_qijiang_the_supervisors_of_the_lead_office_record_it_and_nobody_else(qijiang, username, error):
    with pytest.raises(error):
        record(qijiang, FAILED, person(username))


def test_the_same_form_sent_twice_records_it_once(qijiang, lead):
    assert record(qijiang, FAILED, lead).id == record(qijiang, FAILED, lead).id
    assert record(qijiang, FAILED, lead, "u" * 20).id != record(qijiang, FAILED, lead).id


def test_in_hainan_whoever_supervises_records_who_refuses_to_put_right(installed, app, clock, session):
    hainan = Journey(app, clock, "hainan").bad_review()
    for number, who in enumerate(("hainan.dept1.supervisor", "hainan.platform.supervisor")):
        row = record(hainan, REFUSES, person(who), f"{number}" * 20)
        assert (row.article, row.consequences, row.opinion) == ("HN-17", "called_to_account", "")
    with pytest.raises(PermissionDenied):
        record(hainan, FAILED, person("hainan.platform.supervisor"), "x" * 20)


@pytest.mark.both_databases
def test_the_branch_of_the_area_supervises_in_hainan_and_that_of_another_city_does_not(installed, app, clock, session):
    """HN-5: the sub-platforms and branches urge and check."""
    sanya = Journey(app, clock, "hainan").bad_review(office=3)
    session.rollback()
    branch, other = person("hainan.platform_sanya.supervisor"), person("hainan.platform_city.supervisor")
    for case in (session.get(Case, sanya.case_id), readings.of(session.get(Case, sanya.case_id))):
        assert (list(conduct.kinds_for(case, branch)), list(conduct.kinds_for(case, other))) == (["refuses"], [])
    assert record(sanya, REFUSES, branch).recorded_by == branch.user_id
    for somebody, error in ((other, NotFound), (person("hainan.platform_sanya.officer"), PermissionDenied)):
        with pytest.raises(error):
            record(sanya, REFUSES, somebody, "x" * 20)


def test_where_the_text_orders_nothing_of_the_kind_nothing_is_offered(installed, app, clock, session):
    guichi = Journey(app, clock, "guichi").bad_review()
    boss = person("guichi.bureau.supervisor")
    assert regulations.conduct("guichi") == {} and conduct.kinds_for(db.session.get(Case, guichi.case_id), boss) == {}
    with pytest.raises(PermissionDenied):
        record(guichi, REFUSES, boss)


def listed(username, **wanted):
    db.session.rollback()
    actor, narrowed = person(username), Wanted(**wanted)
    page = failures.listed(actor, narrowed)
    assert [(row.kind, row.case.id, row.at) for row in failures.rows(actor, narrowed)] == [
        (row.kind, row.case.id, row.at) for row in page.items] and page.total == len(page.items)
    return page.items


def test_what_was_recorded_is_listed_for_those_who_see_the_case(qijiang, lead):
    row = record(qijiang, FAILED, lead)
    assert [one.id for one in conduct.of_case(readings.of(db.session.get(Case, qijiang.case_id)))] == [row.id]
    for username, expected in (("qijiang.office.supervisor", [FAILED.grounds]), ("qijiang.dept1.supervisor", [
            FAILED.grounds]), ("qijiang.dept2.supervisor", []), ("guichi.bureau.supervisor", [])):
        assert [one.grounds for one in listed(username)] == expected, username
    for wanted, count in (({"year": 2025}, 0), ({"year": 2026}, 1), ({"regulation": "hainan"}, 0),
                          ({"regulation": "qijiang", "year": 2026}, 1)):
        assert len(listed("qijiang.office.supervisor", **wanted)) == count


def test_a_failure_that_a_dismissed_appeal_found_stands_in_the_same_list(installed, app, clock, session):
    rated = Journey(app, clock, "qijiang").bad_review(staff_no="S001")
    reasons = "调取监控并询问当事人：当日擅自离岗属实，申诉不成立。"
    appeal = rated.appeal("qijiang.dept1.staff")
    appeal.does("review", decision="dismissed", duty_failed=True, opinion=FAILED.opinion, reasons=reasons)
    appeal.closed_as("appeal_dismissed")
    clock.advance(minutes=1)
    record(rated, FAILED, person("qijiang.office.supervisor"))
    newest, found = listed("qijiang.office.supervisor")
    assert (newest.kind, newest.person) == ("duty_failed", FAILED.person)
    assert (found.kind, found.case.id, found.staff_no, found.grounds, found.opinion) == (
        "", appeal.case_id, "S001", reasons, FAILED.opinion)
    assert found.consequences == newest.consequences and found.by.username == "qijiang.office.reviewer"
    assert listed("qijiang.dept2.supervisor") == []


def withdraw(journey, row_id, username, reason="查实有误：监控时间不符"):
    with transaction():
        conduct.withdraw(journey.case_id, row_id, person(username), reason, journey.now)


def test_a_record_that_was_wrong_is_withdrawn_and_stays_to_be_seen(qijiang, lead):
    row_id = record(qijiang, FAILED, lead).id
    withdraw(qijiang, row_id, "qijiang.office.supervisor")
    withdraw(qijiang, row_id, "qijiang.office.supervisor", "再次撤销")
    db.session.rollback()
    (row,) = conduct.of_case(readings.of(db.session.get(Case, qijiang.case_id)))
    assert (row.grounds, row.withdrawal.reason) == (FAILED.grounds, "查实有误：监控时间不符")
    (one,) = listed("qijiang.dept1.supervisor")
    assert one.withdrawal.by.username == "qijiang.office.supervisor"
    (entry,) = entries(qijiang.case_id, "conduct_withdrawn")
    assert "监控" not in entry.details and json.loads(entry.details)["record"] == row_id
    assert qijiang.notices("conduct_withdrawn") == {("区市场监管局", "supervisor")}
    qijiang.healthy()


def test_neither_a_record_nor_its_withdrawal_can_be_changed_or_deleted(qijiang, lead):
    withdraw(qijiang, record(qijiang, FAILED, lead).id, "qijiang.office.supervisor")
    for table in (ConductRecord.__table__, ConductWithdrawal.__table__):
        column = table.c.grounds if "grounds" in table.c else table.c.reason
        for statement in (table.update().values({column: "别的"}), table.delete()):
            with pytest.raises(DBAPIError):
                db.session.execute(statement)
            db.session.rollback()


@pytest.mark.parametrize(("username", "error"), [
    ("qijiang.dept1.supervisor", PermissionDenied), ("qijiang.office.officer", PermissionDenied),
    ("guichi.bureau.supervisor", NotFound)])
def test_nobody_else_withdraws_what_the_lead_office_recorded(qijiang, lead, username, error):
    row_id = record(qijiang, FAILED, lead).id
    with pytest.raises(error):
        withdraw(qijiang, row_id, username)
    with pytest.raises(InvalidInput) as refused:
        withdraw(qijiang, row_id, "qijiang.office.supervisor", " ")
    assert refused.value.fields == {"reason": "required"}
    other = Journey(qijiang.app, qijiang.clock, "qijiang").bad_review()
    with pytest.raises(NotFound):
        withdraw(other, row_id, "qijiang.office.supervisor")


def test_in_hainan_the_unit_withdraws_what_it_recorded_itself_and_not_what_the_platform_did(
        installed, app, clock, session):
    hainan = Journey(app, clock, "hainan").bad_review()
    own = record(hainan, REFUSES, person("hainan.dept1.supervisor"), "a" * 20).id
    above = record(hainan, REFUSES, person("hainan.platform.supervisor"), "b" * 20).id
    withdraw(hainan, own, "hainan.dept1.supervisor")
    with pytest.raises(PermissionDenied):
        withdraw(hainan, above, "hainan.dept1.supervisor")
