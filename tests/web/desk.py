"""A person at a desk: signed in, with a browser that fills in forms as they stand on the page."""

from __future__ import annotations

import re
from html import unescape

from flask import Flask
from lxml import html
from sqlalchemy import select
from werkzeug.test import TestResponse

from caseflow.install import random_people
from caseflow.models import RoleAssignment, User, WorkItem, db, transaction
from caseflow.raters import contacts
from tests.conftest import Clock
from tests.ground import person
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

    def logs_contacts(self, work_item_id: int, answers: dict) -> None:
        """Log the contacts of which these answers speak, if the person may contact the rater now."""
        with self.app.app_context(), transaction():
            item, actor = db.session.get(WorkItem, work_item_id), person(self.username)
            if item is not None and item.status == "open" and contacts.may_reveal(item.case, actor):
                random_people.log_contacts(item, answers, actor, self.clock())

    def submits(self, work_item_id: int, answers: dict, token: str | None = None) -> TestResponse:
        """Fill in the form and send it; the contacts with the rater of which it speaks are in the log."""
        self.logs_contacts(work_item_id, answers)
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
