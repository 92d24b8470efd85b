"""`caseflow process list`, `deploy`, `export` and `rollback`: the versions of the processes in the database."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click
import orjson

from caseflow.engine import gate
from caseflow.errors import DefinitionRefused
from caseflow.models import Definition, User, transaction
from caseflow.moments import SHANGHAI
from caseflow.people.permissions import SYSTEM
from caseflow.processes import deployed
from caseflow.workshop import deployment, drafts, statistics, verification
from web import create_app
from web.app import clock
from web.commands.process import findings


@click.command("list")
@click.argument("process_id", required=False)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
def list_(process_id: str | None, as_json: bool) -> None:
    """A line for each process: id, version, digest, when it was deployed, by whom, approved by whom, running cases
    under it, open drafts. With PROCESS_ID a line for each of its versions; * marks the current one."""
    with create_app().app_context():
        rows = deployed.versions(process_id) if process_id else deployed.all_current()
        running = statistics.running_cases()
        told = [_told(row, running.get(row.digest, 0)) for row in rows]
    if as_json:
        click.echo(orjson.dumps(told).decode())
        return
    for row in told:
        mark = "*" if row["current"] else ""
        click.echo("\t".join((
            row["process"], f"{row['number']}{mark}", row["digest"][:12], row["deployed_at"], row["deployed_by"] or "—",
            row["approved_by"] or "—", str(row["running"]), str(row["drafts"]))))


def _told(row: Definition, running: int) -> dict[str, Any]:
    return {
        **_version(row), "current": row.current,
        "deployed_at": _minute(row.deployed_at), "deployed_by": _name(row.deployed_by),
        "approved_by": _name(row.approved_by), "running": running,
        "drafts": len(drafts.open_drafts(SYSTEM, row.process_id))}


def _name(user: User | None) -> str | None:
    return user.username if user else None


def _minute(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).isoformat(timespec="minutes")


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One line of JSON: the versions, or the file and its findings.")
def deploy(paths: tuple[Path, ...], as_json: bool) -> None:
    """Make the diagram at each PATH (or in that folder, .bpmn) the version that new cases start under.

    The process is the one its id names. What the gate refuses, or what breaks a rule of its regulation, is not
    deployed: one line per reason, as `check` prints them, and exit code 1. Then nothing of the whole order is.
    """
    files = [file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*.bpmn")))]
    if not files:
        raise click.UsageError(f"no diagram (.bpmn) in {', '.join(map(str, paths))}")
    with create_app().app_context():
        done: list[Definition] = []
        try:
            with transaction():
                for file in files:
                    done.append(_deploy(file))
                versions = [_version(row) for row in done]
        except DefinitionRefused as refusal:
            _refuse(files[len(done)], refusal, as_json)
    if as_json:
        click.echo(orjson.dumps(versions).decode())
    else:
        click.echo("\n".join(f"{row['process']}\t{row['number']}\t{row['digest'][:12]}" for row in versions))


def _version(row: Definition) -> dict[str, Any]:
    return {"process": row.process_id, "number": row.number, "digest": row.digest}


def _refuse(file: Path, refusal: DefinitionRefused, as_json: bool) -> NoReturn:
    if as_json:
        told = {"file": str(file), "findings": [findings.as_json(finding) for finding in refusal.findings]}
        click.echo(orjson.dumps(told).decode())
    else:
        click.echo("\n".join(findings.line(file, finding) for finding in refusal.findings))
    sys.exit(1)


def _deploy(file: Path) -> Definition:
    source = file.read_bytes()
    process_id = next((process.get("id") or "" for process in gate.read(source).iterchildren("{*}process")), "")
    regulation = _row(process_id, None).regulation
    texts, _home = verification.files_with(regulation, process_id, source)
    return deployment.deploy_files(regulation, process_id.removeprefix(f"{regulation}_"), texts, clock.now())


@click.command()
@click.argument("process_id")
@click.option("--version", "number", type=int, help="The number of the version; the current one without it.")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="Write all its files to this folder.")
def export(process_id: str, number: int | None, output: Path | None) -> None:
    """Print the diagram of a version as it was deployed, or write it to a folder with all the files it calls."""
    with create_app().app_context():
        process = deployed.by_digest(_row(process_id, number).digest)
    if output is None:
        click.get_binary_stream("stdout").write(process.source)
        return
    output.mkdir(parents=True, exist_ok=True)
    for name, text in process.files.items():
        (output / name).write_bytes(text)
        click.echo(str(output / name))


@click.command()
@click.argument("process_id")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why; it is kept in the journal.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
def rollback(process_id: str, number: int, reason: str, as_json: bool) -> None:
    """Let new cases start under the version NUMBER of a process again. Running cases stay; see `migrate`.

    Refused, with exit code 1, when that version breaks the present rules.
    """
    with create_app().app_context(), transaction():
        row = _row(process_id, number)
        version = _version(deployment.rollback(process_id, row.digest, reason, SYSTEM, clock.now()))
    click.echo(orjson.dumps(version).decode() if as_json else f"{process_id} 的现行版本为第 {number} 版")


def _row(process_id: str, number: int | None) -> Definition:
    found = [row for row in deployed.versions(process_id)
             if row.number == number or (number is None and row.current)]
    if not found:
        raise click.UsageError(f"没有“{process_id}”这个流程，或没有这一版；caseflow process list 列出全部。")
    return found[0]
