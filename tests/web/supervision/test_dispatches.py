"""Sending a wrong dispatch back from the task, and deciding about it from the board."""

from __future__ import annotations

import re

import pytest

from tests.journeys.kit import Journey
from tests.web.desk import Desk, desk_of, words

REASON = "办件在区民政局办理"


@pytest.fixture
def journey(installed, app, clock):
    return Journey(app, clock, "guichi").bad_review()


def test_a_case_is_sent_back_from_its_task_and_transferred_from_the_board(journey, app, clock):
    officer, item_id = desk_of(journey, "first_response")
    boss, number = Desk(app, clock, "guichi.bureau.supervisor"), journey.case().number
    address = f"/cases/{number}/dispatch"
    assert f'href="{address}/"' in officer.opens(f"/work/{item_id}").text
    page = officer.opens(f"{address}/")
    assert "只能退回一次" in words(page) and "GC-2(一)" in words(page)
    civil = re.search(r'value="(\d+)">区民政局<', page.text)[1]
    assert officer.sends(f"{address}/refuse", {"reason": " "}).status_code == 422
    assert officer.sends(f"{address}/refuse", {"reason": REASON, "unit": civil}).status_code == 302
    assert "等待牵头单位督办人员决定" in words(officer.opens(f"/cases/{number}"))
    assert "不属于本单位" not in words(officer.opens(f"/work/{item_id}")).replace("认为不属于本单位", "")
    assert number in words(boss.opens("/board"))
    refusal = re.search(r'name="refusal" value="(\d+)"', boss.opens(f"{address}/").text)[1]
    form = {"refusal": refusal, "decision": "transferred", "unit": civil, "reason": "已核对"}
    assert boss.sends(f"{address}/decide", form | {"unit": ""}).status_code == 422
    assert boss.sends(f"{address}/decide", form).status_code == 302
    shown = words(boss.opens(f"{address}/"))
    assert "已改转别的单位：区民政局" in shown and "改由区民政局办理" in words(boss.opens(f"/cases/{number}"))
    assert "别人先一步" not in shown and "已有变化" in words(boss.browser.post(
        f"{address}/decide", data=form, follow_redirects=True))
    assert number not in words(boss.opens("/board"))


def test_who_may_not_decide_is_told_so_and_nothing_is_written(journey, app, clock):
    officer, _ = desk_of(journey, "first_response")
    address = f"/cases/{journey.case().number}/dispatch"
    officer.sends(f"{address}/refuse", {"reason": REASON})
    refusal = re.search(r'name="refusal" value="(\d+)"',
                        Desk(app, clock, "guichi.bureau.supervisor").opens(f"{address}/").text)[1]
    answer = officer.browser.post(f"{address}/decide", data={"refusal": refusal, "reason": "由我单位办理"},
                                  follow_redirects=True)
    assert "您的岗位不能进行这项操作" in words(answer) and "等待牵头单位督办人员决定" in words(answer)
    assert Desk(app, clock, "hefei.center.supervisor").opens(f"{address}/").status_code == 404
