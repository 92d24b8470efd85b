"""`caseflow process diff`: what lies between two versions of a process. Two files need no database."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from caseflow.engine.definition import Definition
from caseflow.engine.gate import canonical, read
from caseflow.errors import DefinitionRefused, NotFound
from caseflow.law import regulations
from caseflow.workshop.comparison import Comparison, compare_files
from web import sentences
from web.sentences import comparison as said

DEPLOYED = re.compile(r"(?P<process>[a-z][a-z0-9_]*)@(?P<number>[1-9][0-9]{0,8}|current)")
KINDS = {"added": "增加", "removed": "删去", "changed": "改动", "moved": "移动"}


@click.command()
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@click.option("--json", "as_json", is_flag=True, help="One JSON object with added, removed, changed and moved.")
def diff(old: str, new: str, as_json: bool) -> None:
    """Print one line per difference: kind, element, attribute, sentence (tab separated).

    A and B are diagrams, or deployed versions such as PLACE_rectification@2 or PLACE_rectification@current. A file is
    compared alone, a version with all that it calls. Exit code 1 when they differ.
    """
    alone = not (DEPLOYED.fullmatch(old) and DEPLOYED.fullmatch(new))
    before, after = _files(old, alone), _files(new, alone)
    comparison = compare_files(before, after, _offices(after))
    _tell(comparison, as_json)
    sys.exit(1 if comparison.differs else 0)


def _tell(comparison: Comparison, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_as_json(comparison), ensure_ascii=False, indent=2))
        return
    for kind, word in KINDS.items():
        for change in getattr(comparison, kind):
            click.echo("\t".join((word, change.element, change.attribute, said.sentence(change))))


def _as_json(comparison: Comparison) -> dict[str, list[dict[str, str]]]:
    return {kind: [{
        "element": change.element, "name": change.drawn.name, "attribute": change.attribute,
        "before": said.before(change), "after": said.after(change), "sentence": said.sentence(change)}
        for change in getattr(comparison, kind)] for kind in KINDS}


def _files(text: str, alone: bool) -> Mapping[str, bytes]:
    """The file, or the files of a deployed version (`alone`: only the one that holds the process itself)."""
    wanted = DEPLOYED.fullmatch(text)
    if wanted:
        version = _version(wanted["process"], wanted["number"])
        return {"": version.source} if alone else version.files
    path = Path(text)
    if not path.is_file():
        raise click.UsageError(f"“{text}”既不是文件，也不是部署的版本（如 <地方>_rectification@2）。")
    try:
        return {"": canonical(path.read_bytes())}
    except DefinitionRefused as refused:
        raise click.ClickException(f"{text}：{sentences.of(refused.findings[0])}") from None


def _version(process_id: str, number: str) -> Definition:
    from caseflow.processes import deployed  # late: it brings the tables along, which two files do not need
    from web import create_app

    with create_app().app_context():
        for version in deployed.versions(process_id):
            if str(version.number) == number or (version.current and number == "current"):
                return deployed.by_digest(version.digest)
    raise NotFound(f"{process_id} has no version {number} here; `caseflow process list` shows those there are.")


def _offices(files: Mapping[str, bytes]) -> Mapping[str, str]:
    """The names of the offices of the regulation that the process says it belongs to."""
    found = {process.get("id", "") for source in files.values() for process in read(source).iter("{*}process")}
    places = (place for key, place in regulations.all_regulations().items()
              if any(name.startswith(f"{key}_") for name in found))
    return {key: name for place in places for key, name in place.offices.items()}
