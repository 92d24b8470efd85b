"""The application, put together: settings, database, what guards a request, and the pages."""

from __future__ import annotations

import importlib

import click
from flask import Blueprint, Flask, current_app, redirect, url_for
from flask_babel import Babel

import caseflow
from caseflow.install import kinds
from caseflow.ratings import line_key
from web import errors
from web.app import config, database, security, step_times
from web.cases import attachments
from web.frame import access, shell
from web.sign_in import auth

PAGES = {     # area → its modules with pages
    "sign_in": ("auth", "oidc_pages"),
    "work": ("list", "task", "saved_filters", "phrases", "delegation"),
    "cases": ("page", "deadlines", "attachments", "references", "comments", "improvements"),
    "ledger": ("pages", "improvements"),
    "appeals": ("pages",),
    "supervision": ("board", "absences", "reassign", "urging", "dispatches", "discipline", "duplicates",
                    "conduct"),
    "workshop": ("processes", "drafts", "recordings", "migrate", "designer", "tryout"),
    "notices": ("pages",),
    "operations": ("incidents", "metrics", "demo"),
    "account": ("pages",),
    "admin": ("people", "units", "branches", "imports", "journal", "deliveries"),
    "api": ("ratings",),
}


def create_app(settings: config.Settings | None = None) -> Flask:
    """The application with these settings, else those of the environment.

    Refuses (ConfigurationError) to serve without a secret, or on a PostgreSQL that may lose what it confirmed.
    Commands that serve nobody do without the secret.
    """
    kinds.read()
    line_key.provide(lambda: config.line_key(current_app.config["CASEFLOW"]))
    settings = settings or config.load()
    if click.get_current_context(silent=True) is None:
        config.require_secret(settings)
    app = Flask("web", instance_path=str(settings.instance.absolute()))
    app.config["CASEFLOW"] = settings
    database.init_app(app, settings)
    Babel(app, default_locale="zh", default_timezone="Asia/Shanghai", locale_selector=auth.locale)
    errors.init_app(app)
    attachments.init_app(app)    # before the CSRF check reads what is sent
    security.configure(app, settings)
    auth.init_app(app)
    access.init_app(app)
    shell.init_app(app)
    step_times.init_app(app)
    _add_pages(app)
    return app


def _add_pages(app: Flask) -> None:
    for shared in ("frame", "parts"):
        app.register_blueprint(Blueprint(shared, f"web.{shared}", template_folder="templates"))
    modules = [importlib.import_module(f"web.{area}.{name}") for area, names in PAGES.items() for name in names]
    for page in dict.fromkeys(module.blueprint for module in modules):
        app.register_blueprint(page)
        if page.name == "api":  # authenticated by key, not by cookie
            security.csrf.exempt(page)

    @app.get("/")
    def home():
        return redirect(url_for("work.index"))

    app.jinja_env.globals["version"] = caseflow.__version__
