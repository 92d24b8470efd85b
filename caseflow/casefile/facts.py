"""What happens to a case, as small values: a step says what it comes to before anybody writes it down.

The fold (caseflow/cases/fold.py) answers them. `move` lets a case in hand follow; the store writes their rows and the
journal their entries, each reading the list once. Offices are ids, in a trial the keys of regulation.toml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from caseflow.casefile.hand import FIRED, STOPS, HeldCase, HeldItem, HeldStop, HeldTimer
from caseflow.engine.values import DeadlineRule

Entry = tuple[str, Mapping[str, object]]    # kind and details of the journal's entry


class Fact:
    """Something that happened to a case."""

    __slots__ = ()

    def move(self, case: HeldCase) -> None:
        """Let a case in hand follow."""

    @property
    def entry(self) -> Entry | None:
        """What the journal says of it, if anything."""
        return None


@dataclass(frozen=True, slots=True)
class StateKept(Fact):
    """The engine's new state."""

    state: bytes
    ended: bool

    def move(self, case: HeldCase) -> None:
        """It replaces the one before."""
        case.state, case.ended = self.state, self.ended


# --- deadlines ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimerSet(Fact):
    """A deadline begins, or a delay. `calendar` is the version it was counted with."""

    timer: HeldTimer
    rule: DeadlineRule
    interrupting: bool
    calendar: str

    def move(self, case: HeldCase) -> None:
        """It runs; what is agreed beside it may stand still from the beginning."""
        case.timers[self.timer.token] = self.timer

    @property
    def entry(self) -> Entry:
        """What it is and how it was computed."""
        timer, rule = self.timer, self.rule
        return "timer_set", {
            "element": timer.element, "token": timer.token, "due_at": timer.due_at.isoformat(), "unit": rule.unit,
            "amount": rule.amount, "since": rule.since, "since_name": rule.since_name,
            "provisional": timer.provisional, "calendar": self.calendar, **({"stopped": True} if timer.stopped else {}),
            **({"agreed_at": timer.agreed_at.isoformat()} if timer.agreed_at else {})}


@dataclass(frozen=True, slots=True)
class TimerEnded(Fact):
    """A deadline waits no more: what it guarded is over before it (cancelled), or it has fired."""

    token: int
    status: str = "cancelled"

    def move(self, case: HeldCase) -> None:
        """It waits no more."""
        timer = case.timers.pop(self.token)
        if self.status == FIRED:
            case.put(timer, fired=True)


@dataclass(frozen=True, slots=True)
class TimerFired(Fact):
    """A deadline is over."""

    timer: HeldTimer
    at: datetime

    @property
    def entry(self) -> Entry:
        """Which, and how long after its due moment."""
        timer = self.timer
        return "timer_fired", {
            "element": timer.element, "token": timer.token, "attached_to": timer.attached_to,
            "due_at": timer.due_at.isoformat(), "lag_seconds": int((self.at - timer.due_at).total_seconds())}


@dataclass(frozen=True, slots=True)
class TimerDated(Fact):
    """A deadline stands elsewhere by this version of the calendar."""

    token: int
    due_at: datetime
    provisional: bool
    calendar: str

    def move(self, case: HeldCase) -> None:
        """The timer shows it."""
        case.change(self.token, due_at=self.due_at, provisional=self.provisional)


@dataclass(frozen=True, slots=True)
class LedgerKept(Fact):
    """An entry in the ledger of a deadline; the fields are those of DeadlineEntry."""

    token: int
    seq: int
    kind: str
    at: datetime
    amount: int = 0
    used: int = 0
    category: str = ""
    reason: str = ""
    due_at: datetime | None = None

    def move(self, case: HeldCase) -> None:
        """The case knows when its clocks stood still."""
        if self.kind in STOPS:
            case.stops.append(HeldStop(self.token, self.seq, self.kind, self.at))


@dataclass(frozen=True, slots=True)
class DueRecomputed(Fact):
    """The calendar moved a deadline from where it was `before`. `calendar` is the version that did."""

    element: str
    token: int
    before: datetime
    due_at: datetime
    provisional: bool
    calendar: str

    @property
    def entry(self) -> Entry:
        """Which, from when to when, and by which calendar."""
        return "due_recomputed", {
            "element": self.element, "token": self.token, "previous_due_at": self.before.isoformat(),
            "due_at": self.due_at.isoformat(), "provisional": self.provisional, "calendar": self.calendar}


