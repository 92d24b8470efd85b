"""A case in hand: its row, what is open in it, and what is to be written when it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

FIRED = "fired"     # the status of a timer that is over
STOPS = ("stopped", "restarted", "ended")   # the kinds of ledger entries that say when a clock stood still


@dataclass(frozen=True, slots=True)
class HeldItem:
    """An open work item. `id` is None for one that was opened in this transaction."""

    id: int | None
    token: int
    element: str
    name: str
    visit: int
    unit_id: int
    role: str
    assignee_id: int | None = None
    due_at: datetime | None = None
    due_provisional: bool = False
    clock_stopped: bool = False
    stands_in: bool = False
    agreed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HeldTimer:
    """A timer of the case. `due_at` is what the statute says; `agreed_at` the later moment that was agreed, if one
    was, and `stopped`: the agreed time stands still."""

    token: int
    element: str
    attached_to: str
    due_at: datetime
    provisional: bool
    stopped: bool = False
    agreed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HeldStop:
    """That the agreed time of a timer of the case stood still or ran on (or ended) from a moment: `kind` of its entry.
    """

    token: int
    seq: int
    kind: str
    at: datetime


@dataclass(slots=True)
class HeldCase:
    """A locked case. The fields are those of Case and ProcessInstance; items, timers and awaited messages by token.

    `fired` are the deadlines that are over, the latest of each element.
    """

    id: int
    number: str
    kind: str
    regulation: str
    after_expiry: bool
    rating_id: int | None
    unit_id: int
    version: int
    status: str
    step: str
    outcome: str | None
    closed_at: datetime | None
    next_due: datetime | None
    next_try: datetime | None
    attempts: int
    incident: bool
    journal_seq: int
    journal_head: str
    definition: str
    state: bytes
    ended: bool
    items: dict[int, HeldItem] = field(default_factory=dict)
    timers: dict[int, HeldTimer] = field(default_factory=dict)
    fired: dict[str, HeldTimer] = field(default_factory=dict)
    awaited: set[int] = field(default_factory=set)
    stops: list[HeldStop] = field(default_factory=list)
    noted: dict[Any, list[Mapping[str, Any]]] = field(default_factory=dict)
    to_related: list[str] = field(default_factory=list)   # messages an effect has for the other case

    def item(self, work_item_id: int) -> HeldItem | None:
        """The work item with this id, if it is open."""
        return next((item for item in self.items.values() if item.id == work_item_id), None)

    def copy(self) -> HeldCase:
        """The case as it is, to try on it what comes next; nothing is to be written."""
        return replace(
            self, items=self.items.copy(), timers=self.timers.copy(), fired=self.fired.copy(),
            awaited=self.awaited.copy(), stops=self.stops.copy(), noted={}, to_related=[])

    def put(self, timer: HeldTimer, *, fired: bool) -> None:
        """One of its deadlines; of those of one element that are over, the latest stays."""
        if not fired:
            self.timers[timer.token] = timer
        elif timer.element not in self.fired or self.fired[timer.element].token < timer.token:
            self.fired[timer.element] = timer

    def change(self, token: int, **values: Any) -> None:
        """Let a deadline that waits, or is over, stand otherwise."""
        if token in self.timers:
            self.timers[token] = replace(self.timers[token], **values)
        else:
            self.fired.update((element, replace(timer, **values)) for element, timer in list(self.fired.items())
                              if timer.token == token)

    def deadline(self, element: str) -> HeldTimer | None:
        """The deadline that this timer of the drawing is, or was in this visit of what it guards."""
        waiting = (timer for timer in self.timers.values() if timer.element == element)
        return next(waiting, None) or self.fired.get(element)

    def note(self, statement: Any, **values: Any) -> None:
        """Have this written by the next `save`."""
        self.noted.setdefault(statement, []).append(values)
