"""SpiffWorkflow's parser in a child process: it comes back, is refused, or is stopped."""

import os
from pathlib import Path

import pytest

from caseflow.engine.gate import apart, parse_apart
from caseflow.errors import DefinitionRefused

FILES = {"a.bpmn": b"<x/>"}


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch):
    """The child also finds the bad parsers beside this file."""
    environment = apart._environment()
    environment["PYTHONPATH"] += os.pathsep + str(Path(__file__).parent)
    monkeypatch.setattr(apart, "_environment", lambda: environment)


def refusal(parser, process_id="test_main"):
    with pytest.raises(DefinitionRefused) as refused:
        parse_apart(FILES, process_id, parser=f"stand_in_parsers:{parser}")
    (finding,) = refused.value.findings
    return finding


def test_a_file_that_parses_comes_back_without_a_word():
    assert parse_apart(FILES, "test_main", parser="stand_in_parsers:fine") is None


def test_what_the_parser_says_is_told_in_one_line():
    finding = refusal("raises")
    assert finding.code == "parser_refused"
    assert "no such task" in finding.facts["reason"] and "\n" not in finding.facts["reason"]


def test_a_parser_that_takes_too_much_memory_is_stopped():
    assert refusal("grows").code == "parser_limit"


def test_a_parser_that_spins_is_stopped_by_its_cpu_limit(monkeypatch):
    monkeypatch.setattr(apart, "CPU_SECONDS", 1)
    assert refusal("spins").code == "parser_limit"


def test_a_parser_that_does_not_come_back_is_stopped_by_the_clock(monkeypatch):
    monkeypatch.setattr(apart, "WALL_SECONDS", 0.5)
    assert refusal("spins").code == "parser_limit"


def test_a_parser_that_ends_the_process_is_refused():
    assert refusal("exits").code == "parser_limit"


def test_a_parser_cannot_write_into_a_file(tmp_path):
    assert refusal("writes", str(tmp_path / "out")).code in ("parser_refused", "parser_limit")
    assert (tmp_path / "out").read_bytes() == b""


def test_the_child_does_not_get_the_secrets_of_this_process(monkeypatch):
    monkeypatch.setenv("CASEFLOW_SECRET_KEY", "secret")
    assert parse_apart(FILES, "test_main", parser="stand_in_parsers:looks_for_secrets") is None
