"""`caseflow process migrate`: running cases under the current version of their process, one transaction for each."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

import click
import orjson

from caseflow.engine.migrate import KEEP, RESTART
from caseflow.errors import CannotMove, CaseflowError, NotFound
from caseflow.models import transaction
from caseflow.moments import SHANGHAI
from caseflow.people.permissions import SYSTEM
from caseflow.processes import deployed
from caseflow.workshop import migration
from caseflow.workshop.migration import TimerPreview
from web import create_app, sentences
from web.app import clock

HOW = {"kept": "保留", "begun": "开始", "withdrawn": "撤销"}


@click.command()
@click.argument("process_id")
@click.option("--case", "numbers", multiple=True, help="File number of a case; may be repeated. Without it: all.")
@click.option("--keep", multiple=True, metavar="ELEMENT", help="This deadline keeps its moment.")
@click.option("--restart", multiple=True, metavar="ELEMENT", help="This deadline is set anew by the new rule.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
def migrate(process_id: str, numbers: tuple[str, ...], keep: tuple[str, ...], restart: tuple[str, ...],
            dry_run: bool, as_json: bool) -> None:
    """Move running cases of a process to its current version. One line per case: number, done or not, why.

    A deadline whose rule differs between the versions needs --keep or --restart. At most 500 cases at a time, the
    oldest first. Exit code 1 when a case stayed where it was.
    """
    choices = {**dict.fromkeys(keep, KEEP), **dict.fromkeys(restart, RESTART)}
    with create_app().app_context():
        try:
            target = deployed.row_of(process_id)
        except NotFound:
            raise click.UsageError(f"没有“{process_id}”这个流程；caseflow process list 列出全部。") from None
        unknown = choices.keys() - deployed.by_digest(target.digest).elements.keys()
        if unknown:
            raise click.UsageError(f"现行版本里没有这些元素：{'、'.join(sorted(unknown))}")
        ids = _ids(process_id, numbers)
        told = _previewed(ids, target.digest) if dry_run else _moved(ids, target.digest, choices)
    click.echo(orjson.dumps(told).decode() if as_json else "\n".join(_lines(told, dry_run)))
    sys.exit(0 if all(case["moves"] for case in told) else 1)


def _ids(process_id: str, numbers: Iterable[str]) -> dict[int, str]:
    """The cases meant, with their file numbers."""
    waiting = migration.numbers_of(process_id)
    unknown = sorted(set(numbers) - set(waiting.values()))
    if unknown:
        raise click.UsageError(f"不是 {process_id} 待迁移的案件：{'、'.join(unknown)}")
    return {case_id: number for case_id, number in waiting.items() if not numbers or number in numbers}


def _previewed(ids: Mapping[int, str], digest: str) -> list[dict[str, Any]]:
    found = migration.preview(list(ids), deployed.by_digest(digest), clock.now())
    return [{"case": case.number, "moves": not case.obstacles, "why": list(map(sentences.of, case.obstacles)),
             "timers": [_timer(timer) for timer in case.timers]} for case in found]


def _timer(timer: TimerPreview) -> dict[str, Any]:
    due = {"due_at": timer.due_at, "due_new": timer.due_new}
    return {"element": timer.element, "name": timer.name, "how": timer.how, "choose": timer.changed} | {
        name: moment.astimezone(SHANGHAI).isoformat() if moment else None for name, moment in due.items()}


def _moved(ids: Mapping[int, str], digest: str, choices: Mapping[str, str]) -> list[dict[str, Any]]:
    told = []
    for case_id, number in ids.items():
        try:
            with transaction():
                migration.migrate(case_id, digest, choices, SYSTEM, clock.now())
            told.append({"case": number, "moves": True, "why": []})
        except CannotMove as refusal:
            told.append({"case": number, "moves": False, "why": ["；".join(map(sentences.of, refusal.obstacles))]})
        except CaseflowError as refusal:
            told.append({"case": number, "moves": False, "why": [str(refusal)]})
    return told


def _lines(told: list[dict[str, Any]], dry_run: bool) -> Iterable[str]:
    moves, stays = ("可以迁移", "不能迁移") if dry_run else ("已迁移", "未迁移")
    for case in told:
        said = "；".join(case["why"]) or "；".join(
            f"“{timer['name']}”{HOW[timer['how']]}：{timer['due_at'] or '—'} → {timer['due_new'] or '—'}"
            for timer in case.get("timers", ()))
        yield "\t".join((case["case"], moves if case["moves"] else stays, said))
