"""The gate: hostile files, one test for each finding, what is sound passes."""

import gzip
from itertools import pairwise
from pathlib import Path

import pytest

from caseflow.engine.definition import load
from caseflow.engine.gate import CODES, WARNINGS, canonical, check, fields_of, read
from caseflow.engine.values import Element, Finding, UserTask
from caseflow.errors import DefinitionRefused
from tests.caseflow.engine.gate_diagrams import (
    CHOICE,
    SIMPLE,
    SOUND,
    SPLIT,
    TOPICS,
    TWO_LIMITS,
    broken,
    flat,
    limited,
    ruled,
)

HOSTILE = Path(__file__).parents[2] / "data" / "hostile"
FILES = sorted(path for path in HOSTILE.iterdir() if path.suffix != ".tsv")


def codes(source, **called):
    return {finding.code for finding in check(source, topics=TOPICS, **called)}


def errors(source, **called):
    return {finding.code for finding in check(source, topics=TOPICS, **called) if finding.severity == "error"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_hostile_file_is_refused(path):
    """x19 and x21 are harmless in themselves; they are refused because nobody is named to do their task."""
    assert errors(path.read_bytes())


def test_the_harmless_two_would_pass_with_a_performer():
    for name in ("x19_stylesheet_pi.xml", "x21_script_html_name.xml"):
        source = (HOSTILE / name).read_bytes()
        source = source.replace(
            b"<bpmn:definitions ", b'<bpmn:definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
        )
        source = source.replace(b'<bpmn:userTask id="u"', b'<bpmn:userTask id="u" camunda:candidateGroups="a.officer"')
        assert errors(source) == set()
        assert b"stylesheet" not in canonical(source) and b"<img" not in canonical(source)


def test_a_sound_diagram_has_no_finding():
    assert check(SOUND.encode(), topics=TOPICS) == []


def test_a_finding_tells_element_line_and_code():
    source = broken(('isExecutable="true"', 'isExecutable="false"'))
    (finding,) = check(source, topics=TOPICS)
    assert (finding.code, finding.element, finding.line) == ("process_executable", "test_main", 5)


def test_a_file_that_is_no_xml_is_told_with_its_line():
    finding, = check(SOUND.encode()[:-20], topics=TOPICS)
    assert finding.line == finding.facts["line"] == SOUND.count("\n")


def test_what_the_parser_finds_too_deep_is_told_like_what_we_do():
    assert [finding.code for finding in check(deep(9_000), topics=TOPICS)] == ["file_too_deep"]


def test_all_findings_come_at_once():
    source = broken(("working_days(2", "working_days(0"), ('id="rectify" name', 'id="Rectify" name'))
    assert {"expression_timer_amount", "id_snake_case", "flow_end_unknown"} <= codes(source)


USER = '<bpmn:userTask id="first_response" name="首次联系"'
FIELD = '<camunda:formField id="told" label="已告知" type="boolean" defaultValue="true"/>'
CASE = '<bpmn:sequenceFlow id="f_done"'


def field(xml):
    return broken((FIELD, FIELD + xml))


def extra(xml):
    """One more element in the process."""
    return broken((CASE, xml + CASE))


def deep(levels):
    return flat("start b\nuser u\nend e\nflow b u\nflow u e").replace(
        b'<bpmn:startEvent id="b"/>', b'<bpmn:startEvent id="b"/>' + b"<x>" * levels + b"</x>" * levels
    )


def chain(steps, kind="user {}"):
    names = [f"u{i}" for i in range(steps)]
    body = ["start b", "end e", *(kind.format(name) for name in names)]
    path = ["b", *names, "e"]
    return flat("\n".join(body + [f"flow {a} {b}" for a, b in pairwise(path)]))


def nested(levels):
    opened = "".join(f"sub s{i}\nstart b{i}\nend e{i}\nflow b{i} s{i + 1}\nflow s{i + 1} e{i}\n" for i in range(levels))
    inner = f"sub s{levels}\nstart bi\nend ei\nuser u\nflow bi u\nflow u ei\nclose x\n"
    return flat("start b\nend e\nflow b s0\nflow s0 e\n" + opened + inner + "close x\n" * levels)



CASES = {
    "file_empty": b"",
    "file_too_large": SOUND.encode() + b" " * 1_000_000,
    "file_compressed": gzip.compress(SOUND.encode()),
    "file_encoding": SOUND.encode("utf-16"),
    "file_doctype": SOUND.replace("<bpmn:definitions", '<!DOCTYPE a [<!ENTITY b "c">]><bpmn:definitions', 1).encode(),
    "file_namespaces": broken(
        ("<bpmn:definitions ", "<bpmn:definitions " + " ".join(f'xmlns:a{i}="u"' for i in range(250)) + " ")
    ),
    "file_not_xml": SOUND.encode()[:-20],
    "file_not_bpmn": b"<html/>",
    "file_too_many_elements": extra("<bpmn:task/>" * 5000),
    "file_too_deep": deep(40),
    "file_too_many_attributes": broken(
        ("<bpmn:startEvent ", "<bpmn:startEvent " + " ".join(f'a{i}="x"' for i in range(41)) + " ")
    ),
    "element_not_allowed": extra('<bpmn:task id="t"/>'),
    "script_not_allowed": extra('<bpmn:scriptTask id="t"/>'),
    "gateway_not_allowed": extra('<bpmn:inclusiveGateway id="t"/>'),
    "event_not_allowed": broken(
        ('<bpmn:messageEventDefinition id="md1" messageRef="m1"/>', "<bpmn:signalEventDefinition/>")
    ),
    "loop_not_allowed": broken(("<bpmn:documentation>两", "<bpmn:standardLoopCharacteristics/><bpmn:documentation>两")),
    "timer_kind": broken(("<bpmn:timeDate>hours(3)</bpmn:timeDate>", "<bpmn:timeDuration>PT3H</bpmn:timeDuration>")),
    "element_repeated": broken(("<bpmn:documentation>两", "<bpmn:documentation/><bpmn:documentation>两")),
    "element_missing": broken(("<bpmn:timeDate>hours(3)</bpmn:timeDate>", "")),
    "attribute_not_allowed": broken((USER, USER + ' camunda:assignee="x"')),
    "attribute_missing": broken((' messageRef="m1"', "")),
    "attribute_value": broken(('cancelActivity="false"', 'cancelActivity="no"')),
    "text_misplaced": broken(("<bpmn:laneSet", "stray<bpmn:laneSet")),
    "text_value": broken(("两个工作日", "\u202e两个工作日")),
    "id_missing": broken(('<bpmn:endEvent id="closed"/>', "<bpmn:endEvent/>")),
    "id_form": broken(('<bpmn:endEvent id="closed"/>', '<bpmn:endEvent id="t [child]"/>')),
    "id_reserved": flat(SIMPLE.replace("user u", "user End").replace(" u", " End")),
    "id_duplicate": broken(('id="inner_end"', 'id="closed"')),
    "id_snake_case": flat(SIMPLE.replace(" u", " Un")),
    "name_missing": broken((' name="整改"', "")),
    "article_missing": broken(
        ('<camunda:properties><camunda:property name="article" value="GC-2(二)"/></camunda:properties>', "")
    ),
    "limit_value": flat(TWO_LIMITS.replace("hours(1)", "hours(1) later")),
    "limit_unmarked": flat(TWO_LIMITS),
    "limit_repeated": flat(TWO_LIMITS.replace("hours(1)", "hours(1) statutory").replace("(9)", "(9) statutory")),
    "process_none": broken(("bpmn:process>", "bpmn:choreography>"), ("<bpmn:process ", "<bpmn:choreography ")),
    "process_count": broken(("</bpmn:process>", '</bpmn:process><bpmn:process id="test_two" isExecutable="true"/>')),
    "process_executable": broken((' isExecutable="true"', "")),
    "process_id": flat(SIMPLE, process="p"),
    "participant_process": broken(('processRef="test_main"', 'processRef="other"')),
    "lane_reference": broken(("<bpmn:flowNodeRef>rectify", "<bpmn:flowNodeRef>nowhere")),
    "shape_element": broken(
        (
            "</bpmn:definitions>",
            '<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="ghost"/></bpmndi:BPMNDiagram></bpmn:definitions>',
        )
    ),
    "not_drawn": broken(
        (
            "</bpmn:definitions>",
            '<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="c1"/></bpmndi:BPMNDiagram></bpmn:definitions>',
        )
    ),
    "steps_limit": chain(200),
    "expressions_limit": chain(201, "timer {} hours(1)"),
    "nesting_limit": nested(4),
    "start_count": extra(
        '<bpmn:startEvent id="begin2"/><bpmn:sequenceFlow id="f9" sourceRef="begin2" targetRef="pause"/>'
    ),
    "end_count": flat("start b\nuser u\nflow b u\nflow u b"),
    "flow_end_unknown": broken(('sourceRef="split" targetRef="rectify"', 'sourceRef="split" targetRef="closed"')),
    "flow_reference": broken(("<bpmn:outgoing>f_which", "<bpmn:outgoing>f_other")),
    "flow_duplicate": extra('<bpmn:sequenceFlow id="f9" sourceRef="begin" targetRef="open_file"/>'),
    "flow_self": extra('<bpmn:sequenceFlow id="f9" sourceRef="pause" targetRef="pause"/>'),
    "incoming_not_allowed": extra('<bpmn:sequenceFlow id="f9" sourceRef="pause" targetRef="begin"/>'),
    "outgoing_not_allowed": extra('<bpmn:sequenceFlow id="f9" sourceRef="closed" targetRef="pause"/>'),
    "unreachable": flat(SIMPLE + "user v\nflow v e"),
    "dead_end": flat(SIMPLE.replace("flow u e", "")),
    "cannot_end": flat(CHOICE.replace("flow u2 e", "user u3\nflow u2 u3\nflow u3 u2")),
    "implicit_split": flat(SIMPLE + "user v\nflow u v\nflow v e"),
    "condition_misplaced": flat(SIMPLE.replace("flow u e", "flow u e real_name")),
    "condition_missing": flat(CHOICE.replace("flow g e real_name", "flow g e")),
    "default_missing": flat(CHOICE.replace("xor g u2", "xor g")),
    "default_unknown": flat(CHOICE.replace("xor g u2", "xor g nowhere")),
    "default_condition": flat(CHOICE.replace("flow g u2", "flow g u2 real_name")),
    "gateway_mixed": flat(
        SPLIT.replace("flow j e", "user u3\nuser u4\nand k\nflow j u3\nflow j u4\nflow u3 k\nflow u4 k\nflow k e")
    ),
    "boundary_attachment": flat(SIMPLE + "effect x\nend e2\ntimeout t x hours(1)\nflow t e2\n"),
    "parallel_nesting": flat(
        SPLIT.replace("user u2", "user u2\nxor g j").replace("flow u2 j", "flow u2 g\nflow g j\nflow g u1 real_name")
    ),
    "join_mismatch": flat(
        "start b\nxor g u2\nuser u1\nuser u2\nand j\nend e\n"
        "flow b g\nflow g u1 real_name\nflow g u2\nflow u1 j\nflow u2 j\nflow j e"
    ),
    "join_stuck": flat(
        "start b\nand j\nuser u\nxor g e\nend e\nflow b j\nflow j u\nflow u g\nflow g e\nflow g j real_name"
    ),
    "branch_ends": flat(
        SPLIT.replace("user u2", "user u2\nxor g j\nend e2").replace(
            "flow u2 j", "flow u2 g\nflow g j\nflow g e2 real_name"
        )
    ),
    "side_path_rejoins": flat(SIMPLE + "user v\ndeadline d u hours(1)\nflow d v\nflow v u"),
    "loop_without_wait": flat("start b\neffect x\nxor g e\nend e\nflow b x\nflow x g\nflow g e\nflow g x real_name"),
    "performer_missing": broken((' camunda:candidateGroups="bureau.supervisor"', "")),
    "performer_form": broken(("bureau.supervisor", "bureau.boss")),
    "performer_partial": broken(("bureau.supervisor", "responsible.reviewer")),
    "service_type": broken(('camunda:type="external"', 'camunda:type="connector"')),
    "topic_unknown": broken(('camunda:topic="escalate"', 'camunda:topic="rm_rf"')),
    "message_unknown": broken(('messageRef="m1"', 'messageRef="m2"')),
    "message_name": broken(('name="appeal_upheld"', 'name="Appeal upheld"')),
    "called_unknown": flat(SIMPLE.replace("user u", "call u test_other")),
    "field_id": field('<camunda:formField id="Told2" label="x" type="date"/>'),
    "field_reserved": field('<camunda:formField id="typename" label="x" type="date"/>'),
    "field_duplicate": field(FIELD),
    "field_label": field('<camunda:formField id="x" type="date"/>'),
    "field_type": field('<camunda:formField id="x" label="x" type="file"/>'),
    "field_conflict": broken(
        (
            '<camunda:properties><camunda:property name="article" value="GC-2"/>',
            '<camunda:formData><camunda:formField id="told" label="x" type="date"/></camunda:formData>'
            '<camunda:properties><camunda:property name="article" value="GC-2"/>',
        )
    ),
    "field_is_task": field('<camunda:formField id="rectify" label="x" type="boolean"/>'),
    "form_units": field('<camunda:formField id="a" label="x" type="unit"/>'
                        '<camunda:formField id="b" label="x" type="unit"/>'),
    "form_limit": field("".join(f'<camunda:formField id="x{i}" label="x" type="date"/>' for i in range(50))),
    "field_default": broken(('defaultValue="5"', 'defaultValue="10"')),
    "enum_empty": field('<camunda:formField id="x" label="x" type="enum"/>'),
    "enum_limit": field(
        '<camunda:formField id="x" label="x" type="enum">'
        + "".join(f'<camunda:value id="v{i}" name="x"/>' for i in range(51))
        + "</camunda:formField>"
    ),
    "enum_value": broken(('<camunda:value id="complex"', '<camunda:value id="simple"')),
    "enum_only": field(
        '<camunda:formField id="x" label="x" type="date"><camunda:value id="a" name="a"/></camunda:formField>'
    ),
    "constraint_name": broken(('name="minlength"', 'name="min"')),
    "constraint_value": broken(('config="1"', 'config="1.5"')),
    "constraint_range": broken(('config="1"', 'config="10"'), ('defaultValue="5"', "")),
    "visible_when_form": broken(("outcome in ['complex']", "outcome != 'simple'")),
    "visible_when_field": broken(("outcome in ['complex']", "told == True")),
    "visible_when_value": broken(("outcome in ['complex']", "outcome == 'other'")),
    "form_rule_sentence": ruled("outcome", ("rule", "outcome == 'simple'")),
    "form_rule_missing": ruled("outcome", ("rule_says", "请改正。")),
    "form_rule_blank": ruled("rectify_by", ("rule", "rectify_by <= working_days('most')"), ("rule_says", "{x}天。")),
    "form_rule_elsewhere": ruled("outcome", ("rule", "told or days > 3"), ("rule_says", "请改正。")),
    "form_rule_always": ruled("told", ("rule", "told or outcome in ['simple', 'complex']"), ("rule_says", "请改正。")),
    "form_rule_never": ruled("told", ("rule", "told and not told"), ("rule_says", "请改正。")),
    "choice_barred": ruled("outcome", ("rule", "outcome == 'simple'"), ("rule_says", "请改正。")),
    "property_name": broken(('name="article"', 'name="formKey"')),
}
ELSEWHERE = {
    "called_unreadable", "call_recursion", "calls_limit", "files_limit", "process_duplicate", "parser_refused",
    "parser_limit",
}  # fmt: skip


@pytest.mark.parametrize("marks", [("statutory", ""), ("", "statutory"), ("reminder", ""), ("reminder", "reminder")])
def test_of_several_timers_one_is_the_limit_the_others_are_none(marks):
    text = TWO_LIMITS
    for hours, mark in zip((1, 9), marks, strict=True):
        text = text.replace(f"hours({hours})", f"hours({hours}) {mark}")
    assert errors(flat(text)) == set()


def test_only_a_timer_at_a_border_is_a_limit():
    at_a_task = ('<camunda:property name="article" value="GC-2"/>',
                 '<camunda:property name="article" value="GC-2"/><camunda:property name="limit" value="statutory"/>')
    message = '<bpmn:messageEventDefinition id="md1"'
    at_a_message = (message, limited("statutory") + message)
    assert errors(broken(at_a_task)) == errors(broken(at_a_message)) == {"property_name"}


def test_what_was_deployed_before_limits_had_to_be_marked_runs_on():
    files = {"old.bpmn": flat(TWO_LIMITS, process="test_before")}
    with pytest.raises(DefinitionRefused):
        load(files, trusted=True)
    assert load(files, trusted=True, deployed=True).limits == {"u": ("d1", "d9")}


@pytest.mark.parametrize("code", CASES)
def test_each_finding_has_its_code(code):
    found = check(CASES[code], topics=TOPICS)
    assert code in {finding.code for finding in found}
    assert all(isinstance(finding, Finding) and finding.code for finding in found)


def test_every_code_is_spelled_out_in_these_tests():
    assert set(CODES) == set(CASES) | ELSEWHERE


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("outcome == 'simple'", "outcome == 'simpel'", "expression_impossible_value"),
        ("outcome == 'simple'", "level == 'bad'", "expression_impossible_value"),
        ("visits('first_response')", "visits('closed')", "expression_unknown_task"),
        ("not told", "findings == 'x'", "expression_unknown_name"),
        ("not told", "told or '很差'", "expression_not_boolean"),
        ("working_days(2, since=received_at)", "working_days(2, since=outcome)", "expression_date_needed"),
        ("hours(3)", "'PT3H'", "expression_not_a_timer"),
        ("not told", "open('/etc/passwd')", "expression_unknown_function"),
    ],
)
def test_expressions_are_checked_with_the_variables_of_the_diagram(old, new, code):
    assert codes(broken((old, new))) == {code}


