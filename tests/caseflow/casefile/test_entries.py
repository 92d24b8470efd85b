"""Every kind of journal entry stands in one list: what the code writes is in it, and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from caseflow.casefile.entries import KINDS
from tests import source

LIST = "caseflow/casefile/entries.py"


def _literals() -> Iterator[tuple[str, str]]:
    """(file, text) of each text in the code, {} for what is put in; without the list itself and the screens' words."""
    for path in source.modules("caseflow", "web", "scheduler"):
        name = source.name(path)
        if name == LIST or "/words/" in name:
            continue
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield name, node.value
            elif isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
                yield name, "".join(map(str, parts))


def _appended() -> Iterator[tuple[str, str]]:
    """(file, kind) of what is written with its name: journal.append(…, "kind", …) and the entries of facts."""
    for path in source.modules("caseflow", "web", "scheduler"):
        for called, call in source.calls(path):
            if called.endswith("journal.append") and len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
                yield source.name(path), call.args[1].value
        if path.stem in ("begun", "effected", "facts"):
            for node in ast.walk(source.tree(path)):
                if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
                    yield source.name(path), node.value.elts[0].value


def test_every_kind_that_is_written_is_listed():
    written = list(_appended())
    assert len(written) > 50
    assert [(file, kind) for file, kind in written if kind not in KINDS] == []


def test_no_kind_is_listed_that_nobody_writes():
    whole = {text for _, text in _literals()}
    composed = [re.compile(re.escape(text).replace(r"\{\}", "[a-z]+")) for text in whole
                if re.fullmatch(r"\{\}_[a-z]+|[a-z]+_\{\}", text)]
    assert [kind for kind in KINDS if kind not in whole and not any(one.fullmatch(kind) for one in composed)] == []


def test_every_kind_says_what_it_means():
    assert [kind for kind, known in KINDS.items() if not known.meaning.endswith(".")] == []
    assert [kind for kind in KINDS if not re.fullmatch(r"[a-z]+(_[a-z]+)*", kind)] == []
