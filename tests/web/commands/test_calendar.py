"""`caseflow calendar import` and `show` against a database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

import web
from caseflow.law import calendars
from caseflow.models import CalendarNotice, db, transaction
from web.commands import main

pytestmark = pytest.mark.machine_clock
SOURCE = "国务院办公厅关于2027年部分节假日安排的通知"
HOLIDAYS = "2027-01-01,off,元旦\n2027-01-03,work,元旦\n2027-05-01,off\n2027-10-01,off\n2027-10-02,off\n2027-10-03,off\n"


@pytest.fixture
def app(database_url, tmp_path, monkeypatch):
    """The application as the command makes it: by the environment, on a seeded database."""
    monkeypatch.setenv("CASEFLOW_INSTANCE", str(tmp_path))
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", database_url)
    monkeypatch.setenv("CASEFLOW_SECRET_KEY", "t" * 48)
    app = web.create_app()
    with app.app_context(), transaction():
        calendars.seed(datetime(2026, 11, 21, tzinfo=UTC))
    return app


@pytest.fixture
def notice(tmp_path):
    def write(content: str | bytes):
        path = tmp_path / "2027.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


def run(*args: str):
    return CliRunner().invoke(main, ["calendar", *args])


def import_(path: str, *args: str):
    return run("import", path, "--jurisdiction", "national", "--year", "2027", "--source", SOURCE, *args)


def test_an_imported_notice_is_stored_and_shown(app, notice):
    result = import_(notice(HOLIDAYS))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("national 2027 年第 1 版：6 天")
    shown = run("show", "2027").stdout.splitlines()
    assert shown[1] == f"2027-01-03 周日，元旦调休上班（{SOURCE}）"
    assert shown[-1].startswith("2027 年共 260 个工作日；") and shown[-1].endswith("national:2027r2")


def test_a_known_year_is_shown_with_its_sum(app):
    lines = run("show", "2026").stdout.splitlines()
    assert lines[0].startswith("2026-01-01 周四，元旦放假")
    assert "2026 年共 248 个工作日" in lines[-1]


def test_a_year_without_notice_says_so(app):
    assert "尚未公布" in run("show", "2027").stdout


def test_a_bad_file_lists_every_line_and_stores_nothing(app, notice):
    result = import_(notice(HOLIDAYS + "2027-01-01,off\n2029-01-01,off\n"))
    assert result.exit_code == 1
    assert "第 7 行" in result.stderr and "第 8 行" in result.stderr
    with app.app_context():
        assert db.session.query(CalendarNotice).filter_by(year=2027).count() == 0


def test_a_huge_or_binary_file_is_refused_in_words(app, notice):
    assert "64 KiB" in import_(notice(b"x" * 1_000_000)).stderr
    assert "UTF-8" in import_(notice(b"\xff\xfe\x00")).stderr


def test_a_notice_that_looks_cut_short_is_imported_with_a_warning(app, notice):
    result = import_(notice("2027-01-01,off\n"))
    assert result.exit_code == 0
    assert "2027-10-01" in result.stderr


@pytest.mark.parametrize("args", [
    ["import", "missing.csv", "--year", "2027", "--source", "x"], ["import"], ["show", "next"],
    ["import", "missing.csv", "--year", "27", "--source", "x"]])
def test_wrong_use_ends_with_2(args):
    assert run(*args).exit_code == 2


def test_an_unknown_jurisdiction_is_refused(app, notice):
    result = import_(notice(HOLIDAYS), "--jurisdiction", "atlantis")
    assert result.exit_code == 1
    assert "atlantis" in result.stderr
    assert run("show", "2026", "--jurisdiction", "atlantis").exit_code == 2


def test_a_database_that_was_never_prepared_is_explained(tmp_path, monkeypatch, app):
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    result = run("show", "2026")
    assert result.exit_code == 2
    assert "caseflow init" in result.stderr
