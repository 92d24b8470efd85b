"""One page of a list, as every list of the core answers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlalchemy.orm import Session, scoped_session

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


def read(session: Session | scoped_session, rows: Select, page: int, per_page: int, most: int | None = None) -> Page:
    """This page of ordered rows: entities, or tuples where several columns are asked for.

    All that match are counted, or not more than `most`.
    """
    counting = rows.order_by(None).with_only_columns(literal_column("1"), maintain_column_froms=True)
    if most is not None:
        counting = counting.limit(most + 1)
    total = session.scalar(select(bounded(counting))) or 0
    found = session.execute(cut(rows, page, per_page)).unique()
    items = list(found if len(rows.column_descriptions) > 1 else found.scalars())
    return counted(items, total, page, per_page, total if most is None else most)


def cut(rows: Select, page: int, per_page: int) -> Select:
    """The rows of this page of them."""
    return rows.limit(per_page).offset((page - 1) * per_page)


def most_counted(page: int, per_page: int) -> int:
    """How many rows of a list are counted when this page of it is shown: a thousand, or to the end of the next page."""
    return max(MOST_COUNTED, (page + 1) * per_page)


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
