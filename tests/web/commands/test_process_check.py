"""`caseflow process check` and `caseflow expression check`."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from caseflow.casefile import kinds
from caseflow.cases.effects.registry import EFFECTS
from caseflow.errors import StepFailed
from caseflow.install import kinds as installed
from caseflow.install import tried_kinds
from caseflow.law import regulations
from caseflow.processes.asked import Read
from tests.caseflow.engine.gate_diagrams import SOUND, flat
from tests.caseflow.proof.test_effects import hidden
from web.commands import main

HOSTILE = Path(__file__).parents[2] / "data" / "hostile"
GUICHI = Path(__file__).parents[3] / "bpmn" / "guichi"


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_a_sound_diagram_prints_nothing_and_ends_with_0(write):
    result = run("process", "check", write("a.bpmn", SOUND))
    assert (result.exit_code, result.output) == (0, "")


def test_a_finding_is_one_line_of_five_columns(write):
    path = write("a.bpmn", SOUND.replace('topic="open_file"', 'topic="launch"'))
    result = run("process", "check", path)
    (line,) = result.output.splitlines()
    file, element, number, code, sentence = line.split("\t")
    assert (file, element, code, result.exit_code) == (str(path), "open_file", "topic_unknown", 1)
    assert int(number) > 0 and "launch" in sentence


def test_a_folder_is_checked_with_what_its_diagrams_call(write, tmp_path):
    write("a.bpmn", flat("start b\ncall c test_called\nend e\nflow b c\nflow c e", process="test_caller"))
    write("b.bpmn", flat("start b9\nuser u9\nend e9\nflow b9 u9\nflow u9 e9", process="test_called"))
    assert run("process", "check", tmp_path).exit_code == 0


def test_a_warning_alone_does_not_forbid(write):
    path = write("a.bpmn", flat("start b\nuser u\nend e\nflow b u\nflow u e", process="p"))
    result = run("process", "check", path)
    assert result.exit_code == 0 and "（提示）" in result.output


@pytest.fixture
def of_its_own(monkeypatch):
    """Let a kind of this name have this effect of its own; no kind is registered, as where no application is made."""
    def of_its_own(name, topic, **changes):
        own = {topic: replace(EFFECTS[topic], **changes)}
        monkeypatch.setattr(tried_kinds, "KINDS", tuple(
            replace(kind, effects=own) if kind.name == name else kind for kind in tried_kinds.KINDS))

    kinds.register()
    yield of_its_own
    installed.read()


@pytest.mark.parametrize("command", ["check", "prove"])
def test_a_diagram_asks_for_what_the_effects_of_its_own_kind_read(of_its_own, command):
    of_its_own("appeal", "dismiss_appeal", reads=(Read("newest_level", ("enum",)),))
    result = run("process", command, GUICHI / "appeal.bpmn")
    assert result.exit_code == 1 and "newest_level" in result.output
    assert "newest_level" not in run("process", command, GUICHI / "rectification.bpmn").output


def test_a_scenario_is_played_with_the_effects_of_its_own_kind(of_its_own):
    def refuse(occasion):
        raise StepFailed("closed for the day", element=occasion.call.element)

    of_its_own("rectification", "open_file", apply=refuse)
    told = [line.split("\t") for line in run("process", "check", GUICHI).output.splitlines()]
    assert told and {(file, code) for file, _, _, code, _ in told} == {
        (str(GUICHI / "rectification.bpmn"), "scenario_failed")}
    assert all("closed for the day" in sentence for *_, sentence in told)


def test_every_file_of_the_hostile_folder_has_a_line():
    result = run("process", "check", HOSTILE)
    told = {line.split("\t")[0] for line in result.output.splitlines()}
    assert result.exit_code == 1
    assert told == {str(path) for path in HOSTILE.iterdir() if path.suffix != ".tsv"}


@pytest.mark.parametrize("arguments", [[], ["no-such-file.bpmn"]])
def test_wrong_use_of_process_check_ends_with_2(arguments):
    assert run("process", "check", *arguments).exit_code == 2


def test_a_folder_without_a_diagram_is_wrong_use(tmp_path):
    assert run("process", "check", tmp_path).exit_code == 2


def test_each_line_gets_its_verdict(write):
    lines = "outcome == 'simple'\tuseful\nopen('x')\tevil\n\n@timer:working_days(5)\n@timer:'P'\n@script:x = 1\n@py:'a'"
    result = run("expression", "check", "--file", write("f.tsv", lines))
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "accepted", "refused\tunknown_function", "refused\tempty", "accepted", "refused\tnot_a_timer",
        "refused\tscript", "refused\toperator",
    ]  # fmt: skip


def test_all_accepted_ends_with_0(write):
    assert run("expression", "check", "--file", write("f.tsv", "not real_name\n")).exit_code == 0


def test_variables_are_declared_by_hand(write):
    path = write("f.tsv", "flags > 3 and received_at < today()\n")
    assert run("expression", "check", "--file", path).exit_code == 1
    assert run("expression", "check", "--file", path, "--var", "flags:number").exit_code == 0


def test_a_whole_file_of_timers(write):
    path = write("f.tsv", "hours(3)\nworking_days(5, since=received_at)\n")
    assert run("expression", "check", "--file", path, "--kind", "timer").exit_code == 0


@pytest.mark.parametrize("declared", ["flags", "flags:list", "1x:text"])
def test_a_wrong_declaration_ends_with_2(write, declared):
    assert run("expression", "check", "--file", write("f.tsv", ""), "--var", declared).exit_code == 2


def test_bytes_that_are_no_utf_8_are_refused_like_any_other_text(write):
    result = run("expression", "check", "--file", write("f.tsv", b"\xff\xfe\r\nnot real_name\r\n"))
    assert result.output.splitlines()[1] == "accepted" and result.exit_code == 1


def test_the_hostile_file_is_refused_line_by_line():
    result = run("expression", "check", "--file", HOSTILE / "expressions.tsv")
    assert {line.split("\t")[0] for line in result.output.splitlines()} == {"refused"}


def broken_guichi(tmp_path):
    """Guichi's diagram with a day more for the first contact, in a folder without a regulation.toml."""
    source = regulations.files("guichi")["rectification.bpmn"]
    path = tmp_path / "rectification.bpmn"
    path.write_bytes(source.replace(b"working_days(2, since", b"working_days(3, since"))
    return path


