"""Handing tasks over: to whom, the preview with a result for each task, doing it, the result, undo."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext, ngettext

from caseflow.errors import CaseflowError, ConcurrentUpdate, Conflict, InvalidInput, NotFound, PermissionDenied
from caseflow.models import transaction
from caseflow.people.permissions import Actor
from caseflow.supervision import board, reassign
from caseflow.supervision.reassign import Target
from web.app import clock
from web.errors import refusal
from web.forms import token
from web.forms.typed import line
from web.sign_in.auth import current_actor
from web.supervision.board import badges, wanted_of

blueprint = Blueprint("reassign", __name__, template_folder="templates", url_prefix="/reassign")
TRIES = 3
OUTCOMES = {
    "": lazy_gettext("可以转办"), "moved": lazy_gettext("已转办"), "undone": lazy_gettext("已撤销"),
    "waiting": lazy_gettext("尚未处理"), "closed": lazy_gettext("任务已办结或撤回"),
    "not_supervised": lazy_gettext("不属于您督办的单位"), "other_place": lazy_gettext("不能转到其他地区的单位"),
    "personal": lazy_gettext("只能由申诉人本人办理"),
    "fixed_unit": lazy_gettext("按规定只能由该单位办理"),
    "handles_none": lazy_gettext("该单位不承办差评：牵头单位、分支机构、没有经办人员或已停用的单位都不能接收"),
    "same": lazy_gettext("已由该单位（人员）承办"), "inactive": lazy_gettext("该人员已停用"),
    "absent": lazy_gettext("该人员正在请假，请转给代办人"),
    "not_in_unit": lazy_gettext("该人员不在这个单位"), "no_role": lazy_gettext("该人员没有办理这项任务的岗位"),
    "conflict": lazy_gettext("应当回避：与案件有利害关系"),
    "other_task": lazy_gettext("办理过本案中按规定应当由另一人办理的环节"),
}
PROBLEMS = {
    ("reason", "required"): lazy_gettext("请写明转办的理由（2 到 200 个字）。"),
    ("reason", "too_long"): lazy_gettext("理由不能超过 200 个字。"),
    ("reason", "not_text"): lazy_gettext("理由含有无法保存的字符，请删去后再提交。"),
    ("note", "too_long"): lazy_gettext("交接说明不能超过 2000 个字。"),
    ("note", "not_text"): lazy_gettext("说明含有无法保存的字符，请删去。"),
    ("items", "too_many"): lazy_gettext("一次最多转办 1000 项，请分几次办理。"),
    ("target", "required"): lazy_gettext("请选择接收的单位或人员。"),
    ("items", "required"): lazy_gettext("请先在列表中勾选要转办的任务。"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds so far."""

    ids: list[int]
    target: str
    reason: str
    note: str
    token: str


@blueprint.post("/")
def choose():
    """From a list or a case: choose to whom these tasks go."""
    return _form(_typed(), current_actor())


@blueprint.post("/preview")
def preview():
    """Each task with what would become of it; nothing is changed."""
    actor, typed = current_actor(), _typed()
    try:
        to = _target(typed, actor)
        forecasts = reassign.preview(typed.ids, to, actor)
        reassign.require_words(typed.reason, typed.note)
    except InvalidInput as error:
        return _form(typed, actor, error), 422
    badge = badges(clock.now())
    rows = [(forecast.item, OUTCOMES[forecast.obstacle], not forecast.obstacle, badge(forecast.item))
            for forecast in forecasts]
    return render_template("supervision/reassign_preview.html", typed=typed, to=to, rows=rows,
                           free=sum(possible for _item, _words, possible, _badge in rows))


@blueprint.post("/do")
def do():
    """Hand over what may go, then the result; the same form again shows it again. `progress` tells how far it is."""
    actor, typed = current_actor(), _typed()
    try:
        to = _target(typed, actor)
        with transaction():
            handover_id = reassign.begin(
                typed.ids, to, actor, typed.reason, typed.note, typed.token, clock.now()).id
    except InvalidInput as error:
        return _form(typed, actor, error), 422
    _go_on(handover_id, actor)
    return redirect(url_for("reassign.show", handover_id=handover_id))


@blueprint.get("/progress")
def progress():
    """How far one's own handover of this form has come, for the page that waits for its answer."""
    done, total = reassign.progress(request.args.get("form", ""), current_actor())
    return jsonify(done=done, total=total)


