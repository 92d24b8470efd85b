"""Signing in at the identity provider, and out there."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, request, session, url_for
from flask_babel import gettext

from caseflow.people import accounts
from web.app import clock
from web.app.config import Settings
from web.sign_in import auth, oidc, sessions

blueprint = Blueprint("oidc", __name__)


@blueprint.get("/login/oidc")
def begin():
    settings = _settings()
    try:
        address, kept = oidc.begin(settings, clock.real())
    except oidc.SignInFailed as error:
        return _refused(error, gettext("统一身份平台暂时不能使用，请稍后再试或用密码登录。"))
    session["oidc"] = kept | {"next": request.args.get("next", "")[:500]}
    return redirect(address)


@blueprint.get("/login/oidc/back")
def back():
    """Back from the provider. Whoever it is must be linked to an account: none is made here."""
    settings, kept = _settings(), session.pop("oidc", None)
    try:
        subject = oidc.finish(settings, request.args, kept, clock.real())
    except oidc.SignInFailed as error:
        return _refused(error, gettext("统一身份登录没有完成，请重新登录。"))
    user = accounts.by_identity(settings.oidc_issuer, subject)
    if user is None or not sessions.may_sign_in(user, settings):
        return _refused("no account", gettext("没有与您的统一身份关联的账号，请联系安全管理员。"))
    answer = auth.begin_login(user.id, kept["next"])
    session["by_oidc"] = True
    return answer


@blueprint.get("/logout/oidc")
def leave():
    """End the provider's own login too."""
    settings = _settings()
    session.pop("oidc_goes_on", None)
    try:
        return redirect(oidc.end_address(settings))
    except oidc.SignInFailed as error:
        return _refused(error, gettext("统一身份平台暂时不能使用，请关闭浏览器以退出。"))


def _settings() -> Settings:
    settings = current_app.config["CASEFLOW"]
    if not settings.oidc_issuer:
        abort(404)
    return settings


def _refused(reason: object, sentence: str):
    current_app.logger.warning("sign-in by the provider refused from %s: %s", request.remote_addr, reason)
    flash(sentence, "danger")
    return redirect(url_for("auth.login"))
