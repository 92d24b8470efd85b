"""The gate on whole structures: branches, loops, called processes; bounded work and fuzz."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.engine.gate import canonical, check, check_bundle
from caseflow.engine.values import Finding
from caseflow.errors import DefinitionRefused
from tests.caseflow.engine.gate_diagrams import CHOICE, SIMPLE, SOUND, SPLIT, TOPICS, flat


def codes(source, **called):
    return {finding.code for finding in check(source, topics=TOPICS, **called)}


@pytest.mark.parametrize(
    "body", [SIMPLE, SPLIT, CHOICE, SIMPLE + "effect x\nend e2\ndeadline d u working_days(5)\nflow d x\nflow x e2"]
)
def test_a_sound_structure_passes(body):
    assert codes(flat(body)) == set()


def test_nested_parallel_branches_pass():
    inner = "and s2\nand j2\nuser a\nuser c\nflow s2 a\nflow s2 c\nflow a j2\nflow c j2\n"
    body = SPLIT.replace("flow s u2", "flow s s2").replace("flow u2 j", "flow j2 j").replace("user u2\n", inner)
    assert codes(flat(body)) == set()


def test_a_loop_inside_a_branch_passes():
    body = SPLIT.replace("user u2", "user u2\nxor g j").replace("flow u2 j", "flow u2 g\nflow g j\nflow g u2 real_name")
    assert codes(flat(body)) == set()


def test_two_deadlines_may_share_one_escalation():
    body = SPLIT + "deadline d1 u1 hours(1)\ndeadline d2 u2 hours(2)\neffect x\nend e2\nflow d1 x\nflow d2 x\nflow x e2"
    assert codes(flat(body)) == set()


def test_a_loop_over_a_timer_that_counts_from_now_passes():
    body = "start b\ntimer t end_of_day()\nxor g e\nend e\nflow b t\nflow t g\nflow g e\nflow g t real_name"
    assert codes(flat(body)) == set()


@pytest.mark.parametrize("expression", ["received_at", "hours(1, since=received_at)"])
def test_a_loop_over_a_timer_that_may_be_due_already_is_found(expression):
    body = f"start b\ntimer t {expression}\nxor g e\nend e\nflow b t\nflow t g\nflow g e\nflow g t real_name"
    assert codes(flat(body)) == {"loop_without_wait"}


def test_a_time_out_that_may_be_due_already_must_not_lead_back():
    body = SIMPLE + "timeout t u received_at\neffect x\nflow t x\nflow x u"
    assert codes(flat(body)) == {"loop_without_wait"}


def test_a_loop_over_a_subprocess_with_a_person_in_it_passes():
    body = "start b\nsub s\nstart b2\nuser u\nend e2\nflow b2 u\nflow u e2\nclose s\nxor g e\nend e\n"
    assert codes(flat(body + "flow b s\nflow s g\nflow g e\nflow g s real_name")) == set()


def test_a_loop_over_a_subprocess_that_may_pass_at_once_is_found():
    body = (
        "start b\nsub s\nstart b2\nuser u\nxor g2 e2\nend e2\nflow b2 g2\nflow g2 u real_name\nflow g2 e2\nflow u e2\n"
    )
    body += "close s\nxor g e\nend e\n"
    assert codes(flat(body + "flow b s\nflow s g\nflow g e\nflow g s real_name")) == {"loop_without_wait"}


# --- called processes -------------------------------------------------------------------------------------------

CALLER = flat("start b\ncall c test_called\nend e\nflow b c\nflow c e", process="test_caller")
CALLED = flat("start b9\nuser u9\nend e9\nflow b9 u9\nflow u9 e9", process="test_called")


def test_a_process_of_the_same_bundle_may_be_called():
    assert check_bundle({"a.bpmn": CALLER, "b.bpmn": CALLED}, topics=TOPICS) == {"a.bpmn": [], "b.bpmn": []}


def test_a_called_file_that_cannot_be_read_is_told():
    assert "called_unreadable" in codes(CALLER, called={"b.bpmn": b"<html/>"})


def test_a_process_that_calls_itself_through_another_is_found():
    back = flat("start b9\ncall c9 test_caller\nend e9\nflow b9 c9\nflow c9 e9", process="test_called")
    assert "call_recursion" in codes(CALLER, called={"b.bpmn": back})
    assert "call_recursion" in codes(CALLER.replace(b"test_called", b"test_caller"))


def test_a_step_has_one_id_in_the_whole_bundle():
    assert "process_duplicate" in codes(CALLER, called={"b.bpmn": CALLED.replace(b"u9", b"c")})


# --- bounded work and fuzz --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["xor", "and"])
def test_a_dense_graph_is_judged_in_one_walk(kind):
    """Ladders of gateways have exponentially many paths; the answer must come all the same."""
    rungs = 150
    lines = [f"{kind} g{i}" for i in range(rungs)] + [f"user l{i}\nuser r{i}" for i in range(rungs)]
    for i in range(rungs - 1):
        lines += [f"flow g{i} l{i}", f"flow g{i} r{i}", f"flow l{i} g{i + 1}", f"flow r{i} g{i + 1}"]
    assert codes(flat("start b\nend e\nflow b g0\n" + "\n".join(lines)))


def test_subprocesses_inside_each_other_with_many_ways_in_are_judged_in_one_walk():
    body, tail = "start b\nend e\n", ""
    for i in range(20):
        ways = "".join(f"effect x{i}_{n}\nflow x{i}_{n} s{i}\n" for n in range(20))
        body += ways + f"sub s{i}\nstart b{i}\nend e{i}\n"
        tail += "close s\n"
    assert codes(flat(body + tail))


PIECES = st.sampled_from([
    b"first_response", b"outcome == 'simple'", b"</bpmn:process>", b'id="', b"bpmn:userTask", b"bpmn:sequenceFlow",
    b"sourceRef", b"targetRef", b'"', b"<", b">", b"/", b"=", b"split", b"join", b"handling", b"working_days(2",
    b"enum", b"visible_when", b"camunda:", b"xmlns:", b"true", b"\xff", b"&amp;", b"&#x202e;", b"", b"<!--", b"?>",
])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(PIECES, PIECES, st.integers(0, 3)), min_size=1, max_size=4))
def test_a_changed_diagram_is_checked_and_nothing_else_is_ever_raised(changes):
    source = SOUND.encode()
    for old, new, times in changes:
        source = source.replace(old, new, times) if old else source
    found = check(source, topics=TOPICS)
    assert all(isinstance(finding, Finding) for finding in found)
    if found and found[0].code.startswith("file_"):
        with pytest.raises(DefinitionRefused):
            canonical(source)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_checked_and_nothing_else_is_ever_raised(source):
    assert check(source, topics=TOPICS)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_moved_flows_are_checked_and_nothing_else_is_ever_raised(data):
    names = ["b", "s", "j", "u1", "u2", "g", "e", "x"]
    kinds = "start b\nand s\nand j\nuser u1\nuser u2\nxor g e\nend e\neffect x\n"
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=14, unique=True))
    found = check(flat(kinds + "\n".join(f"flow {a} {b}" for a, b in pairs)), topics=TOPICS)
    assert all(isinstance(finding, Finding) for finding in found)
