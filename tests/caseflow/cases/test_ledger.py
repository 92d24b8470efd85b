"""The ledger (台账): the cases one may see, narrowed to what one looks for."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event

from caseflow.cases import ledger
from caseflow.cases.ledger import CaseFilter
from caseflow.models import db, transaction
from caseflow.people.permissions import SYSTEM
from caseflow.raters import attempts
from tests.ground import newcomer, person, reached, unit
from tests.journeys.kit import Journey


def numbers(actor, journey, **wanted):
    db.session.rollback()      # what journeys did meanwhile
    return [case.number for case in ledger.ledger(actor, CaseFilter(**wanted), journey.now).items]


@pytest.fixture
def lead(guichi, session):
    return person("guichi.bureau.supervisor")


@pytest.mark.both_databases
def test_cases_of_another_place_are_in_no_list_and_no_count(guichi, hainan, lead):
    own = guichi.case().number
    for wanted in ({}, {"status": "open"}, {"search": "营业执照"}, {"level": "dissatisfied"}):
        assert numbers(lead, guichi, **wanted) == [own]
        assert ledger.ledger(lead, CaseFilter(**wanted), guichi.now).total == 1
    assert numbers(lead, guichi, regulation="hainan") == []
    assert numbers(lead, guichi, unit_id=hainan.case().unit_id) == []
    assert numbers(person("guichi.admin"), guichi) == []
    assert numbers(newcomer("nobody"), guichi) == []
    assert set(numbers(SYSTEM, guichi)) == {own, hainan.case().number}


def test_only_units_that_take_part_see_a_case_and_auditors_with_them(guichi, lead, session):
    own = [guichi.case().number]
    for username in ("guichi.dept1.officer", "guichi.dept1.supervisor", "guichi.bureau.officer", "guichi.auditor"):
        assert numbers(person(username), guichi) == own, username
    assert numbers(person("guichi.dept2.officer"), guichi) == []
    government = unit("guichi", "government").id
    assert numbers(newcomer("above", ("supervisor", government)), guichi) == own
    assert numbers(newcomer("clerk", ("officer", government)), guichi) == []


def test_the_newest_case_comes_first(guichi, lead, clock):
    first = guichi.case().number
    clock.advance(minutes=1)
    second = Journey(guichi.app, clock, "guichi").bad_review().case().number
    assert numbers(lead, guichi) == [second, first]


def test_the_ledger_is_narrowed_by_unit_level_status_and_day(guichi, lead, clock):
    first, opened = guichi.case(), guichi.now
    clock.advance(days=1)
    other = Journey(guichi.app, clock, "guichi").bad_review(level="1", office=1)
    other.does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")
    second = other.case()
    for wanted, found in (
        ({"unit_id": first.unit_id}, [first]), ({"unit_id": second.unit_id}, [second]),
        ({"level": "very_dissatisfied"}, [second]), ({"level": "dissatisfied"}, [first]),
        ({"status": "open"}, [first]), ({"status": "closed"}, [second]), ({"status": "voided"}, []),
        ({"opened_from": opened}, [second, first]), ({"opened_from": opened + timedelta(seconds=1)}, [second]),
        ({"opened_to": opened + timedelta(days=1)}, [first]), ({"opened_to": opened}, []),
        ({"status": "open", "unit_id": second.unit_id}, []),
    ):
        assert numbers(lead, guichi, **wanted) == [case.number for case in found], wanted


def test_overdue_is_what_is_late_and_what_was_done_late(guichi, lead, clock):
    punctual = Journey(guichi.app, clock, "guichi").bad_review(office=1).does("first_response", outcome="resolved")
    punctual.does("revisit", revisit_result="satisfied")
    assert numbers(lead, guichi, overdue=True) == []
    guichi.time_passes(days=10)
    late = [guichi.case().number]
    assert numbers(lead, guichi, overdue=True) == late
    guichi.does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")
    assert numbers(lead, guichi, overdue=True) == late


@pytest.mark.both_databases
@pytest.mark.parametrize("fired", [True, False])
def test_a_case_that_was_late_stays_so_when_it_is_voided(guichi, lead, clock, fired):
    guichi.time_passes(days=10) if fired else clock.advance(days=10)     # before the scheduler comes
    guichi.message("appeal_upheld").time_passes(days=1)
    assert (guichi.case().status, numbers(lead, guichi, overdue=True)) == ("voided", [guichi.case().number])
    assert facts(guichi).late


@pytest.mark.both_databases
def test_a_case_that_is_voided_in_time_is_not_late_however_long_ago_that_was(guichi, lead):
    guichi.time_passes(hours=1).message("appeal_upheld").time_passes(days=60)
    assert (numbers(lead, guichi, overdue=True), facts(guichi).late) == ([], False)


@pytest.mark.both_databases
def test_a_case_that_is_voided_in_the_last_second_of_its_limit_is_not_late_and_a_second_later_it_is(guichi, lead):
    later = Journey(guichi.app, guichi.clock, "guichi").bad_review()
    guichi.until("2026-03-04").message("appeal_upheld")
    later.time_passes(seconds=1).message("appeal_upheld")
    assert numbers(lead, guichi, overdue=True) == [later.case().number]
    assert (facts(guichi).late, facts(later).late) == (False, True)


@pytest.mark.both_databases
def test_a_task_that_its_own_limit_ends_was_not_late(guichi, lead, session):
    why = "核实情况写在附件里，供复核。"
    appeal = guichi.appeal("guichi.dept1.officer").does("verify", verification="confirmed", reasons=why)
    appeal.does("review", decision="more_evidence", reasons=why).time_passes(days=10)
    assert (appeal.timers("fired"), facts(appeal).late) == (["supplement_due"], False)
    assert appeal.case().number not in numbers(lead, guichi, overdue=True)


def test_pages_of_the_ledger_count_all_cases(guichi, lead, clock):
    for _ in range(2):
        Journey(guichi.app, clock, "guichi").bad_review()
    db.session.rollback()
    pages = [ledger.ledger(lead, CaseFilter(), guichi.now, page=n, per_page=2) for n in (1, 2)]
    assert [(len(page.items), page.total, page.pages) for page in pages] == [(2, 3, 2), (1, 3, 2)]


def facts(journey):
    db.session.rollback()
    return ledger.ledger_facts([journey.case_id], journey.now)[journey.case_id]


@pytest.fixture
def hefei(installed, app, clock):
    return Journey(app, clock, "hefei").bad_review()


@pytest.fixture
def qijiang(installed, app, clock):
    return Journey(app, clock, "qijiang").bad_review()


@pytest.mark.both_databases
def test_a_complex_matter_of_hefei_stands_with_its_plan_and_the_limit_that_was_set(hefei, session):
    hefei.does("first_response", outcome="complex")
    assert (facts(hefei).planned, facts(hefei).keeps_plans) == (None, True)
    assert numbers(SYSTEM, hefei, planned=True) == []
    hefei.does("open_ledger", rectify_by="2026-03-20", plan="分两批换证。" * 50)
    known = facts(hefei).planned
    assert (known.plan, known.limit.isoformat(), known.kept) == ("分两批换证。" * 50, "2026-03-20T15:59:59+00:00", None)
    assert numbers(SYSTEM, hefei, planned=True) == [hefei.case().number]
    hefei.time_passes(days=3).does("rectify_ledger")
    assert facts(hefei).planned.kept is True


def test_a_plan_that_is_not_done_by_its_limit_is_not_kept_also_when_it_is_done_later(hefei, session):
    hefei.does("first_response", outcome="complex").does("open_ledger", rectify_by="2026-03-06")
    hefei.time_passes(days=5)
    assert facts(hefei).planned.kept is False
    hefei.does("rectify_ledger")
    assert facts(hefei).planned.kept is False


def test_where_the_text_sets_the_limit_it_is_that_of_the_task(guichi, session):
    guichi.does("first_response", outcome="complex").does("open_ledger", plan="请第三方重做鉴定。")
    known = facts(guichi).planned
    assert (known.plan, known.limit.isoformat()) == ("请第三方重做鉴定。", "2026-03-23T15:59:59+00:00")


def test_what_qijiang_promises_is_its_plan_with_its_day(qijiang, session):
    qijiang.does("assign").does("first_response", outcome="complex", promise="补发证照。", promise_by="2026-03-05")
    known = facts(qijiang).planned
    assert (known.plan, known.limit.isoformat()) == ("补发证照。", "2026-03-05T15:59:59+00:00")


def test_a_simple_matter_is_in_no_ledger_of_complex_ones_and_hainan_keeps_none(guichi, hainan, session):
    guichi.does("first_response", outcome="simple")
    assert (facts(guichi).planned, facts(guichi).keeps_plans) == (None, True)
    hainan.does("verify").does("contact_rater").does("first_response", outcome="rectify")
    hainan.does("dispatch", rectify_by="2026-03-20")
    assert (facts(hainan).planned, facts(hainan).keeps_plans) == (None, False)
    assert numbers(SYSTEM, guichi, planned=True) == []


def test_a_plan_that_an_upheld_appeal_calls_off_is_neither_kept_nor_not(guichi, session):
    guichi.does("first_response", outcome="complex").does("open_ledger")
    why = "经与评价人核对，是误操作，不是本人的意思，评价不予采纳。"
    appeal = guichi.appeal("guichi.dept1.officer").does("verify", verification="confirmed", reasons=why)
    appeal.does("review", decision="upheld", finding="mistaken", reasons=why).does("correct")
    guichi.time_passes(days=60)
    assert (guichi.case().status, facts(guichi).planned.kept) == ("voided", None)


def test_a_plan_that_is_called_off_after_the_day_that_was_set_was_not_kept(guichi, qijiang, session):
    guichi.does("first_response", outcome="complex").does("open_ledger")
    qijiang.does("assign").does("first_response", outcome="complex", promise_by="2026-03-05")
    guichi.until("2026-03-06", at=time(9))
    for case in (qijiang, guichi):
        case.message("appeal_upheld")
    guichi.time_passes(days=60)
    assert [facts(case).planned.kept for case in (qijiang, guichi)] == [False, None]
    assert not facts(qijiang).late      # the day that was promised is no statutory limit


def test_a_plan_that_is_called_off_after_the_limit_of_its_task_was_not_kept(guichi, session):
    guichi.does("first_response", outcome="complex").does("open_ledger").time_passes(days=60).message("appeal_upheld")
    assert (guichi.case().status, facts(guichi).planned.kept) == ("voided", False)


@pytest.mark.both_databases
@pytest.mark.parametrize("office", [0, 1, 2])
def test_the_ledger_of_hainan_knows_the_contact_and_the_revisit_of_the_province_and_of_the_branches(
        hainan, clock, session, office):
    case = Journey(hainan.app, clock, "hainan").bad_review(office=office).does("verify")
    contacted = case.time_passes(hours=1).does("contact_rater").now
    handled = case.time_passes(hours=1).does("first_response", outcome="resolved").now
    case.time_passes(hours=1).does("revisit", revisit_result="satisfied", newest_level="satisfied")
    known = facts(case)
    assert (known.first_contact_at, known.rectified_at, known.revisit.value) == (contacted, handled, "satisfied")


@pytest.mark.parametrize("office", [0, 1])
def test_what_was_sent_back_is_handled_when_it_was_handled_again_and_the_last_revisit_counts(
        hainan, clock, session, office):
    case = Journey(hainan.app, clock, "hainan").bad_review(office=office).does("verify").does("contact_rater")
    case.does("first_response", outcome="rectify").does("dispatch", rectify_by="2026-03-20").does("rectify")
    case.does("revisit", revisit_result="unsatisfied", newest_level="dissatisfied")
    assert (facts(case).rectified_at, facts(case).revisit.value) == (case.now, "unsatisfied")
    again = case.time_passes(hours=2).does("rehandle").now
    case.time_passes(hours=1).does("revisit", revisit_result="satisfied", newest_level="satisfied")
    assert (facts(case).rectified_at, facts(case).revisit.value) == (again, "satisfied")


def test_the_first_contact_is_the_first_attempt_that_reached_the_rater_and_before_it_there_is_none(guichi, session):
    officer = "guichi.dept1.officer"
    assert facts(guichi).first_contact_at is None
    guichi.time_passes(hours=2)
    reached(guichi.case_id, officer, guichi.now, result="no_answer")
    assert facts(guichi).first_contact_at is None
    called = guichi.time_passes(hours=1).now
    reached(guichi.case_id, officer, called)
    guichi.time_passes(hours=1).does("first_response", outcome="simple")
    assert facts(guichi).first_contact_at == called


@pytest.mark.both_databases
def test_a_first_contact_that_was_written_down_on_a_later_day_says_when(guichi, session):
    def logs(tried_at, now, result="reached"):
        with transaction():
            attempts.log(guichi.case_id, person("guichi.dept1.officer"), tried_at=tried_at, channel="telephone",
                         result=result, note="", form_token=uuid4().hex, now=now)

    first = guichi.now
    logs(first, guichi.time_passes(hours=2).now, "no_answer")
    logs(first, guichi.time_passes(days=3).now)
    assert (facts(guichi).first_contact_at, facts(guichi).first_contact_added_at) == (first, guichi.now)
    logs(first, guichi.time_passes(days=1).now)
    assert facts(guichi).first_contact_added_at == guichi.now - timedelta(days=1)


def test_a_first_contact_that_was_written_down_the_same_day_says_nothing_more(guichi, session):
    called = guichi.time_passes(hours=1).now
    reached(guichi.case_id, "guichi.dept1.officer", called)
    assert (facts(guichi).first_contact_at, facts(guichi).first_contact_added_at) == (called, None)


def test_attempts_in_vain_as_the_regulation_asks_for_keep_the_duty_too(guichi, session):
    guichi.cannot_be_reached("first_response")
    assert facts(guichi).first_contact_at == guichi.now
    guichi.does("first_response", outcome="simple", contact_channel="no_answer")


def test_an_appeal_has_no_milestones_of_a_rectification(guichi, session):
    appeal = guichi.appeal("guichi.dept1.officer")
    assert facts(appeal) == ledger.LedgerFacts(level=appeal.case().rating.level)


def test_the_facts_of_many_cases_are_read_in_four_queries(guichi, hainan, session):
    sent = []
    event.listen(db.engine, "before_cursor_execute", lambda *call: sent.append(call[2]))
    ledger.ledger_facts([guichi.case_id, hainan.case_id], guichi.now)
    assert len(sent) == 4
