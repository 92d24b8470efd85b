"""Ratings about me, and appeals: filing one, following it, withdrawing it, and the decision as a document."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from caseflow.appeals import filing, finding
from caseflow.cases import attachments
from caseflow.errors import AppealRefused, CaseflowError, Conflict, InvalidInput, NotFound
from caseflow.law import regulations
from caseflow.models import transaction
from caseflow.people import permissions
from web.app import clock
from web.appeals import decision_document, words
from web.errors import refusal
from web.forms import filters, token
from web.parts.files import file_panel
from web.parts.rating import about_rating
from web.sign_in.auth import current_actor
from web.words import appeals, files, places

blueprint = Blueprint("appeals", __name__, template_folder="templates", url_prefix="/appeals")
blueprint.add_app_template_global(appeals.ground_name, "ground_name")
blueprint.add_app_template_global(appeals.state, "appeal_state")
blueprint.add_app_template_global(appeals.party_name, "appellant_name")
NUMBER = "<int(max=9223372036854775807):{}>"
LONGEST = 8000      # characters of a statement that are shown again after a refusal


@blueprint.get("/", strict_slashes=False)
def index():
    actor, page = current_actor(), filters.page_number(request.args)
    about = finding.about(actor, page=page)
    rows = [(rating, case, words.led_to(rating, case)) for rating, case in about.items]
    return render_template("appeals/index.html", about=about, rows=rows, place=places.place,
                           mine=finding.filed_by(actor).items)


@blueprint.get(f"/ratings/{NUMBER.format('rating_id')}")
def rating(rating_id: int):
    """One rating: what was said, what it led to, and a way to appeal, or the sentence why there is none."""
    return _rating_page(rating_id)


def _rating_page(rating_id: int, problems: Mapping[str, str] = {}, status: int = 200, why: str = ""):
    actor = current_actor()
    found = finding.rating_of(rating_id, actor)
    case = finding.rectification_of(found)
    sent = request.form
    stands = filing.standing(found, actor, clock.now(), case=case)
    return render_template(
        "appeals/rating.html", found=found, case=case, led_to=words.led_to(found, case), problems=problems, why=why,
        stands=stands, not_open=appeals.not_open(stands.code, stands.rules),
        regulation=regulations.get(found.regulation), panel=about_rating(found), words=words,
        typed={"ground": sent.get("ground", ""), "statement": sent.get("statement", "")[:LONGEST]},
        form_token=token.sent()), status


@blueprint.post(f"/ratings/{NUMBER.format('rating_id')}")
def file(rating_id: int):
    """File an appeal with its evidence, all of it or nothing."""
    actor = current_actor()
    chosen = [file for file in request.files.getlist("evidence") if file.filename]
    statement = request.form.get("statement", "").replace("\r\n", "\n")
    try:
        finding.rating_of(rating_id, actor)     # before anything is written to the disk
        evidence = [(attachments.receive(file.stream), file.filename or "") for file in chosen[:filing.MOST_FILES + 1]]
        with transaction():
            appeal = filing.file(rating_id, actor, request.form.get("ground", ""), statement, evidence,
                                 token.sent(), clock.now())
            meanwhile = words.clock(regulations.get(appeal.case.regulation).appeal, appeal.rectification)
            appeal_id = appeal.id
    except NotFound:
        raise
    except InvalidInput as error:
        return _rating_page(rating_id, _problems(error.fields), 422)
    except (AppealRefused, Conflict) as error:
        return _rating_page(rating_id, status=refusal(error)[0], why=refusal(error)[1])
    flash(gettext("申诉已提交。%(clock)s", clock=meanwhile), "success")
    return redirect(url_for("appeals.show", appeal_id=appeal_id))


def _problems(fields: Mapping[str, str]) -> dict[str, str]:
    limit = current_app.config["CASEFLOW"].file_limit
    said = {key: str(words.FIELDS[key, code]) for key, code in fields.items() if (key, code) in words.FIELDS}
    return said | ({"evidence": files.refused(fields, limit)} if "file" in fields else {})


@blueprint.get(f"/{NUMBER.format('appeal_id')}")
def show(appeal_id: int):
    actor = current_actor()
    appeal = finding.find(appeal_id, actor)
    return render_template(
        "appeals/show.html", appeal=appeal, regulation=regulations.get(appeal.case.regulation), words=words,
        panel=about_rating(appeal.rating), task=finding.task_for(appeal, actor),
        withdrawable=finding.withdrawable(appeal, actor), files=file_panel(appeal.case, actor),
        decision=appeals.DECISIONS.get(appeal.decision or ""), record=finding.assessment_of(appeal.id),
        linked=appeal.rectification is not None and permissions.may_see(actor, appeal.rectification),
        led_to=words.led_to(appeal.rating, appeal.rectification))


@blueprint.post(f"/{NUMBER.format('appeal_id')}/withdraw")
def withdraw(appeal_id: int):
    try:
        with transaction():
            filing.withdraw(appeal_id, current_actor(), clock.now())
        flash(gettext("申诉已撤回。同一评价不能再次申诉。"), "success")
    except NotFound:
        raise
    except CaseflowError as error:
        flash(refusal(error)[1], "warning")
    return redirect(url_for("appeals.show", appeal_id=appeal_id))


@blueprint.get(f"/{NUMBER.format('appeal_id')}/decision.pdf")
def decision(appeal_id: int):
    """The decision to print: parties, rating, grounds, articles, reasons. NotFound before there is one."""
    appeal = finding.find(appeal_id, current_actor())
    if appeal.decision is None:
        raise NotFound
    response = Response(decision_document.pdf(appeal, finding.assessment_of(appeal.id)), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename={appeal.case.number}.pdf"
    return response
