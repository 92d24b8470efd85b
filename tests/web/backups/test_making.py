"""Making a backup: over nothing, leaving nothing half done, for its owner alone."""

from __future__ import annotations

import os

import pytest

from tests.web.backups.ground import back_up
from web.backups.files import BackupFailed

pytestmark = pytest.mark.both_databases


def test_a_backup_overwrites_nothing_and_leaves_nothing_half_done(guichi, app, tmp_path, monkeypatch):
    (tmp_path / "a.backup").write_text("mine")
    with pytest.raises(BackupFailed, match="exists"):
        back_up(app, tmp_path / "a.backup")
    assert (tmp_path / "a.backup").read_text() == "mine"
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.setattr("web.backups.sqlite._require_sound", _broken)
    monkeypatch.setattr("web.backups.postgresql._run", _broken)
    with pytest.raises(BackupFailed):
        back_up(app, folder / "b.backup")
    assert list(folder.iterdir()) == []


def _broken(*_):
    raise BackupFailed("the disk is full")


def test_a_backup_is_for_its_owner_alone(guichi, app, tmp_path):
    assert back_up(app, tmp_path / "a.backup").stat().st_mode & 0o777 == 0o600


def test_what_another_process_of_this_number_left_when_it_died_stops_no_backup(guichi, app, tmp_path):
    left = tmp_path / f".a.backup.{os.getpid()}.part"
    left.touch()
    assert back_up(app, tmp_path / "a.backup").exists() and left.exists()