def test_a_field_may_have_other_choices_elsewhere_and_all_of_them_count():
    form = (
        '<camunda:formData><camunda:formField id="outcome" label="x" type="enum"><camunda:value id="other" name="x"/>'
        "</camunda:formField></camunda:formData>"
    )
    article = '<camunda:properties><camunda:property name="article" value="GC-2"/>'
    assert codes(broken((article, form + article), ("outcome == 'simple'", "outcome == 'other'"))) == set()


@pytest.mark.parametrize("name", ["level", "working_days", "today", "data_objects", "_hidden", "lambda", "since"])
def test_a_field_never_takes_a_name_with_another_use(name):
    assert codes(field(f'<camunda:formField id="{name}" label="x" type="date"/>')) == {"field_reserved"}


def test_warnings_do_not_forbid_and_never_crowd_out_an_error():
    users = "".join(f'<bpmn:userTask id="x{i}" name="x" camunda:candidateGroups="a.officer"/>' for i in range(600))
    found = check(extra(users + '<bpmn:scriptTask id="evil"/>'), topics=TOPICS)
    assert {"script_not_allowed", "article_missing"} <= {finding.code for finding in found}
    assert {finding.severity for finding in found if finding.code in WARNINGS} == {"warning"}


def test_a_comment_cannot_hide_part_of_a_condition():
    source = broken(("outcome == 'simple'", "outcome == <!-- x -->'simple'"))
    assert b"<!--" not in canonical(source)
    assert codes(source) == set()
    assert b"outcome == 'simple'" in canonical(source)


