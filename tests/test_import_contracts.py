"""The import contracts of setup.cfg, tried: each refuses the breaches that are planted against it in a copied tree.

That the tree itself keeps them is held by tests/test_structure.py. A new contract brings its breaches here.
"""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import source

ROOTS = (*source.PACKAGES, "benchmarks")


class Breach(NamedTuple):
    contract: str
    what: str
    file: str          # a new one, where there is none
    lines: str         # at its end
    refused: str       # as import-linter names it


BREACHES = [
    Breach("doors", "the core imports a door", "caseflow/people/permissions.py", "from web.app import clock",
           "caseflow.people.permissions -> web.app.clock"),
    Breach("doors", "the web imports the scheduler", "web/operations/demo.py", "from scheduler import jobs",
           "web.operations.demo -> scheduler.jobs"),
    Breach("doors", "the scheduler imports a bench", "scheduler/jobs.py", "from benchmarks import ground",
           "scheduler.jobs -> benchmarks.ground"),
    Breach("core", "an upward import", "caseflow/law/regulations.py", "from caseflow.cases import steps",
           "caseflow.law.regulations -> caseflow.cases.steps"),
    Breach("core", "an upward import for the type checker", "caseflow/law/deadlines.py",
           "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from caseflow.work import worklist",
           "caseflow.law.deadlines -> caseflow.work.worklist"),
    Breach("core", "an upward import inside a function", "caseflow/law/calendars.py",
           "def late():\n    from caseflow.people import units\n    return units",
           "caseflow.law.calendars -> caseflow.people.units"),
    Breach("core", "neighbours in a row", "caseflow/appeals/filing.py", "from caseflow.supervision import board",
           "caseflow.appeals.filing -> caseflow.supervision.board"),
    Breach("core", "a module in the hall", "caseflow/extra.py", '"""No row names it."""', "caseflow.extra"),
    Breach("core", "a package in the hall", "caseflow/more/__init__.py", '"""No row names it."""', "caseflow.more"),
    Breach("web", "a page imports another area's", "web/work/list.py", "from web.ledger import pages",
           "web.work.list -> web.ledger.pages"),
    Breach("web", "a part imports an area", "web/parts/rating.py", "from web.cases import page",
           "web.parts.rating -> web.cases.page"),
    Breach("web", "a module in the hall", "web/extra.py", '"""No row names it."""', "web.extra"),
    Breach("acyclic", "two modules of a package", "caseflow/law/working_days.py",
           "from caseflow.law import deadlines", "No cycles are allowed in caseflow.law."),
    Breach("acyclic", "two modules deep in a package", "caseflow/engine/gate/findings.py",
           "from caseflow.engine.gate import check", "No cycles are allowed in caseflow.engine.gate."),
    Breach("acyclic", "two modules of an area", "web/cases/deadline_words.py",
           "from web.cases import deadlines", "No cycles are allowed in web.cases."),
    Breach("acyclic", "two modules of the scheduler", "scheduler/jobs.py",
           "from scheduler import schedule", "No cycles are allowed in scheduler."),
    Breach("engine-is-pure", "a table in the engine", "caseflow/engine/step.py", "from caseflow.models import Case",
           "caseflow.engine.step -> caseflow.models"),
    Breach("engine-is-pure", "SQL in the engine", "caseflow/engine/gate/check.py", "import sqlalchemy",
           "caseflow.engine.gate.check -> sqlalchemy"),
    Breach("proof-is-pure", "a table in the proof", "caseflow/proof/prove.py", "from caseflow.models import Case",
           "caseflow.proof.prove -> caseflow.models"),
    Breach("spiff-in-engine-only", "SpiffWorkflow in a case", "caseflow/cases/steps.py",
           "from SpiffWorkflow.bpmn.workflow import BpmnWorkflow", "caseflow.cases.steps -> SpiffWorkflow"),
    Breach("core-knows-no-door", "flask in the core", "caseflow/people/permissions.py", "from flask import g",
           "caseflow.people.permissions -> flask"),
    Breach("core-knows-no-door", "a form of the web in the core", "caseflow/processes/form_values.py",
           "import wtforms", "caseflow.processes.form_values -> wtforms"),
    Breach("deadlines-in-the-scheduler", "a side job fires timers", "scheduler/side_jobs.py",
           "from caseflow.cases import steps", "scheduler.side_jobs -> caseflow.cases.steps"),
    Breach("queue-in-its-files", "a page speaks to the queue", "web/operations/incidents.py", "import procrastinate",
           "web.operations.incidents -> procrastinate"),
    Breach("handle-in-one-file", "a table takes the handle", "caseflow/models/cases.py",
           "from flask_sqlalchemy import SQLAlchemy", "caseflow.models.cases -> flask_sqlalchemy"),
    Breach("no-sql-in-pages", "SQL in a page", "web/ledger/pages.py", "from sqlalchemy import select",
           "web.ledger.pages -> sqlalchemy"),
    Breach("no-sql-in-pages", "the session in a page", "web/cases/page.py", "from caseflow.models import db",
           "web.cases.page -> caseflow.models.db"),
    Breach("no-sql-in-pages", "SQL in a part", "web/parts/timeline.py", "import sqlalchemy.orm",
           "web.parts.timeline -> sqlalchemy"),
    Breach("no-sql-in-pages", "SQL in a sentence", "web/sentences/gate.py", "from sqlalchemy import select",
           "web.sentences.gate -> sqlalchemy"),
    Breach("no-sql-in-pages", "SQL in a command", "web/commands/init.py", "from sqlalchemy import select",
           "web.commands.init -> sqlalchemy"),
    Breach("no-sql-in-pages", "SQL in an answer to an error", "web/errors.py", "from sqlalchemy import select",
           "web.errors -> sqlalchemy"),
    Breach("fold-is-pure", "the session in the fold", "caseflow/cases/fold.py", "from caseflow.models import db",
           "caseflow.cases.fold -> caseflow.models.db"),
    Breach("fold-is-pure", "the journal in an effect", "caseflow/cases/effects/appeal.py",
           "from caseflow.casefile import journal", "caseflow.cases.effects.appeal -> caseflow.casefile.journal"),
    Breach("store-in-the-casefile", "a task writes the rows of a case", "caseflow/work/tasks.py",
           "from caseflow.casefile import store", "caseflow.work.tasks -> caseflow.casefile.store"),
    Breach("store-in-the-casefile", "an area writes the rows of a case", "scheduler/jobs.py",
           "from caseflow.casefile.store import write", "scheduler.jobs -> caseflow.casefile.store"),
    Breach("doors-of-the-engine", "the engine's inside in a page", "web/cases/page.py",
           "from caseflow.engine.workflow import load", "web.cases.page -> caseflow.engine.workflow"),
    Breach("doors-of-the-engine", "the gate's inside in a page", "web/workshop/drafts.py",
           "from caseflow.engine.gate import structure", "web.workshop.drafts -> caseflow.engine.gate.structure"),
    Breach("doors-of-the-engine", "the proof's inside in the scheduler", "scheduler/jobs.py",
           "from caseflow.proof import explorer", "scheduler.jobs -> caseflow.proof.explorer"),
    Breach("check-needs-no-database", "the check reads a table", "web/commands/process/check.py",
           "from caseflow.models import Case", "web.commands.process.check -> caseflow.models"),
    Breach("check-needs-no-database", "a trial reads a table", "caseflow/trials/scenarios.py",
           "from caseflow.law import calendars", "caseflow.law.calendars -> caseflow.models"),
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the contracts are about."""
    folder = tmp_path_factory.mktemp("tree")
    for path in [source.ROOT / "setup.cfg", *source.modules(*ROOTS)]:
        copy = folder / source.name(path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return folder


@pytest.mark.parametrize("contract", dict.fromkeys(breach.contract for breach in BREACHES))
def test_a_contract_refuses_each_breach_by_name(tree, contract):
    breaches = [breach for breach in BREACHES if breach.contract == contract]
    with ExitStack() as planted:
        for breach in breaches:
            planted.enter_context(_planted(tree, breach))
        said = _said(tree)
    told = _of_contract(said, _contracts()[contract]["name"])
    assert [breach.what for breach in breaches if not _names(told, breach.refused)] == [], said


def test_the_copy_keeps_its_contracts(tree):
    """Else a breach might be refused that nobody planted."""
    assert _broken(_said(tree)) == set()


def test_every_contract_is_tried():
    assert {breach.contract for breach in BREACHES} == _contracts().keys()


@contextmanager
def _planted(tree: Path, breach: Breach) -> Iterator[None]:
    """The tree with this breach in it; afterwards as it was."""
    file = tree / breach.file
    before = file.read_text(encoding="utf-8") if file.exists() else None
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{before or ''}\n{breach.lines}\n", encoding="utf-8")
    try:
        yield
    finally:
        _restore(file, before)


def _restore(file: Path, before: str | None) -> None:
    if before is not None:
        file.write_text(before, encoding="utf-8")
    elif file.name == "__init__.py":
        shutil.rmtree(file.parent)
    else:
        file.unlink()


def _said(tree: Path) -> str:
    """What import-linter says of the tree, in lines that are not broken."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-logo"]
    wide = os.environ | {"COLUMNS": "1000"}
    return subprocess.run(command, cwd=tree, env=wide, capture_output=True, text=True, check=False).stdout


def _broken(said: str) -> set[str]:
    """The names of the contracts that are broken; refuses what is no answer about all of them."""
    answers = dict(re.findall(r"^(.+) (KEPT|BROKEN)(?: \(.*\))?\s*$", said, re.MULTILINE))
    assert answers.keys() == {contract["name"] for contract in _contracts().values()}, said
    return {name for name, answer in answers.items() if answer == "BROKEN"}


def _of_contract(said: str, name: str) -> str:
    """What it said of this contract below the list of all; nothing, when the contract is kept."""
    if name not in _broken(said):
        return ""
    heading = f"\n{name}\n{'-' * len(name)}\n"
    return re.split(r"\n.+\n-{3,}\n", said.partition(heading)[2])[0]


def _names(told: str, refused: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(refused)}(?!\w)", told) is not None


def _contracts() -> dict[str, configparser.SectionProxy]:
    setup = configparser.ConfigParser()
    setup.read(source.ROOT / "setup.cfg", encoding="utf-8")
    prefix = "importlinter:contract:"
    return {section.removeprefix(prefix): setup[section] for section in setup.sections() if section.startswith(prefix)}
