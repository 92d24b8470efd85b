"""The programs of PostgreSQL that `caseflow backup` needs: found, of the right version, given no password to show."""

from __future__ import annotations

import pytest

from caseflow.models import db
from tests.web.backups.test_backup_commands import call
from web.backups import postgresql

pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("database", ["postgresql"], indirect=True)]


@pytest.fixture
def program(tmp_path):
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
