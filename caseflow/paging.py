"""One page of a list, as every list of the core answers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select

MOST_COUNTED = 1_000   # rows of a list
MOST_SHOWN = 99        # in a figure beside a word of the navigation; more is "99+"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `total` counts all rows that match; with `more` there are still others."""

    items: list
    total: int
    page: int
    per_page: int
    more: bool = False

    @property
    def pages(self) -> int:
        """How many pages `total` rows make; an empty list has one."""
        return max(1, -(-self.total // self.per_page))


def counted(items: list, total: int, page: int, per_page: int, most: int) -> Page:
    """The page of a list of which not more than `most` rows were counted."""
    return Page(items, min(total, most), page, per_page, more=total > most)


def bounded(rows: Select) -> ColumnElement[int]:
    """How many rows there are, as an expression."""
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()


def containing(text: str, *columns: ColumnElement) -> list[ColumnElement[bool]]:
    """For each column, whether it contains the text as it is typed, in any case; % and _ stand for themselves."""
    like = "%" + text.replace("\x00", "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return [column.ilike(like, escape="\\") for column in columns]