def test_an_expression_cannot_have_children():
    assert "element_not_allowed" in codes(broken(("outcome == 'simple'", "outcome == <b>1</b>'simple'")))


def test_writing_the_tree_anew_twice_changes_nothing():
    once = canonical(SOUND.encode())
    assert canonical(once) == once
    assert check(once, topics=TOPICS) == []


def test_a_byte_order_mark_is_no_fault():
    assert codes(b"\xef\xbb\xbf" + SOUND.encode()) == set()


def test_the_fields_of_a_form_are_values():
    (task,) = [node for node in read(SOUND.encode()).iter("{*}userTask") if node.get("id") == "first_response"]
    outcome, rectify_by, days, told, findings = fields_of(task)
    assert outcome.choices == (("simple", "简单"), ("complex", "复杂")) and outcome.required
    assert rectify_by.visible_when == ("outcome", ("complex",))
    assert (days.minimum, days.maximum, days.default) == (1, 9, "5")
    assert told.default == "true"
    assert (findings.min_length, findings.max_length) == (2, 200)


def again(first_visit_only):
    """A sound diagram with one more choice field, in which this is offered at the first visit only."""
    return broken(('<camunda:formField id="told"', (
        '<camunda:formField id="again" label="x" type="enum"><camunda:properties>'
        f'<camunda:property id="first_visit_only" value="{first_visit_only}"/></camunda:properties>'
        '<camunda:value id="a" name="a"/><camunda:value id="b" name="b"/></camunda:formField>'
        '<camunda:formField id="told"')))


def test_a_choice_of_the_first_visit_is_gone_at_the_next():
    source = again("b")
    assert codes(source) == set()
    (node,) = [node for node in read(source).iter("{*}userTask") if node.get("id") == "first_response"]
    task = UserTask(Element("t", "userTask", "t"), "responsible", "officer", fields_of(node))
    offered = [[field.choices for field in task.at_visit(n).form if field.id == "again"] for n in (1, 2)]
    assert offered == [[(("a", "a"), ("b", "b"))], [(("a", "a"),)]]


@pytest.mark.parametrize("value", ["a,b", "c", "", "b,,a"])
def test_the_next_visit_is_left_a_choice_and_names_only_choices(value):
    assert "enum_value" in codes(again(value))
