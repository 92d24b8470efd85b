"""Who may ask for which route at all. What somebody may do with a case is decided by the core, not here.

Every route has a rule, by its endpoint or its blueprint; a route without one is refused, and fails a test.
"""

from __future__ import annotations

from enum import Enum

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user

from caseflow.models.people import DUTIES
from web.sign_in import auth


class Rule(Enum):
    PUBLIC = "anybody"
    SIGNED_IN = "anybody who is signed in"
    DUTY = "whoever has one of the separated duties; what each may change, the core decides"
    API_KEY = "a pushing system; the view checks its key"
    TOKEN = "the monitoring; the view checks its token"


RULES: dict[str, Rule] = {
    "static": Rule.PUBLIC,
    "home": Rule.SIGNED_IN,
    "auth": Rule.SIGNED_IN,
    "auth.login": Rule.PUBLIC,
    "auth.sign_in": Rule.PUBLIC,
    "auth.sign_in_as": Rule.PUBLIC,
    "auth.language": Rule.PUBLIC,
    "api": Rule.API_KEY,
    "demo": Rule.SIGNED_IN,
    "metrics": Rule.TOKEN,
    "work": Rule.SIGNED_IN,
    "cases": Rule.SIGNED_IN,
    "tryout": Rule.SIGNED_IN,
    "appeals": Rule.SIGNED_IN,
    "attachments": Rule.SIGNED_IN,
    "remarks": Rule.SIGNED_IN,
    "saved_filters": Rule.SIGNED_IN,
    "phrases": Rule.SIGNED_IN,
    "absences": Rule.SIGNED_IN,
    "board": Rule.SIGNED_IN,
    "deadlines": Rule.SIGNED_IN,
    "reassign": Rule.SIGNED_IN,
    "urging": Rule.SIGNED_IN,
    "dispatches": Rule.SIGNED_IN,
    "references": Rule.SIGNED_IN,
    "duplicates": Rule.SIGNED_IN,
    "discipline": Rule.SIGNED_IN,
    "conduct": Rule.SIGNED_IN,
    "delegation": Rule.SIGNED_IN,
    "designer": Rule.SIGNED_IN,
    "ledger": Rule.SIGNED_IN,
    "improvements": Rule.SIGNED_IN,
    "improving": Rule.SIGNED_IN,
    "notices": Rule.SIGNED_IN,
    "incidents": Rule.SIGNED_IN,
    "workshop": Rule.SIGNED_IN,
    "oidc": Rule.PUBLIC,
    "account": Rule.SIGNED_IN,
    "admin": Rule.DUTY,
}
WITH_ONE_TIME_PASSWORD = ("account.password", "account.choose_password", "auth.logout", "auth.language")


def init_app(app: Flask) -> None:
    app.before_request(_require)


def rule_of(endpoint: str) -> Rule | None:
    """The rule of an endpoint: its own, else its blueprint's."""
    return RULES.get(endpoint) or RULES.get(endpoint.rpartition(".")[0])


def _require():
    if request.endpoint is None:  # no such address: everybody gets the same 404
        return None
    rule = rule_of(request.endpoint)
    if rule is None:
        abort(403)
    if rule in (Rule.SIGNED_IN, Rule.DUTY):
        return _require_person(rule)
    return None


def _require_person(rule: Rule):
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()
    if auth.must_change_password() and request.endpoint not in WITH_ONE_TIME_PASSWORD:
        return redirect(url_for("account.password"))
    if rule is Rule.DUTY and not auth.current_actor().has_role(*DUTIES):
        abort(403)
    return None
