"""A scenario recorded anew after a lawful edit: what is filled in, what is asked, what is left to people."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition
from caseflow.law import regulations, working_days
from caseflow.trials import rerecording, scenario_file, scenarios
from caseflow.trials.scenario_file import Scenario
from caseflow.trials.tried_case import Ground

FINDINGS = '<camunda:formField id="findings" label="核实情况" type="text">'
REQUIRED = '<camunda:constraint name="required" />'
VALIDATION = f"<camunda:validation>{REQUIRED}</camunda:validation>"
CHOICE = ('<camunda:formField id="matter" label="事项类别" type="enum">' + VALIDATION
          + '<camunda:value id="window" name="窗口" /><camunda:value id="online" name="网上" /></camunda:formField>')
REMINDER = (
    '<bpmn:boundaryEvent id="first_response_soon" name="明天到期" cancelActivity="false"'
    ' attachedToRef="first_response">'
    '<bpmn:extensionElements><camunda:properties><camunda:property name="limit" value="reminder" />'
    '<camunda:property name="article" value="GC-2(二)" /></camunda:properties></bpmn:extensionElements>'
    '<bpmn:outgoing>flow_soon</bpmn:outgoing><bpmn:timerEventDefinition id="soon_timer">'
    '<bpmn:timeDate xsi:type="bpmn:tFormalExpression">working_days(1, since=received_at)</bpmn:timeDate>'
    '</bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:endEvent id="soon_told">'
    '<bpmn:incoming>flow_soon</bpmn:incoming></bpmn:endEvent>'
    '<bpmn:sequenceFlow id="flow_soon" sourceRef="first_response_soon" targetRef="soon_told" />')
LATE = "rectification_all_late"
SIMPLE = "rectification_simple"
UNREACHABLE = """
name = "打了三次没有人接"
process = "rectification"
article = "GC-2(二)"
note = "次数以记录为准。"

[[acts]]
do = "start"
at = 2026-03-02 09:00:00
phone = true

[[acts]]
do = "attempt"
after = "1 hour"
result = "reached"

[[acts]]
do = "complete"
task = "first_response"
post = "responsible.officer"
answers = { outcome = "resolved", findings = "情况属实。", feedback_channel = "phone", measures = "当场补办。" }

[[acts]]
do = "attempt"
after = "1 hour"
result = "no_answer"

[[acts]]
do = "attempt"
after = "1 hour"
result = "no_answer"

[[acts]]
do = "attempt"
after = "24 hours"
result = "no_answer"

[[acts]]
do = "complete"
after = "10 minutes"
task = "revisit"
answers = { revisit_result = "unreachable", unreachable_reason = "no_answer", attempts = 3 }

[expect]
outcome = "closed_unreachable"
tasks = ["first_response", "revisit"]
never = ["rectify"]

