"""Handing 1,000 tasks to somebody in one request: group by group, as it is done, against a transaction for each task.

Both sides hand the same tasks to and fro between two officers of one office; the transactions are those of the web's
request, with all checks, the journal and the messages to the successor.
"""

from __future__ import annotations

import statistics
from uuid import uuid4

from sqlalchemy import select

from benchmarks import ground
from benchmarks.measure import Goal, Report, in_turns, ratios, seconds
from caseflow.models import RoleAssignment, Unit, User, WorkItem, db, transaction
from caseflow.people.permissions import Actor, actor_for
from caseflow.supervision import reassign

GOALS = {"each_over_groups_ratio": Goal(least=1.5)}


def bench(server: str = "", *, tasks: int = reassign.MOST, rounds: int = 3) -> Report:
    """`rounds` times all tasks one by one and in groups, in turns; then what of it grows with the number of tasks."""
    with ground.scratch(server):
        ground.open_cases(tasks)
        boss, officers = _people()
        ids = list(db.session.scalars(select(WorkItem.id).order_by(WorkItem.id)))
        hands = iter([officers[turn % 2] for turn in range(2 * rounds + 2)])
        _hand(ids, next(hands), boss, 1)                                    # all of them to one office, and warm up
        found = in_turns(rounds, lambda: _hand(ids, next(hands), boss, 1),
                         lambda: _hand(ids, next(hands), boss, reassign.GROUP))
        few = _hand(ids[:tasks // 10], next(hands), boss, reassign.GROUP)
        report = Report("handover", GOALS, db.engine.dialect.name)
    took = statistics.median(side for _, side in found)
    report.figures |= {f"each_over_groups_{key}": value for key, value in ratios(found).items()}
    report.figures |= {
        "seconds": took, "ms_a_task": took / tasks * 1000, "ms_a_task_of_a_tenth": few / (tasks // 10) * 1000}
    return report


def _people() -> tuple[Actor, list[tuple[int, int]]]:
    """A supervisor of all offices, and two officers of one: (unit, person) each."""
    with transaction() as session:
        unit, role = session.execute(select(WorkItem.unit_id, WorkItem.role).limit(1)).one()
        people = [User(username=name, name=name, password_hash="!", active=True) for name in ("boss", "one", "two")]
        people[0].roles = [RoleAssignment(unit_id=key, role="supervisor") for key in session.scalars(select(Unit.id))]
        for officer in people[1:]:
            officer.roles = [RoleAssignment(unit_id=unit, role=role)]
        session.add_all(people)
        session.flush()
        return actor_for(people[0]), [(unit, officer.id) for officer in people[1:]]


def _hand(ids: list[int], to: tuple[int, int], boss: Actor, group: int) -> float:
    """Seconds from the confirmed preview to the last commit; all of them must have moved."""
    def request() -> None:
        with transaction():
            handover = reassign.begin(
                ids, reassign.target(*to, boss), boss, "性能测试", "", uuid4().hex, ground.NOW).id
        waiting = reassign.those(handover, "waiting")
        for start in range(0, len(waiting), group):
            with transaction():
                outcomes = reassign.move(handover, waiting[start:start + group], boss, ground.NOW)
            assert set(outcomes) == {"moved"}, outcomes

    return seconds(request)
