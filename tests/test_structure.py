"""The house rules that a machine can check."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from caseflow.install.kinds import KINDS
from tests import source
from web.commands import COMMANDS, main

LONGEST_FILE, LONGEST_FUNCTION, LONGEST_WITHOUT_DOCSTRING = 400, 40, 10  # lines
ANSWERED_LENGTHS = {
    "web/migrations/versions/0001_tables.py:upgrade": "a list of tables, read from top to bottom",
}
WORN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "service", "services", "misc"}
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load", "render_template_string"}
UNPACKS_CODE = {"pickle", "cPickle", "shelve", "marshal", "dill", "joblib"}
APPROVED_LINES: dict[str, str] = {  # "file: the line" → why it does no harm
}
APPROVED_STATEMENTS: dict[str, str] = {  # likewise, for statements put together from text
}
CHINESE = re.compile("[\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e]")
CHINESE_BY_NATURE = {     # module of the core → what it holds that is no sentence
    "caseflow/cases/attachments.py": "the name that is kept for a file without one",
    "caseflow/cases/fold.py": "between the names of the open tasks, as the case's row keeps them",
    "caseflow/engine/expressions/tokens.py": "the characters that a text of the expression language may hold",
    "caseflow/install/demo.py": "the names of the demo's people",
    "caseflow/install/random_people.py": "what simulated people and systems write",
    "caseflow/law/calendar_rows.py": "headings and words that the file of a notice may use",
    "caseflow/law/statutory_holidays.py": "the names of the holidays and of the law that gives them",
    "caseflow/law/watched.py": "how an article is cited, and the signs that end its sentences",
    "caseflow/law/working_days.py": "the names of the State Council's notices",
    "caseflow/law/strict_toml.py": "how an article is cited",
    "caseflow/people/permissions.py": "the name of the actor that is nobody, as the journal keeps it",
    "caseflow/people/sheet_import.py": "headings and words that a file of people or offices may use",
    "caseflow/ratings/fields.py": "the code lists of the national interface, as systems push them",
    "caseflow/trials/scenario_file.py": "how an article is cited",
}
NAMES_A_PROCESS = "caseflow/trials/scenario_file.py"     # as an example, in what it refuses
BY_BEHAVIOUR = {"engine", "proof", "migrations", "backups"}
WALL_CLOCKS = {"now", "utcnow", "today", "time"}
PLACES_OF_ONE_MACHINE = (  # written in two halves, so that this file is not found
    "pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "registry" + ".npm", "npm" + "mirror", "index" + "-url",
    "/opt/" + "wheels", "/opt/" + "pypi", "/home" + "/", "/root" + "/",
    *("/wo" + "rk/" + folder for folder in ("main", "wt/", "tmp", "shared")),
)


def test_imports_run_one_way():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-logo"]
    done = subprocess.run(command, cwd=source.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_area_of_the_web_uses_no_template_of_another():
    """What two of them show is one of the parts; the contracts hold Python to that, this holds the templates."""
    strays = []
    for path in source.files(".html", under=("web",)):
        used = re.findall(r'{%-? *(?:extends|from|import|include) "(\w+)/', path.read_text(encoding="utf-8"))
        strays += [f"{source.name(path)}: {area}" for area in used if area not in (path.parent.name, "frame", "parts")]
    assert strays == []


def test_whoever_handles_cases_names_no_kind():
    """What a kind means to them it says itself (casefile/kinds.py)."""
    handling = [f"caseflow/{package}" for package in (
        "casefile", "cases", "work", "supervision", "people", "raters", "trials")]
    found = [f"{source.name(path)}:{line}" for path in source.modules(*handling) for line in _lines_naming_a_kind(path)]
    found += [f"{source.name(path)}: import {module}" for path in source.modules(*handling)
              for module in source.imports(path) if module.rpartition(".")[2] in ("KIND", "HANDLED_IN")]
    assert found == [f"{NAMES_A_PROCESS}: import caseflow.law.rating_levels.HANDLED_IN"]


def _lines_naming_a_kind(path) -> list[int]:
    """Where the name of a kind stands as text; the journal's details and the reasons of errors have the same words."""
    names, others = {kind.name for kind in KINDS}, set()
    for node in ast.walk(source.tree(path)):
        if isinstance(node, ast.Dict):
            others |= {id(key) for key in node.keys}
        elif isinstance(node, ast.keyword) and node.arg == "reason":
            others.add(id(node.value))
    return [node.lineno for node in ast.walk(source.tree(path))
            if isinstance(node, ast.Constant) and node.value in names and id(node) not in others]


