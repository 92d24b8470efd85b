"""Dates that an earlier release moved become agreed ones beside the statute's, and the way back moves them again."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from sqlalchemy import text

from caseflow.cases import calendar_change, clock
from caseflow.law.working_days import NATIONAL
from caseflow.models import Case, Timer, db, transaction
from caseflow.models.db import UtcDateTime
from caseflow.moments import SHANGHAI
from caseflow.people.permissions import SYSTEM
from tests.ground import open_item, person
from tests.journeys.kit import Journey
from web import migrations

pytestmark = pytest.mark.usefixtures("with_powers")


@pytest.fixture
def three(guichi, session) -> tuple[Journey, Journey, Journey]:
    """Three matters to be put right by Monday, 9 March: one extended by three working days, one whose clock stands
    still, one beside which nothing is agreed."""
    others = [Journey(guichi.app, guichi.clock, "guichi").bad_review() for _ in range(2)]
    lead = person("guichi.bureau.supervisor")
    for journey in (guichi, *others):
        journey.does("first_response", outcome="simple")
    session.rollback()
    token = db.session.query(Timer).where(Timer.case_id == guichi.case_id, Timer.status == "pending").one().token
    with transaction():
        clock.extend(guichi.case_id, token, 3, lead, "情况复杂", guichi.now)
        clock.stop(others[0].case_id, lead, "awaiting_rater", "等材料", guichi.now)
    return guichi, *others


def end_of(day: int) -> datetime:
    return datetime.combine(date(2026, 3, day), time(23, 59, 59), SHANGHAI)


def rows(query: str) -> list[tuple]:
    db.session.rollback()
    moments = {name: UtcDateTime() for name in ("due_at", "next_due", "next_try")}
    return [tuple(row) for row in db.session.execute(text(query).columns(**{
        name: kind for name, kind in moments.items() if name in query}))]


def standing(journeys: tuple[Journey, ...]) -> list[tuple]:
    db.session.rollback()
    items = [open_item(journey.case_id) for journey in journeys]
    return [(item.due_at, item.agreed_at, item.clock_stopped, db.session.get(Case, item.case_id).next_try)
            for item in items]


@pytest.mark.both_databases
def test_dates_that_were_moved_stand_beside_the_statutory_ones_and_the_way_back_moves_them(three):
    now = [(end_of(9), end_of(12), False, end_of(9)), (end_of(9), None, True, end_of(9)),
           (end_of(9), None, False, end_of(9))]
    assert standing(three) == now
    db.session.rollback()
    migrations.downgrade("0021")
    assert rows("SELECT due_at, clock_stopped FROM work_items WHERE status = 'open' ORDER BY case_id") == [
        (end_of(12), False), (None, True), (end_of(9), False)]
    assert rows("SELECT due_at, status FROM timers WHERE element = 'rectify_due' ORDER BY case_id") == [
        (end_of(12), "pending"), (end_of(9), "stopped"), (end_of(9), "pending")]
    assert rows("SELECT next_due, next_try FROM cases ORDER BY id") == [
        (end_of(12), end_of(12)), (None, None), (end_of(9), end_of(9))]
    db.session.rollback()
    migrations.upgrade()
    with transaction():
        assert calendar_change.recompute(NATIONAL, three[0].now, SYSTEM) == (1, 1)
    assert standing(three) == now
    for journey in three:
        journey.healthy()
    three[0].until("2026-03-10")
    assert [journey.timers("fired") for journey in three] == [["rectify_due"]] * 3
