"""Offices and people from a sheet: a line each of what would happen, and all of it or nothing."""

from __future__ import annotations

import io
import json
import zipfile

import openpyxl
import pytest
from sqlalchemy import func, select

from caseflow.errors import InvalidInput, NotFound, PermissionDenied
from caseflow.files import spreadsheets
from caseflow.models import JournalEntry, Unit, User, transaction
from caseflow.people import accounts, sheet_import
from caseflow.people.permissions import SYSTEM
from tests.ground import person, unit
from web.sentences.people_sheet import problem, refused

HEAD = "账号,姓名,工号,单位编码\n"


def plan(text, actor=None, regulation="guichi"):
    content = text.encode() if isinstance(text, str) else text
    return sheet_import.plan(content, regulation, actor or person("guichi.admin"))


def store(clock, text, actor=None):
    with transaction():
        return sheet_import.store(plan(text, actor), clock(), actor or person("guichi.admin"))


def verdicts(found):
    return [(line.line, line.verdict) for line in found.lines]


def workbook(rows):
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


@pytest.mark.both_databases
def test_a_plan_changes_nothing_and_storing_it_does_what_it_said(installed, session, clock):
    text = HEAD + "li.lei,李雷,7,bureau\nguichi.bureau.officer,改名,,bureau\n"
    before = session.scalar(select(func.count(User.id)))
    assert verdicts(plan(text)) == [(2, "add"), (3, "change")]
    session.rollback()
    assert session.scalar(select(func.count(User.id))) == before
    assert store(clock, text) == 2
    made = accounts.find("li.lei")
    assert (made.name, made.staff_no, made.profile.unit_id, made.password_hash, made.roles) == (
        "李雷", "7", unit("guichi", "bureau").id, "!", [])
    assert accounts.find("guichi.bureau.officer").name == "改名"
    told = session.scalars(select(JournalEntry).where(JournalEntry.kind == "people_imported")).one()
    lines = json.loads(told.details)["lines"]
    assert [line["user"] for line in lines] == ["li.lei", "guichi.bureau.officer"]
    assert lines[0]["before"] is None and lines[1]["after"]["name"] == "改名"
    assert verdicts(plan(text)) == [(2, "same"), (3, "same")] and store(clock, text) == 0


@pytest.mark.both_databases
def test_every_wrong_line_is_told_with_what_to_do_and_then_nothing_is_stored(installed, session, clock):
    text = HEAD + (
        "Li Lei,李雷,,bureau\nok.one,李雷,,bureau\nok.one,李雷,,bureau\nok.two,李雷,,nowhere\nok.three,=1+1,,bureau\n"
        "ok.four,李\u202e雷,,bureau\nok.five,李雷,a b,bureau\nhainan.platform.officer,李雷,,bureau\n\nshort\n")
    found = plan(text)
    assert verdicts(found) == [(2, "wrong"), (3, "add"), *((line, "wrong") for line in (4, 5, 6, 7, 8, 9, 11))]
    said = {line.line: problem(line) for line in found.lines}
    assert "第 3 行重复" in said[4] and "“nowhere”" in said[5] and "已被其他地区使用" in said[9]
    assert all("请" in told for told in said.values() if told)
    with pytest.raises(InvalidInput):
        store(clock, text)
    session.rollback()
    assert session.scalar(select(User.id).where(User.username == "ok.one")) is None


def test_roles_come_by_a_file_only_where_roles_may_be_given(installed, session, clock):
    text = "账号,姓名,单位编码,岗位\nli.lei,李雷,bureau,经办人\n"
    assert "安全管理员授予" in problem(plan(text).lines[0])
    assert store(clock, text, SYSTEM) == 1
    assert [role.role for role in accounts.find("li.lei").roles] == ["officer"]
    apart = plan("账号,姓名,单位编码,岗位\nli.lei,李雷,bureau,审计人\n", SYSTEM)
    assert "不能与其他岗位兼任" in problem(apart.lines[0])


