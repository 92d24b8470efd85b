"""Checks that what must always be true is true. It reports, it never repairs.

Invariants: every open case has something that will move it; work items and timers agree with the engine's state; a
timer fires once per visit and never early; what is agreed beside a deadline is what its ledger says; a bad review is
not closed without the revisit its regulation demands; at most one return for rehandling, and for evidence; a finished
case kept every rule of its regulation; an upheld appeal voids its rating; somebody impartial can review each appeal;
each process has rules, each word of the law a rule or a reason, the rules of forms what they count by, effects what
they need, and no power goes beyond its rules; every attachment has its file; no message is given up; the journal is
whole.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Subquery, exists, func, select

from caseflow.casefile import journal_check
from caseflow.cases import attachments, clock_entries, standstill
from caseflow.engine import step as engine
from caseflow.engine.definition import Definition
from caseflow.engine.values import Finding
from caseflow.errors import CaseflowError
from caseflow.health import law_watch
from caseflow.law import calendars, deadlines, regulations
from caseflow.law.rating_levels import HANDLED_IN
from caseflow.models import (
    Appeal,
    AppliedEffect,
    AwaitedMessage,
    Case,
    DeadlineEntry,
    Delivery,
    OutboxMessage,
    ProcessInstance,
    Rating,
    Timer,
    TimerFiring,
    WorkItem,
    db,
)
from caseflow.models.cases import OPEN
from caseflow.moments import day_of
from caseflow.people import branches, impartiality, staffing, vacancies
from caseflow.processes import deployed
from caseflow.raters import counted
from caseflow.ratings import cleaning, intake
from caseflow.workshop import agreement, proving

OUTBOX_AGE = timedelta(minutes=10)
BATCH = 200     # cases whose states are held in memory at a time


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that must not be: a stable code, the case number ("" when none is meant), and the facts of it.

    `subject` tells complaints with the same code and case apart: a token, an element, a place in the journal.
    """

    code: str
    case: str
    subject: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def examine(now: datetime) -> list[Complaint]:
    """Everything that is wrong in this database; an empty list is health.

    While others write, call it within `snapshot()`: it compares what several statements read.
    """
    return [complaint for check in CHECKS for complaint in check(now)]


def stuck_cases(now: datetime) -> Iterator[Complaint]:
    """Open cases that nothing will move any more."""
    tasks, timers = _by_case(WorkItem, "open"), _by_case(Timer, "pending")
    query = select(Case.number).outerjoin(tasks, tasks.c.case_id == Case.id).outerjoin(
        timers, timers.c.case_id == Case.id).where(
        OPEN, Case.incident.is_(False), tasks.c.case_id.is_(None), timers.c.case_id.is_(None),
        ~exists().where(AwaitedMessage.case_id == Case.id))
    for number in db.session.scalars(query):
        yield Complaint("stuck_case", number)


def _by_case(table: type[WorkItem] | type[Timer], *status: str) -> Subquery:
    """The cases that have such rows, with the earliest due moment, in one pass over all that is open."""
    return select(table.case_id, func.min(table.due_at).label("earliest")).where(
        table.status.in_(status)).group_by(table.case_id).subquery()


def rows_against_state(now: datetime) -> Iterator[Complaint]:
    """Work items and timers of every open case, held against the engine's state of it. Memory stays flat."""
    processes: dict[str, Definition | CaseflowError] = {}
    for batch in _open_cases():
        ids = [row.id for row in batch]
        items, timers = _tokens(WorkItem, ids, "open"), _tokens(Timer, ids, "pending")
        for row in batch:
            yield from _compare(row, processes, items[row.id], timers[row.id])


def _open_cases() -> Iterator[Sequence[Row]]:
    """The open cases with their states, so many at a time."""
    query = select(Case.id, Case.number, ProcessInstance.definition, ProcessInstance.state,
                   ProcessInstance.state_digest).join(ProcessInstance, ProcessInstance.case_id == Case.id)
    last = 0
    while batch := db.session.execute(query.where(OPEN, Case.id > last).order_by(Case.id).limit(BATCH)).all():
        yield batch
        last = batch[-1].id


