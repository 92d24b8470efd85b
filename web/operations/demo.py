"""The demo's clock: forward by an hour or by working days, from the header of every page."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, abort, current_app, flash, redirect, request
from flask_babel import gettext as _
from flask_login import current_user

from caseflow.casefile import journal
from caseflow.law import calendars, regulations
from caseflow.law.calendars import Calendar
from caseflow.models import transaction
from caseflow.moments import SHANGHAI
from web.app import clock
from web.frame.shell import weekday
from web.sign_in import auth
from web.words import roles

blueprint = Blueprint("demo", __name__, template_folder="templates")

WORKING_DAYS = {"day": 1, "week": 5}


@blueprint.post("/demo/clock")
def move():
    """Move the simulated clock; the scheduler fires what falls due within seconds. Recorded in the journal."""
    move = request.form.get("move")
    if not current_app.config["CASEFLOW"].demo or (move != "hour" and move not in WORKING_DAYS):
        abort(404)
    with transaction():
        before = clock.now()
        after = before + timedelta(hours=1) if move == "hour" else later(before, WORKING_DAYS[move], _calendar())
        clock.advance(round((after - before).total_seconds()))
        journal.append(None, "clock_moved", auth.current_actor(), after, {"from": before.isoformat(), "move": move})
    local = after.astimezone(SHANGHAI)
    flash(_("演示时钟已到 %(moment)s（%(weekday)s），到期的事项几秒内触发。",
            moment=local.strftime("%Y-%m-%d %H:%M"), weekday=weekday(local)), "info")
    return redirect(auth.safe_next(request.form.get("next")))


def later(moment: datetime, working_days: int, calendar: Calendar) -> datetime:
    """The same time of day, so many working days later."""
    local = moment.astimezone(SHANGHAI)
    day = calendar.shift(local.date(), working_days)
    return datetime.combine(day, local.timetz()).astimezone(moment.tzinfo)


def _calendar() -> Calendar:
    regulation = roles.place_of(current_user.user)
    return calendars.load(regulations.get(regulation).calendar if regulation else "national")
