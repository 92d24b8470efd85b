"""The history of the tables: revisions, and how a database is brought to the newest one."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from caseflow.models import db

DIRECTORY = Path(__file__).parent


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(DIRECTORY).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(revision: str = "head") -> None:
    """Bring the current application's database to `revision`, in one transaction; nothing to do is fine."""
    command.upgrade(_config(), revision)


def downgrade(revision: str) -> None:
    """Take the current application's database back to `revision` ("base": no tables). What they held is lost."""
    command.downgrade(_config(), revision)


def revise(message: str) -> None:
    """Write the next revision: the difference between the models and the current application's database."""
    command.revision(_config(), message=message, autogenerate=True)


def is_current() -> bool:
    """Whether the current application's database is at the newest revision."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_heads() == (newest(),)


def newest() -> str:
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def is_known(revision: str) -> bool:
    """Whether this version of caseflow knows tables of that revision, and so can bring them to the newest one."""
    return revision in {known.revision for known in ScriptDirectory.from_config(_config()).walk_revisions()}
