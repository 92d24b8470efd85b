"""What has happened in a case, from its journal."""

from __future__ import annotations

from typing import Any

from caseflow.casefile.readings import Reading
from caseflow.processes import deployed
from web.parts import journal


def timeline(case: Reading, definition: Any) -> list[journal.Line]:
    units = {item.unit_id: item.unit.name for item in case.items}
    return journal.timeline(case.entries, deployed.with_earlier(definition, case.entries), units)
