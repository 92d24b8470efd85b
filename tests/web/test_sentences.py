"""What the core finds is put into words in one place: each code has its sentence, in Chinese and in English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition as engine
from caseflow.engine import expressions, fitting, gate, step
from caseflow.engine.gate.bundle import CASE_CHOICES
from caseflow.engine.values import CASE_VARIABLES, Context, Finding
from caseflow.errors import DefinitionRefused, ExpressionRefused, StepFailed
from caseflow.law import regulations
from caseflow.proof import PathStep, Rule, prove, reasons
from tests import source
from tests.caseflow.engine.gate_diagrams import flat
from tests.caseflow.proof.judge import shipped_definition
from tests.caseflow.proof.test_explorer import dated
from tests.caseflow.proof.test_rules import BROKEN
from web import sentences
from web.sentences import expressions as of_expressions
from web.sentences import gate as of_gate
from web.sentences import moving as of_moving
from web.sentences import proof as of_proof
from web.sentences import verification as of_verification
from web.workshop import tryout_words as tryout

CHINESE = re.compile("[\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e]")
QUOTED = re.compile(r"“[^”]*”|\([^)]*逾期上报\)|[A-Z]{2}-\d+(\([一二三四五六七八九十]+\))*")     # names, and articles
GUICHI = ("guichi", "rectification")
ADDED = {     # made of the facts by the words themselves
    "arguments": {"usage"}, "effect_value_missing": {"meaning"}, "effect_value_refused": {"meaning"}}
ELSEWHERE = {"caseflow/engine/definition.py": "_refuse", "caseflow/workshop/verification.py": "Finding"}
TABLES = {
    "gate": (of_gate.SENTENCES, gate.CODES), "expressions": (of_expressions.SENTENCES, expressions.CODES),
    "proof": (of_proof.SENTENCES, reasons.CODES),
    "moving": (of_moving.SENTENCES, dict.fromkeys(fitting.CODES, ("name",))),
}


@contextmanager
def english() -> Iterator[None]:
    """Words are for a reader of English."""
    app = Flask("web")
    Babel(app)
    with app.app_context(), force_locale("en"):
        yield


def chinese_in(text: str) -> str:
    """What is Chinese in an English sentence, names in quotes and articles apart."""
    return "".join(CHINESE.findall(QUOTED.sub("", text)))


# --- every code, and no other ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_every_code_has_a_sentence_and_every_sentence_a_code_with_its_facts(name):
    spoken, codes = TABLES[name]
    assert spoken.keys() == codes.keys()
    for code, sentence in spoken.items():
        assert set(re.findall(r"%\((\w+)\)s", str(sentence))) <= {*codes[code], *ADDED.get(code, ())}, code


def test_no_code_stands_only_in_its_table():
    written = [node.value for path in source.modules("caseflow") for node in ast.walk(source.tree(path))
               if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    codes = {code for _spoken, codes in TABLES.values() for code in codes}
    assert [code for code in codes if written.count(code) < 2] == []


def test_what_else_is_found_has_its_sentence_too():
    codes = {call.args[0].value for file, function in ELSEWHERE.items() for called, call in source.calls(
        source.ROOT / file) if called == function and isinstance(call.args[0], ast.Constant)}
    assert codes | {"scenario_failed"} == of_verification.SENTENCES.keys()


# --- what people read -----------------------------------------------------------------------------------------------


def files() -> Iterator:
    for folder in ("hostile", "foreign"):
        for path in sorted((source.ROOT / "tests" / "data" / folder).iterdir()):
            if path.suffix in (".bpmn", ".xml", ".dmn"):
                yield pytest.param(path.read_bytes(), id=path.name)


@pytest.mark.parametrize("content", list(files()))
def test_a_file_from_elsewhere_is_told_in_short_lines_that_say_what_to_do(content):
    found = gate.check(content, topics=TOPICS)
    for finding in found:
        said = sentences.of(finding)
        assert said.isprintable() and len(said) <= of_gate.LONGEST
        assert "请" in said or (finding.code.startswith("expression_") and "个字符：" in said)
    with english():
        assert [said for said in map(sentences.of, found) if chinese_in(said)] == []


def test_a_long_list_in_a_file_is_cut_short():
    finding = Finding("flow_reference", facts={"found": ("x" * 60, "y" * 60)})
    assert sentences.of(finding) == (
        f"节点写的进出流向与实际连线不一致（{'x' * 60}、{'y' * 39}）；请重新连接后保存。")


@pytest.mark.parametrize(("text", "said"), [
    ("recieved_at < today()", "没有名为“recieved_at”的变量，是不是“received_at”？。"),
    ("level == 'x' and xyz", "没有名为“xyz”的变量。"),
    ("level and real_name", "这里要一个是或否的条件，却是文字；请写成比较，如 level == 'dissatisfied'。"),
    ("level == 1", "文字不能与数字比较；两边类型要相同。"),
    ("visits(1) < 1", "函数 visits 的参数不对；正确写法：visits('任务编号')。"),
    ("level == 'bad'", "“bad”不是“level”的可选值，永远不会成立；可选值：dissatisfied、very_dissatisfied。"),
])
def test_a_refused_expression_is_told_with_what_was_meant(text, said):
    refusals = expressions.check_expression(text, CASE_VARIABLES, choices=CASE_CHOICES)
    assert said in [sentences.of(refusal) for refusal in refusals]


def test_what_fails_only_while_running_is_told_as_well():
    around = expressions.Surroundings(None, {})
    for text, values, said in (("level == 1", {"level": "a"}, "左边的值不能与右边的值比较；两边类型要相同。"),
                               ("level in [1]", {"level": "a"}, "变量的值不能与列表里的值比较；两边类型要相同。")):
        with pytest.raises(ExpressionRefused) as refused:
            expressions.evaluate(text, values, around)
        assert sentences.of(refused.value.refusal) == said


def test_a_step_that_stops_at_an_expression_says_why_in_words():
    waiting = engine.load({"flat.bpmn": flat("start b\ntimer x calendar_days(1, since=received_at)\nend e\n"
                                             "flow b x\nflow x e\n")}, trusted=True)
    with pytest.raises(StepFailed) as stopped:
        step.start(waiting, {}, Context(datetime(2026, 3, 2, tzinfo=UTC)))
    assert "value_missing" in str(stopped.value)
    assert tryout.why_not(stopped.value) == "流程在“x”走不下去：计时需要日期“received_at”，但它还没有填写。"


@pytest.mark.parametrize("text", [*BROKEN.values(), "performed_by(revisit, responsible.officer)",
                                  "asks(revisit, attempts, least=4)", "asks(first_response, measures)",
                                  "reachable(closed_quietly)"])
def test_a_broken_rule_is_told_with_what_to_do_and_the_way_there(text):
    definition = shipped_definition(*GUICHI)
    [result] = prove(definition, [Rule(text, "GC-2(二)", "")]).results
    said = sentences.of(result)
    assert "；请" in said or "；消息" in said or "；只有" in said
    assert len(sentences.told(definition, result.path)) == len(result.path)
    with english():
        assert chinese_in(sentences.of(result)) == ""


@pytest.mark.parametrize(("text", "why"), [
    ("performed_by(revisit, responsible.officer)",
     "“满意度回访”由bureau.officer办理，应当由responsible.officer办理；请改候选组。"),
    ("asks(revisit, attempts, least=4)", "应当至少是4；请改 min。"),
    ("only_if(closed_unsatisfied, revisit_result=satisfied)", "没有“回访结果：满意”，案件也能以“"),
    ("deadline(first_response) <= 1 working_days since=received_at",
     "“联系并核实”的时限是收到后2个工作日，应当不长于收到后1个工作日；请改定时事件。"),
    ("at_most(first_response, 0)", "次，最多0次；请在往回的路上加条件，如 visits('first_response') < 0。"),
])
def test_why_a_rule_is_broken_is_told_in_the_words_of_the_diagram(text, why):
    [result] = prove(shipped_definition(*GUICHI), [Rule(text, "GC-2(二)", "")]).results
    assert why in sentences.of(result)


@pytest.mark.parametrize(("unit", "amount", "since", "label", "said", "in_english"), [
    ("working_days", 1, "received_at", "", "收到后1个工作日", "1 working day, counted from receipt"),
    ("calendar_days", 3, "asked_on", "", "asked_on起3日", "3 calendar days, counted from asked_on"),
    ("hours", 24, "now", "", "任务出现后24小时", "24 hours, counted from when the task appears"),
    ("end_of_day", 0, "received_at", "", "收到后当日", "the end of the day, counted from receipt"),
    ("date", 0, "rectify_by", "整改期限", "表单写明的整改期限", "the “整改期限” set in the form"),
])
def test_a_limit_is_told_by_its_unit_and_from_when_it_counts(unit, amount, since, label, said, in_english):
    wanted = {"unit": unit, "amount": amount, "since": since, "label": label}
    assert f"应当是{said}；" in of_proof.sentence("limit_missing", {"name": "x", "wanted": wanted})
    with english():
        assert f"it should have {in_english}." in of_proof.sentence("limit_missing", {"name": "x", "wanted": wanted})


def test_the_path_is_told_with_the_words_of_the_diagram():
    definition = shipped_definition(*GUICHI)
    [result] = prove(definition, [Rule("only_if(closed_unreachable, revisit_result=satisfied)", "", "")]).results
    assert sentences.told(definition, result.path) == [
        "1. 收到 → “当日建档并通知承办单位”",
        "2. 办完“联系并核实”（核实结果：当场解决（情况清楚、诉求合理））",
        "3. 办完“满意度回访”（回访结果：联系不上） → “办理结束” → “办结：联系不上”"]
    with english():
        assert sentences.told(definition, result.path)[0] == "1. The review is received → “当日建档并通知承办单位”"


def test_beside_its_drawing_a_path_is_told_move_by_move_with_the_names_drawn_there():
    definition = shipped_definition(*GUICHI)
    [result] = prove(definition, [Rule("only_if(closed_unreachable, revisit_result=satisfied)", "", "")]).results
    drawn = {"first_response": "联系", "revisit": "回访"}
    assert sentences.told(definition, result.path, drawn) == [
        "案件开始", "办理“联系”：核实结果＝当场解决（情况清楚、诉求合理）", "办理“回访”：回访结果＝联系不上"]
    with english():
        assert sentences.told(definition, result.path, drawn)[0] == "The case begins"


def test_what_is_left_out_is_no_part_of_the_way():
    definition = shipped_definition(*GUICHI)
    step = PathStep("complete", "revisit", {"revisit_result": "satisfied", "unreachable_reason": None})
    assert sentences.told(definition, [step], {"revisit": "回访"}) == ["办理“回访”：回访结果＝满意"]
    assert sentences.told(definition, [PathStep("complete", "revisit", {"attempts": None})], {}) == ["办理“revisit”"]


def test_days_that_pass_are_told_with_the_step_that_follows():
    [result] = prove(dated(), [Rule("at_most(first, 1)", "GC-2(二)", "")]).results
    words = sentences.told(dated(), result.path)
    assert "told_on：当天" in words[1] and words[2].startswith("3. 1天以后，办完")


def test_of_a_rule_that_holds_there_is_nothing_to_say():
    [result] = prove(shipped_definition(*GUICHI), regulations.get("guichi").rules["rectification"][:1]).results
    assert (result.verdict, sentences.of(result)) == ("holds", "")


def test_a_file_with_two_processes_is_told_which_to_keep():
    two = "".join(f'<process id="guichi_{name}" isExecutable="true"><startEvent id="{name}"/></process>'
                  for name in "ab")
    content = f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">{two}</definitions>'.encode()
    with pytest.raises(DefinitionRefused) as refused:
        engine._select({"two.bpmn": content}, None)
    assert [sentences.of(finding) for finding in refused.value.findings] == [
        '请只保留一个可执行流程（isExecutable="true"），被它调用的流程除外。']


@pytest.mark.parametrize("name", [*TABLES, "verification"])
def test_no_sentence_is_chinese_in_english(name):
    spoken = of_verification.SENTENCES if name == "verification" else TABLES[name][0]
    with english():
        assert {code: found for code, sentence in spoken.items() if (found := chinese_in(str(sentence)))} == {}
