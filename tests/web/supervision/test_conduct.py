"""The form, the case page and the list of verified failures."""

from __future__ import annotations

import pytest

from tests.journeys.kit import Journey
from tests.web.desk import Desk, words

FORM = {"kind": "duty_failed", "person": "卫窗口", "staff_no": "S001",
        "grounds": "调取监控核实：当日擅自离岗四十分钟。", "opinion": "一周内三名群众反映同一窗口，均附照片。",
        "form_token": "t" * 24}


@pytest.fixture
def journey(installed, app, clock):
    return Journey(app, clock, "qijiang").bad_review()


def test_a_failure_is_recorded_shown_on_the_case_and_listed(journey, app, clock):
    lead, number = Desk(app, clock, "qijiang.office.supervisor"), journey.case().number
    page = f"/conduct/cases/{number}"
    assert f'href="{page}"' in lead.opens(f"/cases/{number}").text
    form = words(lead.opens(page))
    assert "QJ-18" in form and "扣减绩效分" in form and "企业和群众意见较大" in form
    refused = lead.sends(page, FORM | {"opinion": ""})
    assert refused.status_code == 422 and "请写明这一条件的依据" in words(refused) and FORM["grounds"] in refused.text
    assert lead.sends(page, FORM).status_code == 302
    for username in ("qijiang.office.supervisor", "qijiang.dept1.officer"):
        shown = words(Desk(app, clock, username).opens(f"/cases/{number}"))
        assert FORM["grounds"] in shown and FORM["opinion"] in shown and "取消年度考核评优评选资格" in shown
    assert number in words(lead.opens("/conduct", year=2026)) and number not in words(lead.opens("/conduct", year=2025))
    assert 'href="/conduct/"' in lead.opens("/board").text


def test_who_may_not_record_finds_neither_the_form_nor_the_list(journey, app, clock):
    officer, number = Desk(app, clock, "qijiang.dept1.officer"), journey.case().number
    assert "责任认定" not in words(officer.opens(f"/cases/{number}"))
    assert officer.opens(f"/conduct/cases/{number}").status_code == 403
    assert officer.opens("/conduct").status_code == 403
    assert Desk(app, clock, "guichi.bureau.supervisor").opens(f"/conduct/cases/{number}").status_code == 404
