"""What has happened in a case, from its journal."""

from __future__ import annotations

from typing import Any

from caseflow.casefile.readings import Reading
from caseflow.people.permissions import Actor
from caseflow.processes import deployed
from caseflow.raters import contacts
from web.parts import journal


def timeline(case: Reading, definition: Any, actor: Actor) -> list[journal.Line]:
    """The entries in words; without the attempts to reach the rater for whom the log of them is kept from."""
    units = {item.unit_id: item.unit.name for item in case.items}
    open_to_them = contacts.may_see_log(case, actor)
    entries = [entry for entry in case.entries if open_to_them or entry.kind != "contact_attempted"]
    return journal.timeline(entries, deployed.with_earlier(definition, case.entries), units)
