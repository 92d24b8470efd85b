"""`caseflow process replay`: recorded cases on a diagram or a draft, line by line and as JSON."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from caseflow.law import regulations
from caseflow.models import transaction
from caseflow.workshop import drafts
from tests.ground import person
from web.commands import main

pytestmark = pytest.mark.machine_clock
SOURCE = regulations.files("guichi")["rectification.bpmn"]
STRICTER = SOURCE.replace(b"working_days(2, since=received_at)", b"working_days(1, since=received_at)")


@pytest.fixture
def replay(monkeypatch, database_url, tmp_path, guichi):
    """Run the command over one case, which was contacted two days after its receipt."""
    guichi.time_passes(days=2).does("first_response", outcome="simple")

    def run(*arguments: object) -> Result:
        monkeypatch.setenv("CASEFLOW_DATABASE_URL", database_url)
        monkeypatch.setenv("CASEFLOW_INSTANCE", str(tmp_path))
        return CliRunner().invoke(main, ["process", "replay", *map(str, arguments)])

    return run


def test_each_case_that_differs_is_a_line(replay, tmp_path):
    stricter = tmp_path / "rectification.bpmn"
    stricter.write_bytes(STRICTER)
    told = replay("--since", "2026-03-01", stricter)
    assert told.exit_code == 1
    assert told.stdout.split("\t") == ["deadline", "GC-2026-000001", "first_response_due", "2026-03-04 23:59:59",
                                       "2026-03-03 23:59:59（逾期）\n"]
    assert told.stderr == "guichi_rectification：1 件，相同 0，路径不同 0，期限不同 1，无法重演 0\n"
    stricter.write_bytes(SOURCE)
    same = replay("--since", "2026-03-01", "--process", "guichi_rectification", stricter)
    assert (same.exit_code, same.stdout) == (0, "")


def test_a_draft_is_named_by_its_number_and_json_tells_all(replay, guichi):
    with guichi.app.app_context(), transaction():
        number = drafts.begin("guichi_rectification", person("guichi.designer"), guichi.now, STRICTER).id
    told = json.loads(replay("--since", "2026-03-01", "--json", number).stdout)
    assert (told["cases"], told["same"], told["limit"], told["more"]) == (1, 0, 500, False)
    assert told["deadlines"][0]["due_after"] == "2026-03-03T15:59:59+00:00"
    later = json.loads(replay("--since", "2026-03-03", "--json", number).stdout)
    assert (later["cases"], later["deadlines"]) == (0, [])


@pytest.mark.parametrize("content, code, told", [
    (b"<nonsense/>", 2, "不属于任何一个办法"),
    (SOURCE.replace(b'id="guichi_', b'id="elsewhere_'), 2, "不属于任何一个办法"),
    (SOURCE.replace(b'camunda:topic="escalate"', b'camunda:topic="launch"'), 1, "这个图现在不能运行"),
    (None, 2, "既不是文件，也不是草稿的编号"),
])
def test_what_cannot_be_run_is_refused_with_a_sentence(replay, tmp_path, content, code, told):
    file = tmp_path / "some.bpmn"
    if content is not None:
        file.write_bytes(content)
    found = replay("--since", "2026-03-01", file)
    assert found.exit_code == code and told in found.output
