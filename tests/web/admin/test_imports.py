"""Importing people on the screen and on the command line: look first, then all of it or nothing."""

from __future__ import annotations

import io
import re

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from caseflow.models import ImportDraft, User, db
from tests.web.desk import Desk, words
from web.commands import main

GOOD = "账号,姓名,工号,单位编码\nli.lei,李雷,7,bureau\nhan.mei,韩梅,8,bureau\n"
BAD = GOOD + "li.lei,李雷,7,bureau\n"


@pytest.fixture
def admin(installed, app, clock):
    return Desk(app, clock, "guichi.admin")


def send(desk, text, name="people.csv"):
    file = (io.BytesIO(text.encode() if isinstance(text, str) else text), name)
    return desk.browser.post("/admin/import", data={"regulation": "guichi", "file": file})


def people(app):
    with app.app_context():
        return set(db.session.scalars(select(User.username).where(User.username.in_(("li.lei", "han.mei")))))


def digest(answer):
    return re.search(r'name="digest" value="(\w+)"', answer.text)[1]


def test_a_preview_stores_nobody_and_confirming_it_stores_all(admin, app):
    preview = send(admin, GOOD)
    assert "新增 2" in words(preview) and people(app) == set()
    answer = admin.sends("/admin/import/confirm", {"digest": digest(preview)})
    assert "已导入 2 行" in words(admin.opens(answer.location)) and people(app) == {"li.lei", "han.mei"}
    again = admin.sends("/admin/import/confirm", {"digest": digest(preview)})
    assert "已经导入" in words(admin.opens(again.location))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ImportDraft)) == 0


def test_a_wrong_line_is_shown_and_cannot_be_confirmed(admin, app):
    preview = send(admin, BAD)
    assert preview.status_code == 422 and "与第 2 行重复" in words(preview) and "digest" not in preview.text
    with app.app_context():
        kept = db.session.scalar(select(ImportDraft.digest))
    assert admin.sends("/admin/import/confirm", {"digest": kept}).status_code == 422
    assert people(app) == set()


def test_confirming_a_file_that_was_replaced_is_refused(admin, app):
    first = send(admin, GOOD)
    send(admin, GOOD.replace("韩梅", "韩梅梅"))
    answer = admin.sends("/admin/import/confirm", {"digest": digest(first)})
    assert "重新选择文件" in words(admin.opens(answer.location)) and people(app) == set()


def test_what_is_no_sheet_is_said_on_the_page(admin):
    assert "旧版 xls" in words(admin.opens(send(admin, b"\xd0\xcf\x11\xe0").location))
    assert "没有内容" in words(admin.opens(admin.sends("/admin/import", {"regulation": "guichi"}).location))


def test_only_system_administrators_import_and_only_at_their_place(installed, app, clock, admin):
    for username in ("guichi.security", "guichi.auditor"):
        desk = Desk(app, clock, username)
        assert desk.opens("/admin/import").status_code == 403
        assert send(desk, GOOD).status_code == 403
        assert desk.sends("/admin/import/confirm").status_code == 403
    file = (io.BytesIO(GOOD.encode()), "a.csv")
    assert admin.browser.post("/admin/import", data={"regulation": "hainan", "file": file}).status_code == 404


@pytest.mark.machine_clock
def test_the_command_says_what_it_would_do_and_then_does_it(installed, app, database_url, tmp_path):
    def run(*words):
        environ = {"CASEFLOW_INSTANCE": str(tmp_path), "CASEFLOW_DATABASE_URL": database_url}
        return CliRunner().invoke(main, ["user", "import", *words, "--regulation", "guichi"], env=environ)

    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(GOOD, encoding="utf-8-sig")
    bad.write_text(BAD, encoding="gb18030")
    dry = run(str(good), "--dry-run")
    assert dry.exit_code == 0 and "第 2 行 新增 li.lei" in dry.output and people(app) == set()
    refused = run(str(bad))
    assert refused.exit_code == 1 and "第 4 行 有误" in refused.output and people(app) == set()
    assert "已导入 2 行" in run(str(good)).output and people(app) == {"li.lei", "han.mei"}
