"""Handing a task over on the screens: both see it, the note arrives, and late clicks are explained."""

from __future__ import annotations

import pytest

from caseflow.models import User, WorkItem, db
from tests.web.desk import Desk, colleague, desk_of, words

NOTE = "我去开会，请先联系<b>评价人</b>。"


@pytest.fixture
def taken(guichi):
    """(whose task it is, its number, a colleague's desk, the colleague's id)"""
    desk, item = desk_of(guichi, "first_response")
    desk.sends(f"/work/{item}/claim")
    helper = colleague(guichi, "first_response")
    with guichi.app.app_context():
        return desk, item, helper, db.session.query(User.id).filter_by(username="王同事").scalar()


def assignee(journey, item):
    with journey.app.app_context():
        return db.session.get(WorkItem, item).assignee.username


def follow(desk, answer):
    assert answer.status_code == 302
    return words(desk.browser.get(answer.location))


def test_a_task_goes_to_a_colleague_and_comes_back_with_a_word(guichi, taken):
    desk, item, helper, to = taken
    page = desk.opens(f"/work/{item}")
    assert f'<option value="{to}">王同事</option>' in page.text
    said = follow(desk, desk.sends(f"/work/{item}/delegation/", {"to": str(to), "note": NOTE}))
    assert "已委托给同事" in said and "委托 王同事 办理" in said and "收回" in said
    assert "我委托同事办理的" in words(desk.opens("/work/"))
    page = helper.opens(f"/work/{item}")
    assert NOTE in words(page) and NOTE not in page.text and "交还给" in words(page)
    assert "已交还" in follow(helper, helper.sends(f"/work/{item}/delegation/back", {"note": "已联系。"}))
    page = words(desk.opens(f"/work/{item}"))
    assert "王同事 交还时说明" in page and "已联系。" in page and assignee(guichi, item) == desk.username
    assert "我委托同事办理的" not in words(desk.opens("/work/"))


def test_what_was_handed_over_is_taken_back_and_late_clicks_are_explained(guichi, taken):
    desk, item, helper, to = taken
    assert "请选择同一单位" in follow(desk, desk.sends(f"/work/{item}/delegation/", {"to": "", "note": NOTE}))
    assert "请写明交代的事项" in follow(desk, desk.sends(f"/work/{item}/delegation/", {"to": str(to), "note": ""}))
    desk.sends(f"/work/{item}/delegation/", {"to": str(to), "note": NOTE})
    again = follow(desk, desk.sends(f"/work/{item}/delegation/", {"to": str(to), "note": NOTE}))
    assert "同事已经签收了这项任务" in again
    assert "已收回" in follow(desk, desk.sends(f"/work/{item}/delegation/take"))
    assert "同事已经签收" in follow(helper, helper.sends(f"/work/{item}/delegation/back"))
    assert "别人先一步处理了" in follow(desk, desk.sends(f"/work/{item}/delegation/take"))
    assert assignee(guichi, item) == desk.username


def test_a_foreign_task_is_not_there(guichi, taken, clock):
    _, item, _, to = taken
    stranger = Desk(guichi.app, clock, "hefei.dept1.officer")
    for what in ("", "back", "take"):
        assert stranger.sends(f"/work/{item}/delegation/{what}", {"to": str(to), "note": NOTE}).status_code == 404


def test_nobody_is_offered_to_hand_over_what_they_have_not_taken(guichi):
    desk, item = desk_of(guichi, "first_response")
    colleague(guichi, "first_response")
    assert "委托同事办理" not in words(desk.opens(f"/work/{item}"))
