"""The pages for whoever comes new name nothing that is not there: docs/map.md, docs/glossary.md, CONTRIBUTING.md."""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from unicodedata import east_asian_width

from tests import source

QUOTED = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
IN_A_DRAWING = re.compile(r"(?<![\w/])[a-z_]+(?:/[a-z_]+)+(?:\.[a-z_]+)?(?:, [a-z_]+)*")
WORD = re.compile(r"\w+")
WRITTEN_IN = {ast.Name: "id", ast.Attribute: "attr", ast.FunctionDef: "name", ast.arg: "arg", ast.keyword: "arg",
              ast.Constant: "value"}


def test_every_path_on_the_map_exists():
    text = FENCED.sub("", _page("docs/map.md"))
    missing = [quoted for line in text.splitlines() for quoted in _not_there(QUOTED.findall(line))]
    assert missing == []


def _not_there(quoted: list[str]) -> Iterator[str]:
    """Those of a line that are no path, from the root, from the core or from a folder named before them."""
    folders = [source.ROOT, source.ROOT / "caseflow"]
    for name in quoted:
        if name.startswith("make "):
            yield from [] if _is_a_target(name.removeprefix("make ")) else [name]
        elif re.search(r"\w", name):
            found = list(chain.from_iterable(folder.glob(re.sub(r"<\w+>", "*", name)) for folder in folders))
            folders += found
            yield from [] if found else [name]


def _is_a_target(name: str) -> bool:
    return re.search(rf"^{name}:", _page("Makefile"), re.MULTILINE) is not None


def test_every_step_in_the_drawing_of_a_case_exists():
    drawing = FENCED.findall(_page("docs/map.md"))[2]
    steps = IN_A_DRAWING.findall(drawing)
    assert len(steps) >= 15
    assert [step for step in steps if not _is_a_step(step)] == []


def _is_a_step(step: str) -> bool:
    """Such as people/permissions, or cases/steps.begin, start: a module of the core or a door, and functions of it."""
    place, _, names = step.partition(".")
    if not names:
        place, *others = place.split(", ")
        return all(_module(part) for part in (place, *(f"{place.rpartition('/')[0]}/{name}" for name in others)))
    module = _module(place)
    return module is not None and all(_defines(module, name) for name in names.split(", "))


def _module(place: str) -> Path | None:
    """The module or package of this path below the root or the core."""
    places = (source.ROOT / place, source.ROOT / "caseflow" / place)
    return next((path for place in places for path in (place.with_suffix(".py"), place) if path.exists()), None)


def test_every_package_of_the_core_is_on_the_map_and_no_other():
    left, _ = _house()
    named = set(chain.from_iterable(_named(line) for line in left))
    assert named == {path.stem for path in (source.ROOT / "caseflow").iterdir()
                     if path.suffix == ".py" or (path / "__init__.py").exists()} - {"__init__"}


def test_every_area_of_the_web_is_on_the_map_and_no_other():
    _, right = _house()
    in_brackets = re.search(r"\(([^()]*\|[^()]*)\)", " ".join(right)).group(1)
    assert {area.split()[0] for area in in_brackets.split("|")} == _areas()


def test_every_other_name_in_the_column_of_the_web_exists():
    _, right = _house()
    heads = set(chain.from_iterable(_named(line[1:]) for line in right)) - {"areas"}
    assert len(heads) == 10
    assert [name for name in heads if not _module(f"web/{name}")] == []


def _house() -> tuple[list[str], list[str]]:
    """The lines of the core and those of the web, which stand side by side under their names."""
    head, *lines = map(_as_wide_as_seen, FENCED.findall(_page("docs/map.md"))[1].splitlines())
    assert head.startswith("caseflow/")
    middle = head.index("web/")
    return [line[:middle] for line in lines], [line[middle:] for line in lines]


def _as_wide_as_seen(line: str) -> str:
    """With a mark behind each character that takes two columns."""
    return "".join(sign + "\0" * (east_asian_width(sign) in "WF") for sign in line)


def _named(line: str) -> list[str]:
    """The names that a line begins with, and one that stands behind a bar further on."""
    head = re.match(r" (?:\| )?([a-z_]+(?:, [a-z_]+)*) ", line)
    return [*(head.group(1).split(", ") if head else ()), *re.findall(r"\S  \| ([a-z_]+) ", line)]


def _areas() -> set[str]:
    setup = configparser.ConfigParser()
    setup.read(source.ROOT / "setup.cfg", encoding="utf-8")
    row, = (row for row in setup["importlinter:contract:web"]["layers"].splitlines() if row.count("|") > 3)
    return {name.strip() for name in row.split("|")}


def test_every_name_in_the_glossary_is_one_of_the_code():
    rows = [row.split(" | ") for row in _page("docs/glossary.md").splitlines() if row.startswith("| ")]
    names = [name for row in rows for name in QUOTED.findall(row[1])]
    assert len(names) >= 150
    assert [name for name in names if name not in (_capitals() if name[0].isupper() else _words())] == []


@cache
def _capitals() -> set[str]:
    """Classes and constants."""
    return {name for path in source.modules(*source.PACKAGES) for name in _names(source.tree(path).body)}


@cache
def _words() -> set[str]:
    """What is a name or a whole text in the code, and what stands in the diagrams and beside them."""
    found = {word for path in source.files(".bpmn", ".toml", under=("bpmn",))
             for word in WORD.findall(path.read_text(encoding="utf-8"))}
    nodes = chain.from_iterable(ast.walk(source.tree(path)) for path in source.modules(*source.PACKAGES))
    return found.union(getattr(node, WRITTEN_IN[type(node)]) for node in nodes if type(node) in WRITTEN_IN)


def test_each_of_the_ten_to_follow_exists():
    part = _page("CONTRIBUTING.md").partition("## Ten to follow\n")[2].partition("\n## ")[0]
    rows = [QUOTED.findall(line.split(" | ")[0]) for line in part.splitlines() if line.startswith("| `")]
    assert len(rows) == 10
    assert [name for row in rows for name in _not_followed(row)] == []


def _not_followed(row: list[str]) -> Iterator[str]:
    """What is no file, or no name in the file before it."""
    file = source.ROOT
    for name in row:
        if "/" in name:
            file = source.ROOT / name
            yield from [] if file.is_file() else [name]
        else:
            yield from [] if file.is_file() and _defines(file, name) else [name]


def _defines(file: Path, dotted: str) -> bool:
    """Whether a module, or an `__init__` of a package, defines this function, class, constant or what is in a class."""
    body = source.tree(file if file.is_file() else file / "__init__.py").body
    for name in dotted.split("."):
        if name not in (known := _names(body)):
            return False
        body = getattr(known[name], "body", [])
    return True


def _names(body: list[ast.stmt]) -> dict[str, ast.stmt]:
    """What these statements define."""
    found = {}
    for node in body:
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        found |= {part.id: node for target in targets if target for part in ast.walk(target)
                  if isinstance(part, ast.Name)}
        found |= {node.name: node} if isinstance(node, ast.FunctionDef | ast.ClassDef) else {}
    return found


def _page(name: str) -> str:
    return (source.ROOT / name).read_text(encoding="utf-8")
