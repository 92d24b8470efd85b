"""A case's life in the verbs of the domain: who does what, what time passes, what must stand open."""

from __future__ import annotations

import json
from copy import copy
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import count
from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from caseflow.appeals import filing, finding
from caseflow.casefile import journal
from caseflow.cases import steps
from caseflow.engine import definition as engine
from caseflow.engine.values import FormField
from caseflow.health import doctor
from caseflow.install import demo, installation, random_people
from caseflow.law import regulations
from caseflow.models import (
    AppliedEffect,
    AwaitedMessage,
    Case,
    Notice,
    Submission,
    Timer,
    Unit,
    User,
    WorkItem,
    db,
    transaction,
)
from caseflow.moments import SHANGHAI, day_of
from caseflow.notices import outbox
from caseflow.people import assignable
from caseflow.people.permissions import Actor, actor_for
from caseflow.processes import deployed, form_values
from caseflow.raters import attempts
from caseflow.ratings import intake
from tests.caseflow.samples import PNG
from tests.conftest import Clock

_services = count(1)
ASKING = "ask_rater"            # the task of an appeal at which the rater is asked


class Journey:
    """One bad review of one place. With `restart`, every step is taken by a process that knows nothing."""

    def __init__(self, app: Flask, clock: Clock, regulation: str, *, restart: bool = False) -> None:
        self.app, self.clock, self.restart = app, clock, restart
        self.regulation = regulations.get(regulation)
        self.case_id: int | None = None
        with app.app_context():
            self._prepare()

    def _prepare(self) -> None:
        """Install what is needed, unless the test began with it (fixture `installed`)."""
        office = self.regulation.responsible_units[0].code
        if db.session.scalar(select(Unit.id).where(
                Unit.regulation == self.regulation.key, Unit.code == office)) is None:
            with transaction():
                installation.install(self.now)
                demo.add_people(self.regulation, "!")

    @property
    def now(self) -> datetime:
        return self.clock()

    # --- what happens -------------------------------------------------------------------------------------------

    def bad_review(self, *, level: str = "2", real_name: bool = True, office: int = 0,
                   staff_no: str = "", orgcode: str = "", **fields: object) -> Journey:
        """A citizen's rating arrives through the feed; its case opens at once, with an office that nobody has
        registered (`orgcode`) at the lead office. `fields` of the feed say something else than usual."""
        line = self._line(level, real_name, orgcode or self.regulation.responsible_units[office].code) | {
            "proManager": "卫窗口", "proManagerNo": staff_no or demo.STAFF_NUMBERS[office]} | fields
        with self.app.app_context(), transaction():
            verdict = intake.receive([json.dumps(line).encode()], "test", self.now)[0]
            assert verdict.status == "accepted" and (orgcode or not verdict.notes), verdict
            self.case_id = db.session.scalar(select(Case.id).order_by(Case.id.desc()).limit(1))
        self._forget()
        return self

    def _line(self, level: str, real_name: bool, office: str) -> dict[str, object]:
        served = self.now.astimezone(SHANGHAI) - timedelta(hours=3)
        return {
            "areaCode": self.regulation.areas[0].ljust(12, "0"), "projectNo": f"T-{next(_services)}",
            "serviceNumber": 1, "serviceTime": served.strftime("%Y-%m-%d %H:%M:%S"), "serviceName": "申报",
            "taskName": "营业执照办理", "taskCode": "1", "taskType": "01", "proStatus": "3", "orgcode": office,
            "orgName": "承办单位", "satisfaction": level, "evalDetail": {"1": "115", "2": "214"}[level],
            "writingEvaluation": "等了两个小时", "pf": "1", "userProp": "1",
            "assessTime": (served + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S"),
            "anonymityFlag": "2" if real_name else "1", "userName": "卫建国" if real_name else "",
            "mobile": "13900009029" if real_name else "",
        }

    def does(self, task: str, **answers: object) -> Journey:
        """Somebody whose task it is completes it; what else the form requires is filled in. Where the rater has to be
        asked before, that is done first."""
        if task != ASKING and ASKING in self.open_tasks():
            self.asks_rater()
        with self.app.app_context(), transaction():
            item, person = self._item(task), self._person(self._item(task))
            filled = self._filled(item, answers)
            form = assignable.offered(
                deployed.task(deployed.of(item.case), item.element, item.visit), item.case_id).form
            random_people.log_contacts(item, form_values.accept(form, filled, day_of(self.now)), person, self.now)
            steps.complete_task(item.id, person, filled, uuid4().hex, self.now, late_reason="等待材料")
        self._forget()
        return self

    def asks_rater(self, reply: str = "keeps", **answers: object) -> Journey:
        """Whoever reviews an appeal asks the rater, who answers so; one who left no number is noted as such."""
        if not self.case().rating.rater_phone:
            return self.does(ASKING, rater_reply="unreachable", unreachable_reason="no_contact")
        return self.does(ASKING, rater_reply=reply, **answers)

    def cannot_be_reached(self, task: str) -> Journey:
        """Whoever has the task tries as often as the regulation wants, on as many days, and logs it each time."""
        rule = self.regulation.unreachable
        for number in range(rule.attempts):
            if 0 < number < rule.days:
                self.time_passes(days=1)
            with self.app.app_context(), transaction():
                item = self._item(task)
                attempts.log(
                    self.case_id, self._person(item), tried_at=self.now, channel="telephone", result="no_answer",
                    note="", form_token=uuid4().hex, now=self.now)
        self._forget()
        return self

    def appeal(self, by: str, *, ground: str = "mistaken") -> Journey:
        """This person (a demo user) files an appeal against the rating; its own case as a journey."""
        with self.app.app_context(), transaction():
            user = db.session.scalars(select(User).where(User.username == by)).one()
            rating_id = db.session.get(Case, self.case_id).rating_id
            appeal = filing.file(rating_id, actor_for(user), ground, "评价人把另一窗口的事记在了我的名下。",
                                  [(BytesIO(PNG), "现场照片.png")], uuid4().hex, self.now)
            other = copy(self)
            other.case_id = appeal.case_id
        self._forget()
        return other

    def withdrawn(self, by: str) -> Journey:
        with self.app.app_context(), transaction():
            user = db.session.scalars(select(User).where(User.username == by)).one()
            filing.withdraw(finding.of_case(self.case_id).id, actor_for(user), self.now)
        self._forget()
        return self

    def message(self, name: str) -> Journey:
        with self.app.app_context(), transaction():
            steps.deliver_message(self.case_id, name, self.now)
        self._forget()
        return self

    def time_passes(self, **amount: float) -> Journey:
        """Time passes and the scheduler does its work, as often as something is due."""
        self.clock.advance(**amount)
        self._fire()
        return self

    def until(self, day: str, at: time = time(23, 59, 59)) -> Journey:
        """Until this moment of a Shanghai day, included."""
        self.clock.set(datetime.combine(date.fromisoformat(day), at, SHANGHAI))
        self._fire()
        return self

    def _fire(self) -> None:
        with self.app.app_context():
            while self._fire_one():
                pass
            with transaction():
                outbox.deliver_waiting(self.now)
        self._forget()

    def _fire_one(self) -> bool:
        with transaction():
            case = steps.claim_due(self.now)
            if case is not None:
                steps.fire_due(case.id, self.now)
        return case is not None

    def _forget(self) -> None:
        """What the next process would not know: objects, definitions, connections."""
        with self.app.app_context():
            db.session.remove()
            if self.restart:
                engine._kept.clear()
                db.engine.dispose()

    # --- what stands --------------------------------------------------------------------------------------------

    def open_tasks(self) -> list[str]:
        with self.app.app_context():
            return sorted(db.session.scalars(select(WorkItem.element).where(
                WorkItem.case_id == self.case_id, WorkItem.status == "open")))

    def done(self) -> list[str]:
        """The tasks that were completed, in order."""
        with self.app.app_context():
            return list(db.session.scalars(
                select(Submission.element).where(Submission.case_id == self.case_id).order_by(Submission.id)))

    def due(self, task: str) -> str:
        """The day (Shanghai) on which an open task is due."""
        return self.due_at(task).astimezone(SHANGHAI).date().isoformat()

    def due_at(self, task: str) -> datetime:
        with self.app.app_context():
            return self._item(task).due_at

    def unit_of(self, task: str) -> str:
        """The key of the office that has an open task; "responsible" for the rated one."""
        with self.app.app_context():
            item = self._item(task)
            return "responsible" if item.unit_id == item.case.unit_id else item.unit.key

    def effects(self) -> list[str]:
        with self.app.app_context():
            return list(db.session.scalars(select(AppliedEffect.topic).where(
                AppliedEffect.case_id == self.case_id).order_by(AppliedEffect.token)))

    def notices(self, kind: str) -> set[tuple[str, str]]:
        """(office name, role) of those who got a notice of this kind about the case."""
        with self.app.app_context():
            with transaction():
                outbox.deliver_waiting(self.now)
            rows = db.session.execute(select(Unit.name, Notice.role).join(Unit, Unit.id == Notice.unit_id).where(
                Notice.case_id == self.case_id, Notice.kind == kind))
            return {tuple(row) for row in rows}

    def timers(self, status: str = "pending") -> list[str]:
        with self.app.app_context():
            return sorted(db.session.scalars(select(Timer.element).where(
                Timer.case_id == self.case_id, Timer.status == status)))

    def messages(self) -> list[str]:
        with self.app.app_context():
            return sorted(db.session.scalars(select(AwaitedMessage.message).where(
                AwaitedMessage.case_id == self.case_id)))

    def kinds(self) -> list[str]:
        """The kinds of the case's journal entries, in order."""
        with self.app.app_context():
            return [entry.kind for entry in journal.entries(db.session.get(Case, self.case_id))]

    def case(self) -> Case:
        with self.app.app_context():
            case = db.session.get(Case, self.case_id)
            db.session.expunge_all()
            return case

    def closed_as(self, outcome: str) -> Journey:
        """The case has ended with this outcome, nothing is left open, and every invariant holds."""
        case = self.case()
        assert (case.status != "open", case.outcome) == (True, outcome)
        assert (self.open_tasks(), self.timers(), self.messages()) == ([], [], [])
        return self.healthy()

    def healthy(self) -> Journey:
        with self.app.app_context():
            assert doctor.examine(self.now) == []
        return self

    # --- how ----------------------------------------------------------------------------------------------------

    def _item(self, task: str) -> WorkItem:
        item = db.session.scalar(select(WorkItem).where(
            WorkItem.case_id == self.case_id, WorkItem.element == task, WorkItem.status == "open"))
        assert item is not None, f"{task} is not open"
        return item

    def _person(self, item: WorkItem) -> Actor:
        holds = User.roles.any(role=item.role, unit_id=item.unit_id)
        return actor_for(db.session.scalars(select(User).where(User.active, holds).order_by(User.id).limit(1)).one())

    def _filled(self, item: WorkItem, answers: dict[str, object]) -> dict[str, object]:
        form = assignable.offered(deployed.task(deployed.of(item.case), item.element, item.visit), item.case_id).form
        known = {field.id for field in form}
        assert set(answers) <= known, f"{item.element} does not ask for {set(answers) - known}"
        at = steps.circumstances(item.case.regulation, deployed.of(item.case), item.case.instance.state, self.now)
        wanted = {"string": lambda f: "已核实，情况属实。",
                  "text": lambda f: "已核实，情况属实。" * (1 + (f.min_length or 0) // 9),
                  "enum": lambda f: f.choices[0][0], "long": lambda f: f.minimum or 1,
                  "unit": lambda f: f.default or f.choices[0][0], "boolean": lambda f: True,
                  "date": lambda f: (self.now.date() + timedelta(days=10)).isoformat()}
        filled = {**{f.id: wanted[f.type](f) for f in form if f.required}, **answers}
        for f in form:
            if f.rules and f.required and f.id not in answers:
                filled[f.id] = next((value for value in self._candidates(f) if f.id not in form_values.broken_rules(
                    form, {**filled, f.id: value}, at)), filled[f.id])
        return filled

    def _candidates(self, field: FormField) -> list[object]:
        """The choices of a field, or the days from the tenth after today back to today."""
        days = [(self.now.date() + timedelta(days=number)).isoformat() for number in range(10, -1, -1)]
        return days if field.type == "date" else [choice for choice, _ in field.choices]
