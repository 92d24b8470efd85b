"""Whatever is agreed beside a deadline in whatever order: it is due and late by the statute, what is agreed is what its
ledger says, and no working day gets lost.

The model counts day by day with a calendar of its own making; it shares no code with the ledger.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as hypothesis_seed
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from caseflow import moments
from caseflow.cases import calendar_change, clock, clock_entries
from caseflow.errors import ClockNotRunning, ClockNotStopped, Conflict, DeadlineOver, ExtensionsUsedUp
from caseflow.health import doctor
from caseflow.law import calendars, regulations, working_days
from caseflow.models import Case, Timer, db, transaction
from caseflow.people.permissions import SYSTEM
from caseflow.work import tasks
from scheduler import jobs, side_jobs
from tests import apps
from tests.conftest import Clock, lend_app
from tests.ground import open_item, person
from tests.journeys.kit import Journey

SHANGHAI = moments.SHANGHAI
NEW_YEAR = date(2026, 1, 1)
GIVEN = 15      # working days of the task that has the longest limit


class Model:
    """One limit, counted day by day. A working day is `used` once its midnight has come."""

    def __init__(self, received: datetime) -> None:
        self.off: dict[date, bool] = {}     # day → working, as the imported notices say
        self.since, self.left = day_of(received), GIVEN
        self.received, self.passed = self.since, None   # `passed`: the statutory day that was over
        self.extended = self.used = 0
        self.stopped = self.extended_by_hand = False

    @property
    def over(self) -> bool:
        return self.passed is not None

    def statutory(self) -> date:
        return self.passed or self._after(self.received, GIVEN)

    def judge(self, today: date) -> None:
        """Let it be over, or by a later day over no more; an earlier one changes nothing that is over."""
        day = self._after(self.received, GIVEN)
        day = max(day, self.passed) if self.passed else day
        self.passed = day if today > day else None

    def _after(self, day: date, left: int) -> date:
        while left > 0:
            day += timedelta(1)
            left -= self.works(day)
        return day

    def works(self, day: date) -> bool:
        return self.off.get(day, NATIONAL.is_working(day))

    def days(self, first: date, last: date) -> int:
        """Working days after the first up to the last; negative the other way round."""
        if last < first:
            return -self.days(last, first)
        return sum(self.works(first + timedelta(n)) for n in range(1, (last - first).days + 1))

    def due(self) -> date:
        """The agreed day."""
        day = self._after(self.since, self.left)
        if not self.left and not self.works(day):
            while not self.works(day):
                day += timedelta(1)
        return day

    def stop(self, today: date) -> None:
        used, left = self.days(self.since, today), self.days(today, self.due())
        self.extended += used + left - self.left        # a day the law gave
        self.used, self.left, self.stopped = self.used + used, left, True


NATIONAL = working_days.national()


def day_of(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), SHANGHAI)


class Deadline(RuleBasedStateMachine):
    """`fresh` gives the URL of a database of its own, within an ExitStack."""

    fresh = None

    @initialize(hours=st.integers(0, 40))
    def begin(self, hours):
        self.stack, self.clock = ExitStack(), Clock()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.app = lend_app(self.fresh(self.stack, folder), self.clock, folder)
        self.context = self.app.app_context()
        self.context.push()
        self.clock.advance(hours=hours)
        journey = Journey(self.app, self.clock, "guichi").bad_review()
        journey.does("first_response", outcome="complex").does("open_ledger")
        self.case_id, self.notice = journey.case_id, 0
        self.model = Model(db.session.get(Case, self.case_id).rating.received_at)
        self.lead, self.officer = person("guichi.bureau.supervisor"), person("guichi.dept1.officer")

    def teardown(self):
        if hasattr(self, "context"):
            try:
                assert doctor.examine(self.clock()) == []
            finally:
                db.session.remove()
                self.context.pop()
                apps.lender.take_back()
                self.stack.close()

    # --- what happens ---------------------------------------------------------------------------------------------

    @rule(hours=st.sampled_from([1, 5, 13, 24, 31, 24 * 3, 24 * 9]))
    def time_passes(self, hours):
        self.clock.advance(hours=hours)
        jobs.fire_due_cases()
        side_jobs.deliver_notices()
        self.model.judge(day_of(self.clock()))

    @rule()
    def stop(self):
        over, stopped = self.model.over, self.model.stopped
        if self.refused(over or stopped, (ClockNotRunning, DeadlineOver), lambda: clock.stop(
                self.case_id, self.lead, "awaiting_rater", "等材料", self.clock())):
            return
        self.model.stop(day_of(self.clock()))

    @rule()
    def restart(self):
        if self.refused(not self.model.stopped, ClockNotStopped, lambda: clock.restart(
                self.case_id, self.lead, "材料已到", self.clock())):
            return
        self.model.since, self.model.stopped = day_of(self.clock()), False

    @rule(days=st.integers(1, 5))
    def extend(self, days):
        token = self.timer().token
        used_up = self.model.extended_by_hand
        if self.refused(used_up or self.model.over, (ExtensionsUsedUp, DeadlineOver), lambda: clock.extend(
                self.case_id, token, days, self.lead, "情况复杂", self.clock())):
            return
        self.model.extended_by_hand = True
        self.model.left += days
        self.model.extended += days

    @rule(take=st.booleans())
    def change_hands(self, take):
        with transaction():
            (tasks.claim if take else tasks.release)(
                open_item(self.case_id).id, self.officer, self.clock())

    @rule(at=st.integers(62, 140), working=st.booleans())
    def the_calendar_changes(self, at, working):
        """A local notice sets one day; the statutory limit and the running segment are counted anew, what was stopped
        keeps what it had, and what was over too early is not."""
        self.notice += 1
        day = NEW_YEAR + timedelta(at)
        rows = {**self.model.off, day: working}
        with transaction():
            calendar_change.import_notice(
                "guichi", 2026, [[d.isoformat(), "work" if w else "off"] for d, w in rows.items()],
                f"通知 {self.notice}", self.clock(), SYSTEM)
        self.model.off = rows
        self.time_passes(0)

    # --- what must be so ------------------------------------------------------------------------------------------

    @invariant()
    def the_due_date_is_the_ledgers_and_no_day_is_lost(self):
        if not hasattr(self, "model"):
            return
        db.session.rollback()
        timer, item, case = self.timer(), open_item(self.case_id), db.session.get(Case, self.case_id)
        model, due = self.model, end_of(self.model.statutory())
        assert timer.due_at == item.due_at == due
        assert timer.clock_stopped == item.clock_stopped == model.stopped
        assert (timer.status, case.next_due, case.next_try) == (
            ("fired", None, None) if model.over else ("pending", due, due))
        if not model.stopped:
            agreed = end_of(model.due())
            assert timer.agreed_at == item.agreed_at == (agreed if agreed > due else None)
        self.sums_are_right(timer)

    def sums_are_right(self, timer):
        found = clock_entries.standing_of(
            timer, clock_entries.of_case(self.case_id)[timer.token], regulations.get("guichi"),
            calendars.load("guichi"), self.clock())
        model, today = self.model, day_of(self.clock())
        assert found.used + found.remaining == found.given + found.extended
        assert found.given == GIVEN
        assert found.due_at == (None if model.stopped else end_of(model.due()))
        left = model.left if model.stopped else model.days(today, model.due())
        used = model.used if model.stopped else model.used + model.days(model.since, today)
        assert (found.remaining, found.used) == (left, used)

    # --- how ------------------------------------------------------------------------------------------------------

    def timer(self):
        return db.session.query(Timer).where(
            Timer.case_id == self.case_id, Timer.element == "rectify_complex_due",
            Timer.status != "withdrawn").one()

    def refused(self, expected, errors, operation):
        """Do it; whether it was refused, as it had to be or not."""
        try:
            with transaction():
                operation()
        except Conflict as error:
            assert expected and isinstance(error, errors), error
            return True
        assert not expected
        return False


@pytest.mark.usefixtures("with_powers")
@pytest.mark.both_databases
def test_no_order_of_stops_extensions_hands_calendars_and_time_loses_a_working_day(request, database):
    def on_sqlite(_stack, folder):
        shutil.copyfile(request.getfixturevalue("sqlite_installed"), folder / "caseflow.db")
        return f"sqlite:///{folder}/caseflow.db"

    def on_postgresql(stack, _folder):
        return stack.enter_context(request.getfixturevalue("postgres_installed").copy_of("installed"))

    machine = type("OneDeadline", (Deadline,), {
        "fresh": staticmethod(on_sqlite if database == "sqlite" else on_postgresql)})
    profile = settings(max_examples=25 if database == "sqlite" else 8, stateful_step_count=25, deadline=None,
                       database=None, print_blob=False, suppress_health_check=list(HealthCheck),
                       phases=[Phase.generate])
    run_state_machine_as_test(hypothesis_seed(20260302)(machine), settings=profile)
