"""A case about nothing that was rated on the screens: it is listed, found, shown and worked on like any other."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from caseflow.models import transaction
from caseflow.supervision import discipline
from tests import inquiry
from tests.ground import open_item, person
from tests.inquiry import QUESTION
from tests.web.desk import Desk, words

NUMBER = "X-2026-001"
EVERYBODY = ("qijiang.dept1.officer", "qijiang.office.supervisor", "qijiang.office.officer", "qijiang.auditor",
             "qijiang.dept1.staff")
NOT_LOOKED_AT = {"static", "auth.logout", "oidc.start", "oidc.back"}


@pytest.fixture
def asked(installed, app, clock):
    with inquiry.known():
        yield inquiry.ask(app, clock)


@pytest.fixture
def officer(asked, app, clock):
    return Desk(app, clock, EVERYBODY[0])


@pytest.mark.both_databases
def test_lists_show_what_it_is_about_and_the_search_finds_it(asked, officer):
    for address, asked_for in (("/work/", ""), ("/work/", "X-2026"), ("/cases/", "X-2026"), ("/ledger/", "X-2026")):
        page = words(officer.opens(address, q=asked_for))
        assert NUMBER in page and QUESTION in page, address
    assert NUMBER not in words(officer.opens("/ledger/", level="dissatisfied"))
    assert officer.opens("/cases/", q=NUMBER).location == f"/cases/{NUMBER}"


@pytest.mark.both_databases
def test_its_page_shows_its_subject_its_deadlines_and_its_history_and_no_rating(asked, officer):
    page = words(officer.opens(f"/cases/{NUMBER}"))
    for shown in (QUESTION, f"建立案件 {NUMBER}", "答复询问", "答复到期", "2026-03-04"):
        assert shown in page, shown
    for hidden in ("提出申诉", "系统收到评价", "匿名评价", "办件"):
        assert hidden not in page, hidden


@pytest.mark.both_databases
def test_its_task_is_done_on_the_page(asked, officer, app):
    with app.app_context():
        item = open_item(asked.case_id).id
    page = words(officer.opens(f"/work/{item}"))
    assert QUESTION in page and "系统收到评价" not in page
    assert officer.submits(item, {"outcome": "done"}).status_code == 302
    asked.closed_as("closed_answered")
    assert "已答复" in words(officer.opens(f"/cases/{NUMBER}"))


def test_the_exported_ledger_leaves_the_cells_of_a_rating_empty(asked, app, clock):
    lead = Desk(app, clock, "qijiang.office.supervisor")
    sheet = load_workbook(io.BytesIO(lead.opens("/ledger/export.xlsx").data)).active
    headings, row = ([cell.value for cell in line] for line in sheet.iter_rows())
    cells = dict(zip(headings, row, strict=True))
    assert (cells["编号"], cells["事项"], cells["评价等级"], cells["评价人"]) == (NUMBER, QUESTION, None, None)


def test_the_rater_of_none_cannot_be_looked_up(asked, officer):
    assert officer.sends(f"/cases/{NUMBER}/contact", {"reason": "联系评价人"}).status_code == 403


def test_a_report_about_it_is_shown_to_those_who_may_know(asked, app, clock):
    with app.app_context(), transaction():
        report = discipline.forward(
            asked.case_id, person("qijiang.office.officer"), "说到工作人员收受礼品的情况。", "t" * 20, clock()).id
    page = Desk(app, clock, "qijiang.office.officer").opens(f"/discipline/{report}")
    assert page.status_code == 200 and "收受礼品" in words(page)


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_page_needs_a_rating(asked, app, clock, who):
    with app.app_context():
        values = {"number": NUMBER, "work_item_id": open_item(asked.case_id).id}
    asked.time_passes(days=1)
    desk = Desk(app, clock, who)
    looked_at = 0
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.arguments <= values.keys() and rule.endpoint not in NOT_LOOKED_AT:
            address = rule.build({name: values[name] for name in rule.arguments})[1]
            assert desk.opens(address).status_code < 500, address
            looked_at += bool(rule.arguments)
    assert looked_at >= 5
