"""The scenarios beside the diagrams pass, reach everything that is drawn, and notice when a diagram is changed."""

from __future__ import annotations

import pytest

from caseflow.engine import definition as engine
from caseflow.errors import ConfigurationError
from caseflow.law import regulations
from caseflow.trials import scenario_file, scenarios
from tests.bpmn import drawings
from web import sentences

GUICHI = regulations.folder() / "guichi"
FILES = sorted(regulations.folder().glob("*/scenarios/*.toml"))
WELL = """
name = "试试"
process = "rectification"
acts = [{ do = "start", at = 2026-03-02 09:00:00 }, { do = "wait", after = "3 hours" }]
[expect]
outcome = "open"
"""


@pytest.mark.parametrize("place", drawings.PLACES + drawings.APPEALS)
def test_the_scenarios_pass_and_reach_every_element_and_flow(place):
    key, definition = place.partition("/")[0], drawings.loaded(place)
    results = scenarios.run_folder(definition, regulations.get(key), regulations.folder() / key)
    assert [(result.key, result.problems) for result in results if not result.passed] == []
    covered = scenarios.coverage(definition, [result.trial for result in results])
    assert covered.missing == ()
    assert covered.share(covered.flows) == (len(drawings.flows(place)),) * 2


def test_a_scenario_is_read_as_it_was_written():
    for file in FILES:
        scenario = scenario_file.read(file)
        assert scenario_file.parse(scenario_file.write(scenario), file.stem) == scenario
        assert scenario_file.parse_acts(scenario_file.write_acts(scenario.acts)) == scenario.acts


def _failing(*edits: tuple[str, str]) -> dict[str, str]:
    """The scenarios of Guichi that fail when this is changed in its diagram, with the first sentence."""
    source = drawings.source("guichi").decode()
    for old, new in edits:
        assert old in source
        source = source.replace(old, new)
    definition = engine.load({"rectification.bpmn": source.encode()}, trusted=True)
    results = scenarios.run_folder(definition, regulations.get("guichi"), GUICHI)
    return {result.key: sentences.of(result.problems[0]) for result in results if not result.passed}


def test_a_longer_limit_fails_and_a_shorter_one_does_not():
    limit = "working_days(2, since=received_at)"
    late = _failing((limit, "working_days(3, since=received_at)"))
    assert late["rectification_simple"] == "期限 first_response_due 应不晚于 2026-03-04，实际 2026-03-05 23:59:59。"
    assert _failing((limit, "working_days(1, since=received_at)")) == {}


def test_another_way_says_at_which_act_the_run_stopped():
    found = _failing(("outcome == 'complex'", "outcome == 'simple'"))
    assert found["rectification_simple"] == \
        "第5步（办理 rectify）做不了：这时没有这个任务或不等这个消息；正在等的任务：open_ledger，消息：appeal_upheld。"


def test_a_task_of_another_office_says_whose_it_is():
    found = _failing(('camunda:candidateGroups="bureau.officer"', 'camunda:candidateGroups="bureau.supervisor"'))
    assert found["rectification_simple"] == "第7步（办理 revisit）做不了：这个任务由 bureau.supervisor 办理。"


def _judged(expect: str) -> list[str]:
    text = WELL.replace('outcome = "open"', expect)
    result, = scenarios.run(drawings.loaded("guichi"), regulations.get("guichi"), [scenario_file.parse(text, "try")])
    return [sentences.of(problem) for problem in result.problems]


@pytest.mark.parametrize("expect, sentence", [
    ('outcome = "closed_resolved"', "应以 closed_resolved 结束，实际没有办结。"),
    ('tasks = ["rectify"]', "任务应依次有 rectify，实际 first_response。"),
    ('fired = ["first_response_due"]', "到期的期限应依次有 first_response_due，实际 没有。"),
    ('never = ["first_response"]', "不应到 first_response，实际到了。"),
    ("at_most = { first_response = 0 }", "first_response 最多 0 次，实际 1 次。"),
    ("due = { first_response_due = 2026-03-03 }",
     "期限 first_response_due 应为 2026-03-03，实际 2026-03-04 23:59:59。"),
    ("due_by = { first_response_due = 2026-03-04 23:59:58 }",
     "期限 first_response_due 应不晚于 2026-03-04 23:59:58，实际 2026-03-04 23:59:59。"),
])
def test_each_expectation_says_what_was_found_instead(expect, sentence):
    assert _judged(expect) == [sentence]
    assert _judged("due = { first_response_due = [2026-03-04 23:59:59] }\nnever = ['revisit']") == []


@pytest.mark.parametrize("old, new, told", [
    ('name = "试试"', 'nmae = "试试"', "name: is missing"),
    ("[expect]", "[expect]\nsatisfied = true", "expect.satisfied: is not known here"),
    ("[expect]\noutcome = \"open\"", "[expect]", "expect.outcome: or another expectation is needed"),
    ('do = "wait"', 'do = "sleep"', "acts[2].do: must be one of"),
    ('after = "3 hours"', 'after = "bald"', 'acts[2].after: must be like "3 hours"'),
    ('after = "3 hours"', 'task = "revisit"', "acts[2].task: is not known for wait"),
    ('after = "3 hours"', 'at = "2026-03-02"', "acts[2].at: must be datetime"),
    ("09:00:00", "09:00:00, answers = { received_at = 2026-03-01 }", "acts[1].answers.received_at: must be a text"),
    ('process = "rectification"', "process = rectification", "try.toml: "),
])
def test_what_is_misspelt_is_refused_by_file_and_key(old, new, told):
    assert old in WELL
    with pytest.raises(ConfigurationError, match="try.toml") as refused:
        scenario_file.parse(WELL.replace(old, new), "try")
    assert told in str(refused.value)


def test_a_file_that_cannot_be_read_is_a_failed_scenario(tmp_path):
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "broken.toml").write_text("name = ")
    result, = scenarios.run_folder(drawings.loaded("guichi"), regulations.get("guichi"), tmp_path)
    assert not result.passed and result.name == "broken"
