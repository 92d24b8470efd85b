"""Running cases under the current version of their process: what a move would do, and doing it.

A case moves where it stands or not at all (engine/migrate.py); its rows follow in the same transaction, and its journal
tells from which version to which, with what was chosen for each timer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Row, select

from caseflow.casefile import holding, journal, kinds, offices, store
from caseflow.casefile.agreed import ExtensionKept
from caseflow.casefile.hand import HeldCase
from caseflow.cases import agreeable, clock_entries, due, standstill
from caseflow.cases.advance import Advance, follow, keep
from caseflow.cases.standstill import Clock
from caseflow.engine import definition as engine
from caseflow.engine import migrate as moves
from caseflow.engine.fitting import Obstacle
from caseflow.engine.migrate import KEEP, RESTART, Moved, MovedTimer
from caseflow.engine.values import Context, DeadlineRule, OpenTimer
from caseflow.errors import CannotMove, ConcurrentUpdate, InvalidInput, NothingChanged, VersionReplaced
from caseflow.law import calendars, deadlines, regulations
from caseflow.law.regulation_file import Regulation
from caseflow.law.time_account import Given
from caseflow.models import Case, DeadlineEntry, Definition, ProcessInstance, Timer, db
from caseflow.models.cases import OPEN
from caseflow.moments import day_of
from caseflow.people import branches, permissions
from caseflow.people.permissions import Actor
from caseflow.processes import deployed

MOST = 500      # cases of one preview


@dataclass(frozen=True, slots=True)
class TimerPreview:
    """A timer of a case. `how`: kept, begun or withdrawn; `changed`: keep or restart is to be chosen.

    `due_at` is its moment now (None: it begins with the move), `due_new` the moment by the
    rule of the new version, for one that begins or is restarted (None: withdrawn, or it cannot be restarted).
    """

    element: str
    name: str
    how: str
    changed: bool
    due_at: datetime | None
    due_new: datetime | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a move would do with a case, as it stood at `version`. With obstacles it stays where it is."""

    case_id: int
    number: str
    version: int
    definition: str
    places: tuple[str, ...]
    obstacles: tuple[Obstacle, ...]
    timers: tuple[TimerPreview, ...] = ()


def preview(case_ids: Sequence[int], target: engine.Definition, now: datetime) -> list[Preview]:
    """What a move to `target` would do with each of these cases of its process, in their order; nothing is written.

    InvalidInput for more than MOST. Cases that are not open, of another process, or there already, are left out. Who
    may look at them is judged by the caller.
    """
    if len(case_ids) > MOST:
        raise InvalidInput(f"A preview is of at most {MOST} cases.", fields={"cases": "too_many"})
    query = select(Case.id, Case.number, Case.version, Case.regulation, ProcessInstance.definition,
                   ProcessInstance.state).join(ProcessInstance, ProcessInstance.case_id == Case.id).where(
        Case.id.in_(case_ids), *open_under(target.process_id), ProcessInstance.definition != target.digest)
    rows = {row.id: row for row in db.session.execute(query)}
    timers = _timers_of(rows)
    return [_preview(rows[case_id], target, timers[case_id], now)
            for case_id in case_ids if case_id in rows]


def migrate(case_id: int, target_digest: str, choices: Mapping[str, str], actor: Actor, now: datetime, *,
            seen: int | None = None) -> Moved:
    """Let a running case go on under the current version of its process. Approvers of its regulation.

    `choices`: timer element → "keep" its moment or "restart" it by the new rule; those whose rule differs need one.
    `seen` is the case's version when the choice was made. Refuses with NotFound, PermissionDenied, InvalidInput,
    VersionReplaced when another version is current meanwhile, ConcurrentUpdate, NothingChanged, or CannotMove with the
    reasons. Visits, answers and the deadline ledger stay. Journaled as case_migrated.
    """
    case = holding.hold(case_id)
    permissions.require_process(actor, case.regulation, "approver")
    if not set(choices.values()) <= {KEEP, RESTART}:
        raise InvalidInput(fields={"choices": "unknown"})
    before, after = _versions(case, target_digest)
    if seen not in (None, case.version):
        raise ConcurrentUpdate
    if case.status != "open":
        raise CannotMove(obstacles=(Obstacle("ended"),))
    old, new = deployed.by_digest(before.digest), deployed.by_digest(after.digest)
    moved = moves.move(old, new, case.state, choices, Context(now))
    stopped = {token for token, timer in case.timers.items() if timer.stopped}
    found = (*_unchosen(moved, new, choices), *_standing_still(moved, new, stopped))
    if found:
        raise CannotMove(obstacles=found)
    _record(Advance(case, new, regulations.get(case.regulation), actor, now), old, moved, (before, after), choices)
    return moved


