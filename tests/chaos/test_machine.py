"""The public operations in any order, with time that passes and restarts, held against the model of the regulations."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as hypothesis_seed
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from caseflow.cases import steps as cases
from caseflow.engine import definition as engine
from caseflow.errors import AlreadyClaimed, CaseflowError, InvalidForm, PermissionDenied, TaskNotOpen, TokenReused
from caseflow.health import doctor
from caseflow.install import random_people
from caseflow.law import regulations
from caseflow.models import (
    AppliedEffect,
    Case,
    Notice,
    OutboxMessage,
    Timer,
    TimerFiring,
    User,
    WorkItem,
    db,
    transaction,
)
from caseflow.monitor import finished, times
from caseflow.people.permissions import actor_for
from caseflow.processes import deployed
from caseflow.ratings import intake
from caseflow.work import tasks as work_tasks
from scheduler import jobs, side_jobs
from tests import apps
from tests.chaos import sizes
from tests.chaos.checker import UNTOLD
from tests.chaos.model import APPEAL, ModelCase
from tests.conftest import Clock, lend_app

MOST_CASES = 3
REGULATIONS = sorted(regulations.all_regulations())
which = st.integers(0, 10**6)


class Operations(RuleBasedStateMachine):
    """`fresh` gives the URL of a database of its own, within an ExitStack; `reached` counts what came about."""

    fresh = None
    reached: Counter = Counter()

    @initialize(first=st.sampled_from(REGULATIONS), second=st.sampled_from(REGULATIONS), number=which)
    def begin(self, first, second, number):
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.clock, self.cases, self.sent, self.deadlines, self.untold = Clock(), {}, {}, {}, set()
        self.app = lend_app(self.fresh(self.stack, folder), self.clock, folder)
        self.context = self.app.app_context()
        self.context.push()
        for regulation in (first, second):
            self.open_one(regulation, number)
        self.work_goes_on(number)

    def teardown(self):
        if hasattr(self, "context"):
            try:
                self.the_scheduler_runs()
                self.the_rows_are_as_the_model_says()
                self.timers_fired_that_were_due_while_their_task_was_open()
                self.finished_cases_kept_the_law()
            finally:
                db.session.remove()
                self.context.pop()
                apps.lender.take_back()
                self.stack.close()

    # --- what happens ---------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.cases) < MOST_CASES)
    @rule(regulation=st.sampled_from(REGULATIONS), number=which)
    def open(self, regulation, number):
        self.open_one(regulation, number)

    def open_one(self, regulation, number):
        random, place = Random(number), regulations.get(regulation)
        line = next(random_people.ratings(
            random, place.areas[:1], [unit.code for unit in place.responsible_units], range(1), self.clock()))
        with transaction():
            verdict = intake.receive([line.encode()], "test", self.clock())[0]
        if verdict.status == "accepted":
            case = db.session.scalar(select(Case).where(Case.number == verdict.case))
            self.cases[case.id] = ModelCase(regulation)
            self.note_deadlines()

    def complete(self, number):
        """By somebody who may, lawfully; then the same form again, and the form with another content."""
        random = Random(number)
        item = self.item(random)
        actor = random_people.person_for(item, random)
        values = random_people.fill_in(item, random, self.clock())
        token, case_id, item_id = f"token-{number:020d}-{len(self.sent)}", item.case_id, item.id
        self.note_untold(case_id)
        with transaction():
            random_people.log_contacts(item, values, actor, self.clock())
        self.do(item_id, actor, values, token)
        self.cases[case_id].complete(values)
        self.reached.update(["completions", *([self.cases[case_id].outcome] if self.cases[case_id].outcome else [])])
        self.sent[item_id] = (actor, values, token)
        self.note_deadlines()

    @precondition(lambda self: self.open_cases())
    @rule(number=which)
    def work_goes_on(self, number):
        """Some tasks after one another, so that cases come to their end."""
        for more in range(Random(number).randint(1, 6)):
            if self.open_cases():
                self.complete(number + more)

    @precondition(lambda self: self.sent)
    @rule(number=which)
    def send_again(self, number):
        random = Random(number)
        item_id = random.choice(sorted(self.sent))
        actor, values, token = self.sent[item_id]
        first = self.do(item_id, actor, values, token).id
        assert first == self.do(item_id, actor, values, token).id
        with pytest.raises(TaskNotOpen):
            self.do(item_id, actor, values, "another-" + token)
        text = next((name for name, value in values.items() if isinstance(value, str) and "模拟" in value), None)
        if text is not None:
            with pytest.raises(TokenReused):
                self.do(item_id, actor, {**values, text: "别的内容"}, token)

    @precondition(lambda self: self.open_cases())
    @rule(number=which)
    def complete_unlawfully(self, number):
        """With a required field missing, a value that is none of the choices, or by somebody else."""
        random = Random(number)
        item = self.item(random)
        form = deployed.of(item.case).user_tasks[item.element].form
        values = random_people.fill_in(item, random, self.clock())
        required = next(field for field in form if field.required)
        wrong = random.choice(({**values, required.id: None}, {**values, required.id: 3.5}, {}))
        actor = random_people.person_for(item, random)
        with pytest.raises(InvalidForm):
            self.do(item.id, actor, wrong, "unlawful")
        others = [other for user in db.session.scalars(select(User)).unique()
                  if not (other := actor_for(user)).holds(item.role, item.unit_id)]
        with pytest.raises(CaseflowError) as refusal:
            self.do(item.id, random.choice(others), values, "not-mine")
        assert refusal.value.code in ("permission_denied", "not_found")

    @precondition(lambda self: self.open_cases())
    @rule(number=which)
    def claim_and_release(self, number):
        random = Random(number)
        item = self.item(random)
        actor, item_id = random_people.person_for(item, random), item.id
        rivals = [other for user in db.session.scalars(select(User)).unique()
                  if (other := actor_for(user)).holds(item.role, item.unit_id) and other.user_id != actor.user_id]
        with transaction():
            work_tasks.claim(item_id, actor, self.clock())
        for rival in rivals:
            with pytest.raises((AlreadyClaimed, PermissionDenied)), transaction():
                work_tasks.claim(item_id, rival, self.clock())
        if random.random() < 0.5:
            with transaction():
                work_tasks.release(item_id, actor, self.clock())

    @precondition(lambda self: self.cases)
    @rule(number=which)
    def appeal_is_upheld(self, number):
        case_id = Random(number).choice(sorted(self.cases))
        model = self.cases[case_id]
        self.note_untold(case_id)
        try:
            with transaction():
                cases.deliver_message(case_id, APPEAL, self.clock())
            assert model.takes_appeal()
            model.void()
            self.note_deadlines()
        except TaskNotOpen:
            assert not model.takes_appeal()

    @rule(hours=st.sampled_from([1, 5, 24, 24 * 5, 24 * 31]))
    def time_passes(self, hours):
        self.clock.advance(hours=hours)

    @rule()
    def the_scheduler_runs(self):
        jobs.fire_due_cases()
        side_jobs.deliver_notices()
        now = self.clock()
        for token, (due, _) in list(self.deadlines.items()):
            if due + timedelta(seconds=1) <= now:
                self.deadlines[token] = (due, True)

    @rule()
    def restart(self):
        db.session.remove()
        db.engine.dispose()
        engine._kept.clear()

    # --- what must be so ------------------------------------------------------------------------------------------

    @invariant()
    def the_rows_are_as_the_model_says(self):
        if not getattr(self, "cases", None):
            return
        db.session.rollback()
        for case_id, model in self.cases.items():
            case = db.session.get(Case, case_id, populate_existing=True)
            tasks = list(db.session.scalars(select(WorkItem.element).where(
                WorkItem.case_id == case_id, WorkItem.status == "open")))
            assert (tasks, case.outcome) == ([model.task] if model.task else [], model.outcome), model
            ended = "voided" if model.outcome == "rating_voided" else "closed"
            assert case.status == ("open" if model.task else ended) and not case.incident
            returns = db.session.scalar(select(func.count()).select_from(AppliedEffect).where(
                AppliedEffect.case_id == case_id, AppliedEffect.topic == "return_for_rehandling"))
            assert returns == model.returns <= 1

    @invariant()
    def timers_fired_that_were_due_while_their_task_was_open(self):
        if not getattr(self, "cases", None):
            return
        fired = {(row.case_id, row.token) for row in db.session.scalars(select(TimerFiring))}
        assert fired == {token for token, (_, has_fired) in self.deadlines.items() if has_fired}
        assert db.session.scalar(select(func.count(Notice.id))) == db.session.scalar(
            select(func.count(OutboxMessage.id)).where(OutboxMessage.status == "sent"))

    def finished_cases_kept_the_law(self):
        """But for what people did too late before the scheduler had told anybody of it: the monitor says just that."""
        numbers = set(db.session.scalars(select(Case.number).where(Case.id.in_(self.untold))))
        found = doctor.examine(self.clock())
        late = [one for one in found if one.case in numbers and one.facts.get("reason") in UNTOLD]
        assert [one for one in found if one not in late] == []
        self.reached.update(untold=len({one.case for one in late}), judged=sum(
            1 for _ in finished.reports(db.session.scalars(select(Case.number)))))

    # --- how ------------------------------------------------------------------------------------------------------

    def open_cases(self):
        return [case_id for case_id, model in getattr(self, "cases", {}).items() if model.task]

    def item(self, random):
        return db.session.scalar(select(WorkItem).where(
            WorkItem.case_id == random.choice(self.open_cases()), WorkItem.status == "open"))

    def do(self, item_id, actor, values, token):
        with transaction():
            return cases.complete_task(item_id, actor, values, token, self.clock(), random_people.LATE_REASON)

    def note_untold(self, case_id):
        """Whether a deadline of the case is over and the scheduler has not come yet."""
        if any(case == case_id and not fired and due + times.ROUNDS < self.clock()
               for (case, _), (due, fired) in self.deadlines.items()):
            self.untold.add(case_id)

    def note_deadlines(self):
        """Timers that began to wait; those that no longer wait and have not fired never will."""
        pending = {(row.case_id, row.token): row.due_at for row in db.session.scalars(
            select(Timer).where(Timer.status == "pending"))}
        self.deadlines = {token: (due, fired) for token, (due, fired) in self.deadlines.items()
                          if fired or token in pending}
        for token, due in pending.items():
            self.deadlines.setdefault(token, (due, False))


@pytest.mark.both_databases
def test_no_order_of_operations_leads_away_from_the_model(request, database, seed, figures):
    def on_sqlite(_stack, folder):
        shutil.copyfile(request.getfixturevalue("sqlite_installed"), folder / "caseflow.db")
        return f"sqlite:///{folder}/caseflow.db"

    def on_postgresql(stack, _folder):
        return stack.enter_context(request.getfixturevalue("postgres_installed").copy_of("installed"))

    examples, steps = sizes.size(12, 500), sizes.size(30, 50)
    profile = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, database=None, print_blob=False,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink] if sizes.LONG else [Phase.generate])
    machine = type("Operations", (Operations,), {
        "fresh": staticmethod(on_sqlite if database == "sqlite" else on_postgresql), "reached": Counter()})
    run_state_machine_as_test(hypothesis_seed(seed)(machine), settings=profile)
    figures(runs=examples, steps=steps, **machine.reached)
