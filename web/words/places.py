"""Short names of the regulations' places, as people say them."""

from __future__ import annotations

from flask_babel import lazy_gettext

PLACES = {
    "hefei": lazy_gettext("合肥"), "qijiang": lazy_gettext("綦江"),
    "hainan": lazy_gettext("海南"), "guichi": lazy_gettext("贵池"),
}


def place(regulation: str) -> str:
    return str(PLACES.get(regulation, regulation))


