"""`caseflow process check`: would these diagrams pass the gate and their scenarios? Needs no database."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import orjson

from caseflow.engine.gate import check as check_source
from caseflow.engine.values import Finding
from caseflow.errors import DefinitionRefused
from caseflow.processes.topics import TOPICS
from caseflow.trials import scenarios
from web.commands.process import findings

ENDINGS = (".bpmn", ".xml", ".dmn")


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for all files.")
def check(paths: tuple[Path, ...], as_json: bool) -> None:
    """Print one line per finding: file, element, line, code, sentence (tab separated).

    PATH is a diagram, or a folder whose diagrams (.bpmn, .xml, .dmn) are checked, also in folders below. Processes
    that a diagram calls are looked for beside it, and so are regulation.toml and scenarios/*.toml, which are played on
    a diagram without errors. Exit code 1 when a finding forbids deployment; a sentence that begins with （提示） does
    not.
    """
    files = [file for path in paths for file in _diagrams(path)]
    if not files:
        raise click.UsageError(f"no diagram ({', '.join(ENDINGS)}) in {', '.join(map(str, paths))}")
    found = {file: _findings(file) for file in files}
    if as_json:
        click.echo(orjson.dumps([{"file": str(file), "findings": [findings.as_json(finding) for finding in of_file]}
                                 for file, of_file in found.items()]).decode())
    else:
        for file, of_file in found.items():
            for finding in of_file:
                click.echo(findings.line(file, finding))
    sys.exit(1 if any(finding.severity == "error" for of_file in found.values() for finding in of_file) else 0)


def _diagrams(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix in ENDINGS and file.is_file())


def _findings(file: Path) -> list[Finding]:
    beside = {} if not _calls(source := file.read_bytes()) else _beside(file)
    found = check_source(source, topics=TOPICS, name=file.name, called=beside)
    return found if any(finding.severity == "error" for finding in found) else [*found, *_of_scenarios(file, beside)]


def _of_scenarios(file: Path, beside: Mapping[str, bytes]) -> Iterator[Finding]:
    try:
        yield from scenarios.findings(scenarios.run_beside(
            file, {**beside, file.name: file.read_bytes()}, TOPICS))
    except DefinitionRefused as refusal:
        yield from refusal.findings


def _calls(source: bytes) -> bool:
    return b"callActivity" in source


def _beside(file: Path) -> Mapping[str, bytes]:
    return {other.name: other.read_bytes() for other in sorted(file.parent.glob("*.bpmn"))}
