"""The page on which one task is done: seeing it, taking it, giving it back, its draft, submitting it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from caseflow import moments
from caseflow.casefile import kinds, readings
from caseflow.casefile.readings import Reading
from caseflow.cases import steps
from caseflow.engine.definition import Definition
from caseflow.engine.values import UserTask
from caseflow.errors import (
    CalendarMissing,
    CaseflowError,
    Conflict,
    InvalidForm,
    InvalidInput,
    LateReasonMissing,
    PermissionDenied,
    StepFailed,
    TaskNotOpen,
)
from caseflow.law import calendars, regulations
from caseflow.law.appeal_rules import STAFF
from caseflow.models import User, WorkItem, transaction
from caseflow.people import assignable, directory, permissions
from caseflow.people.permissions import Actor
from caseflow.processes import deployed
from caseflow.raters import contacts as rater_contacts
from caseflow.raters import reaching, unreachable
from caseflow.supervision import dispatches, duplicates, reassign
from caseflow.work import phrases, tasks
from web.app import clock, step_times
from web.errors import refusal
from web.forms import token as tokens
from web.forms.task_form import TaskForm
from web.forms.typed import line
from web.parts import deadlines, files, rating, timeline
from web.parts.articles import articles
from web.parts.contacts import asking_item, contact_panel
from web.sign_in.auth import current_actor
from web.words import answers, places, times
from web.words.levels import level_name
from web.words.statuses import status_name
from web.work import delegation_panel, next_step, review, stale
from web.work.admission import admission
from web.work.frame import badge_of, blueprint

blueprint.add_app_template_global(times.moment, "moment")
blueprint.add_app_template_global(times.agreed, "agreed_words")
blueprint.add_app_template_global(level_name, "level_name")
blueprint.add_app_template_global(status_name, "status_name")


@blueprint.get("/<int(max=9223372036854775807):work_item_id>")
def show(work_item_id: int):
    actor, now = current_actor(), clock.now()
    item = tasks.find(work_item_id, actor)
    task = _task(item)
    kept = tasks.kept_draft(item.id, actor)
    draft = kept[0] if item.status == "open" else {}
    form = TaskForm.from_draft(task.form, draft, today=_today(now)) if draft else TaskForm(task.form, today=_today(now))
    return _page(item, task, form, actor, now, kept=kept)


@blueprint.post("/<int(max=9223372036854775807):work_item_id>")
def submit(work_item_id: int):
    actor, now = current_actor(), clock.now()
    definition, task = steps.task_of(work_item_id)
    token = request.form.get("form_token", "")
    form = TaskForm(task.form, today=_today(now), formdata=_sent())
    if not form.validate():
        return _incomplete(work_item_id, task, form, actor, now, token)
    try:
        with step_times.measured("complete_task"), transaction():
            receipt = duplicates.complete([work_item_id, *_together()], actor, form.values(), tokens.usable(token), now,
                                          line("late_reason"))
    except (Conflict, PermissionDenied) as error:
        return _refused(work_item_id, error, form, actor, now)
    except (StepFailed, CalendarMissing) as error:
        return _page(tasks.find(work_item_id, actor), task, form, actor, now, why=stale.failed(error),
                     status=refusal(error)[0])
    except LateReasonMissing as error:
        return _page(tasks.find(work_item_id, actor), task, form, actor, now, token=token, status=422,
                     late_problem=refusal(error)[1])
    except InvalidForm as error:
        form.refuse(error.fields, error.details.get("sentences", {}))
        why = stale.of_linked(error) if "linked" in error.details else None
        return _page(tasks.find(work_item_id, actor), task, form, actor, now, token=token, why=why, status=422)
    return _go_on(receipt.case_id, task, definition, actor)


def _incomplete(work_item_id: int, task: UserTask, form: TaskForm, actor: Actor, now: datetime, token: str):
    """The form again, with what is wrong in it, when it can still be submitted."""
    item = tasks.find(work_item_id, actor)
    if item.status == "open" and permissions.may_work(actor, item):
        return _page(item, task, form, actor, now, token=token, status=422)
    return _refused(work_item_id, PermissionDenied() if item.status == "open" else TaskNotOpen(), form, actor, now)


def _together() -> list[int]:
    """The tasks of linked cases that are submitted along."""
    return [int(text) for text in dict.fromkeys(request.form.getlist("together"))
            if text.isascii() and text.isdigit() and len(text) < 16]


def _refused(work_item_id: int, error: CaseflowError, form: TaskForm, actor: Actor, now: datetime):
    """What was typed is kept: in the form again when it can still be submitted, else to be copied."""
    item = tasks.find(work_item_id, actor)
    why = stale.explain(error, item, actor, by=_name_of(item.completed_by or item.assignee_id))
    task = _task(item)
    if item.status == "open" and permissions.may_work(actor, item):
        status = 403 if isinstance(error, PermissionDenied) else 409
        return _page(item, task, form, actor, now, why=why, status=status)
    typed = answers.in_words(task.form, form.typed())
    if line("late_reason"):
        typed.append((gettext("逾期原因"), line("late_reason")))
    page = render_template("work/stale.html", item=item, why=why, typed=typed, kept=tasks.draft_of(item.id, actor))
    return page, 403 if isinstance(error, PermissionDenied) and item.assignee_id is None else 409


def _go_on(case_id: int, task: UserTask, definition: Definition, actor: Actor):
    """To the next task of the same case when it is mine, else back to the list; either way say what happens next."""
    standing = tasks.standing(case_id)
    flash(next_step.after(task.element.name, standing, definition), "success")
    following = standing.next_for(actor)
    return redirect(url_for("work.show", work_item_id=following.id) if following else url_for("work.index"))


@blueprint.post("/<int(max=9223372036854775807):work_item_id>/claim")
def claim(work_item_id: int):
    return _taken(work_item_id, tasks.claim, gettext("已签收，现在由您办理。"))


@blueprint.post("/<int(max=9223372036854775807):work_item_id>/release")
def release(work_item_id: int):
    return _taken(work_item_id, tasks.release, gettext("已放回，本单位其他人员可以签收。"))


def _taken(work_item_id: int, operation: Any, sentence: str):
    try:
        with transaction():
            operation(work_item_id, current_actor(), clock.now())
        flash(sentence, "success")
    except (Conflict, PermissionDenied) as error:
        flash(refusal(error)[1], "warning")
    if request.form.get("back") == "list":
        return redirect(url_for("work.index"))
    return redirect(url_for("work.show", work_item_id=work_item_id))


@blueprint.post("/<int(max=9223372036854775807):work_item_id>/draft")
def save_draft(work_item_id: int):
    """Keep what is typed. Called by the page every few seconds, and by its button."""
    actor, now = current_actor(), clock.now()
    item = tasks.find(work_item_id, actor)
    typed = TaskForm(_task(item).form, today=_today(now), formdata=_sent()).typed()
    try:
        with transaction():
            tasks.save_draft(work_item_id, actor, typed, now)
    except (Conflict, PermissionDenied, InvalidInput) as error:
        status, sentence = refusal(error)
        return _draft_answer(work_item_id, sentence, status)
    return _draft_answer(work_item_id, gettext("草稿已保存（%(time)s）", time=times.moment(now)), 200)


def _draft_answer(work_item_id: int, sentence: str, status: int):
    if "X-Draft" in request.headers:
        return jsonify(saved=status == 200, message=sentence), status
    flash(sentence, "success" if status == 200 else "warning")
    return redirect(url_for("work.show", work_item_id=work_item_id))


def _page(item: WorkItem, task: UserTask, form: TaskForm, actor: Actor, now: datetime, *, token: str = "",
          why: stale.Stale | None = None, status: int = 200, late_problem: str = "",
          kept: tuple[dict, datetime | None] | None = None):
    """The page of a task. It is a form for whoever may do it now, and a record for everybody else."""
    case, definition = item.case, deployed.of(item.case)
    regulation = regulations.get(case.regulation)
    admitted = admission(item, actor)
    open_to_me = admitted.open
    read, calendar = readings.of(case), calendars.load(regulation.calendar)
    contacts = contact_panel(read, actor, asking_item([item], definition))
    if case.rating is not None and rater_contacts.speaks(case, reaching.asks(task.form)):
        form.offer(reaching.offered(task.form, unreachable.log_of(read, item.opened_at)), contacts.standing,
                   real_name=case.rating.real_name)
    handover = reassign.last_of(item.id) if open_to_me else None
    together = duplicates.together(item, actor) if open_to_me else []
    draft, draft_saved_at = kept or tasks.kept_draft(item.id, actor)
    page = render_template(
        "work/task.html", item=item, task=task, form=form, open_to_me=open_to_me, why=why,
        barred=admitted.barred, stands_in=admitted.stands_in,
        reviewing=review.review_panel(item, read, actor) if open_to_me else None,
        form_token=tokens.usable(token),
        mine=item.assignee_id == actor.user_id, personal=item.role == STAFF, done_by=_name_of(item.completed_by),
        submitted=_submitted(read, item, task), together=together, together_chosen=_together(),
        late=any(steps.is_late(one, now) for one in (item, *(one for one in together if one.id in _together()))),
        late_reason=line("late_reason"), late_problem=late_problem,
        handover=handover if handover and not handover.acknowledged_at else None,
        may_reassign=item.status == "open" and actor.has_role("supervisor") and (
            item.unit_id in actor.supervised or permissions.leads(actor, read)),
        refusable=open_to_me and item.unit_id == case.unit_id and not dispatches.obstacle(read, actor),
        badge_of_item=badge_of(item, calendar, now), regulation=regulation, place=places.place(regulation.key),
        articles=articles(regulation, task.element.article), rating=rating.rating_panel(read, actor),
        title=kinds.titles([case])[case.id],
        deadlines=[line for line in deadlines.deadline_lines(read, definition, calendar, now)
                   if line.status == "pending"],
        timeline=timeline.timeline(read, definition, actor), files=files.file_panel(read, actor), contacts=contacts,
        delegation=delegation_panel.delegation_panel(item, actor, admitted.bars),
        phrases=phrases.of_actor(actor) if open_to_me else [],
        draft_saved_at=draft_saved_at, left_over=[] if open_to_me else answers.in_words(task.form, draft))
    return page, status


def _submitted(read: Reading, item: WorkItem, task: UserTask) -> list[tuple[str, str]]:
    submission = next((row for row, _ in read.submissions if row.work_item_id == item.id), None)
    return answers.in_words(task.form, json.loads(submission.form_values)) if submission else []


def _task(item: WorkItem) -> UserTask:
    return assignable.offered(deployed.task(deployed.of(item.case), item.element, item.visit), item.case_id)


def _sent() -> MultiDict:
    return request.form


def _today(now: datetime):
    return moments.day_of(now)


def _name_of(user_id: int | None) -> str:
    return directory.names(User, {user_id}).get(user_id, "") if user_id else ""
