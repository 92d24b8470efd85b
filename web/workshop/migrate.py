"""Running cases under the current version: choose them by step, see what would become of each, move them one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from caseflow.engine.migrate import KEEP, RESTART
from caseflow.errors import CannotMove, CaseflowError, VersionReplaced
from caseflow.models import Definition, transaction
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.processes import deployed
from caseflow.workshop import migration, overview
from web import sentences
from web.app import clock
from web.errors import refusal
from web.sign_in.auth import current_actor
from web.workshop import words
from web.workshop.frame import PROCESS, blueprint

AT_ONCE = 50         # cases of one preview: each is tried on the engine twice
HOW = {"kept": lazy_gettext("继续"), "begun": lazy_gettext("新开始"), "withdrawn": lazy_gettext("撤销"),
       "restarted": lazy_gettext("重新计算")}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case: `kind` is moved, there (it was already) or stayed."""

    number: str
    kind: str
    text: str


@blueprint.get(PROCESS + "/migrate")
def migrate(process_id: str):
    """How many cases run under older versions, by the step they stand on."""
    target = _target(process_id, current_actor())
    found = migration.cases_of(process_id)
    current = deployed.by_digest(target.digest)
    steps = [(element, words.element(current, element) if element else gettext("没有待办的环节（等待中）"), len(ids))
             for element, ids in overview.steps_of(found).items()]
    return render_template("workshop/migrate.html", target=target, steps=steps, total=len(found),
                           most=migration.MOST, at_once=AT_ONCE)


@blueprint.post(PROCESS + "/migrate/preview")
def preview_migration(process_id: str):
    """Each chosen case with what would become of it; nothing is changed."""
    target = _target(process_id, current_actor())
    wanted = request.form.getlist("step")
    standing = overview.steps_of(migration.cases_of(process_id))
    chosen = sorted({case_id for step in wanted for case_id in standing.get(step, ())})
    if not chosen:
        flash(gettext("请选择至少一个环节；如果刚才还有案件，可能已经办理或迁移。"), "warning")
        return redirect(url_for("workshop.migrate", process_id=process_id))
    definition = deployed.by_digest(target.digest)
    previews = migration.preview(chosen[:AT_ONCE], definition, clock.now())
    return render_template("workshop/migrate_preview.html", target=target, previews=previews, chosen=len(chosen),
                           how=HOW, rest=len(chosen) - len(previews), definition=definition)


@blueprint.post(PROCESS + "/migrate/do")
def do_migration(process_id: str):
    """Move the ticked cases, one transaction for each; then the result. The same form again moves nothing twice."""
    actor, now = current_actor(), clock.now()
    target = _target(process_id, actor)
    if request.form.get("target") != target.digest:
        flash(refusal(VersionReplaced())[1], "warning")
        return redirect(url_for("workshop.migrate", process_id=process_id))
    cases = [_numbers(text) for text in request.form.getlist("case")[:AT_ONCE]]
    cases = [pair for pair in cases if pair]
    if not cases:
        flash(gettext("没有勾选案件，没有迁移。"), "warning")
        return redirect(url_for("workshop.migrate", process_id=process_id))
    allowed = {preview.case_id: preview.number for preview in migration.preview(
        [case_id for case_id, _ in cases], deployed.by_digest(target.digest), now)}
    results = [_move(case_id, seen, allowed.get(case_id), target.digest, actor, now) for case_id, seen in cases]
    return render_template("workshop/migrate_result.html", target=target, results=results,
                           moved=sum(result.kind == "moved" for result in results))


def _move(case_id: int, seen: int, number: str | None, digest: str, actor: Actor, now: datetime) -> Result:
    """One case. What is not open under an older version of this process is told so, and not touched."""
    if number is None:
        return Result(request.form.get(f"number-{case_id}", "")[:40], "there", gettext("已经在现行版本，或已经办结"))
    prefix = f"timer-{case_id}-"
    choices = {name.removeprefix(prefix): value for name, value in request.form.items()
               if name.startswith(prefix) and value in (KEEP, RESTART)}
    try:
        with transaction():
            moved = migration.migrate(case_id, digest, choices, actor, now, seen=seen)
    except CannotMove as error:
        return Result(number, "stayed", " ".join(map(sentences.of, error.obstacles)))
    except CaseflowError as error:
        return Result(number, "stayed", refusal(error)[1])
    kept = sum(timer.how == "kept" for timer in moved.timers)
    anew = sum(timer.how == "restarted" for timer in moved.timers)
    return Result(number, "moved", gettext("已迁移；期限保留 %(kept)s 个，重新计算 %(anew)s 个", kept=kept, anew=anew))


def _target(process_id: str, actor: Actor) -> Definition:
    """The current version; for approvers of its regulation."""
    row = deployed.row_of(process_id)
    permissions.require_process(actor, row.regulation, "approver")
    return row


def _numbers(text: str) -> tuple[int, int] | None:
    """Case and its version, as the preview wrote them: "12:3"."""
    parts = text.split(":")
    good = len(parts) == 2 and all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts)
    return (int(parts[0]), int(parts[1])) if good else None
