"""What leaves by e-mail, SMS or chat: a row for each person and channel, claimed, tried, and given up in the end.

Rows are written together with the notice; they are sent later, between two short transactions and never within one.
One channel's failure touches no other row.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import uuid4

import orjson
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from caseflow import paging
from caseflow.casefile import journal
from caseflow.errors import Conflict, InvalidInput, NotFound
from caseflow.models import Delivery, Notice, Profile, RoleAssignment, User, db
from caseflow.moments import ONE_DAY, SHANGHAI
from caseflow.notices.channels import Outcome
from caseflow.people import duties, impartiality
from caseflow.people.permissions import Actor

CHANNELS = ("email", "sms", "chat")
ADDRESS = {"email": "email", "sms": "phone", "chat": "chat"}       # where a profile has it
FORM = {"email": re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9.-]{1,55}"), "phone": re.compile(r"\+?\d{5,20}"),
        "chat": re.compile(r"[\w.@-]{1,64}")}
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))   # after the 1st, 2nd … failure
LEASE = timedelta(minutes=10)     # a sender that died lets go of its messages
ALARMS = frozenset({"overdue"})   # to supervisors
LEAVES = ("number", "name", "reminder")   # of a notice: the case's number, names as drawn; nothing of the rater


@dataclass(frozen=True, slots=True)
class Rules:
    """Which channels this installation has, and the hours (of Shanghai) in which nothing leaves."""

    channels: frozenset[str] = frozenset()
    quiet_from: time = time(22)
    quiet_to: time = time(8)
    alarms_at_night: bool = False

    def moment(self, now: datetime, kind: str = "") -> datetime:
        """The first moment from `now` on at which a message of this kind may leave."""
        local = now.astimezone(SHANGHAI)
        if (kind in ALARMS and self.alarms_at_night) or not self._is_quiet(local.time()):
            return now
        end = datetime.combine(local.date(), self.quiet_to, SHANGHAI)
        return (end if end > local else end + ONE_DAY).astimezone(now.tzinfo)

    def _is_quiet(self, at: time) -> bool:
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= at < self.quiet_to
        return at >= self.quiet_from or at < self.quiet_to


@dataclass(frozen=True, slots=True)
class Try:
    """One try of one delivery; `details` are what the words are made of."""

    id: int
    attempt: int
    key: str
    channel: str
    to: str
    kind: str
    details: dict
    locale: str


def plan(notices: Collection[Notice], rules: Rules, now: datetime) -> None:
    """Write a row for each person at the notices' posts (or the one it is for) and each channel they chose.

    The notices have their ids.
    """
    if not rules.channels or not notices:
        return
    posts = {(notice.unit_id, notice.role) for notice in notices}
    rows = db.session.execute(
        select(RoleAssignment.unit_id, RoleAssignment.role, RoleAssignment.user_id, Profile.channels)
        .join(User, User.id == RoleAssignment.user_id).join(Profile, Profile.user_id == User.id)
        .where(User.active, Profile.channels != "", RoleAssignment.unit_id.in_({unit for unit, _ in posts})))
    people: dict[tuple[int, str], list[tuple[int, str]]] = {}
    for unit, role, user, channels in rows:
        people.setdefault((unit, role), []).extend((user, channel) for channel in channels.split(","))
    named = dict(db.session.execute(
        select(Profile.user_id, Profile.channels).join(User, User.id == Profile.user_id).where(
            User.active, Profile.channels != "", Profile.user_id.in_({one.user_id for one in notices}))).all())
    recused = _recused(notices, people)
    for notice in notices:
        details = orjson.loads(notice.details or "{}")
        said = {key: details[key] for key in LEAVES if key in details}
        for user, channel in _told(notice, people, named):
            if channel in rules.channels and (notice.case_id, user) not in recused:
                add(user, channel, notice.kind, said, rules, now, notice)


def _recused(notices: Collection[Notice],
             people: Mapping[tuple[int, str], list[tuple[int, str]]]) -> frozenset[tuple[int, int]]:
    """(case, person) of the reviewers who are not told of an appeal, since they must recuse."""
    of_reviews = [one for one in notices if one.role == impartiality.REVIEWER and one.case_id is not None]
    return impartiality.recused({one.case_id for one in of_reviews}, {
        user for one in of_reviews for user, _ in people.get((one.unit_id, one.role), [])})


def _told(notice: Notice, people: Mapping[tuple[int, str], list[tuple[int, str]]],
          named: Mapping[int, str]) -> list[tuple[int, str]]:
    if notice.user_id is None:
        return people.get((notice.unit_id, notice.role), [])
    return [(notice.user_id, channel) for channel in named.get(notice.user_id, "").split(",")]


def add(user_id: int, channel: str, kind: str, details: dict, rules: Rules, now: datetime,
        notice: Notice | None = None) -> None:
    """Write one row, to leave as soon as the quiet hours allow."""
    db.session.add(Delivery(
        key=uuid4().hex, notice_id=notice.id if notice else None, user_id=user_id, channel=channel, kind=kind,
        details=orjson.dumps(details, option=orjson.OPT_SORT_KEYS).decode(), status="waiting", attempts=0,
        next_try=rules.moment(now, kind), created_at=now, problem=""))


def claim(rules: Rules, now: datetime, limit: int = 20) -> list[Try]:
    """Take what is due, the longest waiting first, for as long as the lease; nobody else takes it meanwhile.

    What is for somebody who left, or chose otherwise, is dropped.
    """
    query = select(Delivery).where(Delivery.status == "waiting", Delivery.next_try <= now,
                                   Delivery.channel.in_(rules.channels))
    rows = db.session.scalars(query.order_by(Delivery.next_try, Delivery.id).limit(limit).with_for_update(
        skip_locked=True)).all()
    found = select(User).where(User.id.in_({row.user_id for row in rows})).options(joinedload(User.profile))
    users = {user.id: user for user in db.session.scalars(found).unique()} if rows else {}
    return [one for row in rows if (one := _taken(row, users[row.user_id], now))]


def _taken(row: Delivery, user: User, now: datetime) -> Try | None:
    profile = user.profile
    to = getattr(profile, ADDRESS[row.channel]) if profile and row.channel in profile.channels.split(",") else ""
    if not user.active or not to:
        row.status = "dropped"
        return None
    row.attempts, row.next_try = row.attempts + 1, now + LEASE
    return Try(row.id, row.attempts, row.key, row.channel, to, row.kind, orjson.loads(row.details), user.locale)


def record(tried: Try, outcome: Outcome, rules: Rules, now: datetime) -> None:
    """Note what became of a try: sent, again after a growing pause, or dead after the last one. A try whose lease
    ran out, and that somebody else repeats, changes nothing."""
    row = db.session.get(Delivery, tried.id, with_for_update=True, populate_existing=True)
    if row is None or row.status != "waiting" or row.attempts != tried.attempt:
        return
    row.problem = outcome.problem
    if outcome.status == "sent":
        row.status, row.sent_at = "sent", now
    elif outcome.status == "dead" or row.attempts > len(PAUSES):
        row.status = "dead"
    else:
        row.next_try = rules.moment(now + PAUSES[row.attempts - 1], row.kind)


def dead_letters(actor: Actor, *, page: int = 1, per_page: int = 50) -> list[tuple[Delivery, User]]:
    """What was given up, newest first, as far as the actor's duty reaches."""
    query = select(Delivery, User).join(User, User.id == Delivery.user_id).where(
        Delivery.status == "dead", duties.within(duties.reach(actor))).order_by(Delivery.id.desc())
    rows = db.session.execute(paging.cut(query, page, per_page)).unique()
    return [(delivery, user) for delivery, user in rows]


