"""The deadlines of a case as lines, each with the rule in words and its reasons day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext, lazy_gettext

from caseflow.casefile.readings import Reading
from caseflow.errors import CaseflowError
from caseflow.law import deadlines, regulations
from caseflow.law.calendars import Calendar
from caseflow.models import Timer
from web.sentences.deadlines import explain
from web.words import drawn, times

TIMER_STATES = {
    "pending": lazy_gettext("计时中"), "fired": lazy_gettext("已到期"), "cancelled": lazy_gettext("已结束计时"),
    "withdrawn": lazy_gettext("逾期已撤回"),
}


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """One deadline: its name, the rule in words, when it ends, what is agreed beside that ("": nothing), its state, and
    the reasons day by day. `late`: that it has fired makes its task late."""

    token: int
    element: str
    guards: str
    name: str
    rule: str
    since: str
    due: str
    agreed: str
    status: str
    status_name: str
    late: bool
    badge: times.Badge | None
    reasons: tuple[str, ...]


def deadline_lines(case: Reading, definition: Any, calendar: Calendar, now: datetime) -> list[DeadlineLine]:
    """Every deadline of the case, the running ones first, each with its reasons."""
    timers = sorted(case.timers, key=lambda timer: timer.status != "pending")
    return [_deadline_line(timer, case, definition, calendar, now, changed=timer.token in case.ledger)
            for timer in timers]


def _deadline_line(timer: Timer, case: Reading, definition: Any, calendar: Any, now: datetime, *,
                   changed: bool) -> DeadlineLine:
    running, since = timer.status == "pending", timer.since_name
    badge = times.due_badge(now, timer.due_at, calendar, provisional=timer.provisional) if running else None
    return DeadlineLine(
        token=timer.token, element=timer.element, guards=timer.attached_to,
        name=timer_name(timer, definition),
        rule=times.rule(timer.unit, timer.amount, since, drawn.field_label(definition, since)),
        since=times.since(timer.since), due=times.moment(timer.due_at),
        agreed=times.agreed(timer.agreed_at, stopped=timer.clock_stopped and timer.status != "cancelled"),
        status=timer.status,
        status_name=str(TIMER_STATES.get(timer.status, timer.status)),
        late=timer.status == "fired" and not drawn.is_reminder(definition, timer.element), badge=badge,
        reasons=(*_reasons(timer, case, calendar),
                 *([gettext("另有中止、恢复、延期或重新计算的记录，见期限明细")] if changed else [])))


def timer_name(timer: Timer, definition: Any) -> str:
    return drawn.element_name(definition, timer.element)


def _reasons(timer: Timer, case: Reading, calendar: Any) -> list[str]:
    try:
        return explain(deadlines.rule_of(timer), calendar, regulations.get(case.regulation).close_of_business)
    except CaseflowError:
        return []
