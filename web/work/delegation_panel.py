"""The delegation of a task, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from caseflow.models import User, WorkItem
from caseflow.people.impartiality import Bars
from caseflow.people.permissions import Actor
from caseflow.work import delegation


@dataclass(frozen=True, slots=True)
class DelegationPanel:
    """The delegation of a task and the reader's part in it; or to whom they may hand it, and what came back last."""

    running: delegation.Running | None = None
    giver: bool = False
    taker: bool = False
    colleagues: tuple[User, ...] = ()
    answer: tuple[str, str] | None = None


def delegation_panel(item: WorkItem, actor: Actor, bars: Bars | None = None) -> DelegationPanel:
    """`bars` is what bars people from the task, where that is known already."""
    if item.status != "open":
        return DelegationPanel()
    past = delegation.past_of(item)
    running = delegation.of_item(item, past)
    if running is not None:
        return DelegationPanel(running, running.from_id == actor.user_id, running.to_id == actor.user_id)
    if item.assignee_id != actor.user_id:
        return DelegationPanel()
    return DelegationPanel(colleagues=tuple(delegation.colleagues(item, item.case, actor, bars)),
                           answer=delegation.last_answer(actor, past))
