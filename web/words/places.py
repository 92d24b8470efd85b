"""Short names of the regulations' places, as people say them."""

from __future__ import annotations

from flask_babel import lazy_gettext

from caseflow import regulations

PLACES = {
    "hefei": lazy_gettext("合肥"), "qijiang": lazy_gettext("綦江"),
    "hainan": lazy_gettext("海南"), "guichi": lazy_gettext("贵池"),
}


def place(regulation: str) -> str:
    return str(PLACES.get(regulation, regulation))


def places() -> list[tuple[str, str]]:
    """(key, short name) of every regulation, for filters."""
    return [(key, place(key)) for key in regulations.all_regulations()]
