"""What a regulation.toml says of its place and its days in words for the screens: short names, why it expires."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from caseflow.law.strict_toml import Table

LOCALE = r"[a-z]{2}"
CHINESE = "zh"


@dataclass(frozen=True, slots=True)
class Validity:
    """What the last day of a regulation rests on: the article, and what it says in short."""

    article: str
    note: str


def short_names(top: Table) -> Mapping[str, str]:
    """Locale → what people call the place; Chinese always, others as they are given."""
    table = top.table("short_name")
    if CHINESE not in table.values:
        raise table.refuse(CHINESE, 'is missing; write short_name = { zh = "…", en = "…" }')
    return MappingProxyType({locale: table.text(locale) for locale in table.keys(LOCALE)})


def validity(top: Table) -> Validity:
    """The table [validity] of a regulation with a last day."""
    table = top.table("validity")
    found = Validity(table.article(), table.text("note"))
    table.end()
    return found
