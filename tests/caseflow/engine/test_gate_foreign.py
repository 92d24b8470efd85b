"""Files made elsewhere, damaged or hostile: findings that can be shown; never an exception, never a long time."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition, expressions, gate
from caseflow.engine.gate import apart, check, reader
from caseflow.errors import DefinitionRefused
from tests import source

FOREIGN = sorted((source.ROOT / "tests" / "data" / "foreign").glob("*.bpmn"))
SHIPPED = sorted((source.ROOT / "bpmn").glob("*/*.bpmn"))
FIRST = {  # what is said first where the file as a whole is none of ours
    "case_model": "file_not_bpmn", "decision_table": "file_not_bpmn", "xpdl": "file_not_bpmn",
    "draw_io": "file_not_bpmn", "web_page_instead": "file_not_bpmn", "truncated": "file_not_xml",
    "choreography": "process_none", "two_pools": "process_count",
}


def can_be_shown(finding) -> bool:
    """Its facts are as its code says, and are short visible texts, whatever stands in the file."""
    code = finding.code.removeprefix("expression_")
    known = (*expressions.CODES[code], "text", "position") if code != finding.code else (
        {"no_single_process": (), "engine_refused": ("reason",)} | gate.CODES)[code]
    texts = [text for fact in finding.facts.values() for text in (fact if isinstance(fact, tuple) else (fact,))]
    return set(finding.facts) == set(known) and all(str(text).isprintable() and len(str(text)) <= 500 for text in texts)


def told(content: bytes) -> list:
    """What the gate says; that loading says no more than that it is refused, or gives a process."""
    findings = check(content, topics=())
    for finding in findings:
        assert can_be_shown(finding), finding
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        with pytest.raises(DefinitionRefused) as refused:
            definition.load({"foreign.bpmn": content}, trusted=False)
        assert refused.value.findings and all(map(can_be_shown, refused.value.findings))
    return errors


@pytest.mark.parametrize("path", FOREIGN, ids=lambda path: path.stem)
def test_a_file_of_another_program_is_refused_with_the_place(path: Path):
    errors = told(path.read_bytes())
    assert errors and errors[0].code == FIRST.get(path.stem, errors[0].code)
    assert all(finding.line for finding in errors if not finding.code.startswith("file_"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "gb18030", "utf-32"])
@pytest.mark.parametrize("declared", [True, False])
def test_a_file_in_another_encoding_is_to_be_saved_as_utf_8(encoding, declared):
    text = FOREIGN[0].with_name("flowable.bpmn").read_text(encoding="utf-8")
    content = (text.replace("UTF-8", encoding, 1) if declared else text).encode(encoding)
    assert [finding.code for finding in told(content)] == ["file_encoding"]


def test_the_byte_order_mark_and_the_line_ends_of_windows_change_no_finding():
    saved, plain = ((source.ROOT / "tests" / "data" / "foreign" / f"{name}.bpmn").read_bytes()
                    for name in ("windows_saved", "bizagi"))
    assert saved.startswith(b"\xef\xbb\xbf") and b"\r\n" in saved
    assert check(saved, topics=()) == check(plain, topics=())


def large(body: str) -> bytes:
    return (f'<definitions xmlns="{reader.BPMN}" xmlns:x="urn:x"><process id="guichi_x" isExecutable="true">{body}'
            "</process></definitions>").encode()


def tasks(count: int, inside: str = "") -> str:
    return "".join(f'<userTask id="t{i}">{inside}</userTask>' for i in range(count))


def meshed(count: int, flows: int) -> str:
    """Gateways that lead to one another without end."""
    chance = random.Random(7)
    names = "".join(f'<exclusiveGateway id="g{i}"/>' for i in range(count))
    return names + "".join(
        f'<sequenceFlow id="f{i}" sourceRef="g{chance.randrange(count)}" targetRef="g{chance.randrange(count)}"/>'
        for i in range(flows))


HUGE = {
    "a million of one letter": b"<" + b"a" * 999_000,
    "text without end": large("x" * 990_000),
    "a file over the limit": b" " * (reader.MAX_BYTES + 1),
    "too many elements": large("<task/>" * 60_000),
    "as many elements as may be": large(tasks(reader.MAX_ELEMENTS - 10)),
    "foreign extensions everywhere": large(tasks(1_200, "<extensionElements><x:a><x:b/></x:a></extensionElements>")),
    "gateways that lead to one another": large(meshed(190, 4_000)),
    "gateways beyond the limit that lead to one another": large(meshed(1_500, 3_400)),
    "very long conditions": large("".join(
        f'<sequenceFlow id="f{i}" sourceRef="a" targetRef="b"><conditionExpression>{"not " * 900}real_name'
        "</conditionExpression></sequenceFlow>" for i in range(220))),
    "long identifiers": large("".join(f'<userTask id="{"i" * 4_000}{i}"/>' for i in range(220))),
    "deep": large("<subProcess>" * 5_000 + "</subProcess>" * 5_000),
    "deep in text only": b"<" * 900_000,
}


@pytest.mark.parametrize("content", HUGE.values(), ids=HUGE)
def test_a_huge_file_is_answered_with_findings(content):
    assert told(content)


def test_the_parser_apart_may_take_no_longer_than_people_wait():
    """A second of the processor for it; what the gate itself reads is bounded in bytes, elements and expressions."""
    assert apart.CPU_SECONDS == 1


# --- at random ------------------------------------------------------------------------------------------------------


JUNK = [b"", b"\0", b"\xff\xfe", b"<", b">", b"&", b"&#x0;", b"]]>", b"<!--", b"<![CDATA[", b"<?x ?>", b'"', b"\r\n",
        "中".encode(), "\u202e".encode(), b"<!DOCTYPE a>", b' xmlns:q="urn:q"', b"visits(", b"()" * 99, b"9" * 400]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(path=st.sampled_from(SHIPPED), edits=st.lists(st.tuples(
    st.floats(0, 1), st.integers(0, 40), st.sampled_from(JUNK) | st.binary(max_size=8)), min_size=1, max_size=4))
def test_bytes_put_wrong_anywhere_in_a_diagram_are_told_and_never_raise(path, edits):
    content = path.read_bytes()
    for where, taken, put in edits:
        place = int(where * len(content))
        content = content[:place] + put + content[place + taken:]
    _answered(content)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(path=st.sampled_from(SHIPPED), seed=st.integers(0, 10**9), edits=st.integers(1, 5))
def test_elements_moved_doubled_renamed_or_lost_are_told_and_never_raise(path, seed, edits):
    chance, root = random.Random(seed), etree.fromstring(path.read_bytes())
    for _ in range(edits):
        spoil(root, chance)
    _answered(etree.tostring(root))


def spoil(root: etree._Element, chance: random.Random) -> None:
    """One edit of the tree that no editor would make."""
    model = list(root.iter("{*}process")) or [root]
    node, other = chance.choice(list(model[0].iter())), chance.choice(list(model[0].iter()))
    kind = chance.randrange(6)
    if kind == 0 and node.getparent() is not None:
        node.getparent().remove(node)
    elif kind == 1 and node not in other.iterancestors() and node is not other and node.getparent() is not None:
        other.append(node)
    elif kind == 2:
        node.tag = other.tag
    elif kind == 3 and node.attrib:
        node.set(chance.choice(node.attrib.keys()), chance.choice(["", "x", "End", *other.attrib.values()]))
    elif kind == 4 and node.attrib:
        del node.attrib[chance.choice(node.attrib.keys())]
    else:
        node.text = chance.choice(["", "visits('x')", "working_days(-1)", "not", other.text or "", "${x}"])


def _answered(content: bytes) -> None:
    """Findings, or a diagram that loads: nothing between the two."""
    errors = [finding for finding in check(content, topics=TOPICS) if finding.severity == "error"]
    try:
        definition.load({"foreign.bpmn": content}, trusted=True, topics=TOPICS)
    except DefinitionRefused as refused:
        assert refused.findings and all(map(can_be_shown, refused.findings))
    else:
        assert not errors