def _versions(case: HeldCase, target_digest: str) -> tuple[Definition, Definition]:
    """The version the case is under and the one it is to go to, which must be current."""
    process_id = f"{case.regulation}_{kinds.of(case.kind).process}"
    target = deployed.row_of(process_id, target_digest)
    if not target.current:
        raise VersionReplaced
    if case.definition == target_digest:
        raise NothingChanged
    return deployed.row_of(process_id, case.definition), target


def _unchosen(moved: Moved, new: engine.Definition, choices: Mapping[str, str]) -> Iterable[Obstacle]:
    return (Obstacle("choice", timer.element, name_of(new, timer.element))
            for timer in moved.timers if timer.changed and timer.element not in choices)


def _standing_still(moved: Moved, new: engine.Definition, stopped: set[int]) -> Iterable[Obstacle]:
    return (Obstacle("stopped", timer.element, name_of(new, timer.element))
            for timer in moved.timers if timer.how == "restarted" and timer.before in stopped)


def name_of(definition: engine.Definition, element: str) -> str:
    """What a step is called; a nameless timer as the task it guards."""
    found = definition.elements.get(element)
    if found is None:
        return element
    return found.name or (name_of(definition, found.attached_to) if found.attached_to else element)


def _record(advance: Advance, old: engine.Definition, moved: Moved, versions: tuple[Definition, Definition],
            choices: Mapping[str, str]) -> None:
    """Let everything follow: the state, who does what, the timers with their extensions, the summary, the journal."""
    case, (before, after) = advance.case, versions
    store.pin(case, after.digest)
    journal.append(case, "case_migrated", advance.actor, advance.now, {
        "from": before.digest, "from_number": before.number, "to": after.digest, "to_number": after.number,
        "timers": [[timer.element, timer.how, timer.before, timer.after] for timer in moved.timers],
        "choices": dict(choices)})
    _move_items(advance, old)
    _move_timers(case, old, moved)
    ledgers = clock_entries.of_case(case.id) if any(timer.how == "restarted" for timer in moved.timers) else {}
    rules = _rules_of(case.id) if ledgers else {}
    follow(advance, moved.step)
    for timer in moved.timers:
        if timer.how == "restarted" and timer.before in ledgers:
            _keep_extensions(advance, timer, rules[timer.before], ledgers[timer.before], moved)
    due.follow(case, advance.actor, advance.now)
    holding.save(case)


def _move_items(advance: Advance, old: engine.Definition) -> None:
    """Open tasks get the name, office and role they have in the new version; one that changes hands is free again.

    A task that was handed to another office stays there while the diagram says the same as before.
    """
    case, new = advance.case, advance.definition
    units = branches.offices_of(case, advance.regulation, day_of(advance.now))
    for token, item in list(case.items.items()):
        was, will = old.user_tasks[item.element], new.user_tasks[item.element]
        moved = replace(item, name=will.element.name)
        if (was.unit, was.role) != (will.unit, will.role):
            moved = replace(moved, unit_id=units[will.unit], role=will.role, assignee_id=None, stands_in=False)
        if moved != item:
            case.items[token] = moved
            case.note(store.MOVE_ITEM, case=case.id, of=token, name=moved.name, unit_id=moved.unit_id, role=moved.role,
                      assignee_id=moved.assignee_id, stands_in=moved.stands_in)
        if moved.unit_id != item.unit_id:
            offices.takes_part(case, moved.unit_id)
        if (moved.unit_id, moved.role) != (item.unit_id, item.role):
            journal.append(case, "task_opened", advance.actor, advance.now, {
                "element": item.element, "token": token, "visit": item.visit, "unit": moved.unit_id,
                "role": moved.role})


def _move_timers(case: HeldCase, old: engine.Definition, moved: Moved) -> None:
    """A kept timer that interrupts now, or no longer."""
    kept = {timer.after for timer in moved.timers if timer.how == "kept"}
    for timer in moved.step.timers:
        if timer.token in kept and timer.interrupting != old.interrupts(timer.element):
            case.note(store.MOVE_TIMER, case=case.id, of=timer.token, interrupting=timer.interrupting)


