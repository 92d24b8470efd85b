"""The ledger and its spreadsheet."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from caseflow.models import Case, Unit, db, transaction
from caseflow.raters import attempts
from tests.ground import person
from tests.journeys.kit import Journey
from tests.web.desk import Desk, words
from web.ledger import words as ledger_words
from web.parts import sheet as sheets

NAME, PHONE = "卫建国", "13900009029"
RISKY = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠SUM", "=HYPERLINK(\"http://x\")",
         " =1", "\u3000=1", "−1"]


@pytest.fixture
def supervisor(guichi):
    return Desk(guichi.app, guichi.clock, "guichi.bureau.supervisor")


def rename_unit(journey, name: str) -> None:
    with journey.app.app_context(), transaction():
        db.session.get(Unit, db.session.get(Case, journey.case_id).unit_id).name = name


def sheet_of(answer):
    assert answer.status_code == 200
    return load_workbook(BytesIO(answer.data)).active


def column(sheet, heading: str) -> list:
    headings = [cell.value for cell in sheet[1]]
    return [row[headings.index(heading)] for row in sheet.iter_rows(min_row=2)]


@pytest.mark.both_databases
def test_the_ledger_lists_the_case_with_its_milestones(guichi, supervisor):
    guichi.does("first_response", outcome="simple", contact_channel="phone").does("rectify")
    guichi.does("revisit", revisit_result="unsatisfied")
    page = words(supervisor.opens("/ledger/"))
    assert guichi.case().number in page and "已办结" in page and "2026-03-02 09:00" in page and "不满意" in page


def test_a_first_contact_that_was_written_down_later_says_so_on_the_page_and_in_the_file(guichi, supervisor):
    called = guichi.time_passes(hours=1).now
    written = guichi.time_passes(days=3).now
    with guichi.app.app_context(), transaction():
        attempts.log(guichi.case_id, person("guichi.dept1.officer"), tried_at=called, channel="telephone",
                     result="reached", note="", form_token="t" * 24, now=written)
    later = Desk(guichi.app, guichi.clock, "guichi.bureau.supervisor")
    page = words(later.opens("/ledger/"))
    assert "2026-03-02 10:00" in page and "2026-03-05 10:00 补记" in page
    sheet = sheet_of(later.opens("/ledger/export.xlsx"))
    assert [column(sheet, heading)[0].value for heading in ("首次联系时间", "首次联系补记时间")] == [
        datetime(2026, 3, 2, 10), datetime(2026, 3, 5, 10)]


def test_a_first_contact_that_was_written_down_at_once_says_nothing_of_it(guichi, supervisor):
    guichi.does("first_response", outcome="simple", contact_channel="phone")
    assert "补记" not in words(supervisor.opens("/ledger/"))
    assert column(sheet_of(supervisor.opens("/ledger/export.xlsx")), "首次联系补记时间")[0].value is None


@pytest.mark.parametrize(("query", "found"), [
    ({"status": "open"}, True), ({"status": "closed"}, False), ({"level": "dissatisfied"}, True),
    ({"level": "very_dissatisfied"}, False), ({"opened_from": "2026-03-02", "opened_to": "2026-03-02"}, True),
    ({"opened_to": "2026-03-01"}, False), ({"opened_from": "2026-03-03"}, False), ({"overdue": "1"}, False),
    ({"planned": "1"}, False), ({"planned": "x"}, True),
    ({"q": "营业执照"}, True), ({"q": "没有"}, False), ({"regulation": "hefei"}, False), ({"unit": "999999"}, False)])
def test_each_filter_narrows_the_ledger(guichi, supervisor, query, found):
    number = guichi.case().number
    assert (number in supervisor.opens("/ledger/", **query).text) is found
    exported = column(sheet_of(supervisor.opens("/ledger/export.xlsx", **query)), "编号")
    assert ([cell.value for cell in exported] == [number]) is found


@pytest.mark.both_databases
def test_odd_filters_count_as_none(guichi, supervisor):
    for query in ({"opened_from": "x"}, {"opened_to": "9999-99-99"}, {"opened_to": "9999-12-31"}, {"unit": "1' OR"},
                  {"unit": "9" * 30}, {"level": "\x00"}, {"q": "\x00" * 50}, {"page": "x"}):
        assert supervisor.opens("/ledger/", **query).status_code == 200
        assert supervisor.opens("/ledger/export.xlsx", **query).status_code == 200


@pytest.mark.both_databases
def test_a_late_case_is_found_as_late(guichi):
    guichi.time_passes(days=3)
    supervisor = Desk(guichi.app, guichi.clock, "guichi.bureau.supervisor")
    assert guichi.case().number in supervisor.opens("/ledger/", overdue="1").text
    assert [cell.value for cell in column(sheet_of(supervisor.opens("/ledger/export.xlsx")), "是否逾期")] == ["是"]


@pytest.mark.parametrize(("lead", "kept"), [
    ("guichi.bureau", True), ("hefei.center", True), ("hainan.service_office", False), ("qijiang.office", True)])
def test_the_ledger_is_narrowed_to_complex_matters_where_the_text_keeps_their_plans(installed, app, clock, lead, kept):
    assert ("只看复杂事项" in words(Desk(app, clock, f"{lead}.supervisor").opens("/ledger/"))) == kept


@pytest.mark.both_databases
def test_complex_matters_stand_with_plan_and_limit_shortened_on_the_page_and_whole_in_the_file(guichi, supervisor):
    plan = "先核对全部材料，再请第三方重做鉴定，" * 20
    simple = Journey(guichi.app, guichi.clock, "guichi").bad_review().does("first_response", outcome="simple")
    guichi.does("first_response", outcome="complex").does("open_ledger", plan=plan)
    page = words(supervisor.opens("/ledger/", planned="1"))
    assert guichi.case().number in page and simple.case().number not in page
    assert "先核对全部材料" in page and plan not in page and "期限 2026-03-23 24:00" in page
    row = sheet_of(supervisor.opens("/ledger/export.xlsx", planned="1"))
    headings = ("复杂事项", "整改计划", "整改期限", "按期整改")
    assert [column(row, heading)[0].value for heading in headings] == [
        "是", plan, datetime(2026, 3, 23, 23, 59, 59), None]
    both = sheet_of(supervisor.opens("/ledger/export.xlsx"))
    assert sorted(cell.value for cell in column(both, "复杂事项")) == ["否", "是"]
    guichi.time_passes(days=30)
    late = Desk(guichi.app, guichi.clock, "guichi.bureau.supervisor")
    assert "没有按期整改" in words(late.opens("/ledger/", planned="1"))
    (kept,) = column(sheet_of(late.opens("/ledger/export.xlsx", planned="1")), "按期整改")
    assert kept.value == "否"


def test_the_spreadsheet_has_the_columns_officers_expect(supervisor):
    headings = [cell.value for cell in sheet_of(supervisor.opens("/ledger/export.xlsx"))[1]]
    assert [h for h in ("编号", "地区", "评价等级", "评价时间", "收到时间", "办件", "事项", "承办单位", "当前环节",
                        "状态", "首次联系时间", "首次联系补记时间", "首次联系期限", "整改完成时间", "复杂事项",
                        "整改计划", "整改期限", "按期整改", "回访结果", "是否逾期", "办结时间")
            if h not in headings] == []


def test_moments_are_moments_of_shanghai_to_sort_by(guichi, supervisor):
    sheet = sheet_of(supervisor.opens("/ledger/export.xlsx"))
    assert column(sheet, "收到时间")[0].value == datetime(2026, 3, 2, 9, 0)
    assert column(sheet, "首次联系期限")[0].value == datetime(2026, 3, 4, 23, 59, 59)


def test_name_and_number_of_the_rater_are_nowhere_in_the_file(supervisor):
    with zipfile.ZipFile(BytesIO(supervisor.opens("/ledger/export.xlsx").data)) as file:
        inside = "".join(file.read(name).decode() for name in file.namelist())
    assert NAME not in inside and PHONE not in inside and "139****9029" in inside


@pytest.mark.parametrize("text", RISKY)
def test_a_name_that_looks_like_a_formula_stays_text(guichi, supervisor, text):
    rename_unit(guichi, text)
    answer = supervisor.opens("/ledger/export.xlsx")
    cell = column(sheet_of(answer), "承办单位")[0]
    assert cell.data_type == "s" and cell.value.strip() == text.strip() and cell.quotePrefix
    with zipfile.ZipFile(BytesIO(answer.data)) as file:
        assert b"<f>" not in file.read("xl/worksheets/sheet1.xml")


def test_characters_a_spreadsheet_cannot_hold_are_left_out():
    sheet = Workbook(write_only=True).create_sheet()
    assert sheets.text_cell(sheet, "坏\x00字\x0b").value == "坏字"
    assert len(sheets.text_cell(sheet, "长" * 40_000).value) == 32_767


def test_whoever_has_no_business_with_exports_is_refused(guichi):
    assert Desk(guichi.app, guichi.clock, "guichi.admin").opens("/ledger/export.xlsx").status_code == 403


def test_a_department_exports_its_own_cases_alone(guichi):
    other = Desk(guichi.app, guichi.clock, "guichi.dept2.officer")
    assert column(sheet_of(other.opens("/ledger/export.xlsx")), "编号") == []


def test_the_level_with_which_a_rating_counts_stands_in_list_and_sheet(installed, app, clock):
    plain, voided, replaced = (Journey(app, clock, "hainan").bad_review() for _ in range(3))
    voided.message("appeal_upheld")
    replaced.does("verify").does("contact_rater").does("first_response", outcome="mistaken")
    replaced.does("revisit", revisit_result="satisfied", newest_level="very_satisfied")
    desk = Desk(app, clock, "hainan.platform.supervisor")
    sheet = sheet_of(desk.opens("/ledger/export.xlsx"))
    counted = dict(zip(column(sheet, "编号"), column(sheet, "计入统计的等级"), strict=True))
    assert {number.value: level.value for number, level in counted.items()} == {
        plain.case().number: "不满意", voided.case().number: "不计入", replaced.case().number: "非常满意"}
    page = words(desk.opens("/ledger/"))
    assert page.count("以“非常满意”计入统计") == page.count("不计入统计") == 1


def test_the_sheet_is_written_row_by_row(guichi):
    """A row is asked for only after the one before it was written."""
    with guichi.app.test_request_context():
        case, asked = db.session.get(Case, guichi.case_id), []

        def rows():
            from caseflow.cases.ledger import LedgerFacts

            for number in range(3):
                asked.append(number)
                yield case, LedgerFacts()

        with sheets.table("台账", ledger_words.COLUMNS, rows()) as file:
            assert load_workbook(file).active.max_row == 4
        assert asked == [0, 1, 2]


def test_a_filter_of_the_ledger_is_kept_shared_and_forgotten(guichi, supervisor):
    with guichi.app.app_context():
        case = db.session.get(Case, guichi.case_id)
        rated, bureau = case.unit_id, db.session.scalar(select(Unit.id).where(Unit.key == "bureau"))
    wanted = {"overdue": "1", "unit": str(rated), "scope": "mine"}
    kept = {"list": "ledger", "name": "逾期单位", "share_with": str(bureau)}
    answer = supervisor.sends("/work/filters/", wanted | kept)
    assert answer.location == f"/ledger/?unit={rated}&overdue=1"
    page = supervisor.browser.get(answer.location)
    assert 'aria-current="true">逾期单位' in page.text and "逾期单位" not in words(supervisor.opens("/work/"))
    assert "逾期单位" in words(Desk(guichi.app, guichi.clock, "guichi.bureau.officer").opens("/ledger/"))
    number = re.search(r"/work/filters/(\d+)/delete", page.text)[1]
    assert supervisor.sends(f"/work/filters/{number}/delete", {"list": "ledger"}).location == "/ledger/"
    assert "逾期单位" not in words(supervisor.opens("/ledger/"))
