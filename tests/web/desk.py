"""A person at a desk: signed in, with a browser that fills in forms as they stand on the page."""

from __future__ import annotations

import re
from html import unescape

from flask import Flask
from lxml import html
from sqlalchemy import select
from werkzeug.test import TestResponse

from caseflow.models import RoleAssignment, User, WorkItem, db, transaction
from tests.conftest import Clock
from tests.journeys.kit import Journey
from web.sign_in import sessions


class Desk:
    def __init__(self, app: Flask, clock: Clock, username: str) -> None:
        self.app, self.clock, self.username = app, clock, username
        self.browser = app.test_client()
        with app.app_context(), transaction():
            user = db.session.scalar(select(User).where(User.username == username))
            user.demo = False      # a demo account is not let in where there is no demo
            secret = sessions.begin(user, clock(), app.config["CASEFLOW"])
        with self.browser.session_transaction() as cookie:
            cookie["login"] = secret

    def opens(self, path: str, **query: str) -> TestResponse:
        return self.browser.get(path, query_string=query)

    def sends(self, path: str, data: dict | None = None, **headers: str) -> TestResponse:
        return self.browser.post(path, data=data or {}, headers=headers)

    def token(self, work_item_id: int) -> str:
        page = self.opens(f"/work/{work_item_id}").text
        return re.search(r'name="form_token" value="([^"]+)"', page)[1]

    def submits(self, work_item_id: int, answers: dict, token: str | None = None) -> TestResponse:
        fields = {f"f-{key}": value for key, value in answers.items()}
        more = {"form_token": token or self.token(work_item_id), "late_reason": "等待材料"}
        return self.sends(f"/work/{work_item_id}", fields | more)


def words(page: TestResponse) -> str:
    """What can be read on the page, in one line."""
    return " ".join(unescape(html.fromstring(page.text).text_content()).split())


def desk_of(journey: Journey, task: str) -> tuple[Desk, int]:
    """The desk of somebody whose task it is, and the number of the work item."""
    with journey.app.app_context():
        item = journey._item(task)
        username = db.session.scalar(select(User.username).join(RoleAssignment).where(
            RoleAssignment.unit_id == item.unit_id, RoleAssignment.role == item.role).order_by(User.id))
        return Desk(journey.app, journey.clock, username), item.id


def colleague(journey: Journey, task: str, name: str = "王同事") -> Desk:
    """A second person with the same role at the same office."""
    with journey.app.app_context():
        with transaction():
            item = journey._item(task)
            user = User(username=name, name=name, password_hash="!", active=True)
            user.roles = [RoleAssignment(unit_id=item.unit_id, role=item.role)]
            db.session.add(user)
        return Desk(journey.app, journey.clock, name)


def work_item(journey: Journey, work_item_id: int) -> WorkItem:
    with journey.app.app_context():
        return db.session.get(WorkItem, work_item_id)
