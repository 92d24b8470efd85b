"""One page of a list, as every list of the core answers."""

from __future__ import annotations

from dataclasses import dataclass


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
