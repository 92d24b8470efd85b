"""`caseflow process diff`: two files, or versions of the database."""

import json

from click.testing import CliRunner

from caseflow.law import regulations
from web.commands import main

SOURCE = regulations.files("guichi")["rectification.bpmn"].decode()


def run(*arguments):
    return CliRunner().invoke(main, ["process", "diff", *map(str, arguments)])


def test_equal_files_end_with_0_and_different_ones_with_1(tmp_path):
    old, new = tmp_path / "old.bpmn", tmp_path / "new.bpmn"
    old.write_text(SOURCE)
    new.write_text(SOURCE.replace("working_days(2, since=received_at)", "working_days(3, since=received_at)"))
    assert (run(old, old).exit_code, run(old, old).output) == (0, "")
    assert (run(old, new).exit_code, run(old, new).output) == (
        1, "改动\tfirst_response_due\tdeadline\t“联系并核实”的时限 2 个工作日 → 3 个工作日（自收到评价起）\n")
    told = json.loads(run(old, new, "--json").output)
    assert (told["added"], told["changed"][0]["before"]) == ([], "自收到评价起 2 个工作日")


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(tmp_path):
    broken = tmp_path / "broken.bpmn"
    broken.write_text("<bpmn:definitions")
    result = run(broken, broken)
    assert result.exit_code == 1 and "broken.bpmn" in result.output
    assert run(tmp_path / "nowhere.bpmn", broken).exit_code == 2


def test_a_deployed_version_is_compared_with_a_file(tmp_path, monkeypatch, installed, app):
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", app.config["CASEFLOW"].database_url)
    monkeypatch.setenv("CASEFLOW_INSTANCE", str(tmp_path))
    monkeypatch.setenv("CASEFLOW_SECRET_KEY", "t" * 48)
    file = tmp_path / "new.bpmn"
    file.write_text(SOURCE.replace('name="满意度回访"', 'name="回访"'))
    result = run("guichi_rectification@current", file)
    assert result.output == "改动\trevisit\tname\t人工任务“满意度回访”的名称：满意度回访 → 回访\n"
    assert run("guichi_rectification@1", "guichi_rectification@current").exit_code == 0
    assert run("guichi_rectification@7", file).exit_code == 1
