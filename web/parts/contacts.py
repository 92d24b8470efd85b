"""The attempts to reach the rater."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from caseflow.casefile.readings import Reading
from caseflow.models import ContactAttempt, WorkItem
from caseflow.people.permissions import Actor
from caseflow.raters import attempts, reaching, unreachable
from caseflow.raters import contacts as rater_contacts
from caseflow.supervision import one_contact
from web.words import contacts


@dataclass(frozen=True, slots=True)
class ContactPanel:
    """The attempts to reach the rater, whether the reader may log one, what the rule on unreachable raters says, and
    whether the same contact may have been about a linked case."""

    rows: list[tuple[ContactAttempt, str]]
    may_log: bool
    standing: str
    linked: bool = False


def contact_panel(case: Reading, actor: Actor, asking: WorkItem | None) -> ContactPanel:
    """`asking` is the open task whose form can be answered with "unreachable", if there is one. Empty for whom the log
    is kept from, and in an appeal unless the rater is being asked."""
    if not rater_contacts.speaks(case, asking) or not rater_contacts.may_see_log(case, actor):
        return ContactPanel([], False, "")
    rows = attempts.of_case(case)
    found = unreachable.log_of(case, asking.opened_at).standing if asking else None
    may_log = rater_contacts.may_reveal(case, actor)
    return ContactPanel(rows, may_log, contacts.standing(found), may_log and one_contact.may_be(case))


def asking_item(items: Iterable[WorkItem], definition: Any) -> WorkItem | None:
    """The open task of these whose form can be answered with "unreachable"."""
    return next((item for item in items if item.status == "open"
                 and reaching.asks(definition.user_tasks[item.element].form)), None)
