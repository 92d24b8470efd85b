"""The rater is told of an appeal's decision by an office that is not a party, which may reach them until it has."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from sqlalchemy import select

from caseflow.errors import PermissionDenied
from caseflow.models import Case, OutboxMessage, db, transaction
from caseflow.raters import attempts, contacts
from tests.ground import person
from tests.journeys.kit import Journey
from tests.web.desk import Desk, words

LONG_ENOUGH = "证据清楚，足以认定。"
OFFICE, RATED = "qijiang.office.officer", "qijiang.dept1.officer"


def decided(app, clock, decision="upheld", **kinds) -> Journey:
    """A case of Qijiang whose rating was appealed against by the rated person, and the decision made."""
    case = Journey(app, clock, "qijiang").bad_review(**kinds).does("assign")
    answers = {"finding": "mistaken"} if decision == "upheld" else {"duty_failed": False}
    case.appeal("qijiang.dept1.staff").does("review", decision=decision, reasons=LONG_ENOUGH, **answers)
    return case


def may(journey, username) -> bool:
    db.session.rollback()
    return contacts.may_reveal(db.session.get(Case, journey.case_id), person(username))


def attempt(journey, username, result):
    with transaction():
        attempts.log(
            journey.case_id, person(username), tried_at=journey.now, channel="telephone", result=result, note="",
            form_token=uuid4().hex, now=journey.now)


@pytest.mark.both_databases
def test_the_lead_office_is_asked_to_tell_the_rater_and_may_reach_them_until_it_has(installed, app, session, clock):
    case = decided(app, clock)
    assert case.case().status == "voided"
    assert case.notices("tell_rater_upheld") == {("区政务服务管理办公室", "officer")}
    message = session.scalar(select(OutboxMessage).where(OutboxMessage.kind == "tell_rater_upheld"))
    assert json.loads(message.details) == {"number": case.case().number, "name": ""}     # neither rater nor staff
    who = ("qijiang.office.officer", "qijiang.office.supervisor", "qijiang.office.reviewer", "qijiang.dept1.staff",
           RATED, "qijiang.auditor")
    assert [may(case, name) for name in who] == [True, True, False, False, False, False]
    attempt(case, OFFICE, "no_answer")
    assert may(case, OFFICE)
    case.time_passes(hours=1)
    attempt(case, OFFICE, "reached")
    assert not may(case, OFFICE)
    with pytest.raises(PermissionDenied), transaction():
        contacts.reveal(case.case_id, person(OFFICE), "再联系", case.now)
    case.healthy()


def test_a_dismissed_appeal_is_told_too_and_an_anonymous_rater_cannot_be(installed, app, session, clock):
    case = decided(app, clock, "dismissed")
    assert case.notices("tell_rater_dismissed") == {("区政务服务管理办公室", "officer")}
    assert (may(case, OFFICE), may(case, RATED)) == (True, True)     # the rectification goes on with its own contact
    nobody = decided(app, clock, real_name=False)
    assert nobody.notices("tell_rater_upheld") == set()


def test_in_hainan_the_branch_that_has_the_case_tells_the_rater(installed, app, session, clock):
    case = Journey(app, clock, "hainan").bad_review(office=1)
    case.appeal("hainan.dept2.officer", ground="malicious").does("examine", examination=LONG_ENOUGH).does(
        "review", decision="upheld", finding="malicious", reasons=LONG_ENOUGH)
    assert case.notices("tell_rater_upheld") == {("12345海口分平台", "officer")}            # HN-14
    assert not may(case, "hainan.dept2.officer")


def test_the_case_page_says_what_is_to_be_done_to_those_who_have_to(installed, app, session, clock):
    case = decided(app, clock)
    address = f"/cases/{case.case().number}"
    assert "请把决定和理由告知评价人" in words(Desk(app, clock, OFFICE).opens(address))
    assert "请把决定和理由告知评价人" not in words(Desk(app, clock, RATED).opens(address))
    attempt(case, OFFICE, "reached")
    assert "请把决定和理由告知评价人" not in words(Desk(app, clock, OFFICE).opens(address))
