"""What is filled in once for linked cases has to be right in each: the rules of the form by its own receipt, and the
person by what was done in it. All are completed or none."""

from __future__ import annotations

from uuid import uuid4

import pytest

from caseflow.cases import steps
from caseflow.errors import InvalidForm, OtherPersonNeeded
from caseflow.models import transaction
from caseflow.supervision import duplicates
from tests.ground import colleague, open_item, person, reached, rows
from tests.journeys.kit import Journey

pytestmark = pytest.mark.both_databases
LEAD, OFFICER = "qijiang.office.supervisor", "qijiang.office.officer"
PROMISE = {"outcome": "complex", "feedback_channel": "phone", "promise": "三日内补发证照",
           "findings": "已核实，情况属实。"}


def linked(journey, of):
    with transaction():
        duplicates.link(journey.case_id, of.case_id, person(LEAD), "同一评价人、同一件事", journey.now)


def complete(username, answers, *journeys, late_reason=""):
    with transaction():
        duplicates.complete([open_item(journey.case_id).id for journey in journeys], person(username), answers,
                            uuid4().hex, journeys[0].now, late_reason)


def test_a_promise_is_no_later_than_the_fifth_working_day_of_each(installed, app, clock, session):
    first = Journey(app, clock, "qijiang").bad_review().does("assign")              # Monday 2 March
    clock.advance(days=7)
    second = Journey(app, clock, "qijiang").bad_review().does("assign")
    linked(second, first)
    for journey in (first, second):
        reached(journey.case_id, "qijiang.dept1.officer", first.now)
    before = rows()
    for journeys in ((first, second), (second, first)):
        with pytest.raises(InvalidForm) as refused:
            complete("qijiang.dept1.officer", PROMISE | {"promise_by": "2026-03-11"}, *journeys)
        assert refused.value.fields == {"promise_by": "rule_broken"} and rows() == before
    complete("qijiang.dept1.officer", PROMISE | {"promise_by": "2026-03-09"}, first, second)
    assert (first.open_tasks(), second.open_tasks()) == (["rectify"], ["rectify"])


def test_who_revisited_one_of_them_tracks_neither_along(installed, app, clock, session):
    mine, other = (Journey(app, clock, "qijiang").bad_review(orgcode="11500222MB000091").does("assign").does(
        "first_response", outcome="resolved", resolution="ruled") for _ in range(2))
    mine.does("revisit", revisit_result="satisfied")                                # by OFFICER
    reached(other.case_id, OFFICER, other.now)
    item = open_item(other.case_id)
    with transaction():
        steps.complete_task(item.id, colleague(item), {"revisit_result": "satisfied", "revisit_channel": "phone"},
                            uuid4().hex, other.now)
    linked(other, mine)
    before = rows()
    for journeys in ((mine, other), (other, mine)):
        with pytest.raises(OtherPersonNeeded):
            complete(OFFICER, {"track_result": "confirmed"}, *journeys)
        assert rows() == before
    complete(OFFICER, {"track_result": "confirmed"}, other)
    assert (mine.open_tasks(), other.case().status) == (["track"], "closed")
