"""Processes: the list, one of them with how busy its steps are, its versions, and going back to an earlier one."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from caseflow.engine.definition import Definition
from caseflow.errors import NotFound
from caseflow.paging import MOST_SHOWN
from caseflow.people import permissions
from caseflow.processes import deployed
from caseflow.workshop import deployment, statistics, version_scenarios
from caseflow.workshop import overview as process_overview
from caseflow.workshop.comparison import compare
from caseflow.workshop.statistics import StepFigures
from web.app import clock
from web.forms.typed import line
from web.parts import outline
from web.sign_in.auth import current_actor
from web.workshop import words
from web.workshop.frame import PROCESS, blueprint, changes, drawing, focus

VERSION = PROCESS + "/versions/<digest>"
HOT = 0.34      # the part of a step's open tasks that is late, from which it is drawn in the deeper red


@blueprint.get("/", strict_slashes=False)
def index():
    found: dict[str, list[process_overview.Overview]] = {}
    for overview in process_overview.processes(current_actor()):
        found.setdefault(overview.regulation, []).append(overview)
    return render_template("workshop/index.html", regulations=found)


@blueprint.get(PROCESS)
def process(process_id: str):
    actor = current_actor()
    overview = process_overview.process(process_id, actor)
    definition = deployed.by_digest(overview.current.digest)
    figures = statistics.of_process(overview.regulation, process_id, definition.user_tasks, clock.now())
    steps = [(definition.elements[name], figures[name]) for name in _in_order(definition)]
    return render_template(
        "workshop/process.html", overview=overview, steps=steps, milestones=words.milestones(
            overview.regulation, process_id, {element.id: element.name for element, _ in steps}),
        diagram=drawing(definition.source, _heat(figures), _notes(figures)),
        outline=outline.outline(definition.outline(), {}, definition.messages), may=_may(actor, overview.regulation))


@blueprint.get(VERSION)
def version(process_id: str, digest: str):
    actor = current_actor()
    overview = process_overview.process(process_id, actor)
    row = _row(overview, digest)
    before = next((one for one in overview.versions if one.number < row.number), None)
    definition = deployed.by_digest(digest)
    older = deployed.by_digest(before.digest) if before else None
    comparison = compare(older, definition, words.offices(overview.regulation)) if older else None
    marks, changed = (comparison.marks, focus(comparison)) if comparison else ({}, [])
    return render_template(
        "workshop/version.html", overview=overview, row=row, before=before, comparison=comparison,
        files=sorted(definition.files), scenarios=version_scenarios.listed(row),
        new=drawing(definition.source, marks, look_at=changed),
        old=drawing(older.source, marks, look_at=changed) if older else None, may=_may(actor, overview.regulation),
        outline=outline.outline(definition.outline(), {}, definition.messages))


@blueprint.get(VERSION + "/<string(maxlength=200):name>")
def file(process_id: str, digest: str, name: str):
    """One of the files of a version, to open in a modeler."""
    row = _row(process_overview.process(process_id, current_actor()), digest)
    files = deployed.by_digest(row.digest).files
    if name not in files:
        raise NotFound
    answer = Response(files[name], mimetype="application/xml")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{process_id}-{row.number}-{name}")
    return answer


@blueprint.post(PROCESS + "/rollback")
def rollback(process_id: str):
    """Let new cases start under an earlier version again. `seen` is what was current on the page."""
    actor, digest = current_actor(), request.form.get("digest", "")
    overview = process_overview.process(process_id, actor)
    permissions.require_process(actor, overview.regulation, "approver")
    row, back = _row(overview, digest or overview.current.digest), url_for("workshop.process", process_id=process_id)
    if request.form.get("seen") != overview.current.digest and row.digest != overview.current.digest:
        flash(gettext("现行版本已经改为第 %(number)s 版，没有退回；请看过之后再决定。",
                      number=overview.current.number), "warning")
        return redirect(back)
    return changes(gettext("已退回第 %(number)s 版，新案件从现在起按它办理；在办案件不受影响。", number=row.number),
                   lambda: deployment.rollback(process_id, row.digest, line("reason"), actor, clock.now()), back)


def _row(overview: process_overview.Overview, digest: str) -> Any:
    row = next((row for row in overview.versions if row.digest == digest), None)
    if row is None:
        raise NotFound
    return row


def _may(actor: permissions.Actor, regulation: str) -> dict[str, bool]:
    """Which of the workshop's roles the actor holds at this place."""
    return {role: regulation in permissions.regulations_of(actor, role) for role in ("designer", "approver")}


def _in_order(definition: Definition) -> list[str]:
    """The user tasks as they are read."""
    order, waiting = [], list(definition.outline())
    while waiting:
        element, inside = waiting.pop(0)
        waiting[:0] = inside
        order += [element.id] if element.id in definition.user_tasks else []
    return order


def _heat(figures: dict[str, StepFigures]) -> dict[str, str]:
    """Element id → warm or hot where tasks are late, busy where others are open."""
    return {name: ("hot" if one.late >= one.open * HOT else "warm") if one.late else "busy"
            for name, one in figures.items() if one.open}


def _notes(figures: dict[str, StepFigures]) -> list[dict[str, str]]:
    """What is written at each step: how many tasks are open and late, and the median time."""
    notes = []
    for name, one in figures.items():
        said = [ngettext("%(n)s 件", "%(n)s 件", one.open, n=_figure(one.open))] if one.open else []
        said += [gettext("逾期 %(n)s", n=_figure(one.late))] if one.late else []
        said += [words.working_time(one.median)] if one.median is not None else []
        if said:
            level = "overdue" if one.late else "done" if one.open else "none"
            notes.append({"element": name, "text": " · ".join(said), "level": level})
    return notes


def _figure(count: int) -> str:
    return f"{MOST_SHOWN}+" if count > MOST_SHOWN else str(count)