def _keep_extensions(advance: Advance, timer: MovedTimer, rule: DeadlineRule, ledger: Sequence[DeadlineEntry],
                     moved: Moved) -> None:
    """What a deadline was extended by stays granted when it is set anew, and counts as often as before."""
    case, now = advance.case, advance.now
    given = _given(moved.step.timers, timer.after, advance.regulation, now)
    entries = [DeadlineEntry(**row) for row in case.noted.get(store.INSERT_DEADLINE_ENTRY, ())
               if row["token"] == timer.after]
    calendar = calendars.load(advance.regulation.calendar)
    if agreeable.refused(advance.definition, advance.regulation, timer.element):
        return
    for grant in standstill.granted(rule, ledger, given, now):
        clock = Clock(case.timers[timer.after], given, entries)
        entry, agreed = standstill.extend(clock, calendar, grant.amount, grant.reason, now)
        keep(case, (entry, agreed, ExtensionKept(timer.element, timer.after, entry.due_at)), advance.actor, now)
        entries.append(entry)


def _given(timers: Iterable[OpenTimer], token: int, regulation: Regulation, now: datetime) -> Given:
    rule = next(timer.rule for timer in timers if timer.token == token)
    return Given(rule, now, regulation.close_of_business)


def _rules_of(case_id: int) -> Mapping[int, DeadlineRule]:
    rows = select(Timer.token, Timer.unit, Timer.amount, Timer.since, Timer.since_name).where(
        Timer.case_id == case_id, Timer.status == "pending")
    return {row.token: DeadlineRule(row.unit, row.amount, row.since, row.since_name)
            for row in db.session.execute(rows)}


# --- previews -----------------------------------------------------------------------------------------------------


def _timers_of(case_ids: Iterable[int]) -> Mapping[int, Mapping[int, Row]]:
    found: dict[int, dict[int, Row]] = defaultdict(dict)
    rows = select(Timer.case_id, Timer.token, Timer.due_at, Timer.clock_stopped).where(
        Timer.case_id.in_(case_ids), Timer.status == "pending")
    for row in db.session.execute(rows):
        found[row.case_id][row.token] = row
    return found


def _preview(row: Row, target: engine.Definition, timers: Mapping[int, Row], now: datetime) -> Preview:
    old = deployed.by_digest(row.definition)
    places = tuple(task.element for task in moves.inspect(old, row.state).tasks)
    made = Preview(row.id, row.number, row.version, row.definition, places, ())
    try:
        kept = moves.move(old, target, row.state, {}, Context(now))
        restarting = [timer.element for timer in kept.timers
                      if timer.how == "kept" and timer.changed and not timers[timer.before].clock_stopped]
        anew = moves.move(old, target, row.state, dict.fromkeys(restarting, RESTART), Context(now))
    except CannotMove as refusal:
        return replace(made, obstacles=refusal.obstacles)
    after = {timer.element: timer for timer in anew.timers}
    regulation = regulations.get(row.regulation)
    told = []
    for timer in kept.timers:
        before = timers.get(timer.before)
        new = after[timer.element].after if timer.how == "begun" or timer.element in restarting else None
        due_new = _due_new(anew.step.timers, new, regulation) if new else None
        known = target if timer.element in target.elements else old
        told.append(TimerPreview(
            timer.element, name_of(known, timer.element), timer.how, timer.changed,
            before.due_at if before is not None else None, due_new))
    return replace(made, timers=tuple(told))


def _due_new(timers: Iterable[OpenTimer], token: int, regulation: Regulation) -> datetime:
    """When a timer that is set anew would be due."""
    rule = next(timer.rule for timer in timers if timer.token == token)
    return deadlines.compute(rule, calendars.load(regulation.calendar), regulation.close_of_business).due_at


def cases_of(process_id: str, digest: str | None = None, limit: int = MOST) -> list[int]:
    """The open cases of a process under this version, or under any but the current; the oldest first."""
    return list(numbers_of(process_id, digest, limit))


def numbers_of(process_id: str, digest: str | None = None, limit: int = MOST) -> dict[int, str]:
    """The same cases, in the same order, each with its file number."""
    current = deployed.row_of(process_id).digest
    which = ProcessInstance.definition == digest if digest else ProcessInstance.definition != current
    query = select(Case.id, Case.number).join(ProcessInstance, ProcessInstance.case_id == Case.id)
    found = query.where(*open_under(process_id), which).order_by(Case.id).limit(limit)
    return dict(db.session.execute(found).all())


def open_under(process_id: str) -> tuple[ColumnElement[bool], ...]:
    """Conditions on Case that hold for the open cases of a deployed process."""
    regulation = deployed.row_of(process_id).regulation
    return OPEN, Case.regulation == regulation, Case.kind.in_(kinds.running(process_id.removeprefix(f"{regulation}_")))
