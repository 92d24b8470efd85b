"""What has happened in a case, from its journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caseflow.casefile import journal, readings
from caseflow.models import Case, JournalEntry
from caseflow.processes import deployed
from web.parts import journal as journal_words


def entries_of(case: Case) -> list[JournalEntry]:
    return journal.entries(case)


def timeline(case: Case, definition: Any) -> list[journal_words.Line]:
    entries = journal.entries(case)
    return journal_words.timeline(entries, deployed.with_earlier(definition, entries), unit_names(case))


def unit_names(case: Case) -> Mapping[int, str]:
    return {item.unit_id: item.unit.name for item in readings.work_items_of(case)}
