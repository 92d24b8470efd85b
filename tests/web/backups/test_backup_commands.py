"""`caseflow backup` and `caseflow restore`: what they say."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from caseflow.models import WorkItem, db, transaction
from tests.web.backups.ground import back_up
from web.commands import main

pytestmark = [pytest.mark.both_databases, pytest.mark.machine_clock]


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
