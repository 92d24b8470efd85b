"""The supervisors' board: what it counts, for whom, and that each figure is the length of its list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from benchmarks import crowd
from caseflow.cases import clock, incidents
from caseflow.errors import StepFailed
from caseflow.models import db, transaction
from caseflow.supervision import board
from caseflow.supervision.board import Wanted
from caseflow.work import tasks
from tests.ground import leave, newcomer, open_item, person, unit
from tests.journeys.kit import Journey

pytestmark = pytest.mark.usefixtures("with_powers")


@pytest.fixture
def three(guichi, session):
    """Three cases of Guichi: two of the first department (one of them stopped, and due on Monday, 9 March), one of the
    second."""
    others = [Journey(guichi.app, guichi.clock, "guichi").bad_review(office=office) for office in (0, 1)]
    others[0].does("first_response", outcome="simple")
    session.rollback()
    with transaction():
        clock.stop(others[0].case_id, person("guichi.bureau.supervisor"), "awaiting_rater", "等材料",
                              guichi.now)
    return guichi, *others


def numbers(actor, now, **wanted):
    return len(board.items(actor, Wanted(**wanted), now).items)


@pytest.mark.both_databases
def test_every_figure_is_the_length_of_its_list(three, session):
    guichi, lead = three[0], person("guichi.bureau.supervisor")
    for days, expected in ((0, (0, 0, 2, 0, 1, 0)), (1, (0, 0, 2, 0, 1, 0)), (2, (0, 2, 0, 0, 1, 0)),
                           (3, (2, 0, 1, 0, 1, 0)), (7, (2, 1, 0, 0, 1, 0)), (8, (3, 0, 0, 0, 1, 0))):
        now = guichi.now + timedelta(days=days)
        figures = board.figures(lead, now)
        assert tuple(figures[which] for which in board.WHICH[1:]) == expected, days
        for which in board.WHICH[1:]:
            page = board.items(lead, Wanted(which), now)
            assert (figures[which], page.total) == (len(page.items), len(page.items)), which
    assert numbers(lead, guichi.now) == 3


def test_two_working_days_reach_over_a_weekend(guichi, session):
    lead, friday = person("guichi.bureau.supervisor"), guichi.now + timedelta(days=4)
    with transaction():
        open_item(guichi.case_id).due_at = friday + timedelta(days=4)
    assert board.figures(lead, friday)["soon"] == 1
    assert board.figures(lead, friday - timedelta(days=1))["soon"] == 0


@pytest.mark.both_databases
def test_a_supervisor_sees_their_own_unit_and_the_lead_office_all_of_its_place(three, session):
    guichi, boss = three[0], person("guichi.dept1.supervisor")
    assert numbers(boss, guichi.now) == 2
    assert numbers(boss, guichi.now, unit_id=unit("guichi", "civil_affairs").id) == 0
    for other in ("hefei.center.supervisor", "guichi.dept1.officer", "guichi.auditor"):
        assert numbers(person(other), guichi.now) == 0 and board.figures(person(other), guichi.now)["late"] == 0
    assert [load.open for load in board.units(boss, guichi.now)] == [2]


def test_the_load_of_people_is_what_they_have_taken(three, session):
    guichi, boss = three[0], person("guichi.dept1.supervisor")
    officer = person("guichi.dept1.officer")
    with transaction():
        tasks.claim(open_item(guichi.case_id).id, officer, guichi.now)
    loads = {load.id: (load.open, load.late) for load in board.people(boss, guichi.now + timedelta(days=5))}
    assert loads == {officer.user_id: (1, 1), boss.user_id: (0, 0)}
    assert numbers(boss, guichi.now, user_id=officer.user_id) == 1
    newcomer("new", ("officer", unit("guichi", "civil_affairs").id))
    assert len(board.people(boss, guichi.now)) == 2


def test_parked_cases_are_counted(guichi, session):
    for _ in range(incidents.ATTEMPTS):
        with transaction():
            incidents.record_failure(guichi.case_id, StepFailed(), guichi.now)
    assert board.figures(person("guichi.bureau.supervisor"), guichi.now)["incidents"] == 1


def found_on_indexes(actor, wanted, now):
    """The plans of the statements that find the tasks of a list."""
    statements = []

    def note(_connection, _cursor, statement, values, _context, _many):
        statements.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    board.items(actor, wanted, now)
    event.remove(db.engine, "before_cursor_execute", note)
    looking = [made for made in statements if "work_items.unit_id" in made[0] and (
        "LIMIT" in made[0] or made[0].startswith("WITH"))]
    assert looking
    return [crowd.plan(*made) for made in looking]


@pytest.mark.parametrize("which", [which for which in board.WHICH if which != "unstaffed"])
def test_every_list_is_found_on_an_index(guichi, session, which):
    for plan in found_on_indexes(person("guichi.dept1.supervisor"), Wanted(which), guichi.now):
        assert any("ix_work_items" in line for line in plan) and not any("SCAN work_items" in line for line in plan)


def test_what_nobody_may_do_is_found_on_an_index_and_what_was_done_by_its_case(installed, app, clock, session):
    case = Journey(app, clock, "qijiang").bad_review(office=1).does("assign")
    case.does("first_response", outcome="resolved", resolution="ruled").does("revisit", revisit_result="satisfied")
    for plan in found_on_indexes(person("qijiang.office.supervisor"), Wanted("unstaffed"), case.now):
        assert any("ix_work_items" in line for line in plan) and not any("SCAN work_items" in line for line in plan)
        assert not any("SEARCH work_items_" in line and "ix_work_items_status" in line for line in plan), plan


def test_tasks_of_posts_that_nobody_has_are_found_on_the_index_of_what_is_free(guichi, session):
    leave(open_item(guichi.case_id))
    plans = found_on_indexes(person("guichi.bureau.supervisor"), Wanted("unstaffed"), guichi.now)
    assert [line for plan in plans for line in plan if line.startswith("SCAN work_items") and "INDEX" not in line] == []
    assert all(any("ix_work_items_free" in line for line in plan) for plan in plans), plans
