"""The table of permissions: every route, asked by everybody, about what is theirs and what is another place's.

It is made from the code: the routes of the application and the roles of the core. `python -m tests.web.permissions`
writes permissions.tsv anew; test_permissions_table.py holds the application to it. A cell is the status of the answer,
with "login" when somebody is sent to sign in and "refused" when they are sent back with a reason. Forms are sent empty:
a refusal of what is in one (422, or "refused") shows that the route is open.
"""

from __future__ import annotations

import csv
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from unittest import mock

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from caseflow.appeals import filing
from caseflow.cases import attachments, incidents
from caseflow.install import demo, installation
from caseflow.law import regulations
from caseflow.models import (
    Absence,
    Branch,
    Case,
    CaseReference,
    ConductRecord,
    Delivery,
    DisciplineReport,
    Handover,
    Improvement,
    Incident,
    KeptScenario,
    Notice,
    OutboxMessage,
    Phrase,
    RoleAssignment,
    SavedFilter,
    User,
    WorkItem,
    db,
    transaction,
)
from caseflow.models.people import ROLES
from caseflow.notices import outbox
from caseflow.people.permissions import actor_for
from caseflow.workshop import drafts
from tests.conftest import MONDAY_MORNING, Clock, build_app
from tests.journeys.kit import PNG, Journey
from web.migrations import upgrade
from web.sign_in import sessions

FILE = Path(__file__).with_name("permissions.tsv")
OWN, OTHER = "guichi", "hainan"
EVERYBODY = ("nobody", *ROLES)
HEADING = ("method", "route", "whose", *EVERYBODY)
NOT_ASKED = {"static"}
SCENARIO = """
name = "等待"
process = "rectification"
acts = [{ do = "start", at = 2026-03-02 09:00:00 }, { do = "wait", after = "1 hour" }]
expect = { outcome = "open" }
"""