def test_the_shipped_diagrams_are_proven_with_one_line_each():
    result = run("process", "prove", regulations.folder())
    lines = result.output.splitlines()
    assert (result.exit_code, len([line for line in lines if "条规则，" in line])) == (0, 7)
    assert [line for line in lines[:7] if "条规则，" not in line] == []


def test_the_words_that_no_rule_watches_are_printed_once_a_regulation_with_their_reasons():
    lines = run("process", "prove", regulations.folder() / "guichi").output.splitlines()[2:]
    marks = regulations.get("guichi").unwatched
    assert lines[0].endswith(f"：{len(marks)}句话没有规则守着，理由如下")
    assert lines[1:] == [f"  {mark.article} “{mark.sentence}”：{mark.reason}" for mark in marks]
    told = json.loads(run("process", "prove", "--json", regulations.folder() / "guichi").output)
    assert [one["unwatched"][0]["sentence"] for one in told] == [marks[0].sentence] * 2


@pytest.mark.parametrize("command", ["check", "prove"])
def test_words_of_the_law_without_a_rule_or_a_reason_are_refused(tmp_path, command):
    folder = shutil.copytree(regulations.folder() / "hefei", tmp_path / "hefei")
    data = folder / "regulation.toml"
    before, _, rest = data.read_text(encoding="utf-8").partition("\n[[unwatched]]\n")
    data.write_text(before + rest.partition("\n\n")[2], encoding="utf-8")
    result = run("process", command, folder)
    assert result.exit_code == 1
    assert "HF-15的“做好“差评”回访整改情况记录”：这句话没有规则守住，也没有说明" in result.output


def test_a_broken_rule_is_one_block_with_article_sentence_advice_and_path(tmp_path):
    result = run("process", "prove", broken_guichi(tmp_path))
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0].endswith("违反 GC-2(二)") and "2个工作日内，先行联系" in lines[1]
    assert [line.split("：")[0] for line in lines[2:6]] == ["  规则", "  元素", "  怎么改", "  路径"]
    assert "收到后3个工作日，应当不长于收到后2个工作日" in lines[4]


@pytest.mark.parametrize("command", ["check", "prove"])
def test_a_folder_whose_regulation_has_no_rules_is_refused(tmp_path, command):
    folder = shutil.copytree(regulations.folder() / "guichi", tmp_path / "guichi")
    data = folder / "regulation.toml"
    data.write_text(data.read_text().partition("[[rules.")[0])
    result = run("process", command, folder)
    assert result.exit_code == 1
    assert all(f"没有 [[rules.{process}]]" in result.output for process in ("rectification", "appeal"))


