"""How a benchmark measures and says what it found: sides in turns within one run, medians, goals."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should be: at least `least`, or at most `most`."""

    least: float | None = None
    most: float | None = None

    def is_met(self, value: float) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        return f"at least {self.least:g}" if self.least is not None else f"at most {self.most:g}"


@dataclass(slots=True)
class Report:
    """What one benchmark found: figures by name (those of `goals` are the point), and notes such as a query plan."""

    bench: str
    goals: Mapping[str, Goal]
    database: str = "sqlite"
    figures: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    load: tuple[float, ...] = field(default_factory=lambda: os.getloadavg())

    @property
    def met(self) -> bool:
        return all(goal.is_met(self.figures[name]) for name, goal in self.goals.items() if name in self.figures)

    def lines(self) -> Iterable[str]:
        yield f"{self.bench} on {self.database}, load {self.load[0]:.1f} at the start, {platform.machine()}, " \
              f"{os.cpu_count()} processors, Python {platform.python_version()}"
        for name, value in self.figures.items():
            goal = self.goals.get(name)
            told = f"   goal {goal}: {'met' if goal.is_met(value) else 'MISSED'}" if goal else ""
            yield f"  {name:32} {value:12,.2f}{told}"
        yield from (f"  {note}" for note in self.notes)

    def as_json(self) -> str:
        return json.dumps({
            "bench": self.bench, "database": self.database, "measured_at": datetime.now(UTC).isoformat(),
            "load": self.load, "processors": os.cpu_count(), "python": platform.python_version(),
            "figures": self.figures, "met": self.met, "notes": self.notes,
            "goals": {name: {"goal": str(goal), "met": goal.is_met(self.figures[name])}
                      for name, goal in self.goals.items() if name in self.figures},
        }, ensure_ascii=False)


def in_turns(rounds: int, *sides: Callable[[], float]) -> list[tuple[float, ...]]:
    """What each side measured in each round; the sides of a round follow each other at once."""
    return [tuple(side() for side in sides) for _ in range(rounds)]


def ratios(rounds: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Median, least and most of first over second, round by round."""
    found = [first / second for first, second in rounds]
    return {"ratio": statistics.median(found), "ratio_least": min(found), "ratio_most": max(found)}


def seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
