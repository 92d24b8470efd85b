"""The page on which absences are entered and ended."""

from __future__ import annotations

import pytest

from caseflow.models import Absence, User, db
from tests.journeys.kit import Journey
from tests.web.desk import Desk, words


@pytest.fixture
def officer(installed, app, clock):
    Journey(app, clock, "guichi").bad_review()
    return Desk(app, clock, "guichi.dept1.officer")


def number(app, username):
    with app.app_context():
        return str(db.session.query(User).where(User.username == username).one().id)


def form(app, **changes):
    return {"user": number(app, "guichi.dept1.officer"), "substitute": number(app, "guichi.dept1.supervisor"),
            "first_day": "2026-03-03", "last_day": "2026-03-05", "open_too": "1"} | changes


def test_an_absence_is_entered_seen_and_ended(officer, app, clock):
    assert "已登记请假" in words(officer.browser.post("/absences/", data=form(app), follow_redirects=True))
    boss = Desk(app, clock, "guichi.dept1.supervisor")
    assert "2026-03-03 — 2026-03-05" in words(boss.opens("/absences"))
    with app.app_context():
        absence = db.session.query(Absence).one()
    assert "请假已结束" in words(officer.browser.post(f"/absences/{absence.id}/end", follow_redirects=True))
    assert Desk(app, clock, "guichi.dept2.officer").sends(f"/absences/{absence.id}/end").status_code == 404


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"last_day": ""}, "请填写起止日期"), ({"last_day": "2026-03-01"}, "请填写起止日期"),
    ({"substitute": ""}, "请选择同一单位的在岗人员代办"), ({"substitute": "1" * 15}, "请选择同一单位的在岗人员代办"),
])
def test_what_is_wrong_is_said(officer, app, changes, sentence):
    page = officer.sends("/absences/", form(app, **changes))
    assert page.status_code == 422 and sentence in words(page)


def test_nobody_enters_the_absence_of_others(officer, app):
    stranger = form(app, user=number(app, "guichi.dept2.officer"))
    assert officer.sends("/absences/", stranger).status_code == 404
    assert officer.opens("/absences", user=stranger["user"]).status_code == 403
