"""The processes by name."""

from __future__ import annotations

from flask_babel import lazy_gettext

from caseflow.law import regulations
from web.words import places

PROCESSES = {"rectification": lazy_gettext("差评整改"), "appeal": lazy_gettext("申诉复核")}


def title(regulation: str, process_id: str) -> str:
    """“<place> · 差评整改”."""
    name = process_id.removeprefix(f"{regulation}_")
    return f"{places.place(regulation)} · {PROCESSES.get(name, name)}"


def title_of(process_id: str) -> str:
    """Likewise by the id alone, which is shown as it is where its place is unknown."""
    place = next((key for key in regulations.all_regulations() if process_id.startswith(f"{key}_")), None)
    return title(place, process_id) if place else process_id
