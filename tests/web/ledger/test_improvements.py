"""Noting on the case page what was changed, and the list of it with its export."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from tests.web.desk import Desk, words

GUIDE = {"kind": "guide", "subject": "营业执照办理指南", "text": "补充了材料样本。"}


@pytest.fixture
def closed(guichi):
    return guichi.does("first_response", outcome="resolved").does("revisit", revisit_result="satisfied")


@pytest.fixture
def boss(closed):
    return Desk(closed.app, closed.clock, "guichi.bureau.supervisor")


def page(closed) -> str:
    return f"/cases/{closed.case().number}"


def note(desk, closed, **changes):
    return desk.sends(f"{page(closed)}/improvements/", GUIDE | {"form_token": uuid4().hex} | changes)


def test_a_change_is_noted_on_the_page_of_a_closed_case_and_corrected_there(closed, boss):
    assert note(boss, closed).status_code == 302
    shown = words(boss.opens(page(closed)))
    assert "办事指南 · 营业执照办理指南" in shown and "补充了材料样本" in shown and "GC-2(二)" in shown
    assert "登记改进（办事指南）：营业执照办理指南" in shown
    answer = boss.sends(f"{page(closed)}/improvements/1/correct",
                        {"kind": "withdrawn", "subject": "", "text": "登记错了", "form_token": uuid4().hex})
    assert answer.status_code == 302
    shown = words(boss.opens(page(closed)))
    assert "已更正" in shown and "撤销一条改进的登记" in shown


def test_what_is_missing_is_said(closed, boss):
    note(boss, closed, kind="")
    assert "请选择改的是事项、办事指南、材料还是流程。" in words(boss.opens(page(closed)))


def test_an_open_case_shows_no_form(guichi):
    boss = Desk(guichi.app, guichi.clock, "guichi.bureau.supervisor")
    assert "差评之后的改进" not in words(boss.opens(page(guichi)))


def test_the_list_is_narrowed_by_place_and_month(closed, boss):
    note(boss, closed)
    month = f"{closed.now:%Y-%m}"
    for query in ({}, {"regulation": "guichi"}, {"month": month}, {"month": "nonsense"}):
        assert "营业执照办理指南" in words(boss.opens("/ledger/improvements/", **query)), query
    for query in ({"month": "2025-12"}, {"regulation": "hainan"}):
        assert "没有符合条件的登记" in words(boss.opens("/ledger/improvements/", **query)), query


def test_december_ends_with_the_year(closed, boss):
    assert boss.opens("/ledger/improvements/", month="2026-12").status_code == 200


def test_the_list_is_exported_with_its_article_and_nothing_in_it_is_a_formula(closed, boss):
    note(boss, closed, subject="=1+1")
    answer = boss.opens("/ledger/improvements/export.xlsx")
    sheet = load_workbook(BytesIO(answer.data)).active
    heading, row = ([cell.value for cell in cells] for cells in sheet.iter_rows())
    assert dict(zip(heading, row, strict=True))["依据"] == "GC-2(二)"
    cell = sheet.cell(2, heading.index("名称") + 1)
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


def test_whoever_has_no_business_with_exports_is_refused(closed):
    admin = Desk(closed.app, closed.clock, "guichi.admin")
    assert admin.opens("/ledger/improvements/export.xlsx").status_code == 403