@blueprint.get("/<int(max=9223372036854775807):handover_id>")
def show(handover_id: int):
    actor, now = current_actor(), clock.now()
    handover = reassign.find(handover_id, actor)
    rows, badge = reassign.items_of(handover_id), badges(now)
    moved = [row for row in rows if row.outcome == "moved"]
    return render_template(
        "supervision/reassign_show.html", handover=handover, moved=len(moved),
        waiting=sum(r.outcome == "waiting" for r in rows),
        rows=[(row, OUTCOMES[row.outcome], badge(row.item)) for row in rows],
        may_undo=any(now - row.moved_at <= reassign.UNDO_WITHIN for row in moved),
        acknowledged=sum(row.acknowledged_at is not None for row in moved))


@blueprint.post("/<int(max=9223372036854775807):handover_id>/continue")
def go_on(handover_id: int):
    reassign.find(handover_id, current_actor())
    _go_on(handover_id, current_actor())
    return redirect(url_for("reassign.show", handover_id=handover_id))


@blueprint.post("/<int(max=9223372036854775807):handover_id>/undo")
def undo(handover_id: int):
    """Give back what can still be given back."""
    actor = current_actor()
    moved = reassign.those(reassign.find(handover_id, actor).id, "moved")
    undone = sum(_in_groups(moved, lambda group: reassign.undo(handover_id, group, actor, clock.now())))
    kept = len(moved) - undone
    if undone:
        flash(ngettext("已撤销 %(num)s 项，任务回到原来的单位和人员。",
                       "已撤销 %(num)s 项，任务回到原来的单位和人员。", undone), "success")
    if kept:
        flash(ngettext("有 %(num)s 项已不能撤销：超过 10 分钟，或接收人已经继续办理。",
                       "有 %(num)s 项已不能撤销：超过 10 分钟，或接收人已经继续办理。", kept), "warning")
    return redirect(url_for("reassign.show", handover_id=handover_id))


@blueprint.post("/acknowledge/<int(max=9223372036854775807):work_item_id>")
def acknowledge(work_item_id: int):
    try:
        with transaction():
            reassign.acknowledge(work_item_id, current_actor(), clock.now())
        flash(gettext("已知悉交接说明。"), "success")
    except (Conflict, PermissionDenied) as error:
        flash(refusal(error)[1], "warning")
    return redirect(url_for("work.show", work_item_id=work_item_id))


def _go_on(handover_id: int, actor: Actor) -> None:
    """The waiting tasks in turn; where somebody else is faster all the time, a task stays waiting."""
    _in_groups(reassign.those(handover_id, "waiting"), lambda group: _moved(handover_id, group, actor))


def _in_groups(ids: list[int], work: Callable[[list[int]], int]) -> list[int]:
    """What the work gave for each group in a transaction of its own; for each task alone where somebody was faster."""
    done = []
    for start in range(0, len(ids), reassign.GROUP):
        group = ids[start:start + reassign.GROUP]
        try:
            with transaction():
                done.append(work(group))
        except ConcurrentUpdate:
            done += [_alone(work, number) for number in group]
    return done


def _alone(work: Callable[[list[int]], int], number: int) -> int:
    for _ in range(TRIES):
        try:
            with transaction():
                return work([number])
        except ConcurrentUpdate:
            continue
    return 0


def _moved(handover_id: int, work_item_ids: list[int], actor: Actor) -> int:
    return reassign.move(handover_id, work_item_ids, actor, clock.now()).count("moved")


def _form(typed: Typed, actor: Actor, error: CaseflowError | None = None):
    places = reassign.places_of(typed.ids) if typed.ids else []
    problems = dict(error.fields) if isinstance(error, InvalidInput) else {}
    if not typed.ids:
        problems["items"] = "required"
    return render_template(
        "supervision/reassign_choose.html", typed=typed, targets=reassign.targets(actor, places),
        problems=[PROBLEMS[problem] for problem in problems.items() if problem in PROBLEMS])


def _typed() -> Typed:
    form = request.form
    if "everything" in form:
        page = board.items(current_actor(), wanted_of(form), clock.now(), per_page=reassign.MOST)
        ids = [item.id for item in page.items]
    else:
        texts = form.getlist("item") + form.get("items", "").split(",")
        ids = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 16]
    return Typed(list(dict.fromkeys(ids)), form.get("target", ""), line("reason"),
                 form.get("note", "").replace("\x00", "").strip(),
                 token.sent())


def _target(typed: Typed, actor: Actor) -> Target:
    """The chosen unit, or person there ("12" or "12:34")."""
    if not typed.ids:
        raise InvalidInput(fields={"items": "required"})
    if not re.fullmatch(r"\d{1,15}(:\d{1,15})?", typed.target, re.ASCII):
        raise InvalidInput(fields={"target": "required"})
    unit, _, user = typed.target.partition(":")
    try:
        return reassign.target(int(unit), int(user) if user else None, actor)
    except NotFound:
        raise InvalidInput(fields={"target": "required"}) from None
