"""`caseflow backup` and `caseflow restore`: what they say, and the programs of PostgreSQL."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from caseflow.models import WorkItem, db, transaction
from tests.web.backup.ground import back_up
from web.backups import postgresql
from web.commands import main

pytestmark = pytest.mark.both_databases


def call(app, *words, **variables):
    settings = app.config["CASEFLOW"]
    environ = {"CASEFLOW_INSTANCE": str(settings.instance), "CASEFLOW_DATABASE_URL": settings.database_url}
    return CliRunner().invoke(main, [str(word) for word in words], env=environ | variables)


def test_the_commands_say_what_they_did_in_a_line(guichi, app, elsewhere, tmp_path):
    path = tmp_path / "a.backup"
    made = call(app, "backup", path)
    assert made.exit_code == 0 and "已备份" in made.output and "不含密钥" in made.output, made.output
    with elsewhere() as other:
        db.session.remove()
        db.engine.dispose()
        done = call(other, "restore", path)
        assert done.exit_code == 0, done.output
        assert len(done.output.splitlines()) == 1 and "日志完整" in done.output and "自检正常" in done.output
        again = call(other, "restore", path)
        assert again.exit_code == 1 and "--replace" in again.output


def test_a_restored_database_that_is_not_whole_is_reported(guichi, app, elsewhere, tmp_path):
    with app.app_context(), transaction() as session:
        session.execute(WorkItem.__table__.delete())
    path = back_up(app, tmp_path / "a.backup")
    with elsewhere() as other:
        db.engine.dispose()
        done = call(other, "restore", path)
        assert done.exit_code == 1 and "caseflow doctor" in done.output


# --- PostgreSQL's programs ----------------------------------------------------------------------------------------


@pytest.fixture
def program(database, tmp_path):
    if database == "sqlite":
        pytest.skip("SQLite needs no program")
    folder = tmp_path / "bin"
    folder.mkdir()

    def put(text: str) -> str:
        (folder / "pg_dump").write_text(text)
        (folder / "pg_dump").chmod(0o755)
        return str(folder)
    return put


def test_missing_programs_are_said_with_what_to_do(guichi, app, tmp_path, program):
    (tmp_path / "none").mkdir()
    answer = call(app, "backup", tmp_path / "a.backup", CASEFLOW_PG_BIN=str(tmp_path / "none"))
    assert answer.exit_code != 0 and "CASEFLOW_PG_BIN" in answer.output and "Traceback" not in answer.output


def test_programs_of_an_older_version_are_refused(guichi, app, tmp_path, program):
    folder = program("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    answer = call(app, "backup", tmp_path / "a.backup", CASEFLOW_PG_BIN=folder)
    assert answer.exit_code != 0 and "version 9" in answer.output and not (tmp_path / "a.backup").exists()


def test_a_password_is_not_on_the_command_line(guichi, app, monkeypatch, program):
    seen = []

    def run(command, **how):
        seen.append((command, how["env"].get("PGPASSWORD")))
        return type("Done", (), {"returncode": 0, "stdout": ""})
    with app.app_context():
        secret = db.engine.url.set(password="hush-hush")
        monkeypatch.setattr("web.backups.postgresql.subprocess.run", run)
        postgresql._run(["pg_dump"], type("Engine", (), {"dialect": db.engine.dialect, "url": secret}))
    (command, password), = seen
    assert password == "hush-hush" and "hush-hush" not in " ".join(command)
