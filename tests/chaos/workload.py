"""Which task is done next, by whom and with which answer; and the ratings that open the cases.

All cases are of Guichi and handled as simple matters: first_response, rectify, revisit, each with one deadline. Nobody
completes a task before its deadline has fired, so a case fires three timers and sends eight messages; except in every
`hurried`-th case, whose tasks anybody completes at any moment, in a race with their deadlines.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from random import Random
from uuid import UUID

from sqlalchemy import exists, or_, select

from caseflow.install import random_people
from caseflow.law import regulations
from caseflow.models import Timer, WorkItem, db, transaction
from caseflow.processes import deployed

REGULATION = "guichi"
DEADLINES = {"first_response": "first_response_due", "rectify": "rectify_due", "revisit": "revisit_due"}
DECISIONS = {"outcome": "simple", "revisit_result": "satisfied"}
OUTCOME = "closed_resolved"
BATCH = 5        # ratings that one transaction of the intake receives
CHOICE = 30      # open tasks among which a worker picks one


def feed(random: Random, cases: int, now: datetime) -> list[str]:
    """`cases` bad ratings of Guichi as JSON lines."""
    regulation = regulations.get(REGULATION)
    codes = [unit.code for unit in regulation.responsible_units]
    return list(random_people.ratings(random, regulation.areas[:1], codes, range(cases), now))


def write_feed(folder: Path, seed: object, cases: int, now: datetime) -> None:
    """The feed that the intake of a run will receive."""
    (folder / "feed.ndjson").write_text("\n".join(feed(Random(f"{seed}"), cases, now)) + "\n", encoding="utf-8")


def is_hurried(case_id: int, hurried: int) -> bool:
    return bool(hurried) and case_id % hurried == 0


def next_task(random: Random, hurried: int, now: datetime) -> dict | None:
    """What to do next, as the facts of an intent: task, person, answers, form token. None when there is nothing."""
    item = _pick(random, hurried)
    return form_of(item, random, now) if item is not None else None


def form_of(item: WorkItem, random: Random, now: datetime) -> dict:
    """A filled-in form of a task, by somebody who may send it, with a token of its own; its contacts are logged."""
    token = str(UUID(int=random.getrandbits(128), version=4))
    user, values = random_people.person_for(item, random), answers(item, random, now, token)
    filled = {"op": "complete", "item": item.id, "user": user.user_id, "username": user.username, "token": token,
              "values": values}
    with transaction():
        random_people.log_contacts(item, values, user, now)
    return filled


def _pick(random: Random, hurried: int) -> WorkItem | None:
    fired = exists().where(
        Timer.case_id == WorkItem.case_id, Timer.attached_to == WorkItem.element, Timer.status == "fired")
    allowed = or_(fired, WorkItem.case_id % hurried == 0) if hurried else fired
    query = select(WorkItem).where(WorkItem.status == "open", allowed).order_by(WorkItem.id).limit(CHOICE)
    items = db.session.scalars(query).all()
    return random.choice(items) if items else None


def answers(item: WorkItem, random: Random, now: datetime, mark: str) -> dict[str, object]:
    """A lawful answer that goes the simple way; every text in it bears the mark."""
    form = deployed.of(item.case).user_tasks[item.element].form
    while True:
        values = random_people.fill_in(item, random, now)
        if all(values.get(name, wanted) == wanted for name, wanted in DECISIONS.items()):
            break
    texts = {field.id for field in form if field.type in ("string", "text")}
    return {name: mark if name in texts else value for name, value in values.items()}
