"""One's own account: how one is told, the password, and where one is signed in."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from caseflow.errors import InvalidInput
from caseflow.models import transaction
from caseflow.notices import deliveries
from caseflow.people import accounts, directory
from web.app import clock, outgoing
from web.forms.typed import tidy
from web.sign_in import auth, passwords
from web.sign_in.auth import current_actor
from web.words import messages, refusals

blueprint = Blueprint("account", __name__, template_folder="templates", url_prefix="/account")


@blueprint.get("/", strict_slashes=False)
def index():
    profile, rules = current_user.user.profile, outgoing.rules()
    return render_template(
        "account/index.html", logins=directory.logins_of(current_user.user), here=g.login.id, profile=profile,
        chosen=profile.channels.split(",") if profile else [], digest_at=outgoing.digest_at(), rules=rules,
        ways=[(channel, deliveries.ADDRESS[channel], messages.CHANNELS[channel]) for channel in deliveries.CHANNELS
              if channel in rules.channels])


@blueprint.post("/channels")
def choose_channels():
    """How I am told beside the inbox."""
    addresses = {name: typed_line(name) for name in deliveries.FORM}
    try:
        with transaction():
            profile = accounts.profile_of(accounts.of(current_actor()))
            given = {name: addresses[name] if name in request.form else getattr(profile, name) for name in addresses}
            deliveries.choose(profile, clock.now(), current_actor(), addresses=given,
                              channels=request.form.getlist("channel"), digest=request.form.get("digest") == "1")
        flash(gettext("已保存通知方式。"), "success")
    except InvalidInput as error:
        flash(refusals.problem(error) or "", "warning")
    return redirect(url_for("account.index"))


def typed_line(name: str) -> str:
    return "".join(tidy(request.form.get(name, "")).replace("\x00", "").split())[:120]


@blueprint.post("/logins/end")
def end_logins():
    """End another login of one's own, or all others."""
    wanted = request.form.get("login")
    with transaction():
        user = accounts.of(current_actor())
        ids = [row.id for row in directory.logins_of(user) if row.id != g.login.id and wanted in (None, row.id)]
        ended = sum(accounts.end_logins(user, clock.now(), current_actor(), login) for login in ids)
    flash(gettext("已结束 %(n)s 个登录。", n=ended), "success")
    return redirect(url_for("account.index"))


@blueprint.get("/password")
def password():
    return _password_page()


@blueprint.post("/password")
def choose_password():
    """Another password, for which the present one (or the one-time one) must be given; every other login ends."""
    typed, again = request.form.get("password", ""), request.form.get("again", "")
    if not passwords.matches(current_user.user.password_hash, request.form.get("present", "")):
        return _password_page(gettext("现在的密码不正确。"))
    if typed != again:
        return _password_page(gettext("两次填写的新密码不一致。"))
    if typed == request.form.get("present"):
        return _password_page(gettext("新密码不能与现在的密码相同。"))
    try:
        passwords.require_good(typed, current_user.username)
    except InvalidInput:
        return _password_page(gettext(
            "密码应为 12 至 128 个字符，含大写、小写、数字、其他字符中的三种，且不含账号或常见词。"))
    with transaction():
        accounts.set_password(accounts.of(current_actor()), passwords.hashed(typed), clock.now(), current_actor())
    flash(gettext("密码已更换，请用新密码登录。"), "success")
    return redirect(url_for("auth.login"))


def _password_page(problem: str = ""):
    return render_template("account/password.html", problem=problem, forced=auth.must_change_password()), \
        422 if problem else 200