# --- tasks and messages -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TaskOpened(Fact):
    """A task waits for somebody."""

    item: HeldItem

    def move(self, case: HeldCase) -> None:
        """It is open."""
        case.items[self.item.token] = self.item

    @property
    def entry(self) -> Entry:
        """Which, for which office and role."""
        item = self.item
        return "task_opened", {"element": item.element, "token": item.token, "visit": item.visit,
                               "unit": item.unit_id, "role": item.role}


@dataclass(frozen=True, slots=True)
class TaskCompleted(Fact):
    """A task is done. `answers` are those the process decides by; `late`: what is to be said of lateness; `filled`:
    the other fields that were filled in."""

    item: HeldItem
    answers: Mapping[str, object]
    late: Mapping[str, object]
    filled: tuple[str, ...]

    def move(self, case: HeldCase) -> None:
        """It is open no more."""
        del case.items[self.item.token]

    @property
    def entry(self) -> Entry:
        """Which, whether late and why, what was answered, and which texts were written; not the texts."""
        item = self.item
        return "task_completed", {
            "element": item.element, "token": item.token, "visit": item.visit, **self.late,
            "answers": {name: value for name, value in self.answers.items() if value is not None},
            "filled": list(self.filled)}


@dataclass(frozen=True, slots=True)
class TaskCancelled(Fact):
    """A task is over without having been done."""

    token: int

    def move(self, case: HeldCase) -> None:
        """It is open no more."""
        del case.items[self.token]


@dataclass(frozen=True, slots=True)
class TaskDated(Fact):
    """An open task shows where its deadline stands now, and what is agreed beside it."""

    token: int
    due_at: datetime
    due_provisional: bool
    agreed_at: datetime | None
    clock_stopped: bool

    def move(self, case: HeldCase) -> None:
        """The item shows it."""
        case.items[self.token] = replace(
            case.items[self.token], due_at=self.due_at, due_provisional=self.due_provisional,
            agreed_at=self.agreed_at, clock_stopped=self.clock_stopped)


@dataclass(frozen=True, slots=True)
class TaskGiven(Fact):
    """An open task is this person's now (None: free for its office), at another office if one is named; `stands_in`:
    though they do not hold its post."""

    token: int
    assignee_id: int | None
    unit_id: int | None = None
    stands_in: bool = False

    def move(self, case: HeldCase) -> None:
        """The item is theirs."""
        item = case.items[self.token]
        case.items[self.token] = replace(
            item, assignee_id=self.assignee_id, unit_id=item.unit_id if self.unit_id is None else self.unit_id,
            stands_in=self.stands_in)


@dataclass(frozen=True, slots=True)
class UnitTakesPart(Fact):
    """An office sees the case from now on."""

    unit_id: int


@dataclass(frozen=True, slots=True)
class MessageAwaited(Fact):
    """The case waits for a message."""

    token: int
    element: str
    message: str

    def move(self, case: HeldCase) -> None:
        """It is awaited."""
        case.awaited.add(self.token)


@dataclass(frozen=True, slots=True)
class MessageAwaitedNoMore(Fact):
    """The case waits for this message no more."""

    token: int

    def move(self, case: HeldCase) -> None:
        """It is not awaited."""
        case.awaited.discard(self.token)


@dataclass(frozen=True, slots=True)
class MessageDelivered(Fact):
    """A message that the case waited for has come."""

    message: str

    @property
    def entry(self) -> Entry:
        """Which."""
        return "message_delivered", {"message": self.message}


@dataclass(frozen=True, slots=True)
class ContactAttempted(Fact):
    """Somebody tried to reach the rater; `number` is that of the attempt's row, `at` when it was."""

    number: int
    channel: str
    result: str
    at: datetime

    @property
    def entry(self) -> Entry:
        """How, when and with what result; not the note."""
        return "contact_attempted", {"attempt": self.number, "channel": self.channel, "result": self.result,
                                     "at": self.at.astimezone(UTC).isoformat()}


# --- the case -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseSummarised(Fact):
    """Where the case stands, for lists and the scheduler: its steps in words, and when it is due next."""

    step: str
    next_due: datetime | None

    def move(self, case: HeldCase) -> None:
        """The row shows it; earlier failures count no more."""
        case.step, case.next_due, case.next_try, case.attempts = self.step, self.next_due, self.next_due, 0


@dataclass(frozen=True, slots=True)
class CaseClosed(Fact):
    """The case has ended. `status` is closed or voided."""

    status: str
    outcome: str | None
    at: datetime

    def move(self, case: HeldCase) -> None:
        """The row shows it."""
        case.status, case.closed_at, case.outcome = self.status, self.at, self.outcome

    @property
    def entry(self) -> Entry:
        """How it ended."""
        return "case_closed", {"outcome": self.outcome}
