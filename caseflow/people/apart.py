"""What no one person does both in one case (different_person of the rules): by whom, as values and as a condition.

The rules are those of the regulation as it is now, whatever version of the process the case runs under: a task that
the version does not have keeps nobody from anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from caseflow.casefile import kinds
from caseflow.casefile.hand import HeldItem
from caseflow.casefile.readings import Reading
from caseflow.law import regulations
from caseflow.law.person_rules import Apart
from caseflow.models import Case, WorkItem, db

Rules = tuple[tuple[str, str, Apart], ...]      # (regulation, kind of case, rule)


class OfCase(Protocol):
    """Whatever knows of which kind and regulation a case is: its row, a case in hand, a reading."""

    @property
    def id(self) -> int:
        """Its id."""

    @property
    def kind(self) -> str:
        """Its kind."""

    @property
    def regulation(self) -> str:
        """The key of its regulation."""


@dataclass(frozen=True, slots=True)
class Did:
    """What keeps somebody from a task: the rule, and what the task is called that they did in the case."""

    rule: Apart
    task: str


def rules_on(case: OfCase, element: str) -> tuple[Apart, ...]:
    """The rules that keep this task of the case apart from another."""
    found = regulations.get(case.regulation).apart
    return tuple(rule for rule in found.get(kinds.of(case.kind).process, ()) if rule.against(element)) if found else ()


def those_who_did(item: HeldItem | WorkItem, case: OfCase) -> Mapping[int, Did]:
    """What keeps people from this task, by user: the newest of what they did.

    No statement for a task that no rule is about, nor for a case whose tasks are read.
    """
    rules = rules_on(case, item.element)
    done = _done(case, {task for rule in rules for task in rule.against(item.element)}) if rules else ()
    return {user_id: Did(rule, name) for element, name, user_id in done for rule in rules
            if user_id is not None and element in rule.against(item.element)}


def _done(case: OfCase, elements: Iterable[str]) -> list[tuple[str, str, int | None]]:
    if isinstance(case, Reading):
        return [(item.element, item.name, item.completed_by) for item in case.items
                if item.status == "completed" and item.element in elements]
    query = select(WorkItem.element, WorkItem.name, WorkItem.completed_by).where(
        WorkItem.case_id == case.id, WorkItem.status == "completed", WorkItem.element.in_(elements))
    return [tuple(row) for row in db.session.execute(query.order_by(WorkItem.id))]


def kept_apart() -> Rules:
    """Every rule there is."""
    return tuple((key, kind.name, rule) for key, regulation in regulations.all_regulations().items()
                 for kind in kinds.registered() for rule in regulation.apart.get(kind.process, ()))


def fallbacks_of_appeals(regulation: str) -> frozenset[str]:
    """The posts that do a task in an appeal where nobody else can."""
    rules = regulations.get(regulation).apart
    return frozenset(rule.fallback for kind in kinds.registered() if kind.about_appeal
                     for rule in rules.get(kind.process, ()) if rule.fallback)


def elements() -> tuple[str, ...]:
    """The tasks that any rule is about."""
    return _elements(kept_apart())


def _elements(rules: Iterable[tuple[str, str, Apart]]) -> tuple[str, ...]:
    return tuple(sorted({task for _, _, rule in rules for group in rule.tasks for task in group}))


_DONE, _OF = aliased(WorkItem), aliased(Case)      # made once: each costs a millisecond


def did_the_other(user_id: ColumnElement[int] | int | None) -> ColumnElement[bool]:
    """A condition on WorkItem: this person did in its case what a rule keeps apart from it. `completed_by` implies the
    status, which would be looked up on an index of all that was ever completed."""
    rules = kept_apart()
    if not rules:
        return false()
    done, of = _DONE, _OF
    bounded, pairs = _either_way(rules)
    return and_(bounded, exists().where(
        of.id == done.case_id, done.case_id == WorkItem.case_id, done.completed_by == user_id,
        pairs).correlate_except(of, done))


@lru_cache(maxsize=8)
def _either_way(rules: Rules) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """That a rule is about the task, and that one keeps it from what was done. Made once for the rules there are: it
    takes longer to make than most databases take to answer."""
    done, of = _DONE, _OF
    pairs = [and_(of.regulation == key, of.kind == kind, WorkItem.element.in_(these), done.element.in_(those))
             for key, kind, rule in rules for these, those in (rule.tasks, rule.tasks[::-1])]
    return WorkItem.element.in_(_elements(rules)), or_(*pairs)
