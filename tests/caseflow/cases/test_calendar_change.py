"""A notice arrives: stored whole or not at all, and pending due dates follow it once, on the record."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest

from caseflow import moments
from caseflow.cases import calendar_change
from caseflow.engine import step as engine
from caseflow.engine.definition import load
from caseflow.engine.values import Context, DeadlineRule, Step
from caseflow.errors import InvalidInput
from caseflow.law import calendars, deadlines, regulations
from caseflow.law.calendar_rows import Doubt
from caseflow.models import (
    CalendarDay,
    CalendarNotice,
    Case,
    Definition,
    JournalEntry,
    ProcessInstance,
    Rating,
    ServiceRecord,
    Timer,
    Unit,
    WorkItem,
    db,
    transaction,
)
from caseflow.people.permissions import SYSTEM
from tests.caseflow.engine.builder import Scope
from web.sentences.calendars import why

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
EVENT = "2026-12-25T10:00:00+08:00"   # five working days without a notice, New Year off: Monday 2027-01-04
SOURCE = "国务院办公厅关于2027年部分节假日安排的通知"
NOTICE = [["2027-01-01", "off", "元旦"], ["2027-01-02", "off", "元旦"], ["2027-01-03", "work", "元旦"],
          ["2027-05-01", "off"], ["2027-10-01", "off"], ["2027-10-02", "off"], ["2027-10-03", "off"]]


@pytest.fixture(autouse=True)
def seeded(session):
    with transaction():
        calendars.seed(NOW)


def open_case(regulation: str, *limits: tuple, **changes) -> Case:
    """A case with one open task for each (unit, amount, since), guarded by a pending timer with this limit."""
    number = db.session.query(Case).count() + 1
    unit = Unit(regulation=regulation, code=f"unit{number}", name="民政局", level="district", area_code="341702")
    service = ServiceRecord(project_no=f"P{number}", service_number=1, service_time=NOW, area_code="341702")
    rating = Rating(service=service, regulation=regulation, level="dissatisfied", raw_level="2", rated_at=NOW,
                    received_at=NOW, source="file:test", real_name=False, raw="{}")
    db.session.add_all([unit, rating])
    db.session.flush()
    case = Case(number=f"GC-2026-{number:06d}", kind="rectification", regulation=regulation, rating_id=rating.id,
                unit_id=unit.id, opened_at=NOW)
    db.session.add(case)
    db.session.flush()
    step = begin(case, len(limits))
    timers = []
    for task, limit in zip(step.tasks, limits, strict=True):
        timers.append(add_timer(case, *task.deadlines, *limit, element=task.element.replace("task", "due")))
        add_item(case, task.token, task.element, due_at=timers[-1].due_at, due_provisional=timers[-1].provisional)
    case.next_due = case.next_try = min(timer.due_at for timer in timers)
    for name, value in changes.items():
        setattr(case, name, value)
    db.session.flush()
    return case


def begin(case: Case, tasks: int) -> Step:
    """The state of a process in which so many tasks are open side by side, each with a deadline of its own."""
    scope = Scope()
    scope.start(), scope.parallel("fork"), scope.parallel("join"), scope.end()
    scope.flow("begin", "fork")
    scope.flow("join", "done")
    for number in range(tasks):
        scope.user(f"task_{number}"), scope.deadline(f"due_{number}", f"task_{number}")
        scope.effect(f"late_{number}"), scope.end(f"told_{number}")
        scope.flow("fork", f"task_{number}", "join")
        scope.flow(f"due_{number}", f"late_{number}", f"told_{number}")
    definition = load({"test.bpmn": scope.source()}, trusted=True)
    step = engine.start(definition, {}, Context(NOW))
    if db.session.get(Definition, definition.digest) is None:
        db.session.add(Definition(
            digest=definition.digest, regulation=case.regulation, process_id=definition.process_id, number=tasks,
            files=json.dumps({"test.bpmn": definition.source.decode()}), deployed_at=NOW))
        db.session.flush()
    db.session.add(ProcessInstance(
        case_id=case.id, definition=definition.digest, state=step.state, state_digest=sha256(step.state).hexdigest()))
    return step


def add_timer(case: Case, token: int, unit: str, amount: int, since: str, element: str = "rectify_due") -> Timer:
    rule = DeadlineRule(unit, amount, since, "now")
    deadline = deadlines.compute(rule, calendars.load(case.regulation))
    timer = Timer(case_id=case.id, token=token, element=element, interrupting=False, unit=unit, amount=amount,
                  since=since, since_name="now", due_at=deadline.due_at, calendar=deadline.calendar,
                  provisional=deadline.provisional, created_at=NOW)
    db.session.add(timer)
    return timer


def add_item(case: Case, token: int, element: str = "rectify", **values) -> WorkItem:
    item = WorkItem(case_id=case.id, token=token, element=element, visit=1, name="整改", unit_id=case.unit_id,
                    role="officer", opened_at=NOW, **values)
    db.session.add(item)
    return item


def import_2027(rows=NOTICE, jurisdiction="national", year=2027, source=SOURCE):
    with transaction():
        return calendar_change.import_notice(jurisdiction, year, rows, source, NOW, SYSTEM)


def journal(kind: str) -> list[dict]:
    return [json.loads(entry.details)
            for entry in db.session.query(JournalEntry).filter_by(kind=kind).order_by(JournalEntry.id)]


def shanghai_day(moment: datetime) -> date:
    return moment.astimezone(moments.SHANGHAI).date()


def timers_of(case: Case) -> list[Timer]:
    return db.session.query(Timer).filter_by(case_id=case.id).order_by(Timer.token).all()


def items_of(case: Case) -> list[WorkItem]:
    """Those its process has opened, in the order of their limits."""
    return db.session.query(WorkItem).filter(
        WorkItem.case_id == case.id, WorkItem.element.startswith("task_")).order_by(WorkItem.element).all()


def item_of(case: Case) -> WorkItem:
    item, = items_of(case)
    return item


@pytest.mark.both_databases
def test_a_notice_moves_the_pending_due_date_its_work_item_and_the_case(session):
    with transaction():
        case = open_case("guichi", ("working_days", 5, EVENT))
    result = import_2027()
    timer, = timers_of(case)
    assert shanghai_day(timer.due_at) == date(2027, 1, 3)   # the make-up Sunday
    assert (timer.provisional, timer.calendar.startswith("national:2027r2")) == (False, True)
    item = item_of(case)
    assert (item.due_at, item.due_provisional) == (timer.due_at, False)
    assert case.next_due == case.next_try == timer.due_at
    assert (result.timers, result.cases, result.revision, result.days) == (1, 1, 1, 7)


@pytest.mark.both_databases
def test_each_change_is_journaled_on_its_case_and_the_import_once(session):
    with transaction():
        case = open_case("guichi", ("working_days", 5, EVENT))
    import_2027()
    entry, = journal("due_recomputed")
    assert session.query(JournalEntry).filter_by(kind="due_recomputed").one().stream == f"case:{case.id}"
    assert (entry["previous_due_at"], entry["due_at"], entry["provisional"], entry["token"]) == (
        "2027-01-04T15:59:59+00:00", "2027-01-03T15:59:59+00:00", False, timers_of(case)[0].token)
    imported, = journal("calendar_imported")
    assert (imported["year"], imported["revision"], imported["source"], imported["timers"]) == (2027, 1, SOURCE, 1)


def test_importing_the_same_notice_again_moves_nothing_and_journals_no_case(session):
    with transaction():
        case = open_case("guichi", ("working_days", 5, EVENT))
    import_2027()
    due = timers_of(case)[0].due_at
    again = import_2027()
    assert (again.timers, again.cases, again.revision) == (0, 0, 2)
    assert timers_of(case)[0].due_at == due
    assert len(journal("due_recomputed")) == 1
    assert len(journal("calendar_imported")) == 2


def test_a_due_date_that_stays_is_confirmed_on_the_record(session):
    with transaction():
        case = open_case("guichi", ("working_days", 5, "2027-03-01"))
    import_2027()
    assert [timer.provisional for timer in timers_of(case)] == [False]
    assert not item_of(case).due_provisional
    entry, = journal("due_recomputed")
    assert (entry["due_at"], entry["provisional"]) == (entry["previous_due_at"], False)


def test_a_december_day_taken_by_the_next_years_notice_moves_a_date_that_was_certain(session):
    with transaction():
        case = open_case("guichi", ("working_days", 1, "2026-12-30"))
    assert not timers_of(case)[0].provisional
    import_2027([["2026-12-31", "off", "元旦"], *NOTICE])
    assert shanghai_day(timers_of(case)[0].due_at) == date(2027, 1, 3)


@pytest.mark.parametrize("limit", [("hours", 300, EVENT), ("end_of_day", 0, EVENT), ("date", 0, "2027-01-01")])
def test_limits_that_rest_on_no_calendar_stay(session, limit):
    with transaction():
        case = open_case("guichi", limit)
    before = timers_of(case)[0].due_at
    assert import_2027().timers == 0
    assert timers_of(case)[0].due_at == before


def test_a_timer_that_was_cancelled_stays_as_it_was(session):
    with transaction():
        case = open_case("guichi", ("working_days", 5, EVENT))
        timers_of(case)[0].status = "cancelled"
    assert import_2027().timers == 0
    timer, = timers_of(case)
    assert (shanghai_day(timer.due_at), timer.provisional) == (date(2027, 1, 4), True)


@pytest.mark.both_databases
@pytest.mark.parametrize(("since", "day"), [("2027-03-01", date(2027, 3, 8)), (EVENT, date(2027, 1, 4))])
def test_a_limit_that_is_over_and_that_the_notice_does_not_put_off_is_provisional_no_more(session, since, day):
    with transaction():
        case = open_case("guichi", ("working_days", 5, since))
        timers_of(case)[0].status = "fired"
    assert import_2027().timers == 1
    timer, = timers_of(case)
    assert (shanghai_day(timer.due_at), timer.provisional, timer.status) == (day, False, "fired")
    assert (item_of(case).due_at, item_of(case).due_provisional) == (timer.due_at, False)
    entry, = journal("due_recomputed")
    assert (entry["due_at"], entry["provisional"]) == (entry["previous_due_at"], False)
    assert import_2027().timers == 0


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_a_task_whose_limit_was_over_before_it_ended_is_shown_as_provisional_no_more(session, status):
    with transaction():
        case = open_case("guichi", ("working_days", 5, "2027-03-01"))
        timers_of(case)[0].status, item_of(case).status = "fired", status
    import_2027()
    assert (shanghai_day(item_of(case).due_at), item_of(case).due_provisional) == (date(2027, 3, 8), False)


def test_a_limit_that_is_over_and_rests_on_another_year_without_notice_stays_provisional(session):
    with transaction():
        case = open_case("guichi", ("working_days", 5, "2028-03-01"))
        timers_of(case)[0].status = "fired"
    assert import_2027().timers == 0
    assert timers_of(case)[0].provisional


def test_a_work_item_follows_its_timer_once_even_when_another_ends_where_the_first_one_stood(session):
    with transaction():
        case = open_case("guichi", ("working_days", 4, EVENT), ("working_days", 5, EVENT))
    import_2027([["2026-12-31", "off"], ["2027-01-01", "work"], ["2027-01-04", "off"]])
    first, second = timers_of(case)
    assert [shanghai_day(timer.due_at) for timer in (first, second)] == [date(2027, 1, 1), date(2027, 1, 5)]
    assert [item.due_at for item in items_of(case)] == [first.due_at, second.due_at]


@pytest.mark.both_databases
def test_of_two_tasks_that_are_due_at_the_same_moment_only_the_one_whose_limit_moves_follows(session):
    with transaction():
        case = open_case("guichi", ("working_days", 5, EVENT), ("date", 0, "2027-01-04"))
        first, second = items_of(case)
        assert first.due_at == second.due_at
    assert import_2027().timers == 1
    assert [shanghai_day(item.due_at) for item in items_of(case)] == [date(2027, 1, 3), date(2027, 1, 4)]
    assert case.next_due == items_of(case)[0].due_at


@pytest.mark.both_databases
def test_a_date_that_an_earlier_version_put_on_a_statutory_holiday_moves_on_the_record(session):
    with transaction():
        case = open_case("guichi", ("working_days", 5, EVENT))
        timer, item = timers_of(case)[0], item_of(case)
        timer.due_at = item.due_at = case.next_due = datetime(2027, 1, 1, 15, 59, 59, tzinfo=UTC)
    with transaction():
        assert calendar_change.recompute("national", NOW, SYSTEM) == (1, 1)
    assert shanghai_day(timers_of(case)[0].due_at) == shanghai_day(item_of(case).due_at) == date(2027, 1, 4)
    with transaction():
        assert calendar_change.recompute("national", NOW, SYSTEM) == (0, 0)


def test_completed_work_items_and_those_of_no_timer_keep_their_due_date(session):
    with transaction():
        case = open_case("guichi", ("working_days", 5, EVENT))
        old = timers_of(case)[0].due_at
        add_item(case, 102, due_at=old, status="completed")
        add_item(case, 103, due_at=old - timedelta(days=1))
        add_item(case, 104, due_at=None)
    import_2027()
    assert [item.due_at for item in session.query(WorkItem).where(WorkItem.token > 100).order_by(WorkItem.token)] == [
        old, old - timedelta(days=1), None]


def test_a_pause_after_a_failure_and_a_parked_case_are_left_alone(session):
    with transaction():
        pause = datetime(2027, 1, 20, tzinfo=UTC)
        paused = open_case("guichi", ("working_days", 5, EVENT), attempts=2, next_try=pause)
        parked = open_case("guichi", ("working_days", 5, EVENT), attempts=5, next_try=None, incident=True)
    import_2027()
    assert (paused.next_try, parked.next_try) == (pause, None)
    assert shanghai_day(paused.next_due) == shanghai_day(parked.next_due) == date(2027, 1, 3)


@pytest.fixture
def local_calendars(monkeypatch):
    """Two regulations with a calendar of their own, whatever the files say."""
    guichi = regulations.get("guichi")
    local = {key: replace(guichi, key=key, calendar=key) for key in ("hainan", "guichi")}
    monkeypatch.setattr(regulations, "all_regulations", lambda: local)


def test_a_local_notice_moves_only_the_cases_under_that_calendar(session, local_calendars):
    with transaction():
        hainan, guichi = (open_case(key, ("working_days", 1, "2026-04-17")) for key in ("hainan", "guichi"))
    result = import_2027([["2026-04-20", "off", "三月三"]], "hainan", 2026, "海南省三月三放假通知")
    assert (result.timers, result.doubts) == (1, ())
    assert [shanghai_day(timers_of(case)[0].due_at) for case in (hainan, guichi)] == [
        date(2026, 4, 21), date(2026, 4, 20)]


def test_the_days_of_a_national_notice_hold_under_every_local_calendar(session, local_calendars):
    with transaction():
        for key in ("hainan", "guichi"):
            open_case(key, ("working_days", 5, EVENT))
    assert import_2027().cases == 2


def test_bad_rows_are_refused_together_and_leave_everything_as_it_was(session):
    with transaction():
        case = open_case("guichi", ("working_days", 5, EVENT))
    with pytest.raises(InvalidInput) as refusal:
        import_2027([*NOTICE, ["2027-01-01", "off"], ["2029-01-01", "off"]])
    assert refusal.value.fields == {"line 8": "doubled", "line 9": "wrong_year"}
    assert session.query(CalendarNotice).filter_by(year=2027).count() == 0
    assert session.query(JournalEntry).count() == 0
    assert timers_of(case)[0].provisional


@pytest.mark.parametrize(("place", "field"), [
    ({"jurisdiction": "natinal"}, "jurisdiction"), ({"year": 1999}, "year"), ({"source": "  "}, "source"),
    ({"source": "长" * 201}, "source"), ({"source": "通知\n二"}, "source"),
    ({"source": "国务院办公厅关于2026年部分节假日安排的通知"}, "source")])
def test_a_notice_for_nowhere_or_of_another_year_is_refused(session, place, field):
    with pytest.raises(InvalidInput) as refusal:
        import_2027(**place)
    assert list(refusal.value.fields) == [field]


@pytest.mark.both_databases
def test_a_corrected_notice_replaces_every_row_of_the_one_before(session):
    import_2027([["2026-12-31", "off"], *NOTICE])
    import_2027([["2027-01-01", "off"], ["2027-01-04", "work"]], source=SOURCE + "（更正）")
    days = {day: special for day, special in calendars.load("national").days.items()
            if day.year == 2027 or day == date(2026, 12, 31)}
    assert {day.isoformat() for day in days} == {"2027-01-01", "2027-01-04"}
    assert {special.source for special in days.values()} == {SOURCE + "（更正）"}


def test_a_corrected_notice_leaves_the_neighbouring_years_alone(session):
    import_2027([["2026-12-31", "off"], *NOTICE])
    before = {row.day for row in session.query(CalendarDay).filter(CalendarDay.day < date(2026, 1, 1))}
    result = import_2027([["2026-01-01", "off"], ["2026-12-31", "work"]], year=2026, source="2026年更正通知")
    after = calendars.load("national")
    assert {day for day in after.days if day < date(2026, 1, 1)} == before
    assert after.days[date(2026, 12, 31)].source == SOURCE     # the later year's notice decides
    assert date(2026, 2, 16) not in after.days
    assert (result.days, result.doubts[0]) == (1, Doubt("kept", date(2026, 12, 31), SOURCE))


def test_days_set_by_an_amendment_go_when_their_year_is_replaced(session):
    import_2027([["2020-01-01", "off"]], year=2020, source="2020年更正通知")
    assert calendars.load("national").is_working(date(2020, 1, 31))
    assert date(2019, 5, 5) in calendars.load("national").days


def test_a_made_up_year_is_certain_once_its_notice_is_in(session):
    import_2027()
    loaded = calendars.load("national")
    assert not loaded.is_provisional(date(2027, 3, 1))
    assert why(loaded.why(date(2027, 1, 3))) == f"周日，元旦调休上班（{SOURCE}）"
    assert loaded.version == "national:2027r2"
