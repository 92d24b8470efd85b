"""`caseflow process replay`: recorded cases on another diagram. Reads the database, changes nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from caseflow.engine import definition as engine
from caseflow.engine import gate
from caseflow.errors import DefinitionRefused
from caseflow.law import regulations
from caseflow.moments import start_of
from caseflow.people.permissions import SYSTEM
from caseflow.trials import replay as replays
from caseflow.trials.replay import Replay
from caseflow.trials.scenarios import spell
from caseflow.workshop import drafts, verification
from web import create_app, sentences
from web.app import clock

MOST = 100_000


@click.command()
@click.argument("target", metavar="PATH|DRAFT")
@click.option("--since", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Cases opened since this day.")
@click.option("--process", "process_id", help="Which process, when the file holds several, such as PLACE_appeal.")
@click.option("--limit", default=replays.LIMIT, show_default=True, type=click.IntRange(1, MOST),
              help="At most so many cases, the newest.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: cases, more, same, other_path, …")
def replay(target: str, since: datetime, process_id: str | None, limit: int, as_json: bool) -> None:
    """Run recorded cases on a diagram: their answers and times, as they were.

    PATH is a .bpmn file (what it calls is looked for beside it), DRAFT the number of a draft. Prints one line per
    difference: kind (path, deadline, impossible), case, element, what was and what would be (tab separated), and a
    summary to stderr. Exit code 1 when any case differs.
    """
    with create_app().app_context():
        definition = _definition(target, process_id)
        begin = start_of(since.date()).astimezone(UTC)
        found = replays.run(definition.process_id, definition, begin, clock.now(), limit)
    if as_json:
        click.echo(json.dumps(_as_json(found), ensure_ascii=False, default=_spelt))
    else:
        for line in _lines(found):
            click.echo("\t".join(line))
        click.echo(_summary(found), err=True)
    sys.exit(0 if found.same == found.cases else 1)


def _definition(target: str, process_id: str | None) -> engine.Definition:
    """The process in the file or the draft."""
    if target.isdecimal():
        draft = drafts.find(int(target), SYSTEM)
        return _read(verification.examine(draft.regulation, draft.process_id, draft.source, draft.id))
    path = Path(target)
    if not path.is_file():
        raise click.UsageError(f"“{target}”既不是文件，也不是草稿的编号。")
    files = {other.name: other.read_bytes() for other in sorted(path.parent.glob("*.bpmn"))}
    own = process_id or _process_in(path)
    regulation = next((key for key in regulations.all_regulations() if own.startswith(f"{key}_")), None)
    if regulation is None:
        named = own or "（没有标识）"
        raise click.UsageError(f"流程 {named} 不属于任何一个办法；流程的标识应为 <地方>_rectification 等。")
    return _read(verification.examine_files(regulation, own, {**files, path.name: path.read_bytes()}, path.name))


def _process_in(path: Path) -> str:
    """The id of the file's process; "" where there is none to be seen."""
    try:
        found = gate.read(path.read_bytes()).iterchildren("{*}process")
    except DefinitionRefused:
        return ""
    return next((process.get("id", "") for process in found if process.get("isExecutable") == "true"), "")


def _read(examination: verification.Examination) -> engine.Definition:
    if examination.definition is None:
        reasons = "；".join(sentences.of(f) for f in examination.findings if f.severity == "error")
        raise click.ClickException(f"这个图现在不能运行：{reasons}")
    return examination.definition


def _lines(found: Replay) -> Iterator[tuple[str, ...]]:
    for path in found.other_path:
        yield "path", path.number, path.recorded or path.instead, path.recorded or "—", path.instead or "—"
    for limit in found.deadlines:
        yield ("deadline", limit.number, limit.element, _limit(limit.due_before, limit.missed_before),
               _limit(limit.due_after, limit.missed_after))
    for broken in found.impossible:
        yield "impossible", broken.number, broken.element, "—", sentences.of(broken.why)


def _limit(due_at: datetime | None, missed: bool) -> str:
    return "—" if due_at is None else spell(due_at) + ("（逾期）" if missed else "")


def _as_json(found: Replay) -> dict[str, Any]:
    reasons = [{"why": sentences.of(broken.why)} for broken in found.impossible]
    told = asdict(found)
    return told | {"impossible": [row | why for row, why in zip(told["impossible"], reasons, strict=True)]}


def _summary(found: Replay) -> str:
    deadlines = len({limit.case_id for limit in found.deadlines})
    more = f"；只看了最新的 {found.limit} 件，还有更早的" if found.more else ""
    return (f"{found.process_id}：{found.cases} 件，相同 {found.same}，路径不同 {len(found.other_path)}，"
            f"期限不同 {deadlines}，无法重演 {len(found.impossible)}{more}")


def _spelt(value: object) -> str:
    return value.isoformat()