@pytest.mark.parametrize("command", ["check", "prove"])
def test_a_power_that_no_article_gives_is_refused_with_days_and_who_may(tmp_path, command):
    folder = shutil.copytree(regulations.folder() / "guichi", tmp_path / "guichi")
    data = folder / "regulation.toml"
    data.write_text(data.read_text().replace('[extension]\nby = "nobody"', '[extension]\nby = "lead"'))
    result = run("process", command, folder)
    assert result.exit_code == 1 and "GC-2(二)" in result.output
    assert "“整改并反馈”的期限是收到后5个工作日" in result.output and "让牵头单位的督办人员延期1次" in result.output
    assert "最长可以到收到后10个工作日" in result.output
    assert ("“整改并反馈”的期限延期" in result.output) == (command == "prove")      # the way there


@pytest.mark.parametrize("command", ["check", "prove"])
def test_a_system_task_that_would_stop_a_case_is_refused_with_the_way_there(tmp_path, command):
    folder = shutil.copytree(regulations.folder() / "hainan", tmp_path / "hainan")
    (folder / "rectification.bpmn").write_bytes(hidden("hainan", "rectification", "revisit", "newest_level").source())
    shutil.rmtree(folder / "scenarios")
    result = run("process", command, folder / "rectification.bpmn")
    assert result.exit_code == 1
    assert "走到“记录最新评价”时，系统操作 record_newest_rating 要用的“newest_level”" in result.output
    if command == "prove":
        assert "系统操作会停住" in result.output and "（回访结果：满意" in result.output
        [told] = json.loads(run("process", command, "--json", folder / "rectification.bpmn").output)
        assert {fault["code"] for fault in told["faults"]} == {"effect_value_missing"}


def test_machines_read_the_proof_and_the_findings(tmp_path, write):
    [found] = json.loads(run("process", "prove", "--json", broken_guichi(tmp_path)).output)
    [broken] = [rule for rule in found["rules"] if rule["verdict"] == "violated"]
    assert (broken["article"], broken["element"], found["complete"]) == ("GC-2(二)", "first_response_due", True)
    assert broken["path"][0]["kind"] == "start" and broken["words"][0].startswith("1. 收到")
    unsound = write("a.bpmn", SOUND.replace('topic="open_file"', 'topic="launch"'))
    for command in ("check", "prove"):
        result = run("process", command, "--json", unsound)
        [told] = json.loads(result.output)
        assert (result.exit_code, told["findings"][0]["code"]) == (1, "topic_unknown")


def test_a_proof_that_hits_its_bound_is_not_said_to_hold():
    path = regulations.folder() / "hainan" / "rectification.bpmn"
    result = run("process", "prove", "--states", "5", path)
    assert result.exit_code == 1 and "不能确定 HN-15" in result.output


def test_a_diagram_of_no_known_regulation_cannot_be_proven(write):
    result = run("process", "prove", write("a.bpmn", flat("start b\nuser u\nend e\nflow b u\nflow u e")))
    assert result.exit_code == 2 and "no regulation 'test'" in result.output
def test_the_scenarios_beside_a_diagram_are_played(tmp_path):
    """A folder as it lies in bpmn/: the diagram is sound, and its contact limit a day longer."""
    shutil.copytree(GUICHI, tmp_path / "guichi")
    file = tmp_path / "guichi" / "rectification.bpmn"
    file.write_bytes(file.read_bytes().replace(b"working_days(2, since", b"working_days(3, since"))
    told = [line.split("\t") for line in run("process", "check", file).output.splitlines()]
    assert {(line[1], line[3]) for line in told} == {("first_response_due", "scenario_failed")}
    assert "应不晚于 2026-03-04，实际 2026-03-05" in told[0][4]
    (tmp_path / "guichi" / "scenarios" / "rectification_simple.toml").write_text("name = 1")
    assert "rectification_simple.toml: name: must be str" in run("process", "check", file).output


@pytest.fixture
def hefei(tmp_path):
    """Hefei's folder, with a task of its diagram called otherwise than in its milestones."""
    folder = Path(shutil.copytree(GUICHI.parent / "hefei", tmp_path / "hefei"))
    file = folder / "rectification.bpmn"
    file.write_bytes(file.read_bytes().replace(b"rectify_ledger", b"rectify_booked"))
    return folder


@pytest.mark.parametrize("command", ["check", "prove"])
def test_a_milestone_that_is_not_drawn_is_told_with_where_it_stands(hefei, command):
    result = run("process", command, hefei)
    lines = [line for line in result.output.splitlines() if "milestone_unknown" in line]
    assert result.exit_code == 1 and all("“rectify_ledger”" in line for line in lines)
    assert ["handled" if "[milestones.rectification.handled]" in line else "ledger" for line in lines] == [
        "handled", "ledger"] and "[milestones.rectification.ledger]" in lines[1]
    told = json.loads(run("process", command, "--json", hefei).output)
    assert [finding["code"] for finding in told[0]["findings"]] == ["milestone_unknown"] * 2
