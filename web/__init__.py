"""The web application: screens, API and commands over the operations of the core."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from web.app.config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The application with these settings, else those of the environment; `factory.create_app` says what it refuses.

    What an application needs is imported when one is made: this package is passed on the way to each of its modules,
    also by commands that need no application.
    """
    from web import factory

    return factory.create_app(settings)
