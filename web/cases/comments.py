"""What officers write beside the forms: remarks on a case, and attempts to reach the rater."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext

from caseflow.cases import comments
from caseflow.errors import Conflict, InvalidInput, PermissionDenied
from caseflow.models import transaction
from caseflow.moments import SHANGHAI
from caseflow.raters import contacts as rater_contacts
from caseflow.supervision import one_contact
from web.app import clock
from web.cases import words
from web.errors import refusal
from web.forms import filters, token
from web.forms.typed import tidy
from web.parts import one_case
from web.sign_in.auth import current_actor
from web.words import contacts, times

blueprint = Blueprint("remarks", __name__, template_folder="templates", url_prefix="/cases/<number>")
blueprint.add_app_template_global(contacts.channel_name, "channel_name")
blueprint.add_app_template_global(contacts.result_name, "contact_result")
blueprint.add_app_template_global(lambda: contacts.CHANNELS, "contact_channels")
blueprint.add_app_template_global(lambda: contacts.RESULTS, "contact_results")
blueprint.add_app_template_global(token.new, "new_token")
blueprint.add_app_template_global(lambda: f"{clock.now().astimezone(SHANGHAI):%Y-%m-%dT%H:%M}", "this_minute")


@blueprint.post("/comments")
def comment(number: str):
    """Write a remark. Sent twice, it stands once."""
    case, typed = one_case.find(number), {"text": _text()}
    try:
        with transaction():
            comments.add(case.id, current_actor(), typed["text"], token.sent(), clock.now())
    except InvalidInput as error:
        return _again(number, "comment", typed, error)
    flash(gettext("已记录。"), "success")
    return redirect(f"{_back(number)}#comments")


@blueprint.post("/comments/draft")
def draft(number: str):
    """Keep what is typed. Called by the page a second after the last key."""
    case, now = one_case.find(number), clock.now()
    try:
        with transaction():
            comments.save_draft(case.id, current_actor(), _text(), now)
    except (Conflict, PermissionDenied, InvalidInput) as error:
        status, sentence = refusal(error)
        return jsonify(saved=False, message=sentence), status
    return jsonify(saved=True, message=gettext("草稿已保存（%(time)s）", time=times.moment(now)))


def _text() -> str:
    return tidy(request.form.get("text", ""))


@blueprint.post("/contacts")
def attempt(number: str):
    """Log an attempt to reach the rater, here and in the linked cases it was about. Sent twice, it stands once."""
    case, now = one_case.find(number), clock.now()
    typed = {name: tidy(request.form.get(name, "")) for name in ("tried_at", "channel", "result", "note")}
    try:
        tried_at = _moment(typed["tried_at"], now)
        with transaction():
            one_contact.log(
                case.id, _also(), current_actor(), tried_at=tried_at, channel=typed["channel"], result=typed["result"],
                note=typed["note"], form_token=token.sent(), now=now)
    except InvalidInput as error:
        return _again(number, "attempt", typed, error)
    flash(gettext("已记入联系记录。"), "success")
    return redirect(f"{_back(number)}#contacts")


@blueprint.get("/contacts/linked")
def linked(number: str):
    """The linked cases of the same rater, to be ticked: a part of the form, or a page with the form."""
    case = one_case.find(number)
    found = one_contact.offered(case, current_actor())
    if request.headers.get("HX-Request"):
        return render_template("cases/_linked.html", linked=found)
    if not rater_contacts.may_reveal(case, current_actor()):
        raise PermissionDenied
    back = filters.local_path(request.args.get("back", "")) or url_for("cases.show", number=number)
    return render_template("cases/again.html", case=case, form="attempt", typed={}, problems={}, token=token.new(),
                           back=back, linked=found, also=[])


def _also() -> list[int]:
    """The linked cases that the contact was about too."""
    return [int(text) for text in dict.fromkeys(request.form.getlist("also")) if filters.is_id(text)]


def _moment(text: str, now: datetime) -> datetime:
    """The minute that was typed, of Shanghai; the one that is running is now."""
    try:
        typed = datetime.strptime(text.strip().replace(" ", "T")[:16], "%Y-%m-%dT%H:%M").replace(tzinfo=SHANGHAI)
        return now if typed == now.astimezone(SHANGHAI).replace(second=0, microsecond=0) else typed
    except ValueError:
        raise InvalidInput(fields={"tried_at": "not_a_moment"}) from None


def _again(number: str, form: str, typed: dict[str, str], error: InvalidInput):
    """The form once more, with what was typed and what is wrong with it."""
    problems = {field: words.problem(field, code) for field, code in error.fields.items()}
    case = one_case.find(number)
    linked = one_contact.offered(case, current_actor()) if form == "attempt" else []
    return render_template("cases/again.html", case=case, form=form, typed=typed, problems=problems,
                           token=token.sent(), back=_back(number), linked=linked, also=_also()), 422


def _back(number: str) -> str:
    return filters.local_path(request.form.get("back", "")) or url_for("cases.show", number=number)
