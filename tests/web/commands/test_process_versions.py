"""`caseflow process list`, `deploy`, `export`, `migrate` and `rollback`."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner

from caseflow.law import regulations
from caseflow.models import ProcessInstance, db
from tests.journeys.kit import Journey
from web.commands import main

pytestmark = pytest.mark.machine_clock
PROCESS = "guichi_rectification"
LIMIT = b"working_days(2, since=received_at)"


@pytest.fixture
def run(app, installed, database_url, tmp_path, monkeypatch):
    """Run a command against this test's database; its exit code and lines."""
    for name, value in (("INSTANCE", str(tmp_path)), ("DATABASE_URL", database_url), ("SECRET_KEY", "t" * 48)):
        monkeypatch.setenv(f"CASEFLOW_{name}", value)

    def run(*arguments):
        with app.app_context():
            db.session.remove()
        done = CliRunner().invoke(main, ["process", *map(str, arguments)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output.splitlines()

    return run


@pytest.fixture
def drawn(tmp_path):
    """The diagram of Guichi with another limit for the first contact, as a file."""
    def drawn(days, *edits):
        text = regulations.files("guichi")["rectification.bpmn"]
        for old, new in ((LIMIT, LIMIT.replace(b"2", str(days).encode(), 1)), *edits):
            text = text.replace(old, new)
        path = tmp_path / f"{days}.bpmn"
        path.write_bytes(text)
        return path

    return drawn


def test_every_process_is_listed_with_its_version_and_running_cases(run, app, clock):
    Journey(app, clock, "guichi").bad_review()
    code, lines = run("list")
    assert code == 0 and len(lines) == 7
    columns = next(line.split("\t") for line in lines if line.startswith(PROCESS))
    assert (columns[1], columns[4:]) == ("1*", ["—", "—", "1", "0"])


def test_what_was_exported_can_be_deployed_and_changes_nothing(run, tmp_path):
    code, lines = run("export", PROCESS, "--output", tmp_path / "out")
    assert code == 0 and lines == [str(tmp_path / "out" / "rectification.bpmn")]
    assert run("deploy", tmp_path / "out") == (0, [run("deploy", lines[0])[1][0]])
    assert [row["number"] for row in json.loads(run("list", PROCESS, "--json")[1][0])] == [1]


def test_what_breaks_a_rule_is_not_deployed_and_the_line_names_the_article(run, drawn):
    code, lines = run("deploy", drawn(1), drawn(3))
    (line,) = lines
    assert code == 1 and line.split("\t")[3] == "rule_violated" and "GC-2(二)" in line and "3.bpmn" in line
    assert len(run("list", PROCESS)[1]) == 1      # the lawful one was not deployed either
    code, (told,) = run("deploy", "--json", drawn(3))
    assert code == 1 and [finding["code"] for finding in json.loads(told)["findings"]] == ["rule_violated"]
    broken = drawn(1, (b"</bpmn:definitions>", b""))
    assert "file_not_xml" in run("deploy", broken)[1][0]


def test_an_installation_stops_at_a_diagram_that_breaks_a_rule_and_names_the_article(run, drawn, tmp_path, monkeypatch):
    folder = tmp_path / "bpmn"
    shutil.copytree(regulations.folder() / "guichi", folder / "guichi")
    shutil.copy(drawn(3), folder / "guichi" / "rectification.bpmn")
    monkeypatch.setenv("CASEFLOW_BPMN_DIR", str(folder))
    done = CliRunner().invoke(main, ["init"])
    assert done.exit_code == 1 and "rule_violated" in done.output and "GC-2(二)" in done.output
    assert [line.split("\t")[1] for line in run("list", PROCESS)[1]] == ["1*"]


def test_an_installation_stops_at_words_of_the_law_that_nobody_watches(run, tmp_path, monkeypatch):
    folder = tmp_path / "bpmn"
    data = shutil.copytree(regulations.folder() / "hefei", folder / "hefei") / "regulation.toml"
    before, _, rest = data.read_text(encoding="utf-8").partition("\n[[unwatched]]\n")
    data.write_text(before + rest.partition("\n\n")[2], encoding="utf-8")
    monkeypatch.setenv("CASEFLOW_BPMN_DIR", str(folder))
    with_it = CliRunner().invoke(main, ["init"])
    assert "HF-15的“做好“差评”回访整改情况记录”：这句话没有规则守住，也没有说明" in with_it.output
    monkeypatch.setenv("CASEFLOW_INSTANCE", str(tmp_path / "fresh"))
    monkeypatch.delenv("CASEFLOW_DATABASE_URL")
    fresh = CliRunner().invoke(main, ["init"])
    assert fresh.exit_code == 1 and "unwatched_words" in fresh.output and "HF-15" in fresh.output


def test_an_installation_stops_at_a_power_that_no_article_gives_also_where_nothing_is_deployed_anew(
        run, tmp_path, monkeypatch):
    folder = tmp_path / "bpmn"
    data = shutil.copytree(regulations.folder() / "guichi", folder / "guichi") / "regulation.toml"
    data.write_text(data.read_text().replace('by = "nobody"', 'by = "lead"'))
    monkeypatch.setenv("CASEFLOW_BPMN_DIR", str(folder))
    done = CliRunner().invoke(main, ["init"])
    assert done.exit_code == 1 and "rule_violated" in done.output and "GC-2(二)" in done.output
    assert "最长可以到收到后10个工作日" in done.output and "regulation.toml" in done.output


def test_running_cases_move_one_by_one_and_what_stays_is_told(run, app, clock, drawn):
    moving, staying = (Journey(app, clock, "guichi").bad_review() for _ in range(2))
    staying.does("first_response", outcome="no_legal_basis")
    assert run("deploy", drawn(1))[0] == 0
    assert run("migrate", PROCESS, "--dry-run")[0] == 0
    assert run("migrate", PROCESS, "--keep", "nowhere")[0] == 2
    number = moving.case().number
    code, lines = run("migrate", PROCESS, "--case", number)
    assert code == 1 and "请选择" in lines[0]
    assert run("migrate", PROCESS, "--case", number, "--restart", "first_response_due") == (
        0, [f"{number}\t已迁移\t"])
    assert moving.due("first_response") == "2026-03-03"
    with app.app_context():
        digests = {db.session.get(ProcessInstance, j.case_id).definition for j in (moving, staying)}
    assert len(digests) == 2
    assert run("migrate", PROCESS, "--case", number)[0] == 2


def test_an_earlier_version_is_current_again(run, drawn):
    run("deploy", drawn(1))
    assert [line.split("\t")[1] for line in run("list", PROCESS)[1]] == ["2*", "1"]
    assert run("rollback", PROCESS, 1, "--reason", "新期限有误") == (0, [f"{PROCESS} 的现行版本为第 1 版"])
    assert [line.split("\t")[1] for line in run("list", PROCESS)[1]] == ["2", "1*"]
    assert run("rollback", PROCESS, 1, "--reason", "再来一次")[0] == 1
    assert json.loads(run("rollback", PROCESS, 2, "--reason", "还是新的", "--json")[1][0])["number"] == 2
    assert run("rollback", PROCESS, 9, "--reason", "没有这一版")[0] == 2
