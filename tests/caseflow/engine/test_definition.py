"""Definitions: what they tell, what they refuse, and that threads may share them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition, step
from caseflow.engine.values import CASE_VARIABLES
from caseflow.errors import DefinitionRefused
from caseflow.law import regulations
from tests.caseflow.engine.builder import Scope
from tests.caseflow.engine.driver import DIAGRAMS, Driver, diagram
from tests.caseflow.engine.test_state import walk


def files(*names: str) -> dict[str, bytes]:
    return {f"{name}.bpmn": (DIAGRAMS / f"{name}.bpmn").read_bytes() for name in names}


def test_a_definition_tells_its_elements_forms_effects_and_messages():
    shown = diagram("nested_subprocesses")
    assert shown.process_id == "test_process"
    assert shown.effects == {"escalate", "remind", "void_rating"}
    assert dict(shown.messages) == {"voided": "rating_voided"}
    assert shown.elements["first_response"].parent == "contact"
    assert shown.elements["contact"].parent == "handle" and shown.elements["handle"].parent == ""
    assert shown.elements["handle_late"].attached_to == "handle"
    assert shown.elements["handle_late"].kind == "boundaryEvent"
    task = shown.user_tasks["first_response"]
    assert (task.unit, task.role, task.element.name) == ("responsible", "officer", "名称 first_response")
    assert [(field.id, field.type, field.decides) for field in task.form] == [("outcome", "enum", True)]
    assert task.form[0].choices == (("simple", "值 simple"), ("complex", "值 complex"))


def test_a_definition_knows_every_variable_with_its_type():
    assert diagram("choice").variables == {
        **CASE_VARIABLES, "outcome": "text", "count": "number", "contacted": "boolean", "promised": "date",
    }


def test_the_outline_reads_along_the_flow_with_borders_after_their_activity_and_what_is_inside_indented():
    def ids(outline):
        return [element.id if not inside else (element.id, ids(inside)) for element, inside in outline]

    assert ids(diagram("nested_subprocesses").outline()) == [
        "begin",
        ("handle", [
            "handle_begin",
            ("contact", ["contact_begin", "first_response", "first_late", "remind_first", "reminded", "contact_done"]),
            "rectify", "handle_done",
        ]),
        "handle_late", "escalate_it", "escalated", "voided", "void_it", "rating_voided", "revisit", "closed_resolved",
    ]
    assert ids(diagram("call", "call_called").outline())[2] == ("ask", ["called_begin", "review", "called_done"])


def test_a_loop_in_the_outline_is_told_once():
    outline = [element.id for element, _ in diagram("loop").outline()]
    assert outline == ["begin", "rectify", "overdue", "escalate_it", "escalated", "enough", "closed_resolved"]


def test_equal_files_are_one_definition_whatever_their_comments():
    source = files("loop")["loop.bpmn"]
    first = definition.load({"loop.bpmn": source}, trusted=True)
    again = definition.load({"loop.bpmn": source.replace(b"<bpmn:process", b"<!-- x --><bpmn:process")}, trusted=True)
    assert again is first and definition.loaded(first.digest) is first
    assert definition.load(first.files, trusted=True) is first, "the stored files give the same digest"


def test_another_content_is_another_definition():
    source = files("loop")["loop.bpmn"]
    changed = definition.load({"loop.bpmn": source.replace(b"working_days(5)", b"working_days(6)")}, trusted=True)
    assert changed.digest != definition.load({"loop.bpmn": source}, trusted=True).digest


def test_files_that_the_process_does_not_call_are_left_out():
    both = definition.load(files("call", "call_called"), trusted=True)
    assert sorted(both.files) == ["call.bpmn", "call_called.bpmn"]
    other = Scope()
    other.start("other_begin")
    other.end("other_done")
    other.flow("other_begin", "other_done")
    bundle = {**files("loop"), "other.bpmn": other.source("test_other")}
    with pytest.raises(DefinitionRefused, match="no_single_process"):
        definition.load(bundle, trusted=True)
    picked = definition.load(bundle, trusted=True, process_id="test_process")
    assert picked is definition.load(files("loop"), trusted=True)


def test_what_the_gate_refuses_is_no_definition_and_all_its_findings_are_told():
    scope = Scope()
    scope.start()
    scope.user("first")
    scope.effect("call_it", "unheard_of")
    scope.choice("which")
    scope.end()
    scope.end("lonely")
    scope.flow("begin", "first", "call_it", "which")
    scope.flow("which", "done", when="nobody_declared == True")
    scope.flow("which", "first", default=True)
    with pytest.raises(DefinitionRefused) as refusal:
        definition.load({"x.bpmn": scope.source()}, trusted=True, topics={"escalate"})
    assert {"topic_unknown", "expression_unknown_name", "unreachable"} <= {f.code for f in refusal.value.findings}


def test_a_file_from_outside_is_parsed_apart_first():
    scope = Scope()
    scope.start("outside_begin")
    scope.user("outside_task")
    scope.end("outside_done")
    scope.flow("outside_begin", "outside_task", "outside_done")
    loaded = definition.load({"outside.bpmn": scope.source()}, trusted=False)
    assert list(loaded.user_tasks) == ["outside_task"]


@pytest.mark.parametrize("source", [b"", b"<x/>", b"not xml", b"<!DOCTYPE x><x/>"])
def test_what_is_no_diagram_is_refused(source):
    with pytest.raises(DefinitionRefused):
        definition.load({"x.bpmn": source}, trusted=True)


def snapshot(loaded: definition.Definition) -> str:
    """Everything the specs hold, as text."""
    def shown(spec):
        return {
            key: [getattr(item, "name", item) for item in value] if isinstance(value, (list, tuple)) else str(value)
            for key, value in sorted(vars(spec).items()) if not key.endswith("event") and key != "_wf_spec"
        }

    processes = {"": loaded.process, **loaded.inner}
    return repr({
        name: {spec: shown(task) for spec, task in process.task_specs.items()} for name, process in processes.items()
    })


def test_stepping_cases_never_changes_a_definition():
    for names in (("nested_subprocesses",), ("parallel_in_loop",), ("call", "call_called"), ("return_at_most_once",)):
        loaded = diagram(*names)
        before = snapshot(loaded)
        for seed in range(5):
            walk(Driver(loaded), seed, 15)
        assert snapshot(loaded) == before


def test_threads_step_their_cases_through_one_definition_as_if_alone():
    loaded = diagram("nested_subprocesses")
    barrier = threading.Barrier(4)

    def run(seed: int) -> list[bytes]:
        barrier.wait()
        made = []
        for offset in range(20):
            case = Driver(loaded)
            case.later(days=seed)
            walk(case, seed * 100 + offset)
            made += [step.state for step in case.history]
        return made

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(run, range(4)))
    barrier = threading.Barrier(1)
    assert together == [run(seed) for seed in range(4)]


def test_a_failed_start_leaves_nothing_behind():
    loaded = diagram("waiting_in_the_flow")
    first = Driver(loaded).last.state
    with pytest.raises(Exception, match="unknown_variable"):
        step.start(loaded, {"nobody": 1}, Driver(loaded).context)
    assert Driver(loaded).last.state == first


def test_the_longest_diagram_the_gate_lets_in_is_parsed_even_deep_inside_a_request():
    scope = Scope()
    scope.start()
    scope.end()
    chain = [scope.user(f"task_{number}") for number in range(198)]
    scope.flow("begin", *chain, "done")

    def from_depth(frames: int) -> definition.Definition:
        if frames:
            return from_depth(frames - 1)
        return definition.load({"long.bpmn": scope.source()}, trusted=True)

    assert len(from_depth(150).elements) == 200


def test_an_answer_may_have_the_id_of_a_step_wherever_its_form_stands():
    source = regulations.files("hainan")["rectification.bpmn"]
    root = etree.fromstring(source)
    asking = next(node for node in root.iter("{*}userTask") if node.get("id") == "first_response")
    asking.getparent().append(asking)
    text = etree.tostring(root)
    assert b'<camunda:value id="rectify"' in text
    loaded = definition.load({"r.bpmn": text}, trusted=True, process_id="hainan_rectification", topics=TOPICS)
    assert loaded.elements["rectify"].kind == "userTask"
