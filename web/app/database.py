"""Whether the database keeps what it has confirmed."""

from __future__ import annotations

from sqlalchemy import Engine, func, inspect, select
from sqlalchemy.exc import OperationalError

from caseflow.errors import ConfigurationError

DURABLE = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
}


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


def is_empty(engine: Engine) -> bool:
    """Whether nothing has been set up in this database yet."""
    return not inspect(engine).has_table("units")
