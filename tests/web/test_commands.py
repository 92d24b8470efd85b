"""The command line as a whole: what it says of its commands, and how little it imports before one runs."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy.exc import IntegrityError, OperationalError

from web.commands import LazyGroup, main

GUICHI = Path(__file__).parents[2] / "bpmn" / "guichi" / "rectification.bpmn"
OURS = {"benchmarks", "caseflow", "scheduler", "web"}
HEAVY = ("web.factory", "scheduler", "caseflow.models")
MODULES = """
import json, sys
before = set(sys.modules)
try:
    {done}
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps(list(set(sys.modules) - before)), file=sys.stderr)
"""


def imported_by(done: str) -> tuple[set[str], set[str]]:
    """Our modules, and the packages of others, that doing this has imported in a fresh process."""
    ran = subprocess.run([sys.executable, "-c", MODULES.format(done=done)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    modules = json.loads(ran.stderr.splitlines()[-1])
    tops = {module.partition(".")[0] for module in modules}
    return ({module for module in modules if module.partition(".")[0] in OURS},
            tops & metadata.packages_distributions().keys() - OURS)


def command(*words: str) -> str:
    return f"from web.commands import main; main({[*words]!r})"


@pytest.mark.parametrize(("words", "more"), [
    (["--help"], set()),
    (["process", "--help"], {"web.commands.process"})], ids=" ".join)
def test_help_imports_click_and_none_of_the_commands(words, more):
    ours, others = imported_by(command(*words))
    assert ours == {"caseflow", "caseflow.errors", "web", "web.commands", *more}
    assert others == {"click"}


def test_checking_a_diagram_imports_neither_the_application_nor_the_tables():
    ours, others = imported_by(command("process", "check", str(GUICHI)))
    assert {module for module in ours if module.startswith(HEAVY)} == set()
    assert others == {"SpiffWorkflow", "chinese_calendar", "click", "lxml", "orjson"}


def test_the_child_that_reads_a_file_from_outside_imports_little_beside_the_engine():
    ours, others = imported_by("import caseflow.engine.gate.child, caseflow.engine.parser")
    assert {module for module in ours if module.startswith(HEAVY)} == set()
    assert others == {"SpiffWorkflow", "lxml"}


def test_the_line_of_a_command_is_how_its_own_help_begins():
    def lines(group: LazyGroup):
        for name, (_, line) in group.named.items():
            inner = group.get_command(click.Context(group), name)
            yield line, " ".join(inner.help.split())
            if isinstance(inner, LazyGroup):
                yield from lines(inner)

    assert [line for line, told in lines(main) if not (told.startswith(line) and line.endswith("."))] == []


@pytest.mark.parametrize(("fault", "exit_code", "told"), [
    (OperationalError, 2, "Error: 数据库不可用或尚未初始化，请先运行 caseflow init：first\n"),
    (IntegrityError, 1, "")])    # ours: it is raised, for the traceback
def test_only_what_lies_with_the_database_itself_is_put_into_words(monkeypatch, fault, exit_code, told):
    def fail(files):
        raise fault("SELECT 1", {}, Exception("first\nsecond"))

    monkeypatch.setattr("web.commands.process.check._diagrams", fail)
    answer = CliRunner().invoke(main, ["process", "check", str(GUICHI)])
    assert (answer.exit_code, answer.output) == (exit_code, told)
    assert isinstance(answer.exception, SystemExit if told else fault)
