"""The deadlines of a case: their ledger, and stopping, restarting, extending and asking for an extension."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from caseflow.casefile import readings
from caseflow.casefile.readings import Reading
from caseflow.cases import agreeable, clock_entries, standstill
from caseflow.cases import clock as case_clock
from caseflow.errors import Conflict, InvalidInput, PermissionDenied
from caseflow.law import calendars, regulations
from caseflow.law.calendars import Calendar
from caseflow.models import Case, Timer, transaction
from caseflow.moments import is_over
from caseflow.people import permissions
from caseflow.people.permissions import Actor
from caseflow.processes import deployed
from web.app import clock
from web.cases import deadline_words
from web.errors import refusal
from web.forms.typed import line
from web.parts import deadlines, one_case
from web.sign_in.auth import current_actor
from web.words import times

blueprint = Blueprint("deadlines", __name__, template_folder="templates", url_prefix="/cases/<number>/deadlines")


@dataclass(frozen=True, slots=True)
class Ledger:
    """One deadline with what was agreed beside it. `waiting`: its moment is still to come; `stays`: why nothing may be
    agreed (agreeable.refused); `exceeded`: the agreed time is over."""

    token: int
    name: str
    waiting: bool
    stopped: bool
    by_hand: bool
    over: bool
    stays: str
    due_at: datetime
    agreed: str
    exceeded: bool
    sums: list[tuple[str, str]]
    lines: list[deadline_words.Line]
    extensions: int


@blueprint.get("/")
def show(number: str):
    return _page(one_case.find(number))


@blueprint.post("/stop")
def stop(number: str):
    done = gettext("已中止计时，法定期限不变；恢复以后按剩余时间另定日期。")
    return _do(number, done, lambda case, actor, now: case_clock.stop(
        case.id, actor, request.form.get("category", ""), line("reason"), now, seen=_number("seen")))


@blueprint.post("/restart")
def restart(number: str):
    return _do(number, lambda due_at: gettext("已恢复计时。") if due_at else gettext(
        "已撤销中止的决定；申诉正在复核，到申诉办结时才恢复计时。"), lambda case, actor, now: case_clock.restart(
        case.id, actor, line("reason"), now, seen=_number("seen")))


@blueprint.post("/extend")
def extend(number: str):
    return _do(number, gettext("已同意延期，并通知承办人和负责联系评价人的单位；法定期限不变。"),
               lambda case, actor, now: case_clock.extend(
                   case.id, _number("token"), _number("days"), actor, line("reason"), now, seen=_number("seen")))


@blueprint.post("/ask")
def ask(number: str):
    return _do(number, gettext("已申请延期，等待督办人员决定。"),
               lambda case, actor, now: case_clock.ask_for_extension(
                   case.id, _number("token"), _number("days"), actor, line("reason"), now, seen=_number("seen")))


def ledgers(case: Reading, definition: Any, calendar: Calendar, now: datetime) -> list[Ledger]:
    """The deadlines of a case that wait or were changed, the waiting ones first."""
    regulation, entries = regulations.get(case.regulation), case.ledger
    timers = [timer for timer in case.timers if timer.status == "pending" or timer.token in entries]
    return [_ledger(timer, entries.get(timer.token, []), regulation, calendar, definition, now)
            for timer in sorted(timers, key=lambda timer: timer.status != "pending")]


def _ledger(timer: Timer, entries: list, regulation: Any, calendar: Any, definition: Any, now: datetime) -> Ledger:
    by_the_clock, waiting = timer.unit == "hours", timer.status == "pending"
    stopped = timer.clock_stopped and timer.status != "cancelled"
    standing = clock_entries.standing_of(timer, entries, regulation, calendar, now)
    return Ledger(
        token=timer.token, name=deadlines.timer_name(timer, definition), waiting=waiting,
        stopped=stopped, by_hand=stopped and standstill.BY_HAND in standstill.holders(entries),
        over=is_over(timer.due_at, now), stays=agreeable.refused(definition, regulation, timer.element),
        due_at=timer.due_at, agreed=times.agreed(timer.agreed_at, stopped=stopped), exceeded=standing.remaining < 0,
        sums=deadline_words.sums(standing, by_the_clock=by_the_clock) if waiting or stopped else [],
        lines=deadline_words.lines(entries, regulation.clock.categories if regulation.clock else {},
                                   by_the_clock=by_the_clock),
        extensions=sum(entry.kind == "extended" for entry in entries))


def _do(number: str, done: str | Callable[[Any], str], operation: Callable[[Case, Actor, datetime], object]):
    """Do it and say so; `done` may depend on what came of it."""
    case, actor = one_case.find(number), current_actor()
    try:
        with transaction():
            answer = operation(case, actor, clock.now())
    except InvalidInput as error:
        problems = deadline_words.problems(error.fields)
        return _page(one_case.find(number), problems, request.endpoint.rpartition(".")[2]), 422
    except (Conflict, PermissionDenied) as error:
        flash(refusal(error)[1], "warning")
    else:
        flash(done if isinstance(done, str) else done(answer), "success")
    return redirect(url_for("deadlines.show", number=number))


def _page(case: Case, problems: list[str] | None = None, of: str = ""):
    actor, now, regulation = current_actor(), clock.now(), regulations.get(case.regulation)
    read, definition = readings.of(case), deployed.of(case)
    rules, found = regulation.extension, ledgers(read, definition, calendars.load(regulation.calendar), now)
    return render_template(
        "cases/deadlines.html", case=case, regulation=regulation, ledgers=found, problems=problems or [], of=of,
        typed=request.form, may_stop=case_clock.may_change(case, actor, regulation.clock and regulation.clock.by),
        may_extend=case_clock.may_change(case, actor, rules and rules.by),
        may_ask=bool(rules) and rules.by != "nobody" and any(
            permissions.may_work(actor, item) for item in read.open_items),
        running=any(line.waiting and not line.stopped and not line.over and not line.stays for line in found),
        stopped=any(line.by_hand for line in found),
        of_contact=[line for line in found if line.waiting and line.stays == agreeable.CONTACT],
        extendable=[line for line in found if rules and line.waiting and not line.over and not line.stays
                    and line.extensions < rules.most_times])


def _number(field: str) -> int:
    text = request.form.get(field, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
