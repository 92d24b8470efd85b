"""Many do the same at one moment: complete the same tasks, fire the same timers, count up the same number."""

from __future__ import annotations

from collections import defaultdict
from random import Random

from sqlalchemy import func, select

from caseflow.models import Case, JournalEntry, Submission, TimerFiring, WorkItem
from tests.chaos import ledger, workload
from tests.chaos.killer import Crowd, World
from tests.chaos.nursery import Nursery
from web.app import clock

CLIENTS = 8      # two each send the same forms, with the same token: a double click


def complete_the_same(nursery: Nursery, world: World, seed: int, tasks: int, fault: str | None = None) -> list[str]:
    """All clients complete the same tasks, twice each; what is wrong with their answers and what is stored."""
    random = Random(seed)
    world.receive(tasks, random)
    forms = _forms(world, random)
    with Crowd(nursery, world, seed, fault=fault) as crowd:
        crowd.together(*(crowd.add("racer", intents=[pair[client // 2] for pair in forms])
                         for client in range(CLIENTS)))
    with world.session() as session:
        stored: dict[int, list[Submission]] = defaultdict(list)
        for row in session.scalars(select(Submission)):
            stored[row.work_item_id].append(row)
        return [fault for item, intents in _by_item(world).items() for fault in _wrong(item, intents, stored[item])]


def _forms(world: World, random: Random) -> list[list[dict]]:
    """For each open task, what each pair of clients will send."""
    with world.session() as session:
        items = session.scalars(select(WorkItem).where(WorkItem.status == "open").order_by(WorkItem.id)).all()
        return [[workload.form_of(item, random, clock.now()) for _ in range(CLIENTS // 2)] for item in items]


def _by_item(world: World) -> dict[int, list[ledger.Intent]]:
    items: dict[int, list[ledger.Intent]] = defaultdict(list)
    for _, intent in ledger.all_intents(world.folder):
        items[intent.facts["item"]].append(intent)
    return items


def _wrong(item: int, intents: list[ledger.Intent], stored: list[Submission]) -> list[str]:
    """One form is stored; whoever sent it, or sent it again, has that answer; all others were told it is done."""
    if len(stored) != 1:
        return [f"task {item} has {len(stored)} submissions"]
    wrong = []
    for intent in intents:
        won = intent.facts["token"] == stored[0].form_token
        wanted = {"answer": "refused", "code": "task_not_open"}
        if won:
            wanted = {"answer": "done", "submission": stored[0].id}
        if intent.answers != [wanted]:
            wrong.append(f"task {item}, {'winner' if won else 'loser'}: {intent.answers}")
    return wrong


def fire_the_same(nursery: Nursery, world: World, seed: int, schedulers: int) -> list[str]:
    """All schedulers fire the same timers, one of each case and due in one second; what is wrong."""
    with world.session() as session:
        timers = session.scalar(select(func.count(Case.id)))
    world.passes(days=7)
    with Crowd(nursery, world, seed) as crowd:
        crowd.together(*(crowd.add("fires") for _ in range(schedulers)))
    answered = sum(intent.final["fired"] for _, intent in ledger.all_intents(world.folder))
    with world.session() as session:
        count = {
            "firings": session.scalar(select(func.count()).select_from(TimerFiring)),
            "in the journal": session.scalar(
                select(func.count(JournalEntry.id)).where(JournalEntry.kind == "timer_fired")),
            "seconds in which they were due": session.scalar(select(func.count(TimerFiring.due_at.distinct()))),
            "failures": session.scalar(select(func.sum(Case.attempts))),
        }
    wanted = {"firings": timers, "in the journal": timers, "seconds in which they were due": 1, "failures": 0}
    return [f"{name}: {count[name]}" for name in wanted if count[name] != wanted[name]] + (
        [] if answered == timers else [f"the schedulers say {answered}"])


def count_up(nursery: Nursery, world: World, seed: int, cases: int, fault: str | None = None) -> tuple[int, int]:
    """Four schedulers note a failure of each case; how many notes were acknowledged, and how many are stored."""
    world.receive(cases, Random(seed))
    with world.session() as session:
        ids = list(session.scalars(select(Case.id).order_by(Case.id)))
    with Crowd(nursery, world, seed, fault=fault) as crowd:
        crowd.together(*(crowd.add("counter", cases=ids) for _ in range(4)))
    acknowledged = sum(intent.final["answer"] == "done" for _, intent in ledger.all_intents(world.folder))
    with world.session() as session:
        return acknowledged, session.scalar(select(func.sum(Case.attempts)))
