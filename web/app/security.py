"""What every answer carries, and who may ask for one at all."""

from __future__ import annotations

from flask import Flask, Response, abort, current_app, request
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from web.app.config import Settings, is_loopback

YEAR = 365 * 24 * 3600  # seconds

csrf = CSRFProtect()

CONTENT_SECURITY_POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self' data:",
    "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'",
))
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not no-referrer: the CSRF check compares the referrer of forms sent over https
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def configure(app: Flask, settings: Settings) -> None:
    """Cookies, limits and trusted hosts from the settings; headers on every answer; CSRF on every write."""
    app.config.update(
        SECRET_KEY=settings.secret_key or None,
        SESSION_COOKIE_NAME="__Host-caseflow" if settings.https else "caseflow",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=settings.max_upload,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: an officer may take an hour over a form
    )
    csrf.init_app(app)
    app.after_request(_add_headers)
    if settings.demo:
        app.before_request(_refuse_other_machines)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)


def _add_headers(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers[name] = value
    if current_app.config["CASEFLOW"].https:
        answer.headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
    answer.headers["Cache-Control"] = _caching(answer)
    return answer


def _caching(answer: Response) -> str:
    """Pages are nobody's to keep; a static file is kept for ever under an address that carries its digest."""
    if request.endpoint != "static" or answer.status_code >= 400:
        return "no-store"
    return f"public, max-age={YEAR}, immutable" if "v" in request.args else "no-cache"


def _refuse_other_machines() -> None:
    if not is_loopback(request.remote_addr or ""):
        abort(403)