class World:
    """Two places with a case, a notice, an incident and a dead delivery each, and at the first one person per role."""

    def __init__(self, folder: Path) -> None:
        self.file, self.kept, self.clock = folder / "caseflow.db", folder / "kept.db", Clock(MONDAY_MORNING)
        self.app: Flask = build_app(f"sqlite:///{self.file}", self.clock, folder)
        self.values: dict[str, dict[str, object]] = {}
        with self.app.app_context():
            upgrade()
            with transaction():
                installation.install(MONDAY_MORNING)
                for regulation in regulations.all_regulations().values():
                    demo.add_people(regulation, "!")
        journeys = {place: Journey(self.app, self.clock, place).bad_review() for place in (OWN, OTHER)}
        with self.app.app_context():
            self.values = {whose: self._objects(journeys[place]) for whose, place in (("own", OWN), ("other", OTHER))}
            self.secrets = self._sign_in()
        self._let_go()
        shutil.copyfile(self.file, self.kept)
        self._watch()

    def _watch(self) -> None:
        self.watcher = sqlite3.connect(self.file)
        self.version = self._version()

    def _version(self) -> int:
        """Another one when somebody else has written."""
        return self.watcher.execute("PRAGMA data_version").fetchone()[0]

    def _objects(self, journey: Journey) -> dict[str, object]:
        """What a route about this place's things is filled with; the person is one whom nobody here is."""
        with transaction() as session:
            case = session.get(Case, journey.case_id)
            for _ in range(5):
                incidents.record_failure(case.id, RuntimeError("x"), journey.now)
            person = User(username=f"{case.regulation}.somebody", name="某人", password_hash="!", active=True)
            person.roles = [RoleAssignment(unit_id=case.unit_id, role="officer")]
            session.add(person)
            session.flush()
            dead = Delivery(key=f"k{person.id}", user_id=person.id, channel="sms", kind="overdue", details="{}",
                            status="dead", attempts=1, next_try=journey.now, created_at=journey.now, problem="HTTP 400")
            session.add(dead)
            session.flush()
            item = session.scalar(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.status == "open"))
            key = f"table:{case.id}"
            outbox.send(key, "overdue", case=case, unit_id=item.unit_id, role="officer", details={}, now=journey.now)
            outbox.deliver_waiting(journey.now)
            notice = session.scalar(select(Notice.id).join(OutboxMessage).where(OutboxMessage.key == key))
            return self._added(case, item, person, journey) | {
                "number": case.number, "work_item_id": item.id, "user_id": person.id, "unit_id": case.unit_id,
                "delivery_id": dead.id, "notice_id": notice,
                "incident_id": session.scalar(select(Incident.id).where(Incident.case_id == case.id))}

    def _added(self, case: Case, item: WorkItem, person: User, journey: Journey) -> dict[str, object]:
        """What people add to a case and keep for themselves: the person's, at the office whose task is open."""
        now, whose = journey.now, {"unit_id": item.unit_id}
        supervisor = db.session.scalar(select(User).where(User.username == f"{case.regulation}.dept1.supervisor"))
        kept = {
            "filter_id": SavedFilter(**whose, owner_id=person.id, name="本周", query='{"due": "soon"}', saved_at=now),
            "phrase_id": Phrase(**whose, title="已联系", text="已与评价人联系。", changed_by=person.id, changed_at=now),
            "handover_id": Handover(**whose, form_token=f"t{case.id}", actor_id=supervisor.id, at=now, reason="轮岗"),
            "branch_id": Branch(
                **whose, regulation=case.regulation, office="branch", kind="branch", level="village",
                area_code="999999999999", first_day=now.date(), last_day=None),
            "absence_id": Absence(user_id=person.id, substitute_id=supervisor.id, first_day=now.date(),
                                  last_day=now.date(), open_too=False, entered_by=person.id, entered_at=now),
            "record_id": ConductRecord(
                **whose, case_id=case.id, regulation=case.regulation, kind="refuses", person="", grounds="仍未整改。",
                opinion="", consequences="called_to_account", article="HN-17", year=now.year,
                form_token=f"r{case.id}", recorded_by=supervisor.id, recorded_at=now),
            "report_id": DisciplineReport(
                case_id=case.id, to_unit_id=item.unit_id, to_role="supervisor", facts="收了加急费，没有票据。",
                form_token=f"t{case.id}", forwarded_by=person.id, forwarded_at=now),
            "reference_id": CaseReference(case_id=case.id, channel="hotline", number="12345-1", added_by=person.id,
                                          added_at=now),
            "improvement_id": Improvement(
                case_id=case.id, kind="guide", subject="办事指南", text="补充了样本。", entered_by=person.id,
                entered_at=now, form_token=f"t{case.id}"),
            "attachment_id": attachments.keep(case.id, actor_for(person), BytesIO(PNG), "现场照片.png", now)}
        db.session.add_all(kept.values())
        appeal = filing.file(case.rating_id, actor_for(person), "mistaken", "评价人把另一窗口的事记在了我们名下。",
                              [(BytesIO(PNG), "现场照片.png")], f"appeal-{case.id}", now)
        designer = db.session.scalar(select(User).where(User.username == f"{case.regulation}.designer"))
        process = f"{case.regulation}_rectification"
        draft = drafts.begin(process, actor_for(designer), now)
        scenario = KeptScenario(draft_id=draft.id, key="rectification_kept_1", text=SCENARIO, kept_by_id=designer.id,
                                kept_at=now)
        db.session.add(scenario)
        db.session.flush()
        return {"process_id": process, "draft_id": draft.id, "digest": draft.base,
                "name": "rectification.bpmn", "rating_id": case.rating_id, "appeal_id": appeal.id,
                "scenario": scenario.key, **{name: row.id for name, row in kept.items()}}

    def _sign_in(self) -> dict[str, str]:
        """One person for each role, at the office whose task is open; their logins."""
        found = {}
        with transaction() as session:
            item = session.get(WorkItem, self.values["own"]["work_item_id"])
            for role in ROLES:
                person = User(username=f"table.{role}", name=role, password_hash="!", active=True)
                person.roles = [RoleAssignment(unit_id=item.unit_id, role=role)]
                session.add(person)
                session.flush()
                found[role] = sessions.begin(person, self.clock(), self.app.config["CASEFLOW"])
        return found

    def browser(self, who: str) -> FlaskClient:
        browser = self.app.test_client()
        if who != "nobody":
            with browser.session_transaction() as cookie:
                cookie["login"] = self.secrets[who]
        return browser

    def as_it_was(self) -> None:
        """Undo what a request changed."""
        if self._version() == self.version:
            return
        self.watcher.close()
        self._let_go()
        shutil.copyfile(self.kept, self.file)
        self._watch()

    def _let_go(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        for beside in ("-wal", "-shm"):
            self.file.with_name(self.file.name + beside).unlink(missing_ok=True)


def rows(world: World) -> Iterator[tuple[str, ...]]:
    """The table, line by line: a route with objects is asked about one's own and about another place's."""
    with mock.patch("web.frame.shell.counts", dict):  # the figures of the navigation: a page shows without them as well
        yield from _rows(world)


def _rows(world: World) -> Iterator[tuple[str, ...]]:
    for rule in sorted(world.app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        if rule.endpoint in NOT_ASKED:
            continue
        for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            for whose in ("own", "other") if rule.arguments else ("-",):
                address = _address(rule, world.values["own" if whose == "-" else whose])
                yield method, _shown(rule), whose, *(_asked(world, who, method, address) for who in EVERYBODY)


def _shown(rule: Rule) -> str:
    """The route without how its numbers are bounded."""
    return re.sub(r"<(?:[^<>]*:)?(\w+)>", r"<\1>", rule.rule)


def _address(rule: Rule, values: Mapping[str, object]) -> str:
    unknown = rule.arguments - values.keys()
    assert not unknown, f"say in World._objects what {', '.join(unknown)} of {rule.rule} is filled with"
    return rule.build({name: values[name] for name in rule.arguments})[1]


def _asked(world: World, who: str, method: str, address: str) -> str:
    browser = world.browser(who)
    answer = browser.open(address, method=method)
    place, status = answer.location or "", str(answer.status_code)
    if method != "GET":
        with browser.session_transaction() as cookie:
            told = {category for category, _sentence in cookie.get("_flashes", ())}
        world.as_it_was()
        if answer.status_code == 302 and told & {"warning", "danger"}:
            return f"{status} refused"
    return f"{status} login" if place.startswith("/login") else status


def write(table: Iterator[tuple[str, ...]]) -> None:
    with FILE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows([HEADING, *table])


def read() -> list[tuple[str, ...]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file, delimiter="\t")][1:]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        write(rows(World(Path(folder))))
