"""What the tests of the shell stand on: an application that checks CSRF, a person to sign in, a browser's steps."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from caseflow.models import RoleAssignment, Unit, User, db, transaction
from tests import apps
from web.sign_in import passwords

PASSWORD = "Right-Answer-42!"
SECRET = "s" * 48
HTTPS = "https://localhost"


class Browser(FlaskClient):
    """A browser that comes over https and says from where, as the cookies and the CSRF check want it."""

    def open(self, *args, **kwargs):
        kwargs.setdefault("base_url", HTTPS)
        kwargs["headers"] = {"Referer": HTTPS + "/", **(kwargs.get("headers") or {})}
        return super().open(*args, **kwargs)

    def session_transaction(self, *args, **kwargs):
        kwargs.setdefault("base_url", HTTPS)
        return super().session_transaction(*args, **kwargs)


def shell(url: str, clock, folder: Path, *dress: Callable[[Flask], None], **settings: str) -> Flask:
    """The application as it is served: CSRF on; settings as CASEFLOW_* variables would give them.

    It is lent to this test: what is changed of it beside its configuration `dress` does, once."""
    return apps.lender.lend(url, clock, folder, (("secret_key", SECRET), *sorted(settings.items())), _dress, *dress)


def _dress(app: Flask) -> None:
    app.test_client_class = Browser


@cache
def password_hash() -> str:
    return passwords.hashed(PASSWORD)


def person(username: str = "wang.fang", *, demo: bool = False) -> int:
    """An officer of Guichi; returns the user's id. Needs an application context."""
    with transaction() as session:
        unit = session.query(Unit).filter_by(code="dept").one_or_none() or Unit(
            regulation="guichi", code="dept", name="贵池区不动产登记中心", level="district", area_code="341702")
        session.add(unit)
        session.flush()
        user = User(username=username, name="王芳", password_hash=password_hash(), demo=demo)
        user.roles = [RoleAssignment(unit_id=unit.id, role="officer")]
        session.add(user)
        session.flush()
        return user.id


def change(user_id: int, **values: object) -> None:
    with transaction() as session:
        for name, value in values.items():
            setattr(session.get(User, user_id), name, value)
    db.session.remove()


def token(client: FlaskClient, page: str = "/login") -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text).group(1)


def send(client: FlaskClient, address: str, page: str = "/login", **form: str):
    """Send a form as a browser would, with the token of a page."""
    return client.post(address, data={"csrf_token": token(client, page), **form})


def sign_in(client: FlaskClient, username: str = "wang.fang", password: str = PASSWORD, **more: str):
    return send(client, "/login", username=username, password=password, **more)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/").status_code == 302 and "/login" not in client.get("/").location
