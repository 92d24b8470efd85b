"""The digest before work starts: what is overdue, due today and new, once on each working day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import or_, select

from caseflow.law import calendars, regulations
from caseflow.law.working_days import Calendar
from caseflow.models import Profile, User, WorkItem, db
from caseflow.moments import ONE_DAY, SHANGHAI, over_by, start_of
from caseflow.notices import deliveries
from caseflow.notices.deliveries import Rules
from caseflow.people import permissions
from caseflow.work import open_work

LATEST = timedelta(hours=4)     # a digest that could not be made by then helps nobody any more
MOST = 100
BY = ("email", "chat", "sms")   # one message is enough: the first of these that was chosen


def make(at: time, rules: Rules, now: datetime, limit: int = 50) -> int:
    """Make the digests that are due today, for so many people; returns how many people were looked at.

    Each person is looked at once a day. There is none on a day off, and none that would say nothing.
    """
    local = now.astimezone(SHANGHAI)
    begin = datetime.combine(local.date(), at, SHANGHAI)
    if not rules.channels or not begin <= local < begin + LATEST:
        return 0
    today = local.date()
    rows = db.session.execute(
        select(Profile, User).join(User, User.id == Profile.user_id)
        .where(Profile.digest, User.active, Profile.channels != "",
               or_(Profile.digested_on.is_(None), Profile.digested_on < today))
        .order_by(Profile.user_id).limit(limit).with_for_update(skip_locked=True, of=Profile)).unique().all()
    for profile, user in rows:
        profile.digested_on = today
        calendar = _calendar(profile, user)
        channel = next((way for way in BY if way in profile.channels.split(",") and way in rules.channels), None)
        if channel and calendar and calendar.is_working(today):
            figures = _figures(user, _since(today, at, calendar), local)
            if any(figures.values()):
                deliveries.add(user.id, channel, "digest", figures, rules, now)
    return len(rows)


def _calendar(profile: Profile, user: User) -> Calendar | None:
    unit = user.roles[0].unit if user.roles else profile.unit
    return calendars.load(regulations.get(unit.regulation).calendar) if unit else None


def _since(today: date, at: time, calendar: Calendar) -> datetime:
    """When the digest of the working day before was made."""
    return datetime.combine(calendar.shift(today, -1), at, SHANGHAI)


def _figures(user: User, since: datetime, local: datetime) -> dict[str, int]:
    places = open_work.places(permissions.actor_for(user))
    midnight = start_of(local.date() + ONE_DAY)
    wanted = {
        "overdue": WorkItem.due_at <= over_by(local),
        "today": (WorkItem.due_at > over_by(local)) & (WorkItem.due_at < midnight),
        "new": WorkItem.opened_at >= since,
    }
    return {name: min(db.session.scalar(select(open_work.number(places, bound, MOST))) or 0, MOST)
            for name, bound in wanted.items()}
