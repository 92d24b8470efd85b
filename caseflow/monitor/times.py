"""Rules on time, with the moments that were: each limit ended when its rule says, and whoever was late was told of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from caseflow.engine.values import DeadlineRule
from caseflow.moments import is_over, moment
from caseflow.monitor.course import Task, Timer
from caseflow.monitor.held import Held, Said, broken, untold
from caseflow.proof.language import Check, Limit
from caseflow.proof.limits import TELLS, limit_fact, within

# A deadline that is over is told of by the scheduler's next rounds, and not by whoever completes the task meanwhile.
ROUNDS = timedelta(minutes=5)


def deadline(check: Check, held: Held) -> Iterator[Said]:
    """Each of these tasks had a limit that keeps the rule's, and it ended at the moment the calendar gives."""
    for task in held.course.of(check.words(check.parts[0])):
        found = guards(held, task, check.limit)
        looked = (task.opened.seq, *(timer.set.seq for timer in found))
        keeping = [timer for timer in found if within(timer.rule, check.limit)]
        if not keeping:
            wanted = limit_fact(held.definition, check.limit.unit, check.limit.amount, check.limit.since)
            code = "limit_too_long" if found else "limit_missing"
            yield broken(looked, task.element, code, name=held.name(task.element), wanted=wanted, limits=tuple(
                limit_fact(held.definition, timer.rule.unit, timer.rule.amount, timer.rule.since_name)
                for timer in found))
            continue
        yield Said(looked)
        for timer in keeping:
            yield from _as_counted(held, task, timer)


def guards(held: Held, task: Task, limit: Limit | None = None) -> list[Timer]:
    """The timers that were this task's statutory limit while it waited; for a day that somebody has set, any around
    it."""
    elements = {one for digest in {task.digest, held.course.digest} for one in _around(held, digest, task, limit)}
    last = task.ended if task.ended is not None else len(held.course.acts)
    found = [timer for timer in held.course.timers.values() if timer.element in elements and timer.act <= last]
    own = [timer for timer in found if timer.act >= task.begun]
    before = [timer for timer in found if timer.act < task.begun]
    return own if any(timer.act == task.begun for timer in own) else [*before[-1:], *own]


def _around(held: Held, digest: str, task: Task, limit: Limit | None) -> Iterator[str]:
    definition = held.law.version(digest)
    if limit is None or limit.unit != "date":
        yield from definition.limits.get(task.element, ())
        return
    inside = task.element
    while inside:
        yield from (one.id for one in definition.elements.values() if one.attached_to == inside)
        inside = definition.elements[inside].parent if inside in definition.elements else ""


def _as_counted(held: Held, task: Task, timer: Timer) -> Iterator[Said]:
    """Whether a timer counted from the moment its rule names, ended when that gives, and did not fire before."""
    name, looked = held.name(task.element), (timer.set.seq, *(line.seq for line, _, _ in timer.dues[1:]))
    began = _begun(held, timer)
    if began is None:
        yield untold(looked, task.element, "not_in_journal", what=timer.rule.since_name)
    elif not timer.again and moment(timer.rule.since) != moment(began):
        yield broken(looked, task.element, "since_otherwise", name=name, found=timer.rule.since, wanted=began)
    wanted, found = held.law.due(timer.rule), timer.due()
    if wanted != found:
        told = broken if timer.calendar == held.law.calendar.version else untold
        code = "due_otherwise" if told is broken else "other_calendar"
        yield told(looked, task.element, code, name=name, found=found, wanted=wanted)
    if timer.fired is not None and not is_over(timer.due(timer.fired.seq), timer.fired.at):
        yield broken((*looked, timer.fired.seq), task.element, "fired_before", name=name,
                     due=timer.due(timer.fired.seq), at=timer.fired.at)


def _begun(held: Held, timer: Timer) -> str | None:
    """The moment or day from which a timer had to count; None where the journal does not say."""
    name = timer.rule.since_name
    if name == "now":
        return timer.set.at.isoformat()
    if name == "received_at":
        return held.course.received.isoformat() if held.course.received else None
    known = held.course.known(name, timer.act + 1)
    return None if known is None else str(known)


def escalates(check: Check, held: Held) -> Iterator[Said]:
    """Whenever the limit of such a task was over, the supervisors were told: when it fired, and if it was done late."""
    role = check.named["to"]
    for task in held.course.of(check.words(check.parts[0])):
        found = guards(held, task)
        name, (at, seq) = held.name(task.element), held.over(task)
        looked = (task.opened.seq, *(timer.set.seq for timer in found), seq)
        if not found:
            yield broken(looked, task.element, "escalation_without_limit", name=name)
            continue
        fired = [timer for timer in found if timer.fired is not None and not timer.withdrawn]
        silent = [timer for timer in fired if not tells(held, timer, role)]
        due = min(timer.due() for timer in found)
        if silent:
            yield broken((*looked, silent[0].fired.seq), task.element, "fired_untold", name=name, due=due)
        elif not fired and _overdue(found, at):
            yield broken(looked, task.element, "late_untold", name=name, due=due, at=at)
        else:
            yield Said((*looked, *(timer.fired.seq for timer in fired)))


