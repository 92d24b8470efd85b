"""Short names of the regulations' places, as people say them: each regulation.toml gives its own."""

from __future__ import annotations

from flask_babel import get_locale

from caseflow.law import regulations
from caseflow.law.place_words import CHINESE
from caseflow.people import directory
from caseflow.people.permissions import Actor


def place(regulation: str) -> str:
    """The short name in the reader's language, else in Chinese; the key of a regulation that is no longer there."""
    known = regulations.all_regulations().get(regulation)
    if known is None:
        return regulation
    reader = get_locale()
    return known.short_names.get(reader.language if reader else CHINESE, known.short_names[CHINESE])


def places_of(actor: Actor) -> list[tuple[str, str]]:
    """(key, short name) of each place whose cases the actor may see: a filter with one choice is not shown."""
    return [(key, place(key)) for key in directory.regulations_seen(actor)]
