"""Attachments go along in a backup, are checked by their digest, and come back."""

from __future__ import annotations

import io
import shutil
import tarfile

import pytest

from caseflow.cases import attachments
from caseflow.models import db, transaction
from tests.caseflow.samples import JPEG, PDF
from tests.ground import person
from tests.web.backups.ground import back_up, bring_back, whole
from tests.web.backups.test_backup_commands import call
from web.backups import making
from web.backups.files import BackupFailed

pytestmark = pytest.mark.both_databases


@pytest.fixture
def path(guichi, app, tmp_path):
    """A backup with two files."""
    with app.app_context():
        for name, content in (("a.jpg", JPEG), ("b.pdf", PDF)):
            with transaction():
                attachments.keep(guichi.case_id, person("guichi.dept1.officer"), io.BytesIO(content), name, guichi.now)
    return back_up(app, tmp_path / "a.backup")


def stored():
    store = attachments.store()
    return {path.name: path.read_bytes() for path in store.folder.glob("??/*")}


def test_files_come_back_with_the_database(guichi, app, clock, elsewhere, path):
    with app.app_context():
        before = stored()
    with elsewhere() as other:
        assert whole(bring_back(other, path, clock))
        assert stored() == before and len(before) == 2
        row, where = attachments.find(1, person("guichi.dept1.officer"))
        assert (row.name, where.read_bytes()) == ("a.jpg", JPEG)
        assert list(other.config["CASEFLOW"].instance.glob(".*")) == []


def test_a_file_that_changed_on_the_disk_is_named_and_keeps_nothing_else_out(guichi, app, clock, elsewhere, path,
                                                                              tmp_path):
    with app.app_context():
        row, where = attachments.find(1, person("guichi.dept1.officer"))
        where.write_bytes(JPEG[:-1] + b"x")
        made = making.make(tmp_path / "b.backup", app.config["CASEFLOW"])
        assert (made.files, made.lost) == (1, (row.digest,))
    with elsewhere() as other:
        done = bring_back(other, tmp_path / "b.backup", clock)
        assert [complaint.code for complaint in done.complaints] == ["missing_file"]
        assert len(stored()) == 1


def test_a_file_that_was_damaged_where_it_comes_back_is_put_right(guichi, app, clock, elsewhere, path):
    with elsewhere() as other:
        store = attachments.store()
        with app.app_context():
            digests = list(stored())
        store.path_of(digests[0]).parent.mkdir(parents=True)
        store.path_of(digests[0]).write_bytes(b"something else")
        assert whole(bring_back(other, path, clock)) and set(stored()) == set(digests)


@pytest.mark.parametrize("spoil", ["changed", "left out", "added"])
def test_a_backup_whose_files_are_not_those_that_were_written_is_refused(guichi, app, clock, elsewhere, path, spoil):
    spoilt = path.with_name("spoilt.backup")
    with tarfile.open(path) as old, tarfile.open(spoilt, "w") as new:
        for entry in old:
            content = old.extractfile(entry).read()
            if entry.name.startswith("files/"):
                if spoil == "left out":
                    continue
                content = content[:-1] + b"!" if spoil == "changed" else content
            if entry.name == "manifest.json" and spoil == "added":
                more = tarfile.TarInfo("../../evil")
                new.addfile(more, io.BytesIO())
            entry.size = len(content)
            new.addfile(entry, io.BytesIO(content))
    with elsewhere() as other:
        with pytest.raises(BackupFailed, match="damaged"):
            bring_back(other, spoilt, clock)
        assert not attachments.store().folder.exists() or stored() == {}


def test_the_command_says_how_many_files_went_along_and_when_one_is_missing(guichi, app, path, tmp_path):
    assert "附件 2 个" in call(app, "backup", tmp_path / "b.backup").output
    with app.app_context():
        shutil.rmtree(attachments.store().folder)
        db.session.remove()
    made = call(app, "backup", tmp_path / "c.backup")
    assert made.exit_code == 1 and "有 2 个附件的文件丢失" in made.output and (tmp_path / "c.backup").exists()
