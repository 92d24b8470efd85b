"""An entry of the journal as it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web.words import times
from web.words.drawn import element_name


@dataclass(frozen=True, slots=True)
class Told:
    details: Mapping[str, Any]
    definition: Any
    units: Mapping[int, str]

    @property
    def step(self) -> str:
        return element_name(self.definition, self.details.get("element", ""))

    def moment(self, key: str) -> str:
        try:
            return times.moment(datetime.fromisoformat(self.details[key]))
        except (KeyError, TypeError, ValueError):
            return "—"
