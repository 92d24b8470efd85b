"""Stored states cut, flipped, of an old version or of a wrong type: the case is parked, everything else goes on."""

from __future__ import annotations

import logging
import math

import orjson
import pytest
from sqlalchemy import func, select, update

from caseflow.cases import steps
from caseflow.errors import StepFailed
from caseflow.health import doctor
from caseflow.install import random_people
from caseflow.models import Case, Incident, ProcessInstance, TimerFiring, WorkItem, db, transaction
from scheduler import jobs
from tests.chaos import sizes, workload
from tests.chaos.killer import Crowd
from web.app import clock

TRIES = 5
HEALTHY = 10


def cut(state, random):
    return state[:random.randrange(len(state))]


def flip(state, random):
    place = random.randrange(len(state))
    return state[:place] + bytes([state[place] ^ 1 << random.randrange(8)]) + state[place + 1:]


def old_version(state, random):
    return random.choice((b'{"v":0' + state[6:], orjson.dumps({"serializer_version": "1.2", "tasks": {}})))


def wrong_type(state, random):
    return random.choice((
        b"", b"null", b"[]", b"3", b"\x00" * 8, b'{"v":1,"sum":[],"case":{}}', "状态".encode("gb18030")))


DAMAGES = (cut, flip, old_version, wrong_type)


def spoil(random, share):
    """Damage the stored state of so many cases; their ids."""
    ids = random.sample(list(db.session.scalars(select(Case.id).order_by(Case.id))), share)
    for number, case_id in enumerate(ids):
        state = db.session.scalar(select(ProcessInstance.state).where(ProcessInstance.case_id == case_id))
        spoilt = DAMAGES[number % len(DAMAGES)](state, random)
        db.session.execute(update(ProcessInstance).where(ProcessInstance.case_id == case_id).values(state=spoilt))
    return set(ids)


@pytest.mark.both_databases
def test_a_damaged_case_is_parked_within_five_tries_and_the_others_go_on(nursery, world, seed, random, figures, caplog):
    caplog.set_level(logging.CRITICAL, logger="caseflow.scheduler")
    damaged = sizes.size(50, 1000)
    world.receive(damaged + HEALTHY, random)
    with world.app.app_context(), transaction():
        ids = spoil(random, damaged)
    world.passes(days=7)
    with Crowd(nursery, world, seed) as crowd:
        for _ in range(TRIES * math.ceil((damaged + HEALTHY) / jobs.CASES_PER_RUN)):
            crowd.together(crowd.add("fires"))     # the process ends by itself, or this fails
            world.passes(hours=1)
    with world.session() as session:
        parked = set(session.scalars(select(Case.id).where(Case.incident, Case.attempts == TRIES)))
        fired = set(session.scalars(select(TimerFiring.case_id)))
        kinds = session.execute(select(Incident.kind, func.count()).group_by(Incident.kind)).all()
        everybody = set(session.scalars(select(Case.id)))
        assert (parked, fired, kinds) == (ids, everybody - ids, [("step_failed", damaged)])
        complained = {found.case for found in doctor.rows_against_state(clock.now())}
        assert complained == set(session.scalars(select(Case.number).where(Case.id.in_(ids))))
    figures(damaged=damaged, parked=len(parked), others_fired=len(fired))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_person_at_a_damaged_case_is_told_and_nothing_changes(world, random, damage):
    world.receive(1, random)
    with world.app.app_context():
        item = db.session.scalars(select(WorkItem)).one()
        values, actor = workload.answers(item, random, clock.now(), "x"), random_people.person_for(item, random)
        with transaction():
            random_people.log_contacts(item, values, actor, clock.now())
            state = db.session.scalar(select(ProcessInstance.state))
            db.session.execute(update(ProcessInstance).values(state=damage(state, random)))
        with pytest.raises(StepFailed, match="damaged"), transaction():
            steps.complete_task(item.id, actor, values, "t" * 20, clock.now(), random_people.LATE_REASON)
        assert db.session.scalars(select(WorkItem.status)).all() == ["open"]
        assert jobs.fire_due_cases() == 0
