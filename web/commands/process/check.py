"""`caseflow process check`: would these diagrams pass the gate and their scenarios? Needs no database."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import orjson

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition as engine
from caseflow.engine import gate
from caseflow.engine.values import Finding
from caseflow.errors import DefinitionRefused
from caseflow.install import tried_kinds
from caseflow.law import regulation_file
from caseflow.trials import scenarios
from caseflow.workshop import agreement, proving
from web.commands.process import findings

ENDINGS = (".bpmn", ".xml", ".dmn")


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for all files.")
def check(paths: tuple[Path, ...], as_json: bool) -> None:
    """Print one line per finding: file, element, line, code, sentence (tab separated).

    PATH is a diagram, or a folder whose diagrams (.bpmn, .xml, .dmn) are checked, also in folders below. Processes
    that a diagram calls are looked for beside it, and so are regulation.toml, whose steps the diagram must have and
    whose powers no article gives must be off, and scenarios/*.toml, which are played on a diagram without errors. An
    effect that some path leads to without what it needs is found as well. Exit code 1 when a finding forbids
    deployment; a sentence that begins with （提示） does not.
    """
    files = [file for path in paths for file in _diagrams(path)]
    if not files:
        raise click.UsageError(f"no diagram ({', '.join(ENDINGS)}) in {', '.join(map(str, paths))}")
    tried_kinds.read()
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
    found = gate.check(source, topics=TOPICS, name=file.name, called=beside)
    if any(finding.severity == "error" for finding in found):
        return found
    return [*found, *_of_regulation(file, {**beside, file.name: source})]


def _of_regulation(file: Path, files: Mapping[str, bytes]) -> Iterator[Finding]:
    """What the regulation.toml beside the diagram names and the diagram does not have; else what its scenarios say."""
    data = file.parent / "regulation.toml"
    if not data.is_file():
        return
    try:
        definition = engine.load(files, trusted=False, process_id=_own(files[file.name]), topics=TOPICS)
        regulation = regulation_file.read(data.resolve())
        missing = [*agreement.disagreements(regulation, definition), *proving.deployable(regulation, definition)]
        yield from missing
        if all(finding.severity == "warning" for finding in missing):
            yield from scenarios.findings(scenarios.run_folder(definition, regulation, file.parent))
    except DefinitionRefused as refusal:
        yield from refusal.findings


def _own(source: bytes) -> str | None:
    """The id of the process that a file is for."""
    return next((process.get("id") for process in gate.read(source).iterchildren("{*}process")
                 if process.get("isExecutable") == "true"), None)


def _calls(source: bytes) -> bool:
    return b"callActivity" in source


def _beside(file: Path) -> Mapping[str, bytes]:
    return {other.name: other.read_bytes() for other in sorted(file.parent.glob("*.bpmn"))}