def _tokens(table: type[WorkItem] | type[Timer], ids: list[int], *status: str) -> Mapping[int, set[int]]:
    """Case id → the tokens of its rows with this status."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = select(table.case_id, table.token, table.status).where(table.case_id.in_(ids))
    for row in db.session.execute(rows):     # asked for the status too, SQLite would read all that is open each time
        if row.status in status:
            found[row.case_id].add(row.token)
    return found


def _compare(case: Row, processes: dict[str, Definition | CaseflowError], items: set[int],
             pending: set[int]) -> Iterator[Complaint]:
    if hashlib.sha256(case.state).hexdigest() != case.state_digest:
        yield Complaint("wrong_state_digest", case.number)
        return
    try:
        step = engine.inspect(_process(case.definition, processes), case.state)
    except CaseflowError as error:
        yield Complaint("unreadable_state", case.number, facts={"why": str(error)})
        return
    tasks, timers = {task.token for task in step.tasks}, {timer.token for timer in step.timers}
    for code, tokens in (("invisible_task", tasks - items), ("orphan_work_item", items - tasks),
                         ("missing_timer", timers - pending), ("orphan_timer", pending - timers)):
        for token in sorted(tokens):
            yield Complaint(code, case.number, str(token), {"token": token})


def _process(digest: str, processes: dict[str, Definition | CaseflowError]) -> Definition:
    """The process with this digest, read once; one that cannot be read is refused again without another try."""
    if digest not in processes:
        try:
            processes[digest] = deployed.by_digest(digest)
        except CaseflowError as error:
            processes[digest] = error
    found = processes[digest]
    if isinstance(found, CaseflowError):
        raise found
    return found


def rows_of_ended_cases(now: datetime) -> Iterator[Complaint]:
    """Work items and timers that an ended case has left behind."""
    for code, table, status in (("orphan_work_item", WorkItem, ("open",)), ("orphan_timer", Timer, ("pending",))):
        query = select(Case.number, table.token).join(Case, Case.id == table.case_id).where(
            table.status.in_(status), Case.status != "open")
        for number, token in db.session.execute(query):
            yield Complaint(code, number, str(token), {"token": token, "ended": True})


def doubled_timers(now: datetime) -> Iterator[Complaint]:
    """Timers that stand twice, and would fire twice."""
    doubled = select(Case.number, Timer.element).join(Case, Case.id == Timer.case_id).where(
        Timer.status == "pending").group_by(Case.number, Timer.element, Timer.attached_to, Timer.since, Timer.due_at
                                            ).having(func.count() > 1)
    for number, element in db.session.execute(doubled):
        yield Complaint("doubled_timer", number, element, {"element": element})


def timers_fired_wrongly(now: datetime) -> Iterator[Complaint]:
    """Timers that fired before their time, or without a trace."""
    early = select(Case.number, TimerFiring.token).join(Case, Case.id == TimerFiring.case_id).where(
        TimerFiring.fired_at < TimerFiring.due_at)
    for number, token in db.session.execute(early):
        yield Complaint("fired_early", number, str(token), {"token": token})
    unfired = select(Case.number, Timer.token).join(Case, Case.id == Timer.case_id).where(
        Timer.status == "fired", ~exists().where(
            TimerFiring.case_id == Timer.case_id, TimerFiring.token == Timer.token))
    for number, token in db.session.execute(unfired):
        yield Complaint("firing_not_logged", number, str(token), {"token": token})


def cases_waiting_in_vain(now: datetime) -> Iterator[Complaint]:
    """Cases whose earliest timer the scheduler does not see."""
    timers = _by_case(Timer, "pending")
    query = select(Case.number).join(timers, timers.c.case_id == Case.id).where(
        OPEN, Case.incident.is_(False),
        (Case.next_try.is_(None)) | (Case.next_due.is_(None)) | (Case.next_due != timers.c.earliest))
    for number in db.session.scalars(query):
        yield Complaint("unscheduled_timer", number)


def deadlines_against_ledger(now: datetime) -> Iterator[Complaint]:
    """Deadlines beside which something was agreed: the agreed moment is the ledger's, and the due date of one that
    waits what the drawing and the calendar alone give."""
    ledgers = clock_entries.of_kept()
    query = select(Timer, Case.number, Case.regulation).join(Case, Case.id == Timer.case_id).where(
        clock_entries.kept(), exists().where(
            DeadlineEntry.case_id == Timer.case_id, DeadlineEntry.token == Timer.token))
    for timer, number, key in db.session.execute(query):
        regulation, entries = regulations.get(key), ledgers[timer.case_id, timer.token]
        calendar = calendars.load(regulation.calendar)
        due_at = deadlines.compute(deadlines.rule_of(timer), calendar, regulation.close_of_business).due_at
        if timer.status == "pending" and timer.due_at != due_at:
            yield Complaint("wrong_due_date", number, str(timer.token), {"token": timer.token})
        elif timer.clock_stopped != (entries[-1].kind != "ended" and bool(standstill.holders(entries))) or (
                timer.agreed_at != clock_entries.agreed_of(timer, entries, regulation, calendar, now, timer.due_at)):
            yield Complaint("wrong_agreed_date", number, str(timer.token), {"token": timer.token})


def closed_without_revisit(now: datetime) -> Iterator[Complaint]:
    """HF-15, QJ-16, HN-13, GC-2(二): a closed bad review has had its revisit, where the regulation wants one."""
    for regulation in regulations.all_regulations().values():
        revisits = regulation.milestones[HANDLED_IN].revisited.ever
        if not revisits:
            continue
        revisited = exists().where(WorkItem.case_id == Case.id, WorkItem.element.in_(revisits),
                                   WorkItem.status == "completed")
        query = select(Case.number).where(
            Case.regulation == regulation.key, Case.status == "closed", Case.kind == HANDLED_IN, ~revisited,
            func.coalesce(Case.outcome, "").not_in(regulation.closed_without_revisit))
        for number in db.session.scalars(query):
            yield Complaint("closed_without_revisit", number)


def cases_against_the_law(now: datetime) -> Iterator[Complaint]:
    """Finished cases that broke a rule of their regulation, or went otherwise than drawn, by their journals alone."""
    for found in law_watch.findings(now):
        yield Complaint(*found)


def returned_twice(now: datetime) -> Iterator[Complaint]:
    """HN-15: a case is returned for rehandling at most once."""
    for number in _applied_twice("return_for_rehandling"):
        yield Complaint("returned_twice", number)


def bad_ratings_without_case(now: datetime) -> Iterator[Complaint]:
    """How many bad ratings call for a case and have none: one complaint for all of them."""
    missing = intake.count_missing_cases()
    if missing:
        yield Complaint("rating_without_case", "", facts={"count": missing})


def lines_with_raters(now: datetime) -> Iterator[Complaint]:
    """Ratings whose pushed line an earlier version kept whole, with name, telephone and whatever else stood in it."""
    if uncleaned := cleaning.count():
        yield Complaint("lines_not_cleaned", "", facts={"count": uncleaned})


def missing_files(now: datetime) -> Iterator[Complaint]:
    """Attachments whose file is gone or has another size; the content is not read."""
    for number, attachment in attachments.lost():
        yield Complaint("missing_file", number, str(attachment), {"attachment": attachment})


def upheld_but_counted(now: datetime) -> Iterator[Complaint]:
    """QJ-18, HN-17, GC-2(三), HN-14: when the case of an upheld appeal has ended, its rating is not adopted, or the
    rater's newest stands for it."""
    query = select(Case.number).join(Appeal, Appeal.case_id == Case.id).join(Rating, Rating.id == Appeal.rating_id)
    for number in db.session.scalars(query.where(
            Appeal.decision == "upheld", Case.status != "open", counted.level() == Rating.level)):
        yield Complaint("upheld_but_counted", number)


