"""Short names of the regulations' places, as people say them."""

from __future__ import annotations

from flask_babel import lazy_gettext

from caseflow.people import directory
from caseflow.people.permissions import Actor

PLACES = {
    "hefei": lazy_gettext("合肥"), "qijiang": lazy_gettext("綦江"),
    "hainan": lazy_gettext("海南"), "guichi": lazy_gettext("贵池"),
}


def place(regulation: str) -> str:
    return str(PLACES.get(regulation, regulation))


def places_of(actor: Actor) -> list[tuple[str, str]]:
    """(key, short name) of each place whose cases the actor may see: a filter with one choice is not shown."""
    return [(key, place(key)) for key in directory.regulations_seen(actor)]
