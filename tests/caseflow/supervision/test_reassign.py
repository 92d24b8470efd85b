"""Handing tasks over: who may not and why, what moves, acknowledgement, undo; none half done."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from caseflow.cases import steps
from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.law import regulations
from caseflow.models import Case, CaseUnit, Rating, ServiceRecord, Unit, User, WorkItem, db, transaction
from caseflow.notices import outbox
from caseflow.people import accounts, permissions
from caseflow.supervision import dispatches, reassign
from tests.ground import at_once, entries, newcomer, open_item, person, rows, unit
from tests.journeys.kit import Journey


@pytest.fixture
def boss(guichi, session):
    return person("guichi.dept1.supervisor")


@pytest.fixture
def office(guichi, session):
    return unit("guichi", "market_supervision").id


@pytest.fixture
def item(guichi, session):
    return open_item(guichi.case_id).id


def begin(journey, ids, boss, unit_id, user=None, reason="经办人生病", note="材料在柜中", token=None):
    with transaction():
        to = reassign.target(unit_id, user and user.user_id, boss)
        return reassign.begin(ids, to, boss, reason, note, token or uuid4().hex, journey.now).id


def hand(journey, ids, boss, unit_id, user=None, **words):
    handover = begin(journey, ids, boss, unit_id, user, **words)
    outcomes = []
    for work_item_id in reassign.those(handover, "waiting"):
        with transaction():
            outcomes += reassign.move(handover, [work_item_id], boss, journey.now)
    db.session.rollback()
    return handover, outcomes


def obstacle(ids, boss, unit_id, user=None):
    to = reassign.target(unit_id, user and user.user_id, boss)
    return [forecast.obstacle for forecast in reassign.preview(ids, to, boss)]


def kinds(actor):
    """Of the notices about handing over, those the actor reads."""
    return [notice.kind for notice in outbox.for_actor(actor) if notice.kind.startswith("handed")]


# --- who may not --------------------------------------------------------------------------------------------------


def test_the_preview_says_of_each_task_why_it_may_not_go(guichi, boss, office, item, session):
    colleague = newcomer("colleague", ("officer", office))
    assert obstacle([item], boss, office, colleague) == [""]
    assert obstacle([item], boss, office) == ["same"]
    assert obstacle([item], boss, office, person("guichi.dept2.officer")) == ["not_in_unit"]
    assert obstacle([item], boss, office, boss) == ["no_role"]
    with transaction():
        accounts.set_active(session.get(User, colleague.user_id), False, guichi.now)
    assert obstacle([item], boss, office, colleague) == ["inactive"]
    session.rollback()
    guichi.does("first_response", outcome="resolved")
    session.rollback()
    assert obstacle([item], boss, office, person("guichi.dept1.officer")) == ["closed"]
    assert obstacle([open_item(guichi.case_id).id], boss, office) == ["not_supervised"]     # the bureau's revisit
    lead = person("guichi.bureau.supervisor")
    assert obstacle([open_item(guichi.case_id).id], lead, office) == ["fixed_unit"]


@pytest.mark.both_databases
def test_a_case_goes_to_no_office_that_handles_none(hainan, session):
    """HN-5, HN-11: the branch of another city would have the case, and see its rater."""
    case, lead = hainan.bad_review(office=3), person("hainan.platform.supervisor")     # of Sanya
    session.rollback()
    first = open_item(case.case_id).id
    for key in ("platform_city", "platform_sanya", "platform", "bureau_haikou", "service_office"):
        assert obstacle([first], lead, unit("hainan", key).id) == ["handles_none"], key
    names = {office.name for office in dispatches.candidates(session.get(Case, case.case_id))}
    handling = {office.name for office in session.scalars(select(Unit).where(
        Unit.regulation == "hainan", Unit.code.in_(o.code for o in regulations.get("hainan").responsible_units)))}
    assert names == handling - {session.get(Case, case.case_id).unit.name}
    other = session.scalar(select(Unit).where(Unit.name == sorted(names)[0]))
    assert obstacle([first], lead, other.id) == [""]


def test_nobody_is_handed_the_bad_review_of_their_own_service(guichi, boss, office, item, session):
    rated = newcomer("rated", ("officer", office))
    with transaction():
        session.get(User, rated.user_id).staff_no = "S7"
        record = ServiceRecord(project_no="own", service_number=1, service_time=guichi.now, area_code="341702",
                               handler_no="S7", unit_id=office)
        case = session.get(Case, guichi.case_id)
        case.rating_id = _another_rating(session, case, record)
    assert obstacle([item], boss, office, rated) == ["conflict"]


def _another_rating(session, case, record):
    first = case.rating
    rating = Rating(service=record, regulation=first.regulation, level=first.level, raw_level=first.raw_level,
                    rated_at=first.rated_at, received_at=first.received_at, source="file:x", real_name=False, raw="{}")
    session.add(rating)
    session.flush()
    return rating.id


def test_tasks_of_others_are_not_in_the_preview_and_their_units_are_not_found(guichi, item, session):
    stranger = person("hefei.center.supervisor")
    center = unit("hefei", "center").id
    assert reassign.preview([item], reassign.target(center, None, stranger), stranger) == []
    with pytest.raises(NotFound):
        begin(guichi, [item], stranger, center)
    with pytest.raises(NotFound):
        reassign.target(unit("guichi", "bureau").id, None, stranger)
    officer = person("guichi.dept1.officer")
    with pytest.raises(NotFound):
        reassign.target(unit("guichi", "bureau").id, None, officer)


def test_a_handover_needs_a_reason_and_has_an_end(guichi, boss, office, item):
    for words, fields in (({"reason": " "}, {"reason": "required"}), ({"note": "长" * 2_001}, {"note": "too_long"})):
        with pytest.raises(InvalidInput) as refused:
            begin(guichi, [item], boss, office, **words)
        assert refused.value.fields == fields
    with pytest.raises(InvalidInput):
        begin(guichi, range(1, 1_002), boss, office)


# --- what moves ---------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_task_goes_to_a_colleague_with_the_time_that_is_left(guichi, boss, office, item, session):
    colleague, due = newcomer("colleague", ("officer", office)), guichi.due_at("first_response")
    handover, outcomes = hand(guichi, [item], boss, office, colleague)
    moved = session.get(WorkItem, item)
    assert (outcomes, moved.assignee_id, moved.unit_id, moved.due_at) == (["moved"], colleague.user_id, office, due)
    entry, = entries(guichi.case_id, "task_reassigned")
    assert '"reason":"经办人生病"' in entry.details and entry.actor_id == boss.user_id
    assert guichi.notices("handed_to_you") == {("区市场监管局", "officer")}
    session.rollback()      # SQLite reads on as it was before the notices
    assert [kinds(actor) for actor in (colleague, person("guichi.dept1.officer"))].count(["handed_to_you"]) == 1
    with transaction():
        assert reassign.move(handover, [item], boss, guichi.now) == ["moved"]       # again: nothing
    assert len(entries(guichi.case_id, "task_reassigned")) == 1
    with pytest.raises(PermissionDenied), transaction():
        steps.complete_task(item, person("guichi.dept1.officer"), {"outcome": "resolved", "findings": "x"}, "t",
                            guichi.now)
    guichi.healthy()


@pytest.mark.both_databases
def test_a_task_that_goes_to_another_unit_takes_the_case_along(guichi, item, session):
    lead, other = person("guichi.bureau.supervisor"), unit("guichi", "civil_affairs").id
    newcomer_there = person("guichi.dept2.officer")
    assert not permissions.may_see(newcomer_there, session.get(Case, guichi.case_id))
    hand(guichi, [item], lead, other)
    assert guichi.notices("handed_over") and kinds(newcomer_there) == ["handed_over"]
    case = session.get(Case, guichi.case_id)
    assert case.unit_id == other and permissions.may_see(newcomer_there, case)
    session.rollback()
    guichi.does("first_response", outcome="simple")
    session.rollback()
    assert open_item(guichi.case_id, "rectify").unit_id == other
    guichi.healthy()


@pytest.mark.both_databases
def test_undone_within_ten_minutes_everything_is_as_it_was(guichi, item, session):
    lead, other = person("guichi.bureau.supervisor"), unit("guichi", "civil_affairs").id
    before = session.get(Case, guichi.case_id).unit_id
    handover, _ = hand(guichi, [item], lead, other)
    guichi.clock.advance(minutes=9)
    for _ in range(2):
        with transaction():
            assert reassign.undo(handover, [item], lead, guichi.now) == 1
    back, case = session.get(WorkItem, item), session.get(Case, guichi.case_id)
    assert (back.unit_id, back.assignee_id, case.unit_id) == (before, None, before)
    assert session.get(CaseUnit, (case.id, other)) is None
    assert len(entries(case.id, "handover_undone")) == 1
    guichi.healthy()


def test_it_is_too_late_to_undo_after_ten_minutes_or_when_the_successor_has_begun(guichi, boss, office, item):
    colleague = newcomer("colleague", ("officer", office))
    handover, _ = hand(guichi, [item], boss, office, colleague)
    with transaction():
        reassign.acknowledge(item, colleague, guichi.now)
        reassign.acknowledge(item, colleague, guichi.now)
    assert len(entries(guichi.case_id, "handover_acknowledged")) == 1
    with transaction():
        assert reassign.undo(handover, [item], boss, guichi.now) == 0
    again, _ = hand(guichi, [item], boss, office)
    with transaction():
        assert reassign.undo(again, [item], boss, guichi.now + timedelta(minutes=10, seconds=1)) == 0
    assert not entries(guichi.case_id, "handover_undone")
    with pytest.raises(NotFound), transaction():
        reassign.undo(again, [item], person("guichi.bureau.supervisor"), guichi.now)


@pytest.mark.both_databases
def test_of_many_tasks_those_that_may_go_go_and_a_stop_in_between_is_gone_on_with(guichi, boss, office, session):
    others = [Journey(guichi.app, guichi.clock, "guichi").bad_review() for _ in range(4)]
    session.rollback()
    ids = [open_item(journey.case_id).id for journey in (guichi, *others)]
    colleague = newcomer("colleague", ("officer", office))
    handover = begin(guichi, ids, boss, office, colleague, token="same")
    assert begin(guichi, ids, boss, office, colleague, token="same") == handover
    with transaction():
        reassign.move(handover, ids[:1], boss, guichi.now)
    with pytest.raises(ZeroDivisionError), transaction():
        reassign.move(handover, ids[1:3], boss, guichi.now)
        1 / 0  # noqa: B018
    session.rollback()
    assert reassign.progress("same", boss) == (1, 5)
    assert reassign.progress("same", person("guichi.bureau.supervisor")) == (0, 0)
    others[3].does("first_response", outcome="simple")
    session.rollback()
    assert reassign.those(handover, "waiting") == ids[1:]
    with transaction():
        assert reassign.move(handover, ids, boss, guichi.now) == ["moved"] * 4 + ["closed"]
    assert reassign.progress("same", boss) == (5, 5)
    assert [row.outcome for row in reassign.items_of(handover)] == ["moved"] * 4 + ["closed"]
    assert [len(entries(journey.case_id, "task_reassigned")) for journey in (guichi, *others)] == [1, 1, 1, 1, 0]
    guichi.healthy()


@pytest.mark.both_databases
def test_two_supervisors_at_once_move_a_task_one_after_the_other(guichi, boss, office, item, app, session):
    first, second = (newcomer(name, ("officer", office)) for name in ("first", "second"))
    boss2 = newcomer("boss2", ("supervisor", office))
    both = [(begin(guichi, [item], actor, office, to), actor) for actor, to in ((boss, first), (boss2, second))]
    session.rollback()

    def move(handover, actor):
        with transaction():
            return reassign.move(handover, [item], actor, guichi.now)

    assert at_once(app, *(lambda h=h, a=a: move(h, a) for h, a in both)) == [["moved"], ["moved"]]
    assert len(entries(guichi.case_id, "task_reassigned")) == 2
    assert rows()["handover_items"] == 2
    guichi.healthy()