def sent_back_twice(now: datetime) -> Iterator[Complaint]:
    """An appeal is sent back for evidence at most once."""
    for number in _applied_twice("return_for_evidence"):
        yield Complaint("sent_back_twice", number)


def _applied_twice(topic: str) -> Iterable[str]:
    """The numbers of cases in which this effect was applied more than once."""
    return db.session.scalars(
        select(Case.number).join(AppliedEffect, AppliedEffect.case_id == Case.id).where(
            AppliedEffect.topic == topic).group_by(Case.number).having(func.count() > 1))


def tasks_nobody_may_do(now: datetime) -> Iterator[Complaint]:
    """Reviews for which no impartial person is there: of a whole unit, and of one open appeal. And open tasks that
    nobody may do since another person than before is needed."""
    for regulation in regulations.all_regulations().values():
        for gap in impartiality.gaps(regulation, day_of(now)):
            yield Complaint("no_impartial_reviewer", "", f"{regulation.key}/{gap.office_id}/{gap.rated_id}",
                            {"office": gap.office, "rated": gap.rated})
    for item in db.session.scalars(select(WorkItem).where(staffing.nobody_may()).order_by(WorkItem.id)).unique():
        if item.role == impartiality.REVIEWER:
            yield Complaint("no_impartial_reviewer", item.case.number, str(item.token))
        else:
            yield Complaint("no_other_person", item.case.number, str(item.token), {"task": item.name})