@pytest.mark.parametrize("word", ["督办人员", "督办人"])
def test_a_supervisor_is_read_by_the_word_of_the_screens_and_by_its_short_form(installed, session, clock, word):
    assert store(clock, f"账号,姓名,单位编码,岗位\nli.lei,李雷,bureau,{word}\n", SYSTEM) == 1
    assert [role.role for role in accounts.find("li.lei").roles] == ["supervisor"]


def test_only_the_system_administrators_of_a_place_import_there(installed, session):
    for username in ("guichi.security", "guichi.auditor", "guichi.bureau.officer"):
        with pytest.raises(PermissionDenied):
            plan(HEAD, person(username))
    with pytest.raises(NotFound):
        plan(HEAD, regulation="hainan")


@pytest.mark.both_databases
def test_offices_are_made_with_those_above_them_first(installed, session, clock):
    text = ("编码,名称,级别,上级编码\nU-1,甲镇,乡镇,bureau\nU-2,甲村,村,U-1\nU-3,乙村,村,U-9\nU-1,又一个,村,bureau\n"
            "U-4,丙村,国,bureau\n")
    text = text.replace("bureau", unit("guichi", "bureau").code)
    assert verdicts(plan(text)) == [(2, "add"), (3, "add"), (4, "wrong"), (5, "wrong"), (6, "wrong")]
    good = "\n".join(text.splitlines()[:3])
    assert store(clock, good) == 2
    lower = session.scalars(select(Unit).where(Unit.code == "U-2")).one()
    assert (lower.parent.code, lower.level, lower.area_code) == ("U-1", "village", unit("guichi", "bureau").area_code)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_as_chinese_spreadsheets_save_it(installed, session, codec):
    found = plan((HEAD + "li.lei,李雷,,bureau\n").encode(codec))
    assert found.lines[0].values["name"] == "李雷"
    assert found.encoding == codec.removesuffix("-sig")


@pytest.mark.parametrize(("content", "sentence"), [
    (b"", "没有内容"), (b"\xff\xfea\x00", "UTF-16"), (b"\xd0\xcf\x11\xe0old", "xls"), (b"\x81\xff\xff", "编码"),
    (b"PK\x03\x04nonsense", "损坏"), (b"a\x00b", "编码"), ("姓名,随便\n".encode(), "第一行应写明各列"),
    ("账号,姓名,单位编码,身份证\n".encode(), "身份证"), ('账号,姓名,单位编码\na,"b\n'.encode(), "引号"),
    (b"x" * (spreadsheets.MAX_BYTES + 1), "MB"),
])
def test_what_is_no_such_sheet_is_refused_with_what_to_do(installed, session, content, sentence):
    with pytest.raises(InvalidInput) as refusal:
        plan(content)
    assert sentence in refused(refusal.value)


def test_a_workbook_is_read_and_its_formulas_are_refused(installed, session):
    found = plan(workbook([["账号", "姓名", "工号", "单位编码"], ["li.lei", "李雷", 7, "bureau"],
                           ["han.mei", '=HYPERLINK("x")', 8, "bureau"]]))
    assert found.lines[0].values["staff_no"] == "7"
    assert verdicts(found) == [(2, "add"), (3, "wrong")] and "公式" in problem(found.lines[1])


def test_a_workbook_that_unpacks_to_too_much_or_declares_entities_is_not_opened(installed, session):
    good, entity, bomb = workbook([["账号"]]), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as parts, zipfile.ZipFile(entity, "w") as changed:
        for info in parts.infolist():
            body = parts.read(info)
            if info.filename.endswith("sheet1.xml"):
                body = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>' + body
            changed.writestr(info.filename, body)
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"<" + b" " * (spreadsheets.MAX_UNPACKED + 1))
    for content in (entity.getvalue(), bomb.getvalue()):
        with pytest.raises(InvalidInput) as refusal:
            plan(content)
        assert refusal.value.fields == {"file": "bomb"}


def test_ten_thousand_lines_are_imported_in_one_go(installed, session, clock):
    text = HEAD + "".join(f"p{number},人员,{number},bureau\n" for number in range(10_000))
    assert store(clock, text) == 10_000
    assert session.scalar(select(func.count(User.id)).where(User.name == "人员")) == 10_000
    assert session.scalar(select(func.count(JournalEntry.id)).where(JournalEntry.kind == "people_imported")) == 20
