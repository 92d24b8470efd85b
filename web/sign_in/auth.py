"""Signing in and out, the language, and who is asking."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    g,
    has_request_context,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import refresh
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import select

from caseflow.models import User, db, transaction
from caseflow.people.permissions import Actor, actor_for
from web import errors
from web.app import clock
from web.sign_in import accounts, login_limits, passwords, sessions

LOCALES = ("zh", "en")
LONGEST_NAME = 64  # characters

blueprint = Blueprint("auth", __name__, template_folder="templates")


class SignedIn(UserMixin):
    """Who is signed in on this request: plain values, and `user` for the row."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.id, self.username, self.name, self.locale = user.id, user.username, user.name, user.locale


def init_app(app: Flask) -> None:
    manager = LoginManager()
    manager.session_protection = None  # the secret in the cookie is the session; the server ends it
    manager.request_loader(_signed_in)
    manager.unauthorized_handler(_ask_to_sign_in)
    app.before_request(_know_who)
    manager.init_app(app)


def must_change_password() -> bool:
    """Whether the person asking signed in with a one-time password. Signed-in routes only."""
    return current_user.user.password_until is not None


def current_actor() -> Actor:
    """The person asking, as the core sees people: roles at units. Signed-in routes only."""
    if "actor" not in g:
        g.actor = actor_for(current_user.user)
    return g.actor


def locale() -> str:
    """The reader's language: chosen in this session, else kept with the account, else Chinese; so without a request."""
    if not has_request_context():
        return "zh"
    chosen = session.get("locale") or (current_user.locale if current_user and current_user.is_authenticated else "zh")
    return chosen if chosen in LOCALES else "zh"


def safe_next(target: str | None) -> str:
    """The address to go on to: `target` if it is a path of this site, else the first page (W17)."""
    home = url_for("home")
    plain = unquote(target or "")
    if not plain.startswith("/") or plain.startswith("//") or "\\" in plain or not plain.isprintable():
        return home
    parts = urlsplit(plain)
    if parts.scheme or parts.netloc or plain.startswith(("/login", "/logout")):
        return home
    return target


@blueprint.get("/login")
def login():
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")))
    return _login_page(request.args.get("next", ""))


@blueprint.post("/login")
def sign_in():
    settings = current_app.config["CASEFLOW"]
    username, address = _username(), request.remote_addr or ""
    if not login_limits.begin(username, address, clock.real(), settings):
        passwords.matches(None, request.form.get("password", ""))
        return _refuse(429, _("错误次数过多，请 %(minutes)s 分钟后再试。", minutes=settings.login_window))
    user = db.session.scalar(select(User).where(User.username == username))
    right = passwords.matches(user.password_hash if user else None, request.form.get("password", ""))
    if not right or not sessions.may_sign_in(user, settings):
        current_app.logger.warning("sign-in refused for %r from %s", username, address)
        return _refuse(401, _("账号或密码不正确。连续错 %(times)s 次将锁定 %(minutes)s 分钟。",
                              times=settings.login_failures, minutes=settings.login_window))
    login_limits.succeed(username, address)
    if user.password_until is not None and user.password_until <= clock.real():
        return _refuse(401, _("一次性密码已过期，请联系安全管理员重新设置。"))
    return begin_login(user.id, request.form.get("next"))


def _username() -> str:
    """The account name that was sent, without what no account has (PostgreSQL takes no NUL even to compare with)."""
    return request.form.get("username", "").replace("\x00", "").strip()[:LONGEST_NAME]


@blueprint.post("/login/as")
def sign_in_as():
    """Demo only: one click on an account of the list signs in as that person."""
    user = db.session.scalar(select(User).where(User.username == _username()))
    settings = current_app.config["CASEFLOW"]
    if not settings.demo or user is None or not (user.demo and sessions.may_sign_in(user, settings)):
        abort(404)
    return begin_login(user.id, request.form.get("next"))


@blueprint.post("/logout")
def logout():
    with transaction():
        sessions.end(session.get("login", ""))
    chosen, elsewhere = session.get("locale"), session.get("by_oidc")
    session.clear()
    if chosen:
        session["locale"] = chosen
    if elsewhere:      # the provider's login goes on until it is ended there: the page offers that
        session["oidc_goes_on"] = True
    return redirect(url_for("auth.login"))


@blueprint.get("/session")
@blueprint.post("/session")
def session_left():
    """How many seconds the login has left. Asking does not prolong it; sending does, as every use does."""
    return jsonify(left=sessions.left(g.login, clock.real(), current_app.config["CASEFLOW"]))


@blueprint.post("/language")
def language():
    """Read in another language from now on; kept with the account."""
    chosen = request.form.get("locale")
    if chosen not in LOCALES:
        abort(400)
    session["locale"] = chosen
    if current_user.is_authenticated:
        with transaction():
            db.session.get(User, current_user.id).locale = chosen
    refresh()
    return redirect(safe_next(request.form.get("next")))


def begin_login(user_id: int, next_page: str | None):
    """A new session for this person, who has shown who they are; whatever the browser carried before ends."""
    with transaction():
        if "login" in session:
            sessions.end(session["login"])
        secret = sessions.begin(db.session.get(User, user_id), clock.real(), current_app.config["CASEFLOW"],
                                address=request.remote_addr or "", agent=request.user_agent.string)
    chosen = session.get("locale")
    session.clear()
    session["login"] = secret
    if chosen:
        session["locale"] = chosen
    return redirect(safe_next(next_page))


def _login_page(next_page: str, status: int = 200):
    demo = current_app.config["CASEFLOW"].demo
    return render_template("sign_in/login.html", next=next_page, password=passwords.DEMO,
                           places=accounts.demo_places() if demo else [],
                           oidc=bool(current_app.config["CASEFLOW"].oidc_issuer)), status


def _refuse(status: int, sentence: str):
    flash(sentence, "danger")
    return _login_page(request.form.get("next", ""), status)


def _know_who() -> None:
    """Find the session before the view runs, because noting when it was seen is a transaction of its own."""
    if request.endpoint == "static" or not current_user.is_authenticated:
        return
    if request.endpoint == "auth.session_left" and request.method == "GET":
        return
    if g.seen_again:
        with transaction():
            g.login.seen_at = clock.real()


def _signed_in(_request) -> SignedIn | None:
    if "login" not in session:
        return None
    now = clock.real()
    found = sessions.find(session["login"], now, current_app.config["CASEFLOW"])
    if found is None:
        session.pop("login")
        return None
    row, user = found
    g.login, g.seen_again = row, sessions.is_stale(row, now)
    return SignedIn(user)


def _ask_to_sign_in():
    if errors.wants_json():
        return errors.answer(401, "not_signed_in", str(errors.STATUSES[401][1]))
    page = url_for("auth.login", next=request.full_path.rstrip("?") if request.method == "GET" else None)
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": url_for("auth.login")}
    return redirect(page)
