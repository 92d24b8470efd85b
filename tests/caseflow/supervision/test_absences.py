"""Absences: who may enter them, what goes to the substitute, what comes back, and that nothing is stranded."""

from __future__ import annotations

from datetime import date

import pytest

from caseflow.errors import InvalidInput, NotFound
from caseflow.models import Absence, User, WorkItem, transaction
from caseflow.notices import outbox
from caseflow.people import accounts, permissions
from caseflow.supervision import absences, reassign
from caseflow.work import tasks
from scheduler import jobs
from tests.ground import entries, newcomer, open_item, person, unit
from tests.journeys.kit import Journey

FROM, TO = date(2026, 3, 3), date(2026, 3, 5)


@pytest.fixture
def officer(guichi, session):
    return person("guichi.dept1.officer")


@pytest.fixture
def boss(guichi, session):
    return person("guichi.dept1.supervisor")


def enter(journey, user, substitute, actor, first=FROM, last=TO, open_too=True):
    with transaction():
        return absences.enter(
            user.user_id, substitute.user_id, first, last, open_too, actor, journey.now).id


def now_as(actor, session):
    session.rollback()
    return permissions.actor_for(session.get(User, actor.user_id))


def claim(journey, actor, item):
    with transaction():
        tasks.claim(item, actor, journey.now)


@pytest.mark.both_databases
def test_open_and_new_work_go_to_the_substitute_and_come_back(guichi, officer, boss, session):
    item = open_item(guichi.case_id).id
    claim(guichi, officer, item)
    enter(guichi, officer, boss, officer)
    assert jobs.turn_absences() == 0
    guichi.until("2026-03-03")
    assert (jobs.turn_absences(), jobs.turn_absences()) == (1, 0)
    standing_in = now_as(boss, session)
    assert session.get(WorkItem, item).assignee_id == boss.user_id and standing_in.has_role("officer")
    new = Journey(guichi.app, guichi.clock, "guichi").bad_review()
    session.rollback()
    claim(guichi, standing_in, open_item(new.case_id).id)
    guichi.until("2026-03-06")
    assert (jobs.turn_absences(), jobs.turn_absences()) == (1, 0)
    assert session.get(WorkItem, item).assignee_id == officer.user_id
    assert open_item(new.case_id).assignee_id is None           # taken at the lent post: free for the office again
    assert now_as(boss, session).roles == boss.roles
    assert [len(entries(guichi.case_id, kind)) for kind in ("task_substituted", "task_returned")] == [1, 1]
    with transaction():
        outbox.deliver_waiting(guichi.now)
    own = {actor.user_id: [notice.kind for notice in outbox.for_actor(actor) if notice.user_id]
           for actor in (officer, boss)}
    assert own == {officer.user_id: ["came_back"], boss.user_id: ["stands_in"]}
    guichi.healthy()


def test_open_work_stays_where_it_is_unless_wished(guichi, officer, boss, session):
    item = open_item(guichi.case_id).id
    claim(guichi, officer, item)
    enter(guichi, officer, boss, boss, open_too=False)
    guichi.until("2026-03-04")
    jobs.turn_absences()
    assert session.get(WorkItem, item).assignee_id == officer.user_id


def test_nothing_is_handed_to_somebody_who_is_away(guichi, officer, boss, session):
    enter(guichi, officer, boss, officer)
    guichi.until("2026-03-03")
    jobs.turn_absences()
    to = reassign.target(unit("guichi", "market_supervision").id, officer.user_id, boss)
    forecast, = reassign.preview([open_item(guichi.case_id).id], to, boss)
    assert forecast.obstacle == "absent"


def test_whoever_is_back_early_gets_everything_back_at_once(guichi, officer, boss, session):
    item = open_item(guichi.case_id).id
    claim(guichi, officer, item)
    absence = enter(guichi, officer, boss, officer)
    guichi.until("2026-03-03")
    jobs.turn_absences()
    for _ in range(2):
        with transaction():
            absences.end_early(absence, officer, guichi.now)
    assert session.get(WorkItem, item).assignee_id == officer.user_id and now_as(boss, session).roles == boss.roles


def test_work_of_somebody_who_left_for_good_meanwhile_is_free_for_the_office(guichi, officer, boss, session):
    item = open_item(guichi.case_id).id
    claim(guichi, officer, item)
    enter(guichi, officer, boss, officer)
    guichi.until("2026-03-03")
    jobs.turn_absences()
    with transaction():
        accounts.set_active(session.get(User, officer.user_id), False, guichi.now)
    guichi.until("2026-03-06")
    jobs.turn_absences()
    assert session.get(WorkItem, item).assignee_id is None


def test_an_absence_needs_days_in_order_and_a_substitute_of_the_office_who_is_there(guichi, officer, boss, session):
    second = newcomer("second", ("officer", unit("guichi", "market_supervision").id))
    for arguments, fields in (
            ({"first": TO, "last": FROM}, {"last_day": "out_of_range"}),
            ({"first": date(2026, 2, 1), "last": date(2026, 2, 3)}, {"last_day": "out_of_range"}),
            ({"substitute": person("guichi.dept2.officer")}, {"substitute": "unknown"}),
            ({"substitute": officer}, {"substitute": "unknown"})):
        with pytest.raises(InvalidInput) as refused:
            enter(guichi, **{"user": officer, "substitute": boss, "actor": officer} | arguments)
        assert refused.value.fields == fields
    enter(guichi, officer, boss, officer)
    with pytest.raises(InvalidInput) as refused:
        enter(guichi, officer, second, officer)
    assert refused.value.fields == {"first_day": "taken"}
    with pytest.raises(InvalidInput) as refused:
        enter(guichi, second, officer, second)
    assert refused.value.fields == {"substitute": "away"}


def test_only_oneself_and_supervisors_enter_an_absence(guichi, officer, boss, session):
    for other in ("guichi.dept2.supervisor", "hefei.center.supervisor"):
        with pytest.raises(NotFound):
            enter(guichi, officer, boss, person(other))
    enter(guichi, officer, boss, person("guichi.bureau.supervisor"))
    assert [absence.user_id for absence in absences.seen_by(boss)] == [officer.user_id]
    assert session.query(Absence).count() == 1 and absences.seen_by(person("guichi.dept2.officer")) == []
