"""A case of which an old copy comes back: what has fired stands in the log of firings, and must not fire again."""

from __future__ import annotations

from random import Random

from sqlalchemy import func, select, text, update

from caseflow.models import (
    AppliedEffect,
    Case,
    JournalEntry,
    OutboxMessage,
    ProcessInstance,
    Timer,
    TimerFiring,
    transaction,
)
from scheduler import jobs
from tests.chaos.killer import World

TRIES = 5
COUNTED = (TimerFiring, AppliedEffect, OutboxMessage)


def rewind_and_try(world: World, seed: int, *, without_keys: bool = False) -> dict[str, tuple[int, int]]:
    """Fire a deadline, put the case back as it was before, let a scheduler try again: counts before and after."""
    world.receive(1, Random(seed))
    if without_keys:
        drop_keys(world)
    world.passes(days=7)
    copies = _copies(world)
    with world.app.app_context():
        assert jobs.fire_due_cases() == 1
    before = _counts(world)
    _put_back(world, copies)
    for _ in range(TRIES):
        with world.app.app_context():
            jobs.fire_due_cases()
        world.passes(hours=1)
    after = _counts(world)
    return {name: (before[name], after[name]) for name in before}


def drop_keys(world: World) -> None:
    """PostgreSQL only. Both keys: an effect's key would refuse the second firing of a deadline with an effect."""
    with world.app.app_context(), transaction() as session:
        session.execute(text("ALTER TABLE timer_firings DROP CONSTRAINT pk_timer_firings"))
        session.execute(text("ALTER TABLE applied_effects DROP CONSTRAINT pk_applied_effects"))


def _copies(world: World) -> list:
    """Statements that bring the case's state, its summary and its timers back to what they are now."""
    with world.session() as session:
        state = session.execute(select(ProcessInstance.state, ProcessInstance.state_digest)).one()
        due = session.execute(select(Case.next_due, Case.next_try)).one()
        return [update(ProcessInstance).values(state=state.state, state_digest=state.state_digest),
                update(Case).values(next_due=due.next_due, next_try=due.next_try),
                *(update(Timer).where(Timer.id == row.id).values(status=row.status)
                  for row in session.execute(select(Timer.id, Timer.status)))]


def _put_back(world: World, copies: list) -> None:
    with world.app.app_context(), transaction() as session:
        for statement in copies:
            session.execute(statement)


def _counts(world: World) -> dict[str, int]:
    with world.session() as session:
        counts = {table.__tablename__: session.scalar(select(func.count()).select_from(table)) for table in COUNTED}
        counts["timer_fired"] = session.scalar(
            select(func.count(JournalEntry.id)).where(JournalEntry.kind == "timer_fired"))
        return counts