def posts_without_people(now: datetime) -> Iterator[Complaint]:
    """Posts where open tasks wait and nobody is, active and not away: one complaint for each."""
    for post in vacancies.vacancies():
        yield Complaint("no_staff", "", f"{post.unit_id}/{post.role}",
                        {"unit": post.unit, "role": post.role, "tasks": post.tasks})


def current_processes(now: datetime) -> Iterator[Complaint]:
    """Of the versions under which cases begin: those that no rule watches, forms that nobody can submit, since a rule
    counts by a parameter that regulation.toml does not have any more, powers of it beyond what its rules give, and
    effects that lack something on some path."""
    for version in deployed.all_current():
        try:
            definition = deployed.by_digest(version.digest)
        except CaseflowError:       # rows_against_state tells it
            continue
        regulation = regulations.get(version.regulation)
        for finding in agreement.unruled(regulation, definition):
            yield Complaint("no_rules", "", version.process_id, finding.facts)
        for finding in agreement.unknown_parameters(regulation, definition):
            yield Complaint("missing_parameter", "", f"{version.process_id}/{finding.element}", finding.facts)
        for finding in proving.deployable(regulation, definition):
            yield _of_proof(version.process_id, finding)


def _of_proof(process: str, finding: Finding) -> Complaint:
    case, subject = "", f"{process}/{finding.element}/{finding.facts['reason']}"
    facts = {**finding.facts, "process": process}
    if "article" in facts:
        return Complaint("beyond_law", case, subject, facts)
    return Complaint("effect_stops", case, subject, facts)


def words_nobody_watches(now: datetime) -> Iterator[Complaint]:
    """Words of the regulations that no rule watches and no mark explains: whoever changed the file left them so."""
    for regulation in regulations.all_regulations().values():
        for number, (article, words) in enumerate(regulation.unexplained):
            yield Complaint("unwatched_words", "", f"{regulation.key}/{article}/{number}",
                            {"regulation": regulation.key, "article": article, "words": words})


def areas_without_branch(now: datetime) -> Iterator[Complaint]:
    """Areas with units and no branch of an office that acts there by rule: what they have goes to the office above."""
    for regulation in regulations.all_regulations().values():
        for found in branches.uncovered(regulation, day_of(now)):
            yield Complaint("area_without_branch", "", f"{regulation.key}/{found.office}/{found.area}", asdict(found))


def old_outbox(now: datetime) -> Iterator[Complaint]:
    """How many messages have waited longer than OUTBOX_AGE to leave: one complaint for all of them."""
    query = select(func.count(OutboxMessage.id)).where(
        OutboxMessage.status == "waiting", OutboxMessage.created_at < now - OUTBOX_AGE)
    waiting = db.session.scalar(query)
    if waiting:
        yield Complaint("old_outbox", "", facts={"count": waiting, "minutes": OUTBOX_AGE // timedelta(minutes=1)})


def dead_deliveries(now: datetime) -> Iterator[Complaint]:
    """What was given up by e-mail, SMS or chat, and nobody has sent again or put aside."""
    query = select(Delivery.channel, func.count()).where(Delivery.status == "dead").group_by(Delivery.channel)
    for channel, count in db.session.execute(query.order_by(Delivery.channel)):
        yield Complaint("dead_delivery", "", channel, {"count": count, "channel": channel})


def broken_journal(now: datetime) -> Iterator[Complaint]:
    """Every entry that does not fit its chain; the whole journal is read."""
    for found in journal_check.verify().broken:
        yield Complaint("broken_journal", "", f"{found.stream}/{found.seq}", asdict(found))


Check = Callable[[datetime], Iterator[Complaint]]

CURRENT: tuple[Check, ...] = (   # what they cost grows with the work that is open
    stuck_cases, rows_against_state, rows_of_ended_cases, doubled_timers, cases_waiting_in_vain,
    deadlines_against_ledger, old_outbox, dead_deliveries, tasks_nobody_may_do, posts_without_people,
    current_processes, words_nobody_watches, areas_without_branch,
)
HISTORY: tuple[Check, ...] = (   # with all that ever was
    timers_fired_wrongly, closed_without_revisit, cases_against_the_law, returned_twice, upheld_but_counted,
    sent_back_twice, bad_ratings_without_case, lines_with_raters, missing_files, broken_journal,
)
CHECKS = (*CURRENT, *HISTORY)
