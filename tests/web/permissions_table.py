"""Who reaches what: every route asked once by every role, at an office of the case and at one that has no part in it.

`make permissions` writes the table into docs/permissions.md; test_permissions_table.py holds the code to it, cell by
cell. A route without an example here fails that test, as one without a rule in web/access.py does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from unittest import mock

from flask import Flask, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from caseflow.models import Case, Incident, RoleAssignment, Unit, User, WorkItem, db, transaction
from caseflow.models.people import ROLES
from tests.conftest import Clock
from tests.journeys.kit import Journey
from tests.web.desk import Desk
from web import access
from web.access import Rule

OWN, OTHER = "own", "other"
PLACES = (OWN, OTHER)
REFUSALS = {"warning", "danger"}       # categories of the sentence that a redirect carries along


@dataclass(frozen=True, slots=True)
class Example:
    """A request that would succeed for whoever may make it: the address's parts, and the form."""

    parts: Callable[[SimpleNamespace], dict] = lambda stage: {}
    form: Callable[[SimpleNamespace], dict] = lambda stage: {}
    query: dict | None = None


def _item(stage: SimpleNamespace) -> dict:
    return {"work_item_id": stage.item}


def _case(stage: SimpleNamespace) -> dict:
    return {"number": stage.number}


EXAMPLES: dict[str, Example] = {
    "home": Example(),
    "auth.logout": Example(),
    "demo.move": Example(form=lambda stage: {"move": "hour"}),
    "work.index": Example(),
    "work.show": Example(_item),
    "work.submit": Example(_item, lambda stage: stage.answers),
    "work.claim": Example(_item),
    "work.release": Example(_item),
    "work.save_draft": Example(_item),
    "cases.index": Example(),
    "cases.show": Example(_case),
    "cases.reveal": Example(_case, lambda stage: {"reason": "回访评价人"}),
    "ledger.index": Example(),
    "ledger.export": Example(),
    "notices.index": Example(),
    "incidents.index": Example(),
    "incidents.retry": Example(lambda stage: {"incident_id": stage.incident}),
}


def routes(app: Flask) -> list[tuple[str, str]]:
    """(endpoint, method) of every route that asks who somebody is."""
    asked = [rule for rule in app.url_map.iter_rules() if access.rule_of(rule.endpoint) is Rule.SIGNED_IN]
    return sorted((rule.endpoint, method) for rule in asked for method in rule.methods - {"HEAD", "OPTIONS"})


def stage(app: Flask, clock: Clock) -> SimpleNamespace:
    """A bad review in Guichi whose first task is open and whose scheduler gave up, and two offices."""
    journey = Journey(app, clock, "guichi").bad_review()
    with app.app_context(), transaction():
        item = db.session.scalars(select(WorkItem).where(WorkItem.case_id == journey.case_id)).one()
        other = Unit(regulation="guichi", code="other", name="区民政局", level="district", area_code="341702000000",
                     parent_id=item.unit.parent_id)
        incident = Incident(case_id=journey.case_id, kind="step_failed", detail="-", raised_at=clock())
        db.session.add_all([other, incident])
        db.session.get(Case, journey.case_id).incident = True
        db.session.flush()
        answers = {f"f-{name}": value for name, value in journey._filled(item, {}).items()} | {"form_token": "t" * 24}
        return SimpleNamespace(
            app=app, clock=clock, item=item.id, number=item.case.number, incident=incident.id, case=journey.case_id,
            units={OWN: item.unit_id, OTHER: other.id}, answers=answers)


def table(set_up: SimpleNamespace) -> dict[tuple[str, str], dict[tuple[str, str], str]]:
    """(endpoint, method) → (role, own or other office) → what is answered."""
    asked = routes(set_up.app)
    found: dict[tuple[str, str], dict[tuple[str, str], str]] = {route: {} for route in asked}
    for role in ROLES:
        for place in PLACES:
            desk = _desk(set_up, role, place)
            for endpoint, method in asked:
                found[endpoint, method][role, place] = _ask(set_up, desk, endpoint, method)
    return found


def _desk(set_up: SimpleNamespace, role: str, place: str) -> Desk:
    name = f"table.{role}.{place}"
    with set_up.app.app_context(), transaction():
        user = User(username=name, name=name, password_hash="!", active=True)
        user.roles = [RoleAssignment(unit_id=set_up.units[place], role=role)]
        db.session.add(user)
    return Desk(set_up.app, set_up.clock, name)


def _ask(set_up: SimpleNamespace, desk: Desk, endpoint: str, method: str) -> str:
    example = EXAMPLES[endpoint]
    with set_up.app.test_request_context():
        address = url_for(endpoint, **example.parts(set_up))
    with desk.browser.session_transaction() as cookie:
        login = cookie["login"]
    with _nothing_is_kept():
        answer = desk.browser.open(address, method=method, query_string=example.query,
                                   data=example.form(set_up) if method != "GET" else None)
    with desk.browser.session_transaction() as cookie:
        said = {category for category, _ in cookie.pop("_flashes", [])}
        cookie["login"] = login        # one that signed out comes back
    return _word(answer, said)


@contextmanager
def _nothing_is_kept() -> Iterator[None]:
    """Each cell begins with the same rows: what a request commits is only flushed, and dropped when it ends."""
    with mock.patch.object(Session, "commit", Session.flush):
        yield


def _word(answer: TestResponse, said: set[str]) -> str:
    if answer.status_code in (403, 404):
        return str(answer.status_code)
    if answer.status_code == 302 and answer.location.startswith("/login?"):
        return "sign in"
    if answer.status_code in (400, 409, 422) or (answer.status_code == 302 and said & REFUSALS):
        return "refused"
    assert answer.status_code in (200, 204, 302), f"{answer.request.path}: {answer.status_code}"
    return "yes"


def as_markdown(found: dict[tuple[str, str], dict[tuple[str, str], str]]) -> str:
    """The table as docs/permissions.md shows it."""
    lines = [HEAD, "| route | " + " | ".join(ROLES) + " |", "|---" * (len(ROLES) + 1) + "|"]
    for (endpoint, method), cells in found.items():
        told = []
        for role in ROLES:
            own, other = cells[role, OWN], cells[role, OTHER]
            told.append(own if own == other else f"{own} / {other}")
        lines.append(f"| `{method} {endpoint}` | " + " | ".join(told) + " |")
    return "\n".join(lines) + "\n"


HEAD = """# Who reaches what

Made by `make permissions` from the code; a test holds every cell to it. Each route that asks who somebody is was asked
by a person of each role, with a request that would succeed for whoever may make it. A cell with two words is for the
office whose task is open in the case, and for an office that has no part in the case; with one, for both alike.

| word | meaning |
|---|---|
| yes | answered or done; lists show only what the person may see |
| refused | not done, with a sentence that says why |
| 403 | not for this role |
| 404 | as if it did not exist |
"""
