"""The database of the application: which it is, what its connections know, whether it keeps what it confirmed."""

from __future__ import annotations

from flask import Flask
from flask_migrate import Migrate
from sqlalchemy import Engine, func, inspect, select
from sqlalchemy.exc import OperationalError

from caseflow.cases import attachments
from caseflow.errors import ConfigurationError
from caseflow.files.store import Store
from caseflow.models import db
from web import migrations
from web.app.config import Settings

DURABLE = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
}


def init_app(app: Flask, settings: Settings) -> None:
    """Let the application work on the database of the settings, with the attachments in their folder.

    Refuses (ConfigurationError) a PostgreSQL that may lose what it confirmed.
    """
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "hide_parameters": True,  # no log quotes what people wrote
        "execution_options": {attachments.STORE: Store(
            settings.files_folder, settings.file_limit, settings.case_files_limit)},
    }
    db.init_app(app)
    Migrate(app, db, directory=str(migrations.DIRECTORY))
    with app.app_context():
        require_durable(db.engine)


def require_durable(engine: Engine) -> None:
    """Refuse a PostgreSQL that may forget committed work after a power cut. SQLite is set up on each connection."""
    if engine.dialect.name != "postgresql":
        return
    try:
        with engine.connect() as connection:
            found = {name: connection.scalar(select(func.current_setting(name))) for name in DURABLE}
    except OperationalError as error:
        raise ConfigurationError(f"the database does not answer: {error.orig}") from error
    unsafe = [f"{name}={found[name]}" for name, allowed in DURABLE.items() if found[name] not in allowed]
    if unsafe:
        raise ConfigurationError(f"PostgreSQL runs with {', '.join(unsafe)}: confirmed work could be lost; "
                                 "set them to on")


def is_empty() -> bool:
    """Whether nothing has been set up in the application's database yet."""
    return not inspect(db.engine).has_table("units")
