"""The page of the branches of areas."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from caseflow.models import Branch, Unit, db, transaction
from caseflow.people import units
from tests.ground import unit
from tests.web.desk import Desk, words

PAGE = "/admin/branches"


@pytest.fixture
def desks(installed, app, clock):
    return {role: Desk(app, clock, f"hainan.{role}") for role in ("admin", "security", "auditor")}


def said(answer, desk):
    assert answer.status_code == 302, answer.status_code
    return words(desk.opens(answer.location))


@pytest.fixture
def qionghai(app, installed, clock):
    """The id of a new unit of a county that has no branch."""
    with app.app_context(), transaction():
        return units.add("hainan", "QH12345", "12345琼海分平台", "district", clock(), area_code="469002000000").id


def test_the_page_shows_the_branches_of_each_office_with_its_article(desks):
    page = words(desks["auditor"].opens(PAGE))
    for told in ("本地区的12345平台", "HN-14", "12345海口分平台", "12345三亚分平台", "三亚市行政审批服务局", "HN-5"):
        assert told in page


def test_only_system_administration_is_offered_a_change(desks):
    forms = {role: desk.opens(PAGE).text.count('action="/admin/branches') for role, desk in desks.items()}
    assert forms == {"admin": 5, "security": 0, "auditor": 0}       # one to enter, four to end
    for role in ("security", "auditor"):
        assert desks[role].sends(PAGE, {"unit": "1"}).status_code == 403


def test_a_branch_is_entered_for_the_area_of_its_unit(desks, app, qionghai):
    answer = desks["admin"].sends(PAGE, {"kind": "branch", "unit": str(qionghai), "first_day": "2026-03-02"})
    assert "已登记" in said(answer, desks["admin"])
    with app.app_context():
        row = db.session.scalar(select(Branch).where(Branch.unit_id == qionghai))
        assert (row.office, row.level, row.area_code) == ("branch", "district", "469002000000")


def test_an_area_with_units_and_no_branch_stands_on_the_page(desks, qionghai):
    assert "地区 469002，1 个单位" in words(desks["admin"].opens(PAGE))


@pytest.mark.parametrize("typed, told", [
    ({"unit": ""}, "请选择单位"), ({"kind": "embassy"}, "请选择类别"), ({"first_day": "soon"}, "请填写开始日期"),
    ({"area_code": "46"}, "地区代码应为")])
def test_what_is_typed_wrongly_is_said(desks, qionghai, typed, told):
    form = {"kind": "branch", "unit": str(qionghai), "first_day": "2026-03-02", **typed}
    assert told in said(desks["admin"].sends(PAGE, form), desks["admin"])


def test_an_area_that_has_a_branch_gets_no_second_one(desks, app):
    with app.app_context():
        office = unit("hainan", "platform_sanya").id
    answer = desks["admin"].sends(PAGE, {"kind": "sub_platform", "unit": str(office), "first_day": "2026-03-02"})
    assert "已有在用的分支机构" in said(answer, desks["admin"])


def test_a_branch_is_ended_with_its_last_day(desks, app):
    with app.app_context():
        number = db.session.scalar(select(Branch.id).join(Unit, Unit.id == Branch.unit_id).where(
            Unit.key == "platform_sanya"))
    ended = desks["admin"].sends(f"{PAGE}/{number}/end", {"last_day": "2026-03-31"})
    assert "已定下截止日期（含当日）" in said(ended, desks["admin"])
    assert "2026-03-31" in words(desks["auditor"].opens(PAGE))
    assert "截止日期不能早于今天" in said(
        desks["admin"].sends(f"{PAGE}/{number}/end", {"last_day": "2026-01-31"}), desks["admin"])


def test_a_place_whose_regulation_names_no_office_by_area_has_nothing_to_enter(installed, app, clock):
    page = words(Desk(app, clock, "guichi.admin").opens(PAGE))
    assert "不需要登记分支机构" in page and "登记分支机构 " not in page


def test_the_changes_stand_in_the_journal_in_words(desks, qionghai):
    desks["admin"].sends(PAGE, {"kind": "branch", "unit": str(qionghai), "first_day": "2026-03-02"})
    assert "登记分支机构 12345琼海分平台" in words(desks["auditor"].opens("/admin/journal"))