def _overdue(timers: list[Timer], at: datetime) -> bool:
    """Whether one of these was over then for longer than the rounds of the scheduler take, also of one that was over
    when it was set."""
    return any(is_over(max(timer.due(), timer.set.at), at - ROUNDS) for timer in timers)


def tells(held: Held, timer: Timer, role: str) -> bool:
    """Whether those of this role heard of it when this timer fired."""
    act = held.course.acts[timer.fired_act]
    return any(role in TELLS.get(str(line.details["topic"]), ()) for line in act.led_to("effect_applied"))


def gives_up(check: Check, held: Held) -> Iterator[Said]:
    """None of these tasks was done after its limit, which ends it."""
    for task in held.course.of(check.words(check.parts[0])):
        found = guards(held, task)
        at, seq = held.over(task)
        looked = (task.opened.seq, *(timer.set.seq for timer in found), seq)
        if not found:
            yield broken(looked, task.element, "still_waits", name=held.name(task.element))
        elif task.done is not None and _overdue(found, at):
            yield broken(looked, task.element, "done_after_end", name=held.name(task.element), at=at,
                         due=min(timer.due() for timer in found))
        else:
            yield Said(looked)


def covered(check: Check, held: Held) -> Iterator[Said]:
    """While the time of these steps passed before they were done, somebody who supervises was told of it in time.

    A step that never came in this case had no time to pass, but for one that was waited for till its end. The time
    begins anew whenever a step of `after` was passed again.
    """
    subjects, after = check.words(check.parts[0]), check.words(check.named.get("after"))
    began = list(_beginnings(held, after))
    for (number, at, seq), anew in zip(began, [*(one[2] for one in began[1:]), None], strict=False):
        if at is None:
            yield untold((seq,), subjects[0], "not_in_journal", what="received_at")
            continue
        ended = _ended(held, subjects, number)
        if ended is None or (anew is not None and ended[1] > anew):
            continue
        due = _limit(check.limit, held, number, at)
        if due is None:
            yield untold((seq, ended[1]), subjects[0], "not_in_journal", what=check.limit.since)
            continue
        yield _seen(held, subjects[0], due, (seq, *ended))


def _beginnings(held: Held, after: tuple[str, ...]) -> Iterator[tuple[int, datetime | None, int]]:
    """From when the time runs: the act, the moment and the entry."""
    if not after:
        yield 0, held.course.received, held.course.opened.seq
        return
    for number, act in enumerate(held.course.acts):
        if any(element in after for element in held.move(number).passed):
            yield number, act.line.at, act.line.seq


def _ended(held: Held, subjects: tuple[str, ...], begin: int) -> tuple[datetime, int] | None:
    """When the first of these steps since an act was done, or waited for no more; None where none came."""
    for number in range(begin, len(held.course.acts)):
        if any(element in subjects for element in held.move(number).passed) and (number > begin or not begin):
            line = held.course.acts[number].line
            return line.at, line.seq
    waited = [held.over(task) for task in held.course.of(subjects) if task.begun >= begin]
    return max(waited, default=None)


def _limit(limit: Limit, held: Held, number: int, at: datetime) -> datetime | None:
    if limit.unit == "date":
        day = held.course.known(limit.since, number + 1)
        return None if day is None else held.law.due(DeadlineRule("date", 0, str(day), limit.since))
    return held.law.due(DeadlineRule(limit.unit, limit.amount, at.isoformat(), limit.since))


def _seen(held: Held, step: str, due: datetime, when: tuple[int, datetime, int]) -> Said:
    """Whether a step that was over at that moment was in time, or told of by a timer that ended no later than `due`."""
    began, at, seq = when
    told = [timer for timer in held.course.timers.values() if timer.fired is not None and timer.fired.at <= at
            and timer.due(timer.fired.seq) <= due and tells(held, timer, "supervisor")]
    looked = (began, *(timer.fired.seq for timer in told), seq)
    if told or not is_over(due, at - ROUNDS):
        return Said(looked)
    counted = {timer.calendar for timer in held.course.timers.values()}
    if counted and counted != {held.law.calendar.version}:
        return untold(looked, step, "other_calendar", name=held.name(step), found=at, wanted=due)
    return broken(looked, step, "passed_unseen", to=held.name(step), due=due, at=at)


TIMES = {"deadline": deadline, "escalates": escalates, "gives_up": gives_up, "covered": covered}