[expect.at_most]
revisit = 1
"""


def drawn(*edits: tuple[str, str], place: str = "guichi") -> Ground:
    """Rectification with these replacements."""
    files = dict(regulations.files(place))
    text = files["rectification.bpmn"].decode()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    files["rectification.bpmn"] = text.encode()
    loaded = definition.load(files, trusted=False, process_id=f"{place}_rectification", topics=TOPICS)
    return Ground(loaded, regulations.get(place), working_days.national())


def shipped(key: str, place: str = "guichi") -> Scenario:
    return scenario_file.read(regulations.folder() / place / "scenarios" / f"{key}.toml")


def passes(ground: Ground, scenario: Scenario) -> bool:
    result, = scenarios.run(ground.definition, ground.regulation, [scenario])
    return result.passed


def recorded(ground: Ground, scenario: Scenario, **chosen: str) -> rerecording.Rerecording:
    assert not passes(ground, scenario)
    return rerecording.rerecord(ground, scenario, drawn(), chosen)


def longer(field: str, least: int) -> tuple[str, str]:
    start = f'<camunda:formField id="{field}"'
    text = regulations.files("guichi")["rectification.bpmn"].decode()
    entry = start + text.split(start)[1].split("</camunda:formField>")[0]
    return entry, entry.replace(REQUIRED, REQUIRED + f'<camunda:constraint name="minlength" config="{least}" />')


def test_a_text_that_is_too_short_now_is_repeated_until_it_is_long_enough():
    ground, old = drawn(longer("findings", 10)), shipped(SIMPLE)
    found = recorded(ground, old)
    assert found.new.acts[2].answers["findings"] == "情况属实。" * 2
    assert passes(ground, found.new) and found.questions == () and found.problem is None


def test_everything_that_is_not_contradicted_survives():
    found = recorded(drawn(longer("findings", 10)), shipped(SIMPLE)).new
    assert (found.key, found.name, found.article, found.note) == (SIMPLE, shipped(SIMPLE).name, "GC-2(二)", "")
    assert found.expect == shipped(SIMPLE).expect and found.expect.at_most == {"revisit": 1}
    assert [act for act in found.acts if act.task != "first_response"] == [
        act for act in shipped(SIMPLE).acts if act.task != "first_response"]


def test_a_new_text_is_filled_with_its_label_and_a_new_choice_is_asked_once_for_all():
    text = '<camunda:formField id="place" label="地点" type="text">' + VALIDATION + "</camunda:formField>"
    ground = drawn((FINDINGS, text + CHOICE + FINDINGS))
    found, other = (recorded(ground, shipped(key)) for key in (SIMPLE, "rectification_explained"))
    question, = found.questions
    assert found.new is None and (question.element, question.field.id, question.scenario) == (
        "first_response", "matter", "")
    assert [one.key for one in other.questions] == [question.key]
    answered = recorded(ground, shipped(SIMPLE), **{question.key: "online"})
    assert answered.new.acts[2].answers["matter"] == "online" and answered.new.acts[2].answers["place"] == "地点"
    assert passes(ground, answered.new)
    assert recorded(ground, shipped(SIMPLE), **{question.key: "elsewhere"}).questions == (question,)


def test_an_answer_that_decides_is_asked_for_each_scenario_and_leads_where_it_leads():
    """The recorded answer is no choice any more: nothing but the designer knows which of the others it was."""
    ground = drawn(('<camunda:value id="simple"', '<camunda:value id="plain"'),
                   ("[&#39;simple&#39;", "[&#39;plain&#39;"))
    found = recorded(ground, shipped(SIMPLE))
    question, = found.questions
    assert question.scenario == SIMPLE and found.new is None and found.problem is None
    plain = recorded(ground, shipped(SIMPLE), **{question.key: "plain"})
    assert plain.new.acts[2].answers["outcome"] == "plain" and passes(ground, plain.new)
    other = recorded(ground, shipped(SIMPLE), **{question.key: "no_legal_basis"})
    assert other.new is None and other.problem.code == "stopped"


def test_a_single_choice_is_taken_and_a_number_goes_to_the_nearest_bound():
    one = CHOICE.replace('<camunda:value id="online" name="网上" />', "")
    people = ('<camunda:formField id="people" label="人数" type="long"><camunda:validation>' + REQUIRED
              + '<camunda:constraint name="min" config="2" /></camunda:validation></camunda:formField>')
    found = recorded(drawn((FINDINGS, one + FINDINGS)), shipped(SIMPLE))
    assert found.new.acts[2].answers["matter"] == "window"
    ground = drawn((FINDINGS, people + FINDINGS))
    old = shipped(SIMPLE)
    few = replace(old.acts[2], answers={**old.acts[2].answers, "people": 1})
    found = recorded(ground, replace(old, acts=(*old.acts[:2], few, *old.acts[3:])))
    assert found.new.acts[2].answers["people"] == 2


def test_a_limit_in_hours_gets_its_new_moment():
    """72 hours from the receipt lie before the end of the fifth working day; the law is kept, the recording is not."""
    ground = drawn(("working_days(5, since=received_at)", "hours(72, since=received_at)"))
    exact = replace(shipped(SIMPLE).expect, due={"rectify_due": (date(2026, 3, 9),)})
    found = recorded(ground, replace(shipped(SIMPLE), expect=exact))
    moment, = found.new.expect.due["rectify_due"]
    assert moment.isoformat() == "2026-03-05T01:00:00+00:00" and passes(ground, found.new)
    assert found.new.expect.due_by == shipped(SIMPLE).expect.due_by


def test_a_deadline_that_is_over_before_its_step_begins_is_not_waited_for():
    """72 hours from the receipt: in the recording that is late throughout they end before the contact is made."""
    found = recorded(drawn(("working_days(5, since=received_at)", "hours(72, since=received_at)")), shipped(LATE))
    assert passes(drawn(("working_days(5, since=received_at)", "hours(72, since=received_at)")), found.new)
    assert found.new.expect.fired == shipped(LATE).expect.fired
    assert [act.do for act in found.new.acts].count("deadline") == 2


def test_one_more_reminder_is_passed_on_the_way_to_the_deadline_of_the_recording():
    end = '<bpmn:endEvent id="handling_ended"'
    ground = drawn((end, REMINDER + end))
    found = recorded(ground, shipped(LATE))
    assert passes(ground, found.new), found.problem
    assert found.new.expect.fired == ("first_response_soon", *shipped(LATE).expect.fired)
    assert [act.do for act in found.new.acts[:4]] == ["start", "deadline", "deadline", "attempt"]


def test_more_attempts_in_vain_are_logged_when_the_form_asks_for_more():
    ground = drawn(('<camunda:constraint name="min" config="3" />', '<camunda:constraint name="min" config="4" />'))
    found = recorded(ground, scenario_file.parse(UNREACHABLE, "rectification_kept_1"))
    assert found.new.acts[-1].answers["attempts"] == 4 and passes(ground, found.new)
    assert [act.result for act in found.new.acts if act.do == "attempt"] == ["reached", *["no_answer"] * 4]
    assert (found.new.expect.never, found.new.expect.at_most) == (("rectify",), {"revisit": 1})
    assert (found.new.article, found.new.note) == ("GC-2(二)", "次数以记录为准。")


def test_a_step_done_late_now_gets_a_reason():
    ground = drawn(("working_days(5, since=received_at)", "hours(10, since=received_at)"))
    found = recorded(ground, shipped(SIMPLE))
    done, = (act for act in found.new.acts if act.task == "rectify")
    assert done.late_reason == "整改并反馈" and passes(ground, found.new)


def test_another_performer_does_the_step():
    ground = drawn(('name="满意度回访" camunda:candidateGroups="bureau.officer"',
                    'name="满意度回访" camunda:candidateGroups="bureau.supervisor"'))
    found = recorded(ground, shipped(SIMPLE))
    assert found.new.acts[-1].post == "bureau.supervisor" and passes(ground, found.new)


@pytest.mark.parametrize("edit", [
    ("outcome == 'complex'", "outcome == 'simple'"), ("outcome == 'resolved'", "outcome == 'simple'")])
def test_where_another_way_is_gone_people_record(edit):
    found = recorded(drawn(edit), shipped(SIMPLE))
    assert found.new is None and found.questions == () and found.problem.code == "stopped"


def test_a_step_more_without_which_the_case_does_not_end_is_recorded_by_hand():
    step = ('<bpmn:userTask id="check" name="抽查" camunda:candidateGroups="bureau.officer"><bpmn:extensionElements>'
            '<camunda:properties><camunda:property name="article" value="GC-2(二)" /></camunda:properties>'
            '</bpmn:extensionElements><bpmn:incoming>flow_revisit_handling_ended</bpmn:incoming>'
            '<bpmn:outgoing>flow_check</bpmn:outgoing></bpmn:userTask>'
            '<bpmn:sequenceFlow id="flow_check" sourceRef="check" targetRef="handling_ended" />')
    end = '<bpmn:endEvent id="handling_ended" name="办理结束">\n        <bpmn:incoming>flow_revisit_handling_ended'
    ground = drawn((end, step + end.replace("flow_revisit_handling_ended", "flow_check")),
                   ('sourceRef="revisit" targetRef="handling_ended"', 'sourceRef="revisit" targetRef="check"'))
    found = recorded(ground, shipped(SIMPLE))
    assert found.new is None and found.problem.code == "outcome"


def test_what_must_never_happen_is_no_recording():
    ground, old = drawn(longer("findings", 10)), shipped(SIMPLE)
    found = recorded(ground, replace(old, expect=replace(old.expect, never=("rectify",))))
    assert found.new is None and found.problem.code == "never"


@pytest.mark.parametrize("place", ["guichi", "hainan", "hefei", "qijiang"])
def test_every_shipped_scenario_is_recorded_anew_after_a_longer_text(place):
    """minlength 30 on every text that is required, in every diagram of rectification."""
    text = regulations.files(place)["rectification.bpmn"].decode()
    wide = re.sub(f'({REQUIRED})(\\s*<camunda:constraint name="maxlength" config="[0-9]{{3,}}")',
                  r'\1<camunda:constraint name="minlength" config="30" />\2', text)
    assert wide != text
    ground = drawn((text, wide), place=place)
    failed = [result for result in scenarios.run_folder(ground.definition, ground.regulation,
                                                        regulations.folder() / place) if not result.passed]
    assert failed
    for result in failed:
        found = rerecording.rerecord(ground, result.scenario, drawn(place=place))
        assert found.new and passes(ground, found.new), (result.key, found.problem)
        assert found.new.expect == result.scenario.expect
