"""What was changed after a closed case: who notes it, that it stays, and how it is corrected."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from caseflow.errors import InvalidInput, PermissionDenied
from caseflow.law import regulations
from caseflow.models import Case, Improvement, db, transaction
from caseflow.supervision import improvements
from caseflow.supervision.improvements import Entered, Wanted
from tests.ground import entries, person
from tests.journeys.kit import Journey

LEAD, OFFICER, ELSEWHERE = "guichi.bureau.supervisor", "guichi.dept1.officer", "guichi.dept2.officer"
GUIDE = Entered("guide", "营业执照办理指南", "补充了材料样本。")


@pytest.fixture
def closed(guichi) -> Journey:
    """A bad review of Guichi that was handled to its end."""
    return guichi.does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")


def note(journey, entered=GUIDE, username=OFFICER, token=None, **more):
    with transaction():
        row = improvements.record(
            journey.case_id, person(username), entered, token or uuid4().hex, journey.now, **more)
        return row.id


def standing(journey) -> list[str]:
    rows = improvements.of_case(db.session.get(Case, journey.case_id))
    return [row.subject for row in improvements.standing(rows)]


@pytest.mark.both_databases
def test_a_closed_case_names_what_was_changed_and_the_journal_says_so(closed, session):
    number = note(closed)
    assert standing(closed) == ["营业执照办理指南"]
    entry = json.loads(entries(closed.case_id, "improvement_recorded")[-1].details)
    assert (entry["improvement"], entry["kind"], entry["subject"]) == (number, "guide", "营业执照办理指南")


@pytest.mark.parametrize("username", [OFFICER, LEAD, "guichi.dept1.supervisor"])
def test_the_responsible_unit_and_supervisors_may_note_it(username, closed, session):
    assert note(closed, username=username)


@pytest.mark.parametrize("username", ["guichi.bureau.officer", "guichi.auditor"])
def test_nobody_else_who_sees_the_case_may(username, closed, session):
    with pytest.raises(PermissionDenied):
        note(closed, username=username)


def test_an_open_case_has_nothing_to_note_yet(guichi, session):
    with pytest.raises(PermissionDenied):
        note(guichi)


def test_where_the_text_does_not_ask_for_it_it_is_not_offered(app, clock, session):
    case = db.session.get(Case, Journey(app, clock, "hefei").bad_review().case_id)
    assert improvements.obstacle(case, person("hefei.center.supervisor")) == "unavailable"


def test_the_article_is_the_one_that_makes_ratings_a_reason_to_improve():
    rules = {key: regulations.offered(key, "improvements") for key in ("guichi", "hainan", "hefei", "qijiang")}
    assert {key: (rule.article, rule.available) for key, rule in rules.items()} == {
        "guichi": ("GC-2(二)", True), "hainan": ("HN-16", True), "hefei": ("HF-11", False), "qijiang": ("QJ-19", True)}


@pytest.mark.parametrize(("entered", "field"), [
    (Entered("law", "x", "y"), "kind"), (Entered("withdrawn", "x", "y"), "kind"),
    (Entered("item", " ", "y"), "subject"),
    (Entered("item", "x" * 201, "y"), "subject"), (Entered("item", "x", ""), "text"),
    (Entered("item", "x", "y" * 1001), "text"), (Entered("item", "x\x00", "y"), "subject")])
def test_an_entry_says_what_was_changed_and_how(entered, field, closed, session):
    with pytest.raises(InvalidInput) as refused:
        note(closed, entered)
    assert set(refused.value.fields) == {field}


def test_the_same_form_sent_twice_is_one_entry(closed, session):
    assert note(closed, token="a" * 20) == note(closed, token="a" * 20)
    assert len(standing(closed)) == 1


@pytest.mark.both_databases
def test_a_later_entry_corrects_an_earlier_one_that_stays_to_be_seen(closed, session):
    first = note(closed)
    note(closed, Entered("item", "营业执照办理", "改的是事项。"), corrects=first)
    assert standing(closed) == ["营业执照办理"]
    assert len(improvements.of_case(db.session.get(Case, closed.case_id))) == 2
    with pytest.raises(InvalidInput) as refused:
        note(closed, corrects=first)
    assert refused.value.fields == {"corrects": "not_standing"}


def test_an_entry_can_be_withdrawn_with_a_reason(closed, session):
    first = note(closed)
    note(closed, Entered("withdrawn", "", "登记错了案件。"), corrects=first)
    assert standing(closed) == []


def test_an_entry_of_another_case_is_not_corrected_from_here(closed, app, clock, session):
    other = Journey(app, clock, "guichi").bad_review()
    other.does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")
    first = note(closed)
    with pytest.raises(InvalidInput):
        note(other, corrects=first)


@pytest.mark.both_databases
def test_the_database_refuses_to_change_or_delete_an_entry(closed, session):
    note(closed)
    for statement in (update(Improvement.__table__).values(subject="别的"), delete(Improvement.__table__)):
        with pytest.raises(DBAPIError), transaction():
            session.execute(statement)


@pytest.mark.both_databases
def test_the_list_holds_what_stands_of_the_cases_one_sees_by_place_and_time(closed, session):
    first = note(closed)
    note(closed, Entered("process", "并联审批", "减少一个环节。"))
    note(closed, Entered("item", "营业执照办理", "改的是事项。"), corrects=first)
    now = closed.now

    def listed(username=LEAD, **wanted):
        return [row.subject for row in improvements.listed(person(username), Wanted(**wanted)).items]
    assert listed() == listed(regulation="guichi", since=now, before=now + timedelta(days=1)) == [
        "营业执照办理", "并联审批"]
    assert listed(regulation="hainan") == listed(before=now) == listed(ELSEWHERE) == []
    assert [row.subject for row in improvements.rows(person(LEAD), Wanted())] == listed()
