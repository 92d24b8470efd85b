"""Whoever did one task does not do the other (different_person): at every door, and who stands in where nobody can."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from caseflow.cases import steps
from caseflow.errors import NotFound, OtherPersonNeeded, PermissionDenied
from caseflow.health import doctor
from caseflow.models import RoleAssignment, User, WorkItem, db, transaction
from caseflow.people import accounts, apart, permissions
from caseflow.supervision import absences, board, reassign
from caseflow.supervision.board import Wanted
from caseflow.work import delegation, tasks, worklist
from tests.ground import colleague, entries, leave, newcomer, open_item, person, reached, unit
from tests.journeys.kit import Journey
from tests.statements import recorded

pytestmark = pytest.mark.both_databases
OFFICE = "11500222MB000091"


@pytest.fixture
def own(installed, app, clock, session):
    """A rating of the lead office itself, which handled and revisited it, and is to track it."""
    case = Journey(app, clock, "qijiang").bad_review(orgcode=OFFICE).does("assign")
    case.does("first_response", outcome="resolved", resolution="ruled").does("revisit", revisit_result="satisfied")
    session.rollback()
    return case


@pytest.fixture
def officer(own):
    """Who did all of it so far."""
    return person("qijiang.office.officer")


@pytest.fixture
def boss(own):
    return person("qijiang.office.supervisor")


def again(actor):
    """The actor as they are now."""
    db.session.rollback()
    return permissions.actor_for(db.session.get(User, actor.user_id))


def claim(own, actor):
    with transaction():
        return tasks.claim(open_item(own.case_id).id, actor, own.now)


def offered(own, actor, scope="all"):
    return [item.element for item in worklist.my_work(actor, now=own.now, scope=scope).items]


def test_who_revisited_can_neither_take_nor_complete_the_tracking(own, officer):
    item_id = open_item(own.case_id).id
    form = {"track_result": "confirmed"}
    for attempt in (lambda: tasks.claim(item_id, officer, own.now),
                    lambda: steps.complete_task(item_id, officer, form, "t" * 20, own.now)):
        with pytest.raises(OtherPersonNeeded) as refused, transaction():
            attempt()
        assert refused.value.details == {
            "article": "QJ-14", "done": "回访并反馈", "fallback": ("区政务服务管理办公室", "supervisor")}
    assert entries(own.case_id, "task_claimed") == []


def test_who_revisited_is_not_offered_the_tracking_and_it_is_not_counted(own, officer):
    assert offered(own, officer) == [] and not tasks.anything_free(officer)
    assert {name: worklist.counts(officer, own.now)[name] for name in ("work", "mine")} == {"work": 0, "mine": 0}
    assert worklist.next_in_case(own.case_id, officer) is None
    assert tasks.standing(own.case_id).next_for(officer) is None
    with transaction():
        assert tasks.claim_next(officer, own.now) is None


def test_a_colleague_tracks_what_another_revisited(own):
    helper = colleague(open_item(own.case_id), "helper")
    assert offered(own, helper) == ["track"] and tasks.standing(own.case_id).next_for(helper).element == "track"
    claim(own, helper)
    with transaction():
        steps.complete_task(open_item(own.case_id).id, helper, {"track_result": "confirmed"}, "t" * 20, own.now)
    own.closed_as("closed_resolved")


def test_who_revisited_one_case_tracks_another(own, officer):
    other = Journey(own.app, own.clock, "qijiang").bad_review().does("assign")
    other.does("first_response", outcome="resolved", resolution="ruled").does("revisit", revisit_result="satisfied")
    db.session.rollback()
    assert [item.case_id for item in worklist.my_work(officer, now=own.now).items] == [other.case_id]
    claim(other, officer)


def test_where_nobody_else_can_the_post_that_the_rule_names_stands_in(own, boss):
    assert offered(own, boss) == ["track"] and worklist.counts(boss, own.now)["work"] == 1
    held = claim(own, boss)
    assert (held.assignee_id, held.stands_in, held.role) == (boss.user_id, True, "officer")
    assert offered(own, boss, "mine") == ["track"]
    [entry] = entries(own.case_id, "task_claimed")
    assert json.loads(entry.details)["article"] == "QJ-14"
    with transaction():
        steps.complete_task(open_item(own.case_id).id, boss, {"track_result": "confirmed"}, "t" * 20, own.now)
    own.closed_as("closed_resolved")


def test_nobody_stands_in_where_a_colleague_can(own, boss):
    colleague(open_item(own.case_id), "helper")
    assert offered(own, boss) == []
    with pytest.raises(PermissionDenied), transaction():
        tasks.claim(open_item(own.case_id).id, boss, own.now)


def test_a_supervisor_of_another_office_does_not_stand_in(own):
    other = person("qijiang.dept1.supervisor")
    assert offered(own, other) == []
    with pytest.raises(NotFound), transaction():
        tasks.claim(open_item(own.case_id).id, other, own.now)


def test_what_somebody_gives_back_who_stood_in_is_offered_again(own, boss):
    claim(own, boss)
    with transaction():
        tasks.release(open_item(own.case_id).id, boss, own.now)
    db.session.rollback()
    item = open_item(own.case_id)
    assert (item.assignee_id, item.stands_in) == (None, False) and offered(own, boss) == ["track"]


def test_who_stood_in_and_loses_the_role_has_the_task_no_more(own, boss):
    claim(own, boss)
    with transaction():
        accounts.revoke(db.session.get(User, boss.user_id), "supervisor", unit("qijiang", "office"), own.now)
    db.session.rollback()
    item = open_item(own.case_id)
    assert (item.assignee_id, item.stands_in) == (None, False)


def test_nobody_is_given_what_the_rule_keeps_from_them(own, officer):
    item = open_item(own.case_id)
    helper = colleague(item, "helper")
    to = reassign.successor(reassign.Target(item.unit, db.session.get(User, officer.user_id)))
    assert reassign.obstacle(item.case, item, to, frozenset({item.unit_id})) == "other_task"
    assert delegation.colleagues(item, item.case, helper) == []


def test_a_substitute_whom_the_rule_keeps_from_a_task_does_not_get_it(own, officer, boss):
    helper = colleague(open_item(own.case_id), "helper")
    claim(own, helper)
    today = date(2026, 3, 2)
    with transaction():
        absences.enter(helper.user_id, officer.user_id, today, today + timedelta(days=1), True, helper, own.now)
        absences.turn(own.now)
    db.session.rollback()
    assert open_item(own.case_id).assignee_id is None
    assert offered(own, boss) == ["track"]          # nobody at the post is there who may: the rule names who stands in
    own.time_passes(days=2)
    with transaction():
        assert absences.turn(own.now) is not None
    db.session.rollback()
    assert open_item(own.case_id).assignee_id == helper.user_id and offered(own, boss) == []


def test_a_handover_that_is_undone_does_not_come_back_to_whom_the_rule_keeps_from_it(own, officer, boss):
    helper = colleague(open_item(own.case_id), "helper")
    with transaction():     # as it was before the rule
        open_item(own.case_id).assignee_id = officer.user_id
    with transaction():
        to = reassign.target(open_item(own.case_id).unit_id, helper.user_id, boss)
        item_id = open_item(own.case_id).id
        handover = reassign.begin([item_id], to, boss, "换人办理", "", "h" * 20, own.now).id
        assert reassign.move(handover, [item_id], boss, own.now) == ["moved"]
    with transaction():
        assert reassign.undo(handover, [item_id], boss, own.now) == 1
    db.session.rollback()
    assert open_item(own.case_id).assignee_id is None


def test_a_task_that_somebody_may_do_is_not_named_beside_one_that_nobody_may(own, boss):
    other = Journey(own.app, own.clock, "qijiang").bad_review().does("assign")
    other.does("first_response", outcome="resolved", resolution="ruled").does("revisit", revisit_result="satisfied")
    government = newcomer("government", ("supervisor", unit("qijiang", "government").id))
    with transaction():
        accounts.set_active(db.session.get(User, boss.user_id), False, own.now)
    assert [found.case for found in doctor.examine(own.now)] == [own.case().number]
    assert board.figures(government, own.now)["unstaffed"] == 1


def test_a_task_that_nobody_may_do_is_named_by_the_doctor_and_on_the_board(own, boss):
    assert doctor.examine(own.now) == [] and board.figures(again(boss), own.now)["unstaffed"] == 0
    government = newcomer("government", ("supervisor", unit("qijiang", "government").id))
    with transaction():
        accounts.set_active(db.session.get(User, boss.user_id), False, own.now)
    assert [(found.code, found.facts) for found in doctor.examine(own.now)] == [
        ("no_other_person", {"task": "跟踪回访"})]
    assert board.figures(government, own.now)["unstaffed"] == 1
    listed = board.items(government, Wanted("unstaffed"), own.now)
    assert [item.element for item in listed.items] == ["track"]


def test_a_second_person_at_the_post_who_did_nothing_of_it_keeps_the_task_off_the_board(own, boss):
    government = newcomer("government", ("supervisor", unit("qijiang", "government").id))
    with transaction():
        accounts.set_active(db.session.get(User, boss.user_id), False, own.now)
    second = colleague(open_item(own.case_id))
    assert board.figures(government, own.now)["unstaffed"] == 0
    with transaction():
        accounts.set_active(db.session.get(User, second.user_id), False, own.now)
    assert board.figures(government, own.now)["unstaffed"] == 1


def test_a_post_without_anybody_is_on_the_board(own, boss, officer):
    government = newcomer("government", ("supervisor", unit("qijiang", "government").id))
    with transaction():
        for user_id in (boss.user_id, officer.user_id):
            accounts.set_active(db.session.get(User, user_id), False, own.now)
    assert board.figures(government, own.now)["unstaffed"] == 1


def test_a_task_is_kept_apart_under_the_rules_of_its_own_place_and_kind_of_case_alone(installed, app, clock, session):
    """Guichi keeps `verify` of an appeal apart from its review; Hainan verifies what was rated."""
    case = Journey(app, clock, "hainan").bad_review()
    session.rollback()
    assert open_item(case.case_id).element == "verify" and "verify" in apart.elements()
    leave(open_item(case.case_id))
    assert "no_other_person" not in {found.code for found in doctor.examine(case.now)}


def test_the_board_asks_for_what_nobody_may_do_in_as_many_statements_however_many_tasks_and_offices(own, boss):
    with recorded() as few:
        board.figures(boss, own.now)
    for office in (0, 1):
        Journey(own.app, own.clock, "qijiang").bad_review(office=office).does("assign").does(
            "first_response", outcome="resolved", resolution="ruled")
    boss = again(boss)
    with recorded() as more:
        board.figures(boss, own.now)
    assert len(few) == len(more) <= 7


def test_the_review_of_an_appeal_of_the_reviewing_office_falls_to_the_office_above(own, app):
    appellant = newcomer("rated", ("staff", unit("qijiang", "office").id))
    above = newcomer("above", ("supervisor", unit("qijiang", "government").id))
    office = unit("qijiang", "office")
    with transaction():
        db.session.get(User, appellant.user_id).staff_no = "S001"
        other = Journey(own.app, own.clock, "qijiang")
    other.bad_review(orgcode=office.code, staff_no="S001")
    appeal = other.appeal("rated")
    db.session.rollback()
    reviewer = person("qijiang.office.reviewer")
    assert offered(appeal, reviewer) == [] and offered(appeal, above) == ["ask_rater"]
    claim(appeal, above)
    reached(appeal.case_id, "above", own.now)
    with transaction():
        steps.complete_task(open_item(appeal.case_id).id, above, {
            "rater_reply": "keeps", "asked_channel": "phone", "rater_words": "意见不变。"}, "a" * 20, own.now)
    assert offered(appeal, reviewer) == [] and offered(appeal, above) == ["review"]
    claim(appeal, above)
    with transaction():
        steps.complete_task(open_item(appeal.case_id).id, above, {
            "decision": "dismissed", "duty_failed": False, "reasons": "理由充分，予以维持。"}, "t" * 20, own.now)
    appeal.closed_as("appeal_dismissed")


def test_who_is_at_both_offices_does_not_do_both(installed, app, clock, session):
    case = Journey(app, clock, "qijiang").bad_review().does("assign")
    case.does("first_response", outcome="resolved", resolution="ruled").does("revisit", revisit_result="satisfied")
    session.rollback()
    done = person("qijiang.dept1.officer")
    with transaction():
        db.session.add(RoleAssignment(user_id=done.user_id, unit_id=unit("qijiang", "office").id, role="officer"))
    with pytest.raises(OtherPersonNeeded), transaction():
        tasks.claim(open_item(case.case_id).id, again(done), case.now)
    assert db.session.query(WorkItem).filter_by(assignee_id=done.user_id, status="open").count() == 0
