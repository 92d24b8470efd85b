"""What the structure tests look at: our own files, without what is vendored, generated or installed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("caseflow", "web", "scheduler")
ELSEWHERE = {".git", ".venv", "node_modules", "vendor", "instance", "artefacts", "build", "__pycache__", "dist"}
CODE = (".py", ".html", ".js", ".mjs", ".css", ".toml", ".bpmn")
TEXTS = (*CODE, ".cfg", ".service", ".env", ".txt", ".md", ".json", ".po", ".mako", ".sh", "")


def files(*suffixes: str, under: tuple[str, ...] = ()) -> Iterator[Path]:
    """Our files with one of these suffixes, sorted; all of the repository or only below some folders."""
    for start in [ROOT / folder for folder in under] or [ROOT]:
        for path in sorted(start.rglob("*")):
            parts = path.relative_to(ROOT).parts
            hidden = any(part.startswith(".") and part != ".ci" for part in parts[:-1])
            if path.is_file() and path.suffix in suffixes and not hidden and not ELSEWHERE.intersection(parts) \
                    and not any(part.endswith(".egg-info") for part in parts):
                yield path


def modules(*folders: str) -> Iterator[Path]:
    return files(".py", under=folders or (*PACKAGES, "tests"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def texts(path: Path) -> Iterator[str]:
    """Every text in the code, docstrings apart."""
    nodes = list(ast.walk(tree(path)))
    said = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    yield from (node.value for node in nodes
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said)


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call as (dotted name as written, node); "" stands for what is no plain name."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
