"""Importing offices and people: send a file, see what every line would do, then confirm or not."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from caseflow.errors import InvalidInput
from caseflow.files.spreadsheets import MAX_BYTES
from caseflow.models import transaction
from caseflow.people import duties, sheet_import
from caseflow.people.sheet_import import Plan
from web.admin.frame import blueprint, only
from web.app import clock
from web.sentences import people_sheet
from web.sign_in.auth import current_actor
from web.words import places

MOST_SHOWN = 200     # lines that are right; of the wrong ones
MOST_WRONG = 500


@blueprint.get("/import", endpoint="imports")
def index():
    actor = _importer()
    return render_template("admin/import.html", regulations=sorted(duties.reach(actor, "admin")), place=places.place)


@blueprint.post("/import")
def look_at_import():
    """The dry run: nothing but the file itself is kept, until it is confirmed or another takes its place."""
    actor, file = _importer(), request.files.get("file")
    content = file.read(MAX_BYTES + 1) if file else b""
    try:
        with transaction():
            plan = sheet_import.plan(content, request.form.get("regulation", ""), actor)
            draft = sheet_import.keep(content, (file.filename or "") if file else "", plan.regulation, actor,
                                       clock.now())
            digest, name = draft.digest, draft.name
    except InvalidInput as error:
        flash(people_sheet.refused(error), "warning")
        return redirect(url_for("admin.imports"))
    return _preview(plan, name, digest)


@blueprint.post("/import/confirm")
def confirm_import():
    """Do what the preview said. A file that was confirmed or replaced meanwhile is not there any more."""
    actor = _importer()
    try:
        with transaction():
            draft = sheet_import.kept(actor)
            if draft is None or draft.digest != request.form.get("digest"):
                flash(gettext("这个文件已经导入，或已换成另一个文件；请重新选择文件并预览。"), "warning")
                return redirect(url_for("admin.imports"))
            plan, name, digest = sheet_import.plan(draft.content, draft.regulation, actor), draft.name, draft.digest
            if not plan.count("wrong"):
                changed = sheet_import.store(plan, clock.now(), actor)
                sheet_import.forget(draft)
    except InvalidInput as error:
        flash(people_sheet.refused(error), "warning")
        return redirect(url_for("admin.imports"))
    if plan.count("wrong"):
        return _preview(plan, name, digest)
    flash(gettext("已导入 %(n)s 行。", n=changed), "success")
    if plan.kind == "people" and plan.count("add"):
        flash(gettext("新账号还没有密码：请由安全管理员在“人员”页生成一次性密码。"), "info")
    return redirect(url_for("admin.users" if plan.kind == "people" else "admin.units"))


def _importer():
    only("admin")
    return current_actor()


def _preview(plan: Plan, name: str, digest: str):
    wrong = [line for line in plan.lines if line.verdict == "wrong"][:MOST_WRONG]
    right = [line for line in plan.lines if line.verdict in ("add", "change")][:MOST_SHOWN]
    counts = {verdict: plan.count(verdict) for verdict in ("add", "change", "same", "wrong")}
    return render_template("admin/preview.html", plan=plan, name=name, digest=digest, counts=counts,
                           lines=wrong or right, place=places.place,
                           problem=people_sheet.problem), 422 if wrong else 200
