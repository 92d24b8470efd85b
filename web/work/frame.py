"""What the list and the page of a task share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint

from caseflow.law import calendars, regulations
from caseflow.law.calendars import Calendar
from caseflow.models import WorkItem
from caseflow.people.permissions import Actor
from web.words import places, times

blueprint = Blueprint("work", __name__, template_folder="templates", url_prefix="/work")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the worklist."""

    item: WorkItem
    badge: times.Badge
    place: str
    mine: bool


def row(item: WorkItem, actor: Actor, now: datetime) -> Row:
    regulation = regulations.get(item.case.regulation)
    badge = badge_of(item, calendars.load(regulation.calendar), now)
    return Row(item, badge, places.place(regulation.key), item.assignee_id == actor.user_id)


def badge_of(item: WorkItem, calendar: Calendar, now: datetime) -> times.Badge:
    return times.due_badge(now, item.due_at, calendar, provisional=item.due_provisional)
