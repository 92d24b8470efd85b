"""The journal of the system, for the audit: who changed what about offices, people and settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask import render_template, request

from caseflow.casefile import journal
from caseflow.models import JournalEntry, Unit, User
from caseflow.people import directory
from web.admin import words
from web.admin.frame import blueprint, only
from web.forms import filters
from web.words.actors import actor_name

PER_PAGE = 50


@blueprint.get("/journal", endpoint="journal")
def index():
    only("auditor")
    page = filters.page_number(request.args)
    entries = journal.system_entries(page=page, per_page=PER_PAGE)
    people = directory.names(User, {number for entry in entries for number in _numbers(entry, "user")})
    offices = directory.names(Unit, {number for entry in entries for number in _numbers(entry, "unit", "parent")})
    rows = [(entry, *words.line(entry, people, offices)) for entry in entries]
    return render_template("admin/journal.html", rows=rows, page=page, per_page=PER_PAGE, actor_name=actor_name)


def _numbers(entry: JournalEntry, *names: str) -> Iterator[int]:
    """The ids that an entry names: of itself, and in what was before and after."""
    details = json.loads(entry.details)
    for part in (details, details.get("before"), details.get("after")):
        yield from _ids(part, names)


def _ids(part: Any, names: tuple[str, ...]) -> Iterator[int]:
    if isinstance(part, list) and "unit" in names:
        yield from (unit for _role, unit in part)
    if isinstance(part, dict):
        yield from (part[name] for name in names if isinstance(part.get(name), int))
