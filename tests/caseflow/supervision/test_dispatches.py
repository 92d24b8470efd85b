"""A wrong dispatch is sent back once, and the lead office decides; the clock does not wait for it."""

from __future__ import annotations

import pytest

from caseflow.errors import ConcurrentUpdate, DispatchNotRefusable, InvalidInput, NotFound, PermissionDenied
from caseflow.models import Case, DispatchRefusal, Unit, db, transaction
from caseflow.supervision import dispatches
from tests.ground import at_once, entries, open_item, person, rows
from tests.journeys.kit import Journey

REASON = "办件在区民政局办理，与本单位无关"


def office(number: int) -> Unit:
    """A department of Guichi's sample feed, from 1."""
    code = f"11341702MB00000{number}"
    return db.session.query(Unit).filter_by(regulation="guichi", code=code).one()


def refuse(journey, username="guichi.dept1.officer", reason=REASON, suggested=None) -> int:
    with transaction():
        return dispatches.refuse(journey.case_id, person(username), reason, suggested, journey.now).id


def decide(journey, refusal, unit_id=None, username="guichi.bureau.supervisor", reason="已核对办件记录"):
    with transaction():
        if unit_id is None:
            return dispatches.confirm(refusal, person(username), reason, journey.now)
        return dispatches.transfer(refusal, person(username), unit_id, reason, journey.now)


def code(journey, username="guichi.dept1.officer") -> str:
    db.session.rollback()
    return dispatches.obstacle(db.session.get(Case, journey.case_id), person(username))


@pytest.mark.both_databases
def test_the_lead_office_transfers_a_case_that_was_sent_back_and_the_clock_goes_on(guichi, session):
    due, civil = guichi.due_at("first_response"), office(2).id
    refusal = refuse(guichi, suggested=civil)
    assert guichi.notices("dispatch_refused") == {("区数据资源管理局（政务服务管理局）", "supervisor")}
    assert (guichi.due_at("first_response"), guichi.timers()) == (due, ["first_response_due"])
    assert [row.id for row in dispatches.waiting_for(person("guichi.bureau.supervisor"))] == [refusal]
    assert dispatches.waiting_for(person("guichi.dept1.supervisor")) == []
    guichi.time_passes(hours=2)
    decide(guichi, refusal, civil)
    session.rollback()
    item = open_item(guichi.case_id)
    assert (item.unit_id, item.case.unit_id, item.due_at) == (civil, civil, due)
    assert guichi.notices("dispatch_transferred") == {("区市场监管局", "officer")}
    assert guichi.notices("handed_over") == {("区民政局", "officer")}
    row = session.get(DispatchRefusal, refusal)
    assert (row.decision, row.to_unit_id, dispatches.waiting_for(person("guichi.bureau.supervisor"))) == (
        "transferred", civil, [])
    assert [len(entries(guichi.case_id, kind)) for kind in (
        "dispatch_refused", "dispatch_transferred", "task_reassigned")] == [1, 1, 1]
    assert code(guichi, "guichi.dept2.officer") == ""       # once for each unit
    guichi.does("first_response", outcome="resolved").healthy()


def test_a_confirmed_dispatch_is_not_sent_back_again_by_the_same_unit(guichi, session):
    decide(guichi, refuse(guichi))
    assert guichi.notices("dispatch_confirmed") == {("区市场监管局", "officer")}
    with pytest.raises(DispatchNotRefusable) as refused:
        refuse(guichi, "guichi.dept1.supervisor")
    assert refused.value.details == {"reason": "again"}
    guichi.does("first_response", outcome="resolved").healthy()


def test_only_the_responsible_unit_sends_back_and_only_the_lead_office_decides(guichi, session):
    for username, refusal in (("guichi.bureau.officer", PermissionDenied), ("guichi.dept2.officer", NotFound),
                              ("guichi.dept1.staff", NotFound), ("guichi.auditor", PermissionDenied)):
        with pytest.raises(refusal):
            refuse(guichi, username)
    refusal = refuse(guichi)
    for username, error in (("guichi.dept1.supervisor", PermissionDenied), ("guichi.bureau.officer", PermissionDenied),
                            ("hefei.center.supervisor", NotFound)):
        with pytest.raises(error):
            decide(guichi, refusal, username=username)
    with pytest.raises(NotFound):
        decide(guichi, refusal + 1)


def test_what_a_unit_has_begun_to_handle_or_does_not_have_yet_it_cannot_send_back(guichi, session, app, clock):
    assert code(guichi.does("first_response", outcome="simple")) == "accepted"
    assert code(guichi.does("rectify").does("revisit", revisit_result="satisfied")) == "closed"
    qijiang = Journey(app, clock, "qijiang").bad_review()
    assert code(qijiang, "qijiang.dept1.officer") == "no_task"      # the office has not dispatched it


def test_words_and_units_are_checked_and_nothing_is_written(guichi, session):
    foreign = db.session.query(Unit).filter_by(regulation="hefei", key="center").one().id
    government = db.session.query(Unit).filter_by(regulation="guichi", key="government").one().id
    before = rows()
    for reason, suggested, fields in ((" ", None, {"reason": "required"}), ("长" * 201, None, {"reason": "too_long"}),
                                      (REASON, foreign, {"unit": "unknown"})):
        with pytest.raises(InvalidInput) as refused:
            refuse(guichi, reason=reason, suggested=suggested)
        assert refused.value.fields == fields
    assert rows() == before
    refusal = refuse(guichi)
    for unit_id, field in ((foreign, "unknown"), (office(1).id, "unknown"), (government, "unknown")):
        with pytest.raises(InvalidInput) as refused:
            decide(guichi, refusal, unit_id)
        assert refused.value.fields == {"unit": field}


@pytest.mark.both_databases
def test_two_supervisors_who_decide_at_once_do_not_both(guichi, session, app):
    refusal, civil = refuse(guichi), office(2).id
    session.rollback()
    answers = at_once(app, lambda: decide(guichi, refusal), lambda: decide(guichi, refusal, civil))
    assert sum(answer is None for answer in answers) == 1
    assert sum(isinstance(answer, ConcurrentUpdate) for answer in answers) == 1
    guichi.healthy()
