"""A case in which everything has happened that its page can show."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from caseflow.cases import attachments, clock, comments, references
from caseflow.law import regulations
from caseflow.models import NewestRating, RoleAssignment, User, WorkItem, db, transaction
from caseflow.people.permissions import Actor
from caseflow.raters import attempts, contacts
from caseflow.supervision import duplicates, reassign
from caseflow.work import delegation, phrases, tasks
from tests.caseflow.samples import PDF, PNG
from tests.conftest import Clock
from tests.ground import newcomer, person
from tests.journeys.kit import Journey

TO_RECTIFY = {
    "guichi": [("first_response", {"outcome": "simple", "contact_channel": "phone"})],
    "hainan": [("verify", {}), ("contact_rater", {}), ("first_response", {"outcome": "rectify"}),
               ("dispatch", {"work_order_no": "HN-1", "cause": "attitude", "rectify_by": "2026-03-20"})]}
TO_REVISIT = {"guichi": [("first_response", {"outcome": "resolved"})],
              "hainan": [("verify", {}), ("contact_rater", {}), ("first_response", {"outcome": "resolved"})]}
TO_REVIEW = {"guichi": [("verify", {"reasons": "已向窗口人员书面核实，情况属实。"}), ("ask_rater", {})],
             "hainan": [("ask_rater", {}), ("examine", {"examination": "已核对通话录音和办件记录，情况属实。"})]}


class FullCase:
    """`case` and its open `task` have everything, and `holder` has the task; `twin` is linked with it, `alike` are
    two that could be; `appeal` is one against its rating, whose `review` the `reviewer` has.

    Whoever is `revisiting` has the `revisit` of another case that is contested too.
    """

    def __init__(self, app: Flask, clock_: Clock, place: str) -> None:
        self.place = place
        self.officer, self.supervisor = f"{place}.dept1.officer", f"{place}.dept1.supervisor"
        self.lead = f"{place}.{regulations.get(place).lead}.supervisor"
        reviews = [Journey(app, clock_, place).bad_review() for _ in range(4)]
        self.case, self.twin, *self.alike = reviews
        self.app = app
        self.case.time_passes(days=1)
        with app.app_context():
            self._write_and_add(self.case)
        self.appeal = self.case.appeal(self.officer)
        for journey in (self.case, self.twin):
            for task, answers in TO_RECTIFY[place]:
                journey.does(task, **answers)
        self.case.time_passes(days=1)
        with app.app_context():
            self._link()
            self.task = self._task_of(self.case)
            self.holder = self._hand_about(self.task)
            self._change_clock()
            db.session.remove()
        self._review()
        self._revisit(Journey(app, clock_, place).bad_review())

    @property
    def number(self) -> str:
        return self.case.case().number

    def _task_of(self, journey: Journey) -> int:
        return db.session.scalars(select(WorkItem.id).where(
            WorkItem.case_id == journey.case_id, WorkItem.status == "open").order_by(WorkItem.id)).first()

    def _review(self) -> None:
        for task, answers in TO_REVIEW[self.place]:
            self.appeal.does(task, **answers)
        with self.app.app_context():
            self.review = self._task_of(self.appeal)
            self.reviewer = self._hand_about(self.review)
            with transaction():
                attachments.keep(self.appeal.case_id, person(self.reviewer), BytesIO(PDF), "书面材料", self.case.now)

    def _revisit(self, journey: Journey) -> None:
        with self.app.app_context():
            self._write_and_add(journey)
        journey.appeal(self.officer)
        for task, answers in TO_REVISIT[self.place]:
            journey.does(task, **answers)
        with self.app.app_context():
            self.revisit = self._task_of(journey)
            self.revisiting = self._hand_about(self.revisit)

    def _write_and_add(self, journey: Journey) -> None:
        now, case_id = journey.now, journey.case_id
        for username in (self.officer, self.lead):
            with transaction():
                actor = person(username)
                comments.add(case_id, actor, "已阅。", uuid4().hex, now)
                comments.save_draft(case_id, actor, "还要说", now)
                attachments.keep(case_id, actor, BytesIO(PNG if username == self.lead else PDF), "材料", now)
                references.link(case_id, actor, "hotline", f"{username}-{case_id}", "同一件事", now)
        for username in _who_may_contact(journey):
            with transaction():
                attempts.log(case_id, person(username), tried_at=now, channel="telephone", result="no_answer", note="",
                             form_token=uuid4().hex, now=now)

    def _link(self) -> None:
        with transaction():
            duplicates.link(self.twin.case_id, self.case.case_id, person(self.lead), "同一件事", self.case.now)
        with transaction():
            db.session.add(NewestRating(rating_id=self.case.case().rating_id, case_id=self.case.case_id, token=1,
                                        level="satisfied", recorded_at=self.case.now))

    def _hand_about(self, task: int) -> str:
        """Somebody takes the task, a colleague helps, and their supervisor hands it back to them with a note."""
        now, item = self.case.now, db.session.get(WorkItem, task)
        boss, holder = _at(item.unit_id, "supervisor"), _at(item.unit_id, item.role)
        colleague = newcomer(f"colleague-{task}", (item.role, item.unit_id))
        for act in (lambda: tasks.claim(task, holder, now),
                    lambda: delegation.delegate(task, holder, colleague.user_id, "请先联系", now),
                    lambda: delegation.give_back(task, colleague, "已联系", now),
                    lambda: tasks.release(task, holder, now),
                    lambda: phrases.put(boss, item.unit_id, "常用", "已核实。", now)):
            with transaction():
                act()
        with transaction():
            to = reassign.target(item.unit_id, holder.user_id, boss)
            handover = reassign.begin([task], to, boss, "由其办理", "材料在柜中", uuid4().hex, now).id
        with transaction():
            assert reassign.move(handover, [task], boss, now) == ["moved"]
        with transaction():
            tasks.save_draft(task, holder, {"findings": "正在核实"}, now)
        return holder.username

    def _change_clock(self) -> None:
        """Stop and restart: the ledger of every deadline that runs has lines."""
        lead, now = person(self.lead), self.case.now
        category = next(iter(regulations.get(self.place).clock.categories))
        for act in (lambda: clock.stop(self.case.case_id, lead, category, "等待材料", now),
                    lambda: clock.restart(self.case.case_id, lead, "材料已到", now)):
            with transaction():
                act()


def _who_may_contact(journey: Journey) -> list[str]:
    names = db.session.scalars(select(User.username).where(User.active).order_by(User.id)).all()
    return [name for name in names if contacts.may_reveal(journey.case(), person(name))][:2]


def _at(unit_id: int, role: str) -> Actor:
    """Whoever has held this role at the unit for longest."""
    return person(db.session.scalars(select(User.username).join(RoleAssignment).where(
        RoleAssignment.role == role, RoleAssignment.unit_id == unit_id).order_by(User.id)).first())
