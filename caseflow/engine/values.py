"""The values that pass between the engine and the operations. All are immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

TEXT_LIMIT = 4000    # characters of a text whose field has no maxlength

# What a case knows when it starts, whatever its diagram: name → type of the expression language.
CASE_VARIABLES: Mapping[str, str] = {
    "received_at": "date",       # when the rating reached us (aware UTC, ISO 8601)
    "level": "text",             # "dissatisfied" or "very_dissatisfied"
    "real_name": "boolean",      # the rater gave a name
    "business_level": "text",    # "province", "city", "district", "town" or "village": level of the responsible unit
}
# Type of a field that decides → type of the variable it becomes.
VARIABLE_TYPES: Mapping[str, str] = {"enum": "text", "boolean": "boolean", "date": "date", "long": "number"}

UNIT = "unit"        # the type of a field that asks for the office which is responsible from then on

STATUTORY, REMINDER = "statutory", "reminder"   # what a timer at the border of an activity is to it


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the gate refuses or warns of.

    `code` is stable; `facts` are what its sentence names (name → text, number, or texts in order), which whoever shows
    it makes; `line` is 1-based, 0 when unknown; `element` is the BPMN id, "" when the whole file is meant.
    """

    code: str
    element: str = ""
    line: int = 0
    facts: Mapping[str, object] = field(default_factory=dict, hash=False)
    severity: str = "error"      # "error" blocks deployment, "warning" does not


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What an answer has to keep (an expression), and the sentence for whoever breaks it.

    A `{name}` in the sentence stands for the value of that parameter of the regulation.
    """

    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a user task's form (camunda:formField).

    `type` is string, text, enum, boolean, date, long or unit. `choices` are those of an enum, as (id, label); those of
    a unit, as (code, name), are known where the form is asked and not in the diagram (people/assignable.py).
    `minimum`/`maximum` bound a long's value, `min_length`/`max_length` a text's characters. `visible_when` is (field
    id, allowed values) or None: the field is asked for, and required, only then. `first_visit_only` are choices offered
    at the task's first visit and not again. `rules` hold the answer against other answers and days.
    """

    id: str
    label: str
    type: str
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    default: str | None = None
    visible_when: tuple[str, tuple[str, ...]] | None = None
    first_visit_only: tuple[str, ...] = ()
    rules: tuple[FieldRule, ...] = ()

    @property
    def decides(self) -> bool:
        """Whether the value enters the engine's data (enum, boolean, date, long); texts stay in tables."""
        return self.type in ("enum", "boolean", "date", "long")

    @property
    def longest(self) -> int:
        """The most characters of a text: what the diagram says, else TEXT_LIMIT."""
        return TEXT_LIMIT if self.max_length is None else self.max_length

    @property
    def sets_a_limit(self) -> bool:
        """Whether the value is a day until which something must be done: a date whose id ends in "_by"."""
        return self.type == "date" and self.id.endswith("_by")


@dataclass(frozen=True, slots=True)
class Element:
    """One node of the diagram, as shown to people. `kind` is the BPMN tag, `parent` the enclosing subprocess or call.

    `lane` is its name; `article` the legal basis (camunda:property); `attached_to` the activity an event guards,
    `limit` what its timer is to that: the statutory limit, a reminder, or "" where nothing is marked.
    """

    id: str
    kind: str
    name: str
    lane: str = ""
    parent: str = ""
    article: str = ""
    documentation: str = ""
    attached_to: str = ""
    limit: str = ""


@dataclass(frozen=True, slots=True)
class UserTask:
    """A user task: who does it (camunda:candidateGroups: unit key of regulation.toml and role), with which form."""

    element: Element
    unit: str
    role: str
    form: tuple[FormField, ...] = ()

    def at_visit(self, visit: int) -> UserTask:
        """The task as this visit (from 1) asks for it: from the second on without `first_visit_only`."""
        if visit == 1 or not any(field.first_visit_only for field in self.form):
            return self
        return replace(self, form=tuple(replace(field, choices=tuple(
            choice for choice in field.choices if choice[0] not in field.first_visit_only)) for field in self.form))


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """How a due moment is to be computed: never the moment itself, which belongs to the calendar and the database.

    `unit` is working_days, calendar_days, hours, end_of_day or date; `amount` counts the unit (0 for the last two).
    `since` is an ISO 8601 aware moment, or for `date` the day YYYY-MM-DD itself; `since_name` is the
    variable it came from, or "now" for the moment at which the timer started to wait.
    """

    unit: str
    amount: int
    since: str
    since_name: str


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A user task that waits for a person. `token` is unique within the case and visit for ever.

    `visit` counts from 1. `deadlines` are the tokens of the waiting timers nearest around it: at its own border, else
    at that of the nearest activity around it.
    """

    token: int
    element: str
    visit: int
    deadlines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenTimer:
    """A timer that waits. `attached_to` is the activity it guards ("" for a catching timer) and, interrupting, ends."""

    token: int
    element: str
    rule: DeadlineRule
    interrupting: bool
    attached_to: str = ""


@dataclass(frozen=True, slots=True)
class AwaitedMessage:
    """An event that waits for the message with this name."""

    token: int
    element: str
    message: str


@dataclass(frozen=True, slots=True)
class EffectCall:
    """A service task that was passed: apply the effect `topic` (camunda:topic) once per token."""

    token: int
    element: str
    topic: str


@dataclass(frozen=True, slots=True)
class Step:
    """What a step left behind: the state to store (bytes) and everything that is open in it.

    `passed` are the element ids completed in this step, in order; `ended` tells that nothing is left to do, `outcome`
    is then the id of the top-level end event that was reached last. `chosen` are the flows that exclusive gateways
    took, as (gateway, element that follows). `variables`: name → JSON scalar, all that the case knows.
    """

    state: bytes
    tasks: tuple[OpenTask, ...]
    timers: tuple[OpenTimer, ...]
    messages: tuple[AwaitedMessage, ...]
    effects: tuple[EffectCall, ...]
    passed: tuple[str, ...]
    ended: bool
    outcome: str | None
    variables: Mapping[str, object] = field(default_factory=dict)
    chosen: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What the outside tells the engine for one step: the moment (aware UTC)."""

    now: datetime
