"""What a regulation names, or an effect reads, and a diagram does not have, is found before it is deployed."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from caseflow.cases.effects.registry import EFFECTS, TOPICS
from caseflow.engine import definition as engine
from caseflow.engine.specs import EffectTask
from caseflow.law import regulations
from caseflow.processes.asked import MESSAGES
from caseflow.workshop.agreement import disagreements
from tests import source
from web import sentences
from web.workshop import designer_facts as designer

PLACES = ("guichi", "hainan", "hefei", "qijiang")


def drawn(place: str, process: str, *edits: tuple[str, str]) -> engine.Definition:
    """The shipped diagram with each piece of its text replaced everywhere."""
    text = regulations.files(place)[f"{process}.bpmn"].decode()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return engine.load({f"{process}.bpmn": text.encode()}, trusted=True, process_id=f"{place}_{process}", topics=TOPICS)


def found(place: str, process: str, *edits: tuple[str, str]) -> list[tuple[str, str]]:
    """(code, element) of every finding."""
    return [(finding.code, finding.element) for finding in disagreements(
        regulations.get(place), drawn(place, process, *edits))]


@pytest.mark.parametrize("place", PLACES)
def test_the_shipped_diagrams_have_what_their_regulations_name(place):
    for file in regulations.files(place):
        assert found(place, file.removesuffix(".bpmn")) == []


@pytest.mark.parametrize("rules", [{}, {"rectification": ()}, {"appeal": regulations.get("guichi").rules["appeal"]}])
def test_a_process_that_no_rule_watches_is_not_deployed(rules):
    finding, *words = disagreements(replace(regulations.get("guichi"), rules=rules), drawn("guichi", "rectification"))
    assert (finding.code, finding.severity) == ("no_rules", "error")
    assert {one.code for one in words} == {"unwatched_words"}
    assert "[[rules.rectification]]" in sentences.of(finding)


@pytest.mark.parametrize("process", ["rectification", "appeal"])
def test_words_of_the_law_that_no_rule_watches_and_no_mark_explains_block_every_diagram_of_the_place(process):
    guichi = regulations.get("guichi")
    fewer = replace(guichi, unwatched=guichi.unwatched[1:])
    (finding,) = disagreements(fewer, drawn("guichi", process))
    assert (finding.code, finding.severity) == ("unwatched_words", "error")
    assert "GC-2(一)的“建立“好差评”收集、反馈制度”：这句话没有规则守住，也没有说明" in sentences.of(finding)


def test_a_rule_that_goes_leaves_its_words_without_a_guard():
    guichi = regulations.get("guichi")
    words = "对缺乏法定依据的，耐心做好解释说明"
    kept = tuple(rule for rule in guichi.rules["rectification"] if rule.sentence != words)
    fewer = replace(guichi, rules={**guichi.rules, "rectification": kept})
    assert [one.facts["words"] for one in disagreements(fewer, drawn("guichi", "rectification"))] == [words]


def test_a_milestone_of_a_task_that_is_not_drawn_is_found_wherever_it_is_named():
    renamed = drawn("hefei", "rectification", ("first_response", "first_call"))
    first, spot = disagreements(regulations.get("hefei"), renamed)
    assert (first.code, spot.code) == ("milestone_unknown", "milestone_unknown")
    assert "[milestones.rectification.first_contact]" in sentences.of(first)
    assert "“first_response”" in sentences.of(first)
    assert "[milestones.rectification.handled]" in sentences.of(spot) and "改 regulation.toml" in sentences.of(spot)
    assert found("hainan", "rectification", ("revisit", "asked")) == [("milestone_unknown", "")]


def test_a_milestone_that_is_drawn_but_nobodys_task_is_found_at_its_element():
    regulation = regulations.get("hefei")
    steps = regulation.milestones["rectification"]
    wrong = {"rectification": replace(steps, revisited=replace(steps.revisited, tasks=("closed_resolved",)))}
    (finding,) = disagreements(replace(regulation, milestones=wrong), drawn("hefei", "rectification"))
    assert (finding.code, finding.element) == ("milestone_unknown", "closed_resolved")


def test_a_revisit_whose_form_does_not_ask_for_the_result_is_found():
    assert found("hainan", "rectification", ("revisit_result", "what_was_heard")) == [
        ("milestone_result", "revisit")]


@pytest.mark.parametrize("place, edits, expected", [
    ("hefei", [('"plan"', '"what_to_do"')], [("milestone_entry", "open_ledger")]),
    ("hefei", [("rectify_by", "until_by")], [("milestone_entry", "open_ledger")]),
    ("qijiang", [('id="promise"', 'id="word"')], [("milestone_entry", "first_response")]),
    ("guichi", [("open_ledger", "open_book")], [("milestone_unknown", "")]),
])
def test_a_ledger_of_complex_matters_that_the_drawing_does_not_fill_is_found(place, edits, expected):
    assert found(place, "rectification", *edits) == expected
    (finding,) = disagreements(regulations.get(place), drawn(place, "rectification", *edits))
    assert "[milestones.rectification.ledger]" in sentences.of(finding)


def test_an_end_without_revisit_that_is_not_drawn_is_found():
    assert found("guichi", "rectification", ("rating_voided", "voided")) == [("outcome_unknown", "")]


@pytest.mark.parametrize(("place", "topic"), [
    ("hefei", "void_rating"), ("guichi", "dismiss_appeal"), ("qijiang", "replace_rating"), ("hainan", "uphold_appeal")])
def test_no_step_changes_a_rating_or_decides_an_appeal_that_no_rule_has(place, topic):
    escalation = 'id="escalate_rectify" name="逾期上报" camunda:type="external" camunda:topic="escalate"'
    findings = found(place, "rectification", (escalation, escalation.replace('topic="escalate"', f'topic="{topic}"')))
    assert ("effect_unruled", "escalate_rectify") in findings


@pytest.mark.parametrize("place, process, edit, expected", [
    ("hainan", "rectification", ("newest_level", "level_now"), [
        ("effect_field_missing", "record_newest_rating"), ("effect_field_missing", "replace_rating")]),
    ("guichi", "appeal", ("provincial_no", "province_no"), [("effect_field_missing", "record_reference")]),
    ("qijiang", "appeal", ("duty_failed", "failed"), [("effect_field_missing", "dismiss_appeal")]),
    ("qijiang", "appeal", ('id="reasons"', 'id="why"'), [
        ("effect_field_missing", "dismiss_appeal"), ("effect_field_missing", "uphold_appeal")]),
    ("qijiang", "appeal", ('id="malicious"', 'id="untrue"'), [("effect_field_form", "review")]),
    ("hainan", "rectification", ("very_satisfied", "delighted"), [("effect_field_form", "revisit")] * 3),
    ("qijiang", "appeal", ('id="malicious"', 'id="evil"'), [("effect_field_form", "review")])])
def test_a_field_that_an_effect_reads_has_to_be_asked_for_as_it_is_read(place, process, edit, expected):
    assert sorted(found(place, process, edit)) == sorted(expected)


@pytest.mark.parametrize("place, process, edit, code, severity, elements", [
    ("hefei", "rectification", ('id="attempts"', 'id="calls"'), "unreachable_field", "warning", ["revisit"]),
    ("hainan", "rectification", ("unreachable_reason", "why_not"), "unreachable_field", "warning",
     ["contact_rater", "revisit"]),
    ("guichi", "rectification", ('name="appeal_upheld"', 'name="appeal_won"'), "message_not_awaited", "warning", [""]),
    ("qijiang", "appeal", ('name="appeal_withdrawn"', 'name="taken_back"'), "message_not_awaited", "warning", [""])])
def test_what_a_diagram_does_without_is_a_warning(place, process, edit, code, severity, elements):
    told = disagreements(regulations.get(place), drawn(place, process, edit))
    assert [(finding.code, finding.severity, finding.element) for finding in told] == [
        (code, severity, element) for element in elements]


def test_a_rule_that_counts_by_no_parameter_of_the_regulation_is_an_error():
    edit = ("ledger_longest", "ledger_last")
    assert found("hefei", "rectification", edit) == [("form_rule_parameter", "open_ledger")]
    no_number = ("ledger_longest", "limits_since")
    assert found("hefei", "rectification", no_number) == [("form_rule_parameter", "open_ledger")]
    (finding,) = disagreements(regulations.get("hefei"), drawn("hefei", "rectification", edit))
    assert finding.severity == "error" and "ledger_last" in sentences.of(finding)


def test_a_figure_that_can_never_be_held_against_the_log_is_an_error():
    edits = (("unreachable_reason", "why_not"), ('id="opinion"', 'id="unreachable_reason"'))
    assert found("hefei", "rectification", *edits) == [("unreachable_field", "revisit")]
    (finding,) = disagreements(regulations.get("hefei"), drawn("hefei", "rectification", *edits))
    assert finding.severity == "error" and "enum" in sentences.of(finding)


def test_the_messages_that_designers_may_choose_are_those_the_system_sends():
    assert set(designer.MESSAGES) == {message for sent in MESSAGES.values() for message in sent}


def test_designers_are_told_what_each_effect_does():
    assert designer.EFFECTS.keys() == TOPICS


@pytest.mark.parametrize(("place", "process", "task"), [
    ("guichi", "rectification", "revisit"), ("hainan", "appeal", "ask_rater"), ("qijiang", "rectification", "revisit")])
@pytest.mark.parametrize("edit", [
    ('<camunda:value id="sms"', '<camunda:value id="seen" name="已联系" /><camunda:value id="sms"'),
    ('<camunda:value id="phone"', '<camunda:value id="call"')])
def test_no_way_of_reaching_the_rater_is_offered_that_the_log_does_not_know(place, process, task, edit):
    findings = [one for one in disagreements(regulations.get(place), drawn(place, process, edit))
                if one.code == "channel_unknown"]
    assert task in [finding.element for finding in findings]
    assert all(finding.severity == "error" and "questionnaire" in sentences.of(finding) for finding in findings)


def test_a_failure_of_duty_need_not_be_asked_for_where_nothing_follows_from_it():
    regulation = regulations.get("qijiang")
    without = replace(regulation, appeal=replace(regulation.appeal, consequences={}))
    assert list(disagreements(without, drawn("qijiang", "appeal", ("duty_failed", "failed")))) == []


def test_the_table_of_fields_is_what_the_effects_read_and_what_designers_are_told():
    read = {call.args[0].value for path in source.modules("caseflow/cases/effects") for name, call in source.calls(path)
            if name == "occasion.answers.get" and isinstance(call.args[0], ast.Constant)}
    told = (source.ROOT / "bpmn" / "README.md").read_text(encoding="utf-8")
    assert read == {one.field for effect in EFFECTS.values() for one in effect.reads}
    assert [f"| {topic} | `{one.field}` |" for topic, effect in EFFECTS.items() for one in effect.reads
            if f"| {topic} | `{one.field}` |" not in told] == []


def test_every_service_task_of_the_shipped_diagrams_is_seen_with_its_topic():
    definition = drawn("guichi", "appeal")
    topics = {spec.topic for process in (definition.process, *definition.inner.values())
              for spec in process.task_specs.values() if isinstance(spec, EffectTask)}
    assert topics == definition.effects and "record_reference" in topics
