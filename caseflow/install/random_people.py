"""Random people: what they would rate and contest, who would do an open task now, and what they would fill in.
Deterministic for a seed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import NAMESPACE_OID, uuid5

from caseflow.appeals import filing, finding
from caseflow.casefile import readings
from caseflow.cases import steps
from caseflow.engine.values import UNIT, FormField
from caseflow.install import demo
from caseflow.models import Rating, RoleAssignment, User, WorkItem, db
from caseflow.moments import SHANGHAI, day_of
from caseflow.people import assignable
from caseflow.people.permissions import Actor, actor_for
from caseflow.processes import deployed, form_values
from caseflow.processes.form_values import Circumstances
from caseflow.raters import attempts, reaching, unreachable

MOST_TRIES = 300
MOSTLY = 0.8                    # how often the unit that is filled in stays
LATE_REASON = "模拟逾期"
APPEAL_TEXT = "模拟的申诉，事实和理由如附件。"
EVIDENCE, EVIDENCE_FILE = "模拟的证据", "证据.txt"


def ratings(random: Random, areas: Sequence[str], org_codes: Sequence[str], numbers: range,
            now: datetime) -> Iterator[str]:
    """A bad rating for each number, in the national field names, one JSON line each. Each says that it is made up."""
    for number in numbers:
        served = now - timedelta(hours=random.randint(2, 96))
        level = random.choice(("1", "2"))
        real_name = random.random() < 0.7
        office = random.randrange(len(org_codes))
        yield json.dumps({
            "areaCode": random.choice(areas).ljust(12, "0"),
            "projectNo": f"SIM-{random.getrandbits(40):010x}-{number}", "serviceNumber": 1, "serviceName": "申报",
            "serviceTime": _local(served), "taskName": "模拟事项", "taskCode": "SIM", "taskType": "20",
            "proStatus": "3", "orgcode": org_codes[office], "orgName": "模拟单位", "proManager": "模拟",
            "proManagerNo": demo.STAFF_NUMBERS[office % len(demo.STAFF_NUMBERS)], "satisfaction": level,
            "evalDetail": {"1": "115", "2": "214"}[level], "pf": "1", "writingEvaluation": "模拟数据",
            "assessTime": _local(served + timedelta(hours=1)), "anonymityFlag": "2" if real_name else "1",
            "userName": "模拟评价人" if real_name else "", "userProp": "1",
            "mobile": "13900000000" if real_name else "",
        }, ensure_ascii=False)


def _local(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def person_for(item: WorkItem, random: Random) -> Actor:
    """Somebody who may do this task: its assignee, or anyone who holds its role at its unit."""
    if item.assignee_id is not None:
        return actor_for(db.session.get(User, item.assignee_id))
    holders = db.session.query(User).join(RoleAssignment).where(
        RoleAssignment.unit_id == item.unit_id, RoleAssignment.role == item.role, User.active).order_by(User.id).all()
    if not holders:
        raise LookupError(f"nobody holds {item.role} at unit {item.unit_id}")
    return actor_for(random.choice(holders))


def appellant_for(rating: Rating, random: Random, now: datetime) -> Actor | None:
    """Somebody who may appeal against this rating now, if there is anybody."""
    case = finding.rectification_of(rating)
    people = db.session.query(User).join(RoleAssignment).where(
        RoleAssignment.unit_id == finding.answering(rating, case), User.active).order_by(User.id).all()
    actors = [actor for actor in map(actor_for, people)
              if filing.standing(rating, actor, now, case=case).code == "open"]
    return random.choice(actors) if actors else None


def fill_in(item: WorkItem, random: Random, now: datetime) -> dict[str, object]:
    """A lawful answer to the form of a task: every required field, optional ones half of the time; its rules are kept.

    What it says of a contact with the rater is to be logged (`log_contacts`) before it is sent.
    """
    definition = deployed.of(item.case)
    asked = assignable.offered(deployed.task(definition, item.element, item.visit), item.case_id).form
    form = reaching.offered(asked, unreachable.log_of(readings.of(item.case), item.opened_at))
    at = steps.circumstances(item.case.regulation, definition, item.case.instance.state, now)
    values: dict[str, object] = {}
    for field in form:
        if field.visible_when is not None:
            other, allowed = field.visible_when
            answer = values.get(other)
            if (str(answer).lower() if isinstance(answer, bool) else answer) not in allowed:
                continue
        if field.required or random.random() < 0.5:
            values[field.id] = _lawful(form, field, values, random, at)
    return values


def log_contacts(item: WorkItem, values: Mapping[str, object], actor: Actor, now: datetime) -> None:
    """Log each contact with the rater of which these answers to the form of a task speak, as one that reached them."""
    form = deployed.task(deployed.of(item.case), item.element, item.visit).form
    for field in reaching.says_how(form):
        if values.get(field.id) in reaching.HOW:
            attempts.log(
                item.case_id, actor, tried_at=now, channel=reaching.HOW[values[field.id]] or "other",
                result=reaching.REACHED, note="", now=now,
                form_token=uuid5(NAMESPACE_OID, f"{item.id} {field.id} {now}").hex)


def _lawful(form: Sequence[FormField], field: FormField, before: Mapping[str, object], random: Random,
            at: Circumstances) -> object:
    """A value that keeps the rules of the field beside those before it, if one of MOST_TRIES does."""
    for _ in range(MOST_TRIES if field.rules else 1):
        value = _value(field, random, at.now)
        if field.id not in form_values.broken_rules(form, {**before, field.id: value}, at):
            break
    return value


def _value(field: FormField, random: Random, now: datetime) -> object:
    if field.type == UNIT and field.default and random.random() < MOSTLY:
        return field.default
    if field.type in ("enum", UNIT):
        return random.choice([choice for choice, _ in field.choices])
    if field.type == "boolean":
        return random.random() < 0.5
    if field.type == "long":
        low = field.minimum if field.minimum is not None else 1
        return random.randint(low, min(field.maximum if field.maximum is not None else low + 5, low + 5))
    if field.type == "date":
        return (day_of(now) + timedelta(days=random.randint(0, 20))).isoformat()
    return "模拟填写" * max(1, -(-(field.min_length or 1) // 4))
