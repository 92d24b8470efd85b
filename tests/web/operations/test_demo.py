"""The demo's clock moves, forward, and for deadlines only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from caseflow.law import calendars
from caseflow.law.working_days import Calendar
from caseflow.models import JournalEntry, db, transaction
from tests.web.ground import is_signed_in, person, send, shell
from web.app import clock as web_clock
from web.operations.demo import later

FRIDAY = datetime(2026, 2, 13, 2, 30, tzinfo=UTC)  # 10:30; Saturday 14 February 2026 is worked, then Spring Festival


@pytest.fixture
def demo(database_url, clock, tmp_path):
    app = shell(database_url, clock, tmp_path, demo="1")
    clock.set(FRIDAY)
    with app.app_context():
        with transaction():
            calendars.seed(FRIDAY)
        person("demo.person", demo=True)
    return app


@pytest.fixture
def browser(demo):
    client = demo.test_client()
    send(client, "/login/as", username="demo.person")
    return client


def now(app):
    with app.app_context():
        return web_clock.now()


@pytest.mark.parametrize(("move", "arrives"), [
    ("hour", datetime(2026, 2, 13, 3, 30, tzinfo=UTC)),
    ("day", datetime(2026, 2, 14, 2, 30, tzinfo=UTC)),
    ("week", datetime(2026, 2, 27, 2, 30, tzinfo=UTC)),
])
def test_a_button_moves_the_clock_to_the_same_time_so_many_working_days_later(demo, browser, move, arrives):
    answer = send(browser, "/demo/clock", "/no-such-page", move=move, next="/no-such-page")
    assert answer.location == "/no-such-page"
    assert now(demo) == arrives
    assert "演示时钟已到" in browser.get("/no-such-page").text


def test_moving_the_clock_ends_no_session(demo, browser):
    for _ in range(3):
        send(browser, "/demo/clock", "/no-such-page", move="week")
    assert is_signed_in(browser)


def test_moving_the_clock_is_in_the_journal(demo, browser):
    send(browser, "/demo/clock", "/no-such-page", move="hour")
    with demo.app_context():
        kinds = list(db.session.scalars(select(JournalEntry.kind)))
    assert kinds == ["clock_moved"]


@pytest.mark.parametrize("move", ["", "month", "-1"])
def test_the_clock_makes_no_other_moves(demo, browser, move):
    assert send(browser, "/demo/clock", "/no-such-page", move=move).status_code == 404
    assert now(demo) == FRIDAY


def test_the_clock_never_goes_back(demo):
    with demo.app_context(), pytest.raises(ValueError, match="forward"):
        web_clock.advance(-1)


def test_outside_the_demo_the_clock_stands_where_it_is(app, clock):
    with app.app_context(), pytest.raises(ValueError, match="demo"):
        web_clock.advance(60)
    assert now(app) == clock()


def test_working_days_are_those_of_the_calendar():
    class OddDays(Calendar):
        def is_working(self, day):
            return day.day % 2 == 1

    assert later(FRIDAY, 2, OddDays("odd", "", {}, frozenset())) == FRIDAY + timedelta(days=4)
