"""A fifth regulation needs no line of code: no place and no step of its diagrams stands in ours."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from lxml import etree

from caseflow.cases.effects.registry import TOPICS
from caseflow.law import regulations
from tests import source

STEPS = ("userTask", "serviceTask", "endEvent")
FOR_SHOW = ("caseflow/install/demo", "web/migrations/versions/")     # the demo's people and feeds; tables as they were
ANSWERED = {      # "id": why it may stand there
    "revisit": "what an article is about, of the areas of articles",
    "appeal_upheld": "the message that the system sends to a rectification, and the kind of a notice",
    "appeal_dismissed": "the kind of a notice",
}


def ours() -> list[Path]:
    """Python and templates of the core, the web and the scheduler."""
    own = [*source.modules(*source.PACKAGES), *source.files(".html", ".js", ".mjs", under=("web",))]
    return [path for path in own if not source.name(path).startswith(FOR_SHOW)]


def steps() -> set[str]:
    """The ids of the tasks and ends of every shipped diagram; what is called like its effect is the effect's name."""
    found = set()
    for file in (source.ROOT / "bpmn").glob("*/*.bpmn"):
        found |= {node.get("id") for node in etree.parse(file).iter(*(f"{{*}}{kind}" for kind in STEPS))}
    return found - TOPICS


def written(path: Path) -> set[str]:
    """The words that a module or a template has between quotes; the words that explain a module are not among them."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return {word for pair in re.findall(r"""'([^'\n]*)'|"([^"\n]*)\"""", text) for word in pair}
    tree = source.tree(path)
    told = {ast.get_docstring(node, clean=False) for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)}
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
            and node.value not in told}


@pytest.mark.parametrize("name", sorted(
    name for regulation in regulations.all_regulations().values()
    for name in (regulation.key, regulation.short_names["zh"])))
def test_no_place_stands_in_the_code(name):
    assert [source.name(path) for path in ours() if name in path.read_text(encoding="utf-8").lower()] == []


def test_no_step_of_a_diagram_stands_in_the_code():
    known = steps()
    assert {"first_response", "rehandle", "closed_resolved"} <= known
    found = {(source.name(path), word) for path in ours() for word in written(path) & known}
    assert {(name, word) for name, word in found if word not in ANSWERED} == set()
    assert {word for _, word in found} == ANSWERED.keys(), "answered, but no longer there"
