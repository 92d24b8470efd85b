"""What the case page shows of duplicates, of suspected breaches, and of verified failures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from caseflow.casefile.readings import Reading
from caseflow.law import regulations
from caseflow.law.supervision_rules import Conduct, Forwarding, Offered
from caseflow.models import Case, ConductRecord, DisciplineReport, DuplicateLink
from caseflow.people.permissions import Actor
from caseflow.raters import contacts
from caseflow.supervision import conduct, discipline, duplicates, urging


@dataclass(frozen=True, slots=True)
class ForwardingPanel:
    """Forwarding a suspected breach: what the text says, whether the reader may, and what they know of."""

    rules: Forwarding
    may: bool
    known: tuple[DisciplineReport, ...]


def forwarding_panel(case: Reading, actor: Actor) -> ForwardingPanel | None:
    """For those who may forward or know of a report; where the text has no article, for the officials of the lead
    office, who would look for it."""
    rules = regulations.offered(case.regulation, "discipline")
    if rules is None:
        return None
    may, known = discipline.may_forward(case, actor), tuple(discipline.visible_to(actor, case))
    looks = not rules.available and urging.may_urge(case, actor)
    return ForwardingPanel(rules, may, known) if may or known or looks else None


@dataclass(frozen=True, slots=True)
class DuplicatePanel:
    """The cases that say the same, and what a supervisor may do: `alike` are those that could be linked."""

    rules: Offered
    links: tuple[DuplicateLink, ...]
    may_link: bool
    alike: tuple[Case, ...]


def duplicate_panel(case: Reading, actor: Actor) -> DuplicatePanel | None:
    """Not for the rated person, to whom it would say that two ratings have one rater; None when there is nothing."""
    rules = regulations.offered(case.regulation, "duplicates")
    if rules is None or contacts.is_rated(case, actor):
        return None
    links, may = tuple(duplicates.of_case(case)), duplicates.may_link(case, actor)
    alike = tuple(duplicates.alike(case, links)) if may and not links else ()
    return DuplicatePanel(rules, links, may, alike) if links or alike else None


@dataclass(frozen=True, slots=True)
class ConductPanel:
    """What was recorded of those who failed, whether the reader may record more, and which of it (ids) they may
    withdraw; `kinds` are the regulation's."""

    kinds: Mapping[str, Conduct]
    records: tuple[ConductRecord, ...]
    may: bool
    withdrawable: frozenset[int]


def conduct_panel(case: Reading, actor: Actor) -> ConductPanel | None:
    """For all who see a case on which something was recorded, and for those who may record something."""
    records, may = tuple(conduct.of_case(case)), bool(conduct.kinds_for(case, actor))
    if not records and not may:
        return None
    withdrawable = frozenset(row.id for row in records if conduct.may_withdraw(row, case, actor))
    return ConductPanel(regulations.conduct(case.regulation), records, may, withdrawable)
