"""`caseflow ratings`: the file that is read, the report that is written, the exit code."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from caseflow import models
from caseflow.casefile import journal_check
from caseflow.models import ApiKey, Case, Rating, db
from caseflow.ratings import api_keys
from tests.ratings_ground import offices  # noqa: F401
from tests.web.api.test_ratings import rating
from web.commands import main
from web.commands import ratings as commands

pytestmark = pytest.mark.usefixtures("offices")
FEEDS = Path(__file__).parents[3] / "caseflow" / "install" / "demo_feeds"
EXPECTED = Path(__file__).parents[2] / "data" / "ratings"


@pytest.fixture
def run(app, monkeypatch):
    """Run `caseflow ratings …` on the test's database."""
    monkeypatch.setattr(commands, "create_app", lambda: app)
    return lambda *words: CliRunner().invoke(main, ["ratings", *map(str, words)])


def write(path: Path, *ratings: dict) -> Path:
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in ratings), encoding="utf-8")
    return path


@pytest.mark.parametrize("place", ["guichi", "hainan", "hefei", "qijiang"])
def test_the_report_of_a_sample_feed_is_the_expected_one_to_the_byte(run, tmp_path, place):
    result = run("import", FEEDS / f"ratings-{place}.ndjson", "--report", tmp_path / "report.tsv")
    assert result.exit_code == 1
    assert (tmp_path / "report.tsv").read_bytes() == (EXPECTED / f"ratings-{place}.expected.tsv").read_bytes()


def test_one_line_says_what_became_of_the_file(run, tmp_path):
    feed = write(tmp_path / "a.ndjson", rating(1, 1), rating(1, 1), rating(1, 2), rating(2), rating(3, 9))
    assert run("import", feed).output == "5 行：接收 2，后续评价 1，重复 1，退回 1；立案 2 件\n"


def test_a_file_without_rejections_ends_with_zero_the_second_time_too(run, tmp_path):
    feed = write(tmp_path / "a.ndjson", rating(1), rating(2))
    assert [run("import", feed).exit_code for _ in range(2)] == [0, 0]


def test_an_empty_file_is_fine(run, tmp_path):
    (tmp_path / "a.ndjson").touch()
    assert run("import", tmp_path / "a.ndjson", "--report", tmp_path / "r.tsv").exit_code == 0
    assert (tmp_path / "r.tsv").read_text() == "line\tverdict\n"


def test_the_source_is_the_name_of_the_file_cut_to_its_column(run, tmp_path, app):
    run("import", write(tmp_path / f"{'长' * 70}.ndjson", rating(1)))
    with app.app_context():
        assert db.session.scalar(select(Rating.source)) == "file:" + "长" * 59


def test_a_report_over_the_file_itself_is_wrong_use(run, tmp_path):
    feed = write(tmp_path / "a.ndjson", rating(1))
    assert run("import", feed, "--report", tmp_path / "." / "a.ndjson").exit_code == 2
    assert feed.read_bytes()
    assert run("import", tmp_path / "nothing.ndjson").exit_code == 2


@pytest.mark.parametrize("place", ["/no/such/folder/report.tsv", "/dev/full"])
def test_a_report_that_cannot_be_written_is_said_in_one_line(run, tmp_path, place):
    result = run("import", write(tmp_path / "a.ndjson", rating(1)), "--report", place)
    assert result.exit_code == 2 and len(result.output.splitlines()) == 1


def test_what_was_taken_in_stays_when_a_later_batch_fails(run, tmp_path, app, monkeypatch):
    receive = commands.intake.receive

    def fail_later(batch, source, now):
        if b'"P700"' in b"".join(batch):
            raise OSError("disk full")
        return receive(batch, source, now)
    monkeypatch.setattr(commands.intake, "receive", fail_later)
    feed = write(tmp_path / "a.ndjson", *(rating(number) for number in range(800)))
    result = run("import", feed, "--report", tmp_path / "r.tsv")
    assert isinstance(result.exception, OSError)
    with app.app_context():
        assert db.session.scalar(select(func.count(Rating.id))) == 500
    assert len((tmp_path / "r.tsv").read_text().splitlines()) == 501


@pytest.mark.both_databases
def test_an_import_and_a_push_of_the_same_ratings_at_once_keep_each_once(app, client, tmp_path, clock, monkeypatch):
    monkeypatch.setattr(commands, "create_app", lambda: app)
    wanted = [rating(number, 1 + number % 5) for number in range(200)]
    feed = write(tmp_path / "a.ndjson", *reversed(wanted))
    with app.app_context(), commands.transaction():
        key = api_keys.add("hall", clock())
    together, pushed = threading.Barrier(2), []

    def push() -> None:
        together.wait(timeout=30)
        pushed.append(client.post("/api/v1/ratings", json=wanted, headers={"Authorization": f"Bearer {key}"}))
    thread = threading.Thread(target=push)
    thread.start()
    together.wait(timeout=30)
    result = CliRunner().invoke(main, ["ratings", "import", str(feed)])
    thread.join(timeout=60)
    assert (result.exit_code, pushed[0].status_code) == (0, 200)
    with app.app_context():
        assert db.session.scalar(select(func.count(Rating.id))) == 200
        assert db.session.scalar(select(func.count(Case.id))) == 80
        assert journal_check.verify().broken == []
    accepted = sum(each["status"] == "accepted" for each in pushed[0].json)
    assert f"接收 {200 - accepted}，后续评价 0，重复 {accepted}" in result.output


def test_missing_cases_are_opened_by_command(run, tmp_path, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(commands.intake.rectification, "open_case", lambda *_: 1 / 0)
        result = run("import", write(tmp_path / "a.ndjson", rating(1, 1)))
    assert (result.exit_code, result.output) == (
        1, "1 行：接收 1，后续评价 0，重复 0，退回 0；立案 0 件，立案未成 1 件\n")
    assert run("open-missing").output == "补立案 1 件，未成 0 件\n"


def test_a_key_is_printed_once_and_can_be_revoked(run, app):
    secret = run("key", "add", "hall").output.strip()
    with app.app_context():
        assert api_keys.find(secret).name == "hall"
    assert run("key", "add", "hall").exit_code == 1
    assert run("key", "revoke", "hall").exit_code == 0
    assert run("key", "revoke", "nobody").exit_code == 1
    assert run("key", "add", "hall").exit_code == 1
    with app.app_context():
        assert db.session.scalar(select(ApiKey)).revoked_at is not None
        kinds = db.session.scalars(select(models.JournalEntry.kind).order_by(models.JournalEntry.id)).all()
    assert kinds[-2:] == ["api_key_added", "api_key_revoked"]


@pytest.mark.parametrize("name", ["", "a b", "x" * 41, "a\nb", "<b>"])
def test_a_key_needs_a_plain_name(run, name):
    assert run("key", "add", name).exit_code == 1