def resend(delivery_id: int, actor: Actor, now: datetime) -> None:
    """Try a dead one anew, at once and with the same key. For system administrators; refuses (Conflict) what is not
    dead any more."""
    row = _dead(delivery_id, actor)
    row.status, row.attempts, row.next_try = "waiting", 0, now
    journal.append(None, "delivery_resent", actor, now, {"delivery": row.id, "user": row.user_id})


def _dead(delivery_id: int, actor: Actor) -> Delivery:
    row = db.session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    duties.require_over(actor, "admin", db.session.get(User, row.user_id))
    if row.status != "dead":
        raise Conflict("This message waits or was dealt with already.")
    return row


def put_aside(delivery_id: int, actor: Actor, now: datetime) -> None:
    """Let a dead one be: nobody needs it any more. For system administrators, journaled; refuses (Conflict) what is not
    dead any more."""
    row = _dead(delivery_id, actor)
    row.status = "dropped"
    journal.append(None, "delivery_put_aside", actor, now, {"delivery": row.id, "user": row.user_id})


def choose(profile: Profile, now: datetime, actor: Actor, *, addresses: dict[str, str], channels: Iterable[str],
           digest: bool) -> None:
    """Choose by which channels one is told, and where.

    Refuses (InvalidInput) what is no address, and a channel without one. Journaled are the channels, not the addresses.
    """
    chosen = [channel for channel in CHANNELS if channel in set(channels)]
    wrong = {name: "form" for name, text in addresses.items() if text and not FORM[name].fullmatch(text)}
    if not wrong and any(not addresses[ADDRESS[channel]] for channel in chosen):
        wrong = {"channels": "address"}
    if wrong:
        raise InvalidInput(fields=wrong)
    before = {"channels": profile.channels, "digest": profile.digest}
    for name, text in addresses.items():
        setattr(profile, name, text)
    profile.channels, profile.digest = ",".join(chosen), digest and bool(chosen)
    after = {"channels": profile.channels, "digest": profile.digest}
    if after != before:
        journal.append(None, "channels_chosen", actor, now, {
            "user": profile.user_id, "before": before, "after": after})
