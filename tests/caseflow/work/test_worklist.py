"""What waits for whom, taking it and giving it back, and drafts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from caseflow import paging
from caseflow.cases import ledger, steps
from caseflow.errors import AlreadyClaimed, InvalidInput, NotFound, PermissionDenied, TaskNotOpen
from caseflow.models import Draft, WorkItem, transaction
from caseflow.people import permissions
from caseflow.work import open_work, tasks, worklist
from tests.ground import at_once, colleague, entries, newcomer, open_item, person, reached, rows, unit
from tests.journeys.kit import Journey


@pytest.fixture
def officer(guichi, session):
    return person("guichi.dept1.officer")


@pytest.fixture
def item(guichi, session):
    return open_item(guichi.case_id).id


@pytest.fixture
def other(item, session):
    return colleague(session.get(WorkItem, item))


def claim(item, actor, journey):
    with transaction():
        return tasks.claim(item, actor, journey.now).assignee_id


def release(item, actor, journey):
    with transaction():
        return tasks.release(item, actor, journey.now).assignee_id


def work(actor, journey, **wanted):
    return [item.case.number for item in worklist.my_work(actor, now=journey.now, **wanted).items]


# --- taking and giving back ---------------------------------------------------------------------------------------


def test_taking_a_task_and_giving_it_back_is_recorded(guichi, item, officer, session):
    assert claim(item, officer, guichi) == officer.user_id
    assert claim(item, officer, guichi) == officer.user_id
    assert len(entries(guichi.case_id, "task_claimed")) == 1
    assert release(item, officer, guichi) is None
    assert release(item, officer, guichi) is None
    assert len(entries(guichi.case_id, "task_released")) == 1
    assert {e.actor_id for e in entries(guichi.case_id, "task_claimed")} == {officer.user_id}
    guichi.healthy()


def test_what_a_colleague_has_taken_can_be_neither_taken_nor_given_back(guichi, item, officer, other):
    claim(item, officer, guichi)
    before = rows()
    with pytest.raises(AlreadyClaimed):
        claim(item, other, guichi)
    with pytest.raises(PermissionDenied):
        release(item, other, guichi)
    assert rows() == before


def test_only_the_role_at_the_unit_may_take_a_task(guichi, item):
    for onlooker in ("guichi.dept1.supervisor", "guichi.bureau.officer", "guichi.auditor"):
        with pytest.raises(PermissionDenied):
            claim(item, person(onlooker), guichi)
    for stranger in ("guichi.dept2.officer", "hainan.platform.officer", "guichi.admin"):
        with pytest.raises(NotFound):
            claim(item, person(stranger), guichi)
    assert entries(guichi.case_id, "task_claimed") == []


def test_a_task_that_is_done_can_be_neither_taken_nor_given_back(guichi, item, officer):
    guichi.does("first_response", outcome="simple")
    for act in (claim, release):
        with pytest.raises(TaskNotOpen):
            act(item, officer, guichi)


@pytest.mark.both_databases
def test_of_two_who_take_a_task_at_once_one_has_it(app, guichi, item, officer, other, session):
    session.rollback()
    ends = at_once(app, lambda: claim(item, officer, guichi), lambda: claim(item, other, guichi))
    losers = [end for end in ends if isinstance(end, Exception)]
    assert [type(end) for end in losers] == [AlreadyClaimed], ends
    session.rollback()
    assert session.get(WorkItem, item).assignee_id in ends
    assert len(entries(guichi.case_id, "task_claimed")) == 1


@pytest.mark.both_databases
def test_taking_and_completing_at_once_end_in_one_order_or_the_other(app, guichi, item, officer, other, session):
    session.rollback()
    reached(guichi.case_id, "guichi.dept1.officer", guichi.now)
    resolved = {"outcome": "resolved", "feedback_channel": "phone", "measures": "当场补办。", "findings": "属实"}

    def complete():
        with transaction():
            return steps.complete_task(item, other, resolved, "t", guichi.now).id

    taken, done = at_once(app, lambda: claim(item, officer, guichi), complete)
    assert (taken, type(done)) == (officer.user_id, PermissionDenied) or (type(taken), done) == (TaskNotOpen, 1)
    guichi.healthy()


# --- the list -----------------------------------------------------------------------------------------------------


def test_a_task_waits_for_everyone_of_its_role_until_one_takes_it(guichi, item, officer, other):
    number = [guichi.case().number]
    for actor in (officer, other):
        assert [work(actor, guichi, scope=scope) for scope in ("all", "unit", "mine")] == [number, number, []]
    claim(item, officer, guichi)
    assert [work(officer, guichi, scope=scope) for scope in ("all", "unit", "mine")] == [number, [], number]
    assert [work(other, guichi, scope=scope) for scope in ("all", "unit", "mine")] == [[], [], []]


def test_nothing_waits_for_those_whose_task_it_is_not(guichi, hainan, session):
    assert work(person("guichi.bureau.officer"), guichi) == []
    assert work(person("guichi.dept2.officer"), guichi) == []
    assert work(person("guichi.admin"), guichi) == []
    hainan.does("verify")
    session.rollback()
    assert work(person("hainan.platform.officer"), guichi) == [hainan.case().number]
    assert work(person("hainan.platform_city.officer"), guichi) == []


def test_what_was_taken_is_no_longer_mine_without_the_role(guichi, item, officer, session):
    taken = session.get(WorkItem, item)
    moved = newcomer("moved", (taken.role, taken.unit_id))
    claim(item, moved, guichi)
    without = newcomer("without", ("supervisor", taken.unit_id))
    assert work(moved, guichi) and not work(
        permissions.Actor(moved.user_id, moved.username, moved.name, without.roles, without.visible_units), guichi)


def test_the_earliest_due_comes_first_and_what_has_no_limit_last(guichi, item, officer, clock, session):
    first = guichi.case().number
    clock.advance(days=1)
    second = Journey(guichi.app, clock, "guichi").bad_review()
    third = Journey(guichi.app, clock, "guichi").bad_review()
    with transaction():
        open_item(third.case_id).due_at = None
        open_item(second.case_id).due_at = open_item(guichi.case_id).due_at - timedelta(hours=1)
    assert work(officer, guichi) == [second.case().number, first, third.case().number]


def test_work_is_found_by_how_soon_it_is_due(guichi, item, officer, clock, session):
    due = session.get(WorkItem, item).due_at                # Wednesday 4 March 23:59:59
    found = {}
    for day in range(-4, 2):
        clock.set(due + timedelta(days=day))
        found[day] = [name for name in ("overdue", "today", "soon") if work(officer, guichi, due=name)]
    assert found == {-4: [], -3: ["soon"], -2: ["soon"], -1: ["soon"], 0: ["today", "soon"], 1: ["overdue"]}
    clock.set(due + timedelta(seconds=1))
    assert work(officer, guichi, due="overdue") and not work(officer, guichi, due="today")
    assert worklist.counts(officer, guichi.now) == {"work": 1, "mine": 0, "overdue": 1, "incidents": 0, "notices": 0}


def test_counts_are_of_one_s_own_work(guichi, hainan, item, officer, other):
    claim(item, officer, guichi)
    assert worklist.counts(officer, guichi.now) == {"work": 1, "mine": 1, "overdue": 0, "incidents": 0, "notices": 0}
    assert worklist.counts(other, guichi.now) == {"work": 0, "mine": 0, "overdue": 0, "incidents": 0, "notices": 0}


def test_work_is_found_by_its_regulation(guichi, item, officer):
    assert work(officer, guichi, regulation="guichi") and not work(officer, guichi, regulation="hefei")


@pytest.mark.both_databases
@pytest.mark.parametrize(("text", "found"), [
    ("GC-2026", True), ("gc-2026-000001", True), ("营业执照", True), ("市场监管局", True), ("T-", True),
    ("民政", False), ("%", False), ("_", False), ("G%1", False), ("营_执照", False), ("\\", False), ("'; --", False),
    ("\x00", True)])
def test_a_search_looks_for_the_words_themselves(guichi, officer, text, found):
    assert bool(work(officer, guichi, search=text)) is found
    seen = ledger.ledger(officer, ledger.CaseFilter(search=text), guichi.now)
    assert bool(seen.items) is found and seen.total == found


def test_pages_count_all_that_is_there(guichi, officer, clock, session):
    for _ in range(4):
        Journey(guichi.app, clock, "guichi").bad_review()
    session.rollback()
    pages = [worklist.my_work(officer, now=guichi.now, page=n, per_page=2) for n in (1, 2, 3, 4)]
    assert [(len(page.items), page.total, page.pages) for page in pages] == [
        (2, 5, 3), (2, 5, 3), (1, 5, 3), (0, 5, 3)]
    numbers = [item.case.number for page in pages for item in page.items]
    assert len(set(numbers)) == 5
    assert worklist.my_work(officer, now=guichi.now, search="nothing").pages == 1


def test_what_is_asked_is_made_once_for_all_who_have_the_same_posts(guichi, item, officer, other, monkeypatch):
    def asked(actor):
        return (worklist.counts(actor, guichi.now)["work"], len(work(actor, guichi, due="soon")),
                tasks.anything_free(actor))

    assert asked(officer) == (1, 1, True)
    monkeypatch.delattr(open_work, "places")
    assert asked(other) == (1, 1, True)
    monkeypatch.undo()
    claim(item, officer, guichi)
    assert (asked(officer), asked(other)) == ((1, 1, False), (0, 0, False))


@pytest.mark.both_databases
def test_no_more_is_counted_than_is_shown(guichi, officer, session, monkeypatch):
    for _ in range(4):
        Journey(guichi.app, guichi.clock, "guichi").bad_review()
    session.rollback()
    monkeypatch.setattr(paging, "MOST_COUNTED", 3)
    monkeypatch.setattr(worklist, "MOST_SHOWN", 2)
    pages = [worklist.my_work(officer, now=guichi.now, page=n, per_page=1) for n in (1, 3, 4, 5)]
    assert [(page.total, page.more) for page in pages] == [(3, True), (4, True), (5, False), (5, False)]
    assert worklist.my_work(officer, now=guichi.now, search="GC-2026", per_page=1).more
    assert worklist.counts(officer, guichi.now)["work"] == 3        # shown as "2+"


@pytest.mark.both_databases
def test_taken_and_free_tasks_stand_in_one_order(guichi, item, officer, clock, session):
    others = [Journey(guichi.app, clock, "guichi").bad_review() for _ in range(3)]
    with transaction():
        for days, journey in zip((3, 1, 2), others, strict=True):
            open_item(journey.case_id).due_at = guichi.now + timedelta(days=days)
        open_item(guichi.case_id).due_at = None
    claim(open_item(others[2].case_id).id, officer, guichi)
    claim(item, officer, guichi)
    expected = [others[n].case().number for n in (1, 2, 0)] + [guichi.case().number]
    assert work(officer, guichi) == expected
    assert [work(officer, guichi, page=n, per_page=1)[0] for n in (1, 2, 3, 4)] == expected


def test_the_next_task_of_a_case_is_one_that_i_may_do(guichi, item, officer, other):
    assert worklist.next_in_case(guichi.case_id, officer).id == item
    claim(item, other, guichi)
    assert worklist.next_in_case(guichi.case_id, officer) is None


# --- drafts -------------------------------------------------------------------------------------------------------


def keep(item, actor, journey, **values):
    with transaction():
        tasks.save_draft(item, actor, values, journey.now)


def test_the_last_draft_is_kept_for_each_person_alone(guichi, item, officer, other):
    keep(item, officer, guichi, findings="一")
    keep(item, officer, guichi, findings="二")
    keep(item, other, guichi, findings="三")
    assert tasks.draft_of(item, officer) == {"findings": "二"}
    assert tasks.draft_of(item, other) == {"findings": "三"}


def test_a_draft_may_be_of_sixty_four_kilobytes(guichi, item, officer):
    keep(item, officer, guichi, f="x" * (tasks.DRAFT_LIMIT - len('{"f":""}')))
    with pytest.raises(InvalidInput) as refused:
        keep(item, officer, guichi, f="好" * (tasks.DRAFT_LIMIT // 3))
    assert refused.value.fields == {"draft": "too_long"}
    assert tasks.draft_of(item, officer)["f"].startswith("x")


def test_only_who_may_do_the_task_keeps_a_draft_of_it(guichi, item, officer, other):
    with pytest.raises(PermissionDenied):
        keep(item, person("guichi.bureau.officer"), guichi, findings="一")
    with pytest.raises(NotFound):
        keep(item, person("hainan.platform.officer"), guichi, findings="一")
    claim(item, officer, guichi)
    with pytest.raises(PermissionDenied):
        keep(item, other, guichi, findings="一")
    guichi.does("first_response", outcome="simple")
    with pytest.raises(TaskNotOpen):
        keep(item, officer, guichi, findings="一")
    assert rows()[Draft.__tablename__] == 0


@pytest.mark.both_databases
def test_two_windows_that_keep_the_first_draft_at_once_both_succeed(app, guichi, item, officer, session):
    session.rollback()
    assert at_once(app, *[lambda: keep(item, officer, guichi, findings="一")] * 2) == [None, None]


# --- finding ------------------------------------------------------------------------------------------------------


def test_a_task_of_another_place_cannot_be_found(guichi, item, session):
    assert tasks.find(item, person("guichi.bureau.officer")).id == item
    for number, actor in ((item, "hainan.platform.officer"), (item, "guichi.dept2.officer"),
                          (424242, "guichi.dept1.officer")):
        with pytest.raises(NotFound):
            tasks.find(number, person(actor))


def test_a_town_s_case_is_seen_by_the_government_above_but_not_beside(guichi, session, clock):
    town = Journey(guichi.app, clock, "guichi").bad_review(office=2)
    above = newcomer("above", ("supervisor", unit("guichi", "government").id))
    found = ledger.ledger(above, ledger.CaseFilter(), guichi.now)
    assert {case.number for case in found.items} == {guichi.case().number, town.case().number}
    beside = ledger.ledger(person("guichi.dept1.supervisor"), ledger.CaseFilter(), guichi.now)
    assert [case.number for case in beside.items] == [guichi.case().number]
