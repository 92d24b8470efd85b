"""Who may not review an appeal, and where nobody could."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from caseflow.appeals import filing as appeals
from caseflow.appeals import finding
from caseflow.appeals.review import APPEAL
from caseflow.cases import steps
from caseflow.errors import AppealRefused, ConcurrentUpdate, NotImpartial, PermissionDenied
from caseflow.health import doctor
from caseflow.models import Appeal, Delivery, RoleAssignment, User, WorkItem, db, transaction
from caseflow.notices import outbox
from caseflow.notices.deliveries import Rules
from caseflow.people import accounts, impartiality
from caseflow.raters import rated
from caseflow.supervision import reassign
from caseflow.work import delegation, tasks, worklist
from tests.ground import at_once, entries, newcomer, open_item, person, unit
from tests.journeys.kit import PNG, BytesIO, Journey

pytestmark = pytest.mark.both_databases
STAFF = "qijiang.dept1.staff"
STATEMENT = "评价人把另一窗口的事记在了我的名下。"


@pytest.fixture
def appeal(installed, app, clock):
    """The case of an appeal in Qijiang, at its review."""
    return Journey(app, clock, "qijiang").bad_review().does("assign").appeal(STAFF)


def bar(actor, journey):
    """Why they may not review it; what they are shown and told agrees with it."""
    found = impartiality.bar(actor.user_id, journey.case_id)
    shown = journey.case_id in {item.case_id for item in worklist.my_work(actor, now=journey.now).items}
    assert shown == (found is None)
    return found


def test_a_reviewer_of_the_office_is_impartial(appeal, session):
    assert bar(person("qijiang.office.reviewer"), appeal) is None


def test_the_rated_person_is_barred_also_after_moving_to_the_reviewing_office(appeal, session):
    moved = newcomer("moved", ("reviewer", open_item(appeal.case_id).unit_id))
    with transaction():
        user = db.session.get(User, moved.user_id)
        user.staff_no, user.name = "S001", "卫窗口"      # number and name of the service record
    assert bar(moved, appeal) == "rated"


def test_the_same_number_at_another_office_is_another_person(appeal, session):
    other = newcomer("other", ("reviewer", open_item(appeal.case_id).unit_id))
    with transaction():
        db.session.get(User, other.user_id).staff_no = "S001"
    assert bar(other, appeal) is None


def test_the_appellant_is_barred_also_where_they_left_the_unit(appeal, session):
    appellant = person(STAFF)
    with transaction():
        user = db.session.get(User, appellant.user_id)
        user.staff_no = None
        db.session.delete(user.roles[0])
        db.session.add(RoleAssignment(
            user_id=user.id, role="reviewer", unit_id=open_item(appeal.case_id).unit_id))
    assert bar(appellant, appeal) == "appellant"


def test_a_member_of_the_rated_unit_is_barred_whatever_their_role_there(appeal, session):
    item = open_item(appeal.case_id)
    member = newcomer("member", ("reviewer", item.unit_id), ("auditor", item.case.unit_id))
    assert bar(member, appeal) == "rated_unit"


def test_who_reviewed_the_first_appeal_is_barred_from_the_second(appeal, session):
    appeal.does("review", decision="dismissed", duty_failed=False, reasons="理由充分，予以维持。")
    first = finding.of_case(appeal.case_id)
    rating = first.rating
    with transaction():
        subject = rated.subject(rating, rating.service.unit)
        case, definition = steps.begin(APPEAL, subject, appeal.now)
        db.session.add(Appeal(
            case_id=case.id, rating_id=rating.id, party=f"department:{case.unit_id}", unit_id=case.unit_id,
            appellant_id=person("qijiang.dept1.officer").user_id, ground="untrue", statement=STATEMENT,
            form_token="t" * 20, filed_at=appeal.now))
        db.session.flush()
        steps.start(case, definition, subject, person("qijiang.dept1.officer"), appeal.now)
    assert impartiality.bar(person("qijiang.office.reviewer").user_id, case.id) == "first_handler"
    assert worklist.my_work(person("qijiang.office.reviewer"), now=appeal.now).items == []
    found = [(c.code, c.case) for c in doctor.examine(appeal.now)]
    assert found == [("no_impartial_reviewer", case.number)]


def test_a_barred_person_can_neither_take_nor_decide_a_review(appeal, session):
    item = open_item(appeal.case_id)
    member = newcomer("member", ("reviewer", item.unit_id), ("officer", item.case.unit_id))
    item_id = item.id
    answers = {"decision": "dismissed", "duty_failed": False, "reasons": STATEMENT}
    for attempt in (lambda: tasks.claim(item_id, member, appeal.now),
                    lambda: steps.complete_task(item_id, member, answers, "t" * 20, appeal.now)):
        with pytest.raises(NotImpartial) as refused, transaction():
            attempt()
        assert refused.value.details == {"reason": "rated_unit"}
    assert entries(appeal.case_id, "task_claimed") == entries(appeal.case_id, "task_completed") == []


def test_an_office_whose_only_reviewer_is_of_a_rated_unit_is_reported(appeal, session):
    assert doctor.examine(appeal.now) == []
    rated = db.session.get(Appeal, 1).unit_id
    with transaction():
        reviewer = db.session.get(User, person("qijiang.office.reviewer").user_id)
        reviewer.roles.append(RoleAssignment(role="officer", unit_id=rated))
    found = {(complaint.code, complaint.subject) for complaint in doctor.examine(appeal.now)}
    office = unit("qijiang", "office").id
    assert ("no_impartial_reviewer", f"qijiang/{office}/{rated}") in found and len(found) == 2


def test_what_the_appellant_has_to_add_is_not_given_back(appeal, session):
    appeal.does("review", decision="more_evidence", reasons="请补充当天的叫号记录。")
    item = open_item(appeal.case_id)
    staff, item_id = person(STAFF), item.id
    with pytest.raises(PermissionDenied), transaction():
        tasks.release(item_id, staff, appeal.now)
    with transaction():
        accounts.set_active(db.session.get(User, staff.user_id), False, appeal.now)
    assert db.session.get(WorkItem, item_id).assignee_id == staff.user_id


def test_a_notice_to_the_appellant_is_not_for_their_colleagues(appeal, session):
    item = open_item(appeal.case_id)
    colleague = newcomer("colleague", ("staff", item.case.unit_id))
    appeal.does("review", decision="dismissed", duty_failed=False, reasons="理由充分，予以维持。")
    with transaction():
        outbox.deliver_waiting(appeal.now)
    assert [notice.kind for notice in outbox.for_actor(person(STAFF))] == ["appeal_dismissed"]
    assert outbox.for_actor(colleague) == []


def test_two_appeals_of_one_party_at_once_are_one(installed, app, clock):
    journey = Journey(app, clock, "guichi").bad_review()
    with app.app_context():
        rating_id = journey.case().rating_id
        officers = [person("guichi.dept1.officer"), person("guichi.dept1.supervisor")]

    def filing(actor):
        def call():
            with transaction():
                return appeals.file(rating_id, actor, "malicious", STATEMENT, [(BytesIO(PNG), "a.png")],
                                    f"token-of-{actor.user_id:010}", clock()).id
        return call

    answers = at_once(app, *map(filing, officers))
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refused) == 1 and isinstance(refused[0], AppealRefused | ConcurrentUpdate)
    with app.app_context():
        assert db.session.query(Appeal).count() == 1
    journey.healthy()


def test_a_review_is_handed_to_nobody_partial(appeal, session):
    item = open_item(appeal.case_id)
    member = newcomer("member", ("reviewer", item.unit_id), ("auditor", item.case.unit_id))
    taker = newcomer("taker", ("reviewer", item.unit_id))
    to = reassign.successor(reassign.Target(item.unit, db.session.get(User, member.user_id)))
    assert reassign.obstacle(item.case, item, to, frozenset({item.unit_id})) == "conflict"
    offered = {user.id for user in delegation.colleagues(item, item.case, taker)}
    assert member.user_id not in offered and person("qijiang.office.reviewer").user_id in offered


def test_what_an_appellant_has_to_do_is_handed_to_nobody(appeal, session):
    appeal.does("review", decision="more_evidence", reasons="请补充当日的叫号记录和服务录像，说明经办人。")
    item = open_item(appeal.case_id)
    assert item.role == "staff"
    to = reassign.successor(reassign.Target(item.unit))
    assert reassign.obstacle(item.case, item, to, frozenset({item.unit_id})) == "personal"


@pytest.fixture
def member(appeal, session):
    """Who reviews at the office and is of the rated unit."""
    item = open_item(appeal.case_id)
    return newcomer("member", ("reviewer", item.unit_id), ("auditor", item.case.unit_id))


def test_who_must_recuse_is_neither_shown_nor_counted_the_review(appeal, member, session):
    assert worklist.my_work(member, now=appeal.now).items == []
    assert worklist.counts(member, appeal.now)["work"] == 0 and not tasks.anything_free(member)
    assert worklist.counts(person("qijiang.office.reviewer"), appeal.now)["work"] == 1


def test_who_must_recuse_is_not_told_that_it_is_their_turn(appeal, member, session):
    found = finding.of_case(appeal.case_id)
    assert finding.task_for(found, member) is None
    assert finding.task_for(found, person("qijiang.office.reviewer")).element == "ask_rater"


def test_what_reviewers_are_told_of_an_appeal_is_not_for_who_must_recuse(appeal, member, session):
    with transaction():
        for one in (member, person("qijiang.office.reviewer")):
            profile = accounts.profile_of(db.session.get(User, one.user_id))
            profile.email, profile.channels = "a@example.org", "email"
    appeal.withdrawn(STAFF)
    with transaction():
        outbox.deliver_waiting(appeal.now, rules=Rules(frozenset({"email"})))
    kinds = {one.username: [notice.kind for notice in outbox.for_actor(one)]
             for one in (member, person("qijiang.office.reviewer"))}
    assert kinds == {"member": [], "qijiang.office.reviewer": ["appeal_withdrawn"]}
    written = db.session.scalars(select(Delivery.user_id).where(Delivery.kind == "appeal_withdrawn"))
    assert list(written) == [person("qijiang.office.reviewer").user_id]
