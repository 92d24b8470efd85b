"""The rater is asked before anybody decides on an appeal against their rating (reading rater_asked_first)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from caseflow.cases import steps
from caseflow.errors import InvalidForm, NotFound, NotImpartial, PermissionDenied
from caseflow.models import Case, User, WorkItem, db, transaction
from caseflow.people.permissions import Actor, actor_for
from caseflow.raters import contacts
from tests.ground import newcomer, open_item, person, reached
from tests.journeys.kit import Journey
from tests.web.desk import Desk, words

pytestmark = [pytest.mark.both_databases, pytest.mark.parametrize("place, appellant", [
    ("qijiang", "qijiang.dept1.staff"), ("hainan", "hainan.dept1.officer"), ("guichi", "guichi.dept1.officer")])]
LONG_ENOUGH = "证据清楚，足以认定。"


def to_be_asked(journey, place, appellant, **kinds) -> Journey:
    """An appeal against a rating as malicious, at the task that asks the rater."""
    appeal = journey(place).bad_review(**kinds).appeal(appellant, ground="malicious")
    return appeal.does("verify", verification="confirmed", reasons=LONG_ENOUGH) if place == "guichi" else appeal


def reviewer_of(item) -> Actor:
    """Who has the post of the task."""
    holds = User.roles.any(role=item.role, unit_id=item.unit_id)
    return actor_for(db.session.query(User).filter(User.active, holds).order_by(User.id).first())


def test_the_rater_is_asked_before_the_decision_and_each_contact_is_logged(journey, place, appellant):
    appeal = to_be_asked(journey, place, appellant)
    assert appeal.open_tasks() == ["ask_rater"]
    with appeal.app.app_context():
        item, form = open_item(appeal.case_id), {"rater_reply": "keeps", "asked_channel": "phone",
                                                 "rater_words": "等了两个小时，没有人理。"}
        form |= {"newest_level": "dissatisfied"} if place == "hainan" else {}
        reviewer, item_id = reviewer_of(item), item.id
        with pytest.raises(InvalidForm) as refused, transaction():
            steps.complete_task(item_id, reviewer, form, "t" * 20, appeal.now)
        assert refused.value.details["fields"] == {"asked_channel": "not_contacted"}
        in_vain = {"rater_reply": "unreachable", "unreachable_reason": "no_answer", "attempts": 3}
        with pytest.raises(InvalidForm) as refused, transaction():
            steps.complete_task(item_id, reviewer, in_vain, "t" * 20, appeal.now)
        assert refused.value.details["fields"]["rater_reply"] == "unreachable_yet"
        nobody = {"rater_reply": "unreachable", "unreachable_reason": "no_contact"}
        with pytest.raises(InvalidForm) as refused, transaction():
            steps.complete_task(item_id, reviewer, nobody, "t" * 20, appeal.now)
        assert refused.value.details["fields"]["unreachable_reason"] == "has_contact"
    appeal.asks_rater(rater_words="等了两个小时，没有人理。")
    assert "ask_rater" in appeal.done() and "contact_attempted" in appeal.kinds()


def test_a_rater_who_is_tried_in_vain_or_left_nothing_is_noted_as_such(journey, place, appellant):
    for real_name in (True, False):
        appeal = to_be_asked(journey, place, appellant, real_name=real_name)
        if real_name:
            appeal.cannot_be_reached("ask_rater").does("ask_rater", rater_reply="unreachable", attempts=3)
        else:
            appeal.does("ask_rater", rater_reply="unreachable", unreachable_reason="no_contact")
        assert appeal.open_tasks() == ["examine" if place == "hainan" else "review"]


def test_nobody_of_the_rated_unit_asks_the_rater_or_sees_the_log(journey, place, appellant):
    appeal = to_be_asked(journey, place, appellant)
    with appeal.app.app_context():
        item = open_item(appeal.case_id)
        member = newcomer("both", ("reviewer", item.unit_id), ("officer", item.case.unit_id))
        reviewer = reviewer_of(item)
        assert [contacts.may_reveal(item.case, who) for who in (reviewer, member, person(appellant))] == [
            True, False, False]
        with pytest.raises(NotImpartial), transaction():
            steps.complete_task(item.id, member, {"rater_reply": "keeps"}, "t" * 20, appeal.now)
        with pytest.raises((PermissionDenied, NotFound)), transaction():
            reached(appeal.case_id, appellant, appeal.now)
        assert [contacts.may_see_log(item.case, who) for who in (reviewer, member, person(appellant))] == [
            True, False, False]
    appeal.asks_rater()
    with appeal.app.app_context():
        assert not contacts.may_reveal(db.session.get(Case, appeal.case_id), reviewer)


def test_the_page_of_an_appeal_tells_the_reviewer_of_a_contact_and_not_the_parties(journey, place, appellant):
    appeal = to_be_asked(journey, place, appellant).asks_rater()
    with appeal.app.app_context():
        reviewer = db.session.query(User).filter(User.id == db.session.scalar(select(WorkItem.completed_by).where(
            WorkItem.case_id == appeal.case_id, WorkItem.element == "ask_rater"))).one().username
    page = f"/cases/{appeal.case().number}"
    told = {who: "联系评价人（" in words(Desk(appeal.app, appeal.clock, who).opens(page))
            for who in (reviewer, appellant)}
    assert told == {reviewer: True, appellant: False}
