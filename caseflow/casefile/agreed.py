"""What is agreed beside a deadline (延期、中止计时), and lateness that is withdrawn (逾期撤回), as facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from caseflow.casefile.facts import Entry, Fact
from caseflow.casefile.hand import HeldCase


@dataclass(frozen=True, slots=True)
class TimerAgreed(Fact):
    """Beside a deadline a later moment is agreed (None: no other than its own), or the agreed time stands still."""

    token: int
    agreed_at: datetime | None
    stopped: bool

    def move(self, case: HeldCase) -> None:
        """The timer shows it."""
        case.change(self.token, agreed_at=self.agreed_at, stopped=self.stopped)


@dataclass(frozen=True, slots=True)
class FiringWithdrawn(Fact):
    """A deadline had fired by a calendar that a notice has corrected: it is due at `due_at`, not `before`. Nothing was
    late. `again` is the timer that waits for it now (None: what it guarded is over).
    """

    element: str
    token: int
    before: datetime
    due_at: datetime
    calendar: str
    notice: str
    again: int | None

    def move(self, case: HeldCase) -> None:
        """It counts as over no more."""
        case.fired = {element: timer for element, timer in case.fired.items() if timer.token != self.token}

    @property
    def entry(self) -> Entry:
        """Which, from when to when, and by which notice."""
        return "lateness_withdrawn", {
            "element": self.element, "token": self.token, "previous_due_at": self.before.isoformat(),
            "due_at": self.due_at.isoformat(), "calendar": self.calendar, "notice": self.notice, "again": self.again}


@dataclass(frozen=True, slots=True)
class ClockStopped(Fact):
    """Deadlines (`tokens`) stand still by somebody's decision; `category` is one of the regulation's. Or for an appeal:
    then `reason` is the number of its case."""

    category: str
    reason: str
    tokens: tuple[int, ...]
    appeal_id: int | None = None

    @property
    def entry(self) -> Entry:
        """Which, and why."""
        why = {"category": self.category, "reason": self.reason} if self.appeal_id is None else {
            "appeal": self.appeal_id, "number": self.reason}
        return "clock_stopped", {**why, "tokens": list(self.tokens)}


@dataclass(frozen=True, slots=True)
class ClockRestarted(Fact):
    """The decision to stop the clock ends; `tokens` run again, the first to `due_at` (None: an appeal holds all)."""

    reason: str
    due_at: datetime | None
    tokens: tuple[int, ...]

    @property
    def entry(self) -> Entry:
        """Which, until when, and why."""
        return "clock_restarted", {
            "reason": self.reason, "due_at": self.due_at.isoformat() if self.due_at else None,
            "tokens": list(self.tokens)}


@dataclass(frozen=True, slots=True)
class DeadlineExtended(Fact):
    """A deadline got so many working days more beside the statute's, to `due_at` (None: its clock stands still)."""

    element: str
    token: int
    days: int
    reason: str
    due_at: datetime | None

    @property
    def entry(self) -> Entry:
        """Which, by how much, until when, and why."""
        return "deadline_extended", {
            "element": self.element, "token": self.token, "days": self.days, "reason": self.reason,
            "due_at": self.due_at.isoformat() if self.due_at else None}


@dataclass(frozen=True, slots=True)
class ExtensionKept(Fact):
    """What a deadline was extended by holds under another version of its process, where it is due then."""

    element: str
    token: int
    due_at: datetime

    @property
    def entry(self) -> Entry:
        """Which, and until when."""
        return "extension_kept", {"element": self.element, "token": self.token, "due_at": self.due_at.isoformat()}