def test_nobody_imports_a_private_name():
    """What a module hides it may change; what another needs of it has a docstring."""
    found = [f"{source.name(path)}: {name}" for path in source.modules(*source.PACKAGES)
             for name in source.imports(path) if re.search(r"^(caseflow|web|scheduler)\..*\._[a-z]", name)]
    assert found == []


def test_whether_a_limit_is_over_is_asked_of_one_rule():
    """A due moment names a second that is in time to its end (caseflow/moments.py): `is_over`, in SQL `over_by`."""
    strays = [f"{source.name(path)}:{node.lineno}" for path in source.modules(*source.PACKAGES)
              for node in ast.walk(source.tree(path)) if isinstance(node, ast.Compare)
              and any(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in node.ops)
              and (sides := {source.dotted(side).rpartition(".")[2] for side in (node.left, *node.comparators)})
              and sides & {"due_at", "until"} and sides & {"now", "local", "at", "completed_at"}]
    assert strays == []


def test_what_is_installed_is_what_is_imported():
    setup = configparser.ConfigParser()
    setup.read(source.ROOT / "setup.cfg", encoding="utf-8")
    lines = setup["options"]["install_requires"].split("\n")
    wanted = {re.split(r"[\[ <>=]", line)[0].lower() for line in lines if line}
    used = {module.partition(".")[0] for path in source.modules(*source.PACKAGES) for module in source.imports(path)}
    brought = metadata.packages_distributions()
    foreign = used - sys.stdlib_module_names - {*source.PACKAGES, "benchmarks"}
    found = {brought[top][0].lower().replace("_", "-") for top in foreign if top in brought}
    assert wanted == found


def test_files_stay_short():
    own = [*source.modules(), *source.files(".html", ".js", ".mjs", ".css", under=("web",))]
    lengths = {source.name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in own}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_functions_stay_short():
    long = {
        f"{source.name(path)}:{function.name}": lines
        for path in source.modules() for function in source.functions(path)
        if (lines := function.end_lineno - function.lineno + 1) > LONGEST_FUNCTION
    }
    assert long.keys() - ANSWERED_LENGTHS.keys() == set()
    assert ANSWERED_LENGTHS.keys() - long.keys() == set(), "answered, but no longer asked"


def test_tests_lie_where_what_they_test_lies():
    """tests/caseflow/<package>/test_<module>.py, with a topic behind where there are several; engine and proof, whose
    tests go by behaviour, are asked for the package alone. The same for the areas of the web."""
    strays = []
    for path in [*source.modules("tests/caseflow"), *source.modules("tests/web")]:
        half, *folders, file = path.relative_to(source.ROOT / "tests").parts
        if not folders or not file.startswith("test_"):
            continue
        package, stem = source.ROOT.joinpath(half, *folders), file.removeprefix("test_").removesuffix(".py")
        if not package.is_dir() or folders[0] not in BY_BEHAVIOUR and not _names_a_module(stem, package):
            strays.append(source.name(path))
    assert strays == []


def _names_a_module(stem: str, package: Path) -> bool:
    known = {path.stem for path in package.iterdir() if path.suffix == ".py" or path.is_dir()} - {"__init__"}
    return any(stem == module or stem.startswith(f"{module}_") for module in known)


def test_no_module_has_a_name_that_says_nothing():
    parts = {part for path in source.modules() for part in path.with_suffix("").relative_to(source.ROOT).parts}
    assert parts & WORN_NAMES == set()


def test_nothing_runs_text_as_code_or_unpacks_objects():
    found = []
    for path in source.modules():
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [f"{source.name(path)}: {lines[call.lineno - 1].strip()}"
                  for called, call in source.calls(path) if _runs_text(called, call)]
        found += [f"{source.name(path)}: import {module}"
                  for module in source.imports(path) if module.split(".")[0] in UNPACKS_CODE]
    for path in source.files(".html", ".xml", ".txt", under=("web",)):
        found += [f"{source.name(path)}: {line.strip()}" for line in path.read_text(encoding="utf-8").splitlines()
                  if re.search(r"\|\s*safe\b|autoescape\s+false", line)]
    assert set(found) - APPROVED_LINES.keys() == set()
    assert APPROVED_LINES.keys() - set(found) == set(), "approved, but no longer there"


