"""Whether the reader of a task's page may do it, and what stands against it."""

from __future__ import annotations

from dataclasses import dataclass

from caseflow.law.person_rules import Apart
from caseflow.models import WorkItem
from caseflow.people import impartiality, permissions, staffing
from caseflow.people.impartiality import Bars
from caseflow.people.permissions import Actor
from web.errors import refusal


@dataclass(frozen=True, slots=True)
class Admission:
    """`open`: it is theirs to do. `barred`: the sentence why a task of their post is not. `stands_in`: the rule under
    which they may take it though it is of another post. `bars` is what bars anybody, where that was asked."""

    open: bool = False
    barred: str = ""
    stands_in: Apart | None = None
    bars: Bars | None = None


def admission(item: WorkItem, actor: Actor) -> Admission:
    """How the actor stands to an open task; to another, as to one that is not theirs."""
    if item.status != "open":
        return Admission()
    mine, rule = permissions.may_work(actor, item), staffing.stands_in(actor, item, item.case)
    if not mine and rule is None:
        return Admission()
    bars = impartiality.bars_of(item, item.case)
    refused = impartiality.refusal(actor.user_id, bars, item.case)
    if refused is not None:
        return Admission(barred=refusal(refused)[1], bars=bars)
    return Admission(open=mine, stands_in=rule, bars=bars)
