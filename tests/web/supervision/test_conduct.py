"""The form, the case page and the list of verified failures."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook

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


def test_a_record_is_withdrawn_on_the_case_page_and_shows_as_such_in_the_list_and_the_file(journey, app, clock):
    lead, number = Desk(app, clock, "qijiang.office.supervisor"), journey.case().number
    lead.sends(f"/conduct/cases/{number}", FORM)
    withdraw = re.search(rf'action="(/conduct/cases/{number}/\d+/withdraw)"', lead.opens(f"/cases/{number}").text)[1]
    department = Desk(app, clock, "qijiang.dept1.supervisor")
    assert withdraw not in department.opens(f"/cases/{number}").text
    refused = lead.browser.post(withdraw, data={"reason": ""}, follow_redirects=True)
    assert "请用 2 到 200 个字写明理由" in words(refused)
    assert "扣减绩效分" in words(lead.opens("/conduct"))
    assert lead.sends(withdraw, {"reason": "监控时间不符"}).status_code == 302
    for page in (lead.opens(f"/cases/{number}"), department.opens("/conduct")):
        assert "已撤销" in words(page) and "监控时间不符" in words(page) and "扣减绩效分" not in words(page)
    assert withdraw not in lead.opens(f"/cases/{number}").text
    headings, row = load_workbook(BytesIO(lead.opens("/conduct/export.xlsx").data)).active.iter_rows(values_only=True)
    told = dict(zip(headings, row, strict=True))
    assert (told["案件编号"], told["查实的情况和依据"], told["后果"]) == (number, FORM["grounds"], None)
    assert (told["工作人员"], told["撤销理由"]) == ("卫窗口", "监控时间不符")


def test_the_list_and_its_file_are_narrowed_alike_and_refused_alike(journey, app, clock):
    lead, number = Desk(app, clock, "qijiang.office.supervisor"), journey.case().number
    lead.sends(f"/conduct/cases/{number}", FORM)
    for query, found in (({"year": "2026"}, True), ({"year": "2025"}, False), ({"year": "x"}, True),
                         ({"regulation": "hainan"}, False), ({"regulation": "qijiang"}, True)):
        assert (number in words(lead.opens("/conduct", **query))) is found, query
        sheet = load_workbook(BytesIO(lead.opens("/conduct/export.xlsx", **query).data)).active
        assert (sheet.max_row == 2) is found, query
    assert Desk(app, clock, "qijiang.dept1.officer").opens("/conduct/export.xlsx").status_code == 403


def test_a_failure_that_an_appeal_found_is_listed_with_what_follows(app, clock, installed):
    rated = Journey(app, clock, "qijiang").bad_review(staff_no="S001")
    appeal = rated.appeal("qijiang.dept1.staff").does(
        "review", decision="dismissed", duty_failed=True, reasons="调取监控：当日擅自离岗属实，申诉不成立。")
    page = words(Desk(app, clock, "qijiang.office.supervisor").opens("/conduct"))
    assert appeal.case().number in page and "复核申诉时查实履职不到位" in page and "扣减绩效分" in page
    assert "工号 S001" in page