def _runs_text(called: str, call: ast.Call) -> bool:
    shell = any(word.arg == "shell" and not _is(word.value, False) for word in call.keywords)
    markup = called.split(".")[-1] == "Markup" and not all(isinstance(part, ast.Constant) for part in call.args)
    return called in RUNS_TEXT or called.split(".")[-1] == "render_template_string" or shell or markup


def _is(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def test_no_statement_is_put_together_from_text():
    """Only the revisions and the tests may: nothing from outside reaches them."""
    found = set()
    for path in source.modules(*source.PACKAGES):
        lines = path.read_text(encoding="utf-8").splitlines()
        found |= {f"{source.name(path)}: {lines[call.lineno - 1].strip()}" for called, call in source.calls(path)
                  if _joins_a_statement(called, call) and "versions" not in path.parts}
    assert found - APPROVED_STATEMENTS.keys() == set()
    assert APPROVED_STATEMENTS.keys() - found == set(), "approved, but no longer there"


def _joins_a_statement(called: str, call: ast.Call) -> bool:
    takes_sql = called.split(".")[-1] in ("text", "exec_driver_sql", "literal_column")
    return takes_sql and bool(call.args) and isinstance(call.args[0], ast.JoinedStr | ast.BinOp | ast.Call)


def test_only_the_clock_of_the_web_reads_the_wall_clock():
    found = [
        f"{source.name(path)}:{call.lineno}"
        for path in source.modules(*source.PACKAGES)
        for called, call in source.calls(path)
        if re.search(r"(^|\.)(datetime|date|time)\.\w+$", called) and called.split(".")[-1] in WALL_CLOCKS
        and source.name(path) != "web/app/clock.py"
    ]
    assert found == []


def test_every_module_says_what_it_is_for():
    """And every public function of the core, the commands and the scheduler that is not short."""
    silent = []
    for path in source.modules(*source.PACKAGES):
        module = source.tree(path)
        if module.body and not ast.get_docstring(module):
            silent.append(source.name(path))
        if path.is_relative_to(source.ROOT / "web") and "commands" not in path.parts:
            continue
        silent += [f"{source.name(path)}:{node.name}" for node in module.body if _needs_words(node)]
    assert silent == []


def _needs_words(node: ast.stmt) -> bool:
    """A public function whose contract its few lines do not show, without one."""
    return (isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
            and node.end_lineno - node.lineno > LONGEST_WITHOUT_DOCSTRING)


def test_every_public_name_of_the_core_has_its_contract():
    """Functions, classes and methods, down to the smallest property."""
    silent = [f"{source.name(path)}:{name}" for path in source.modules("caseflow")
              for name, node in _public(source.tree(path).body) if not ast.get_docstring(node)]
    assert silent == []


def _public(body: list[ast.stmt], inside: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """What other modules may call, by name: nothing with a leading underscore, nor what lies in it."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield inside + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body, f"{inside}{node.name}.")


def test_the_core_speaks_in_codes_and_facts():
    """Its sentences are made in web/sentences, where they are translated; no Chinese stands in it but what is data."""
    found = {source.name(path) for path in source.modules("caseflow")
             if any(CHINESE.search(text) for text in source.texts(path))}
    assert found - CHINESE_BY_NATURE.keys() == set()
    assert CHINESE_BY_NATURE.keys() - found == set(), "named, but no longer there"


def test_no_file_names_a_place_of_one_machine():
    found = [
        f"{source.name(path)}:{number}" for path in source.files(*source.TEXTS)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if any(place in line for place in PLACES_OF_ONE_MACHINE)
    ]
    assert found == []


def test_nothing_is_left_for_later():
    marks = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK")) + r")\b")
    found = [
        f"{source.name(path)}:{number}" for path in source.files(*source.CODE)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if marks.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_exists_and_explains_itself(name):
    def explain(command, words):
        answer = CliRunner().invoke(main, [*words, "--help"])
        assert answer.exit_code == 0, answer.output
        assert command.help, f"{' '.join(words)} does not say what it does"
        if isinstance(command, click.Group):
            context = click.Context(command)
            for part in command.list_commands(context):
                explain(command.get_command(context, part), [*words, part])

    explain(main.get_command(click.Context(main), name), [name])
