"""What the running system lets people do beside what is drawn, and what its effects have to find: made of a regulation
by whoever asks for a proof (workshop/proving.py), and nothing but values here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Extension:
    """Limits may be extended: so often, by so many working days each time. `by`: whose supervisors, of DECIDERS."""

    by: str
    times: int
    days: int


@dataclass(frozen=True, slots=True)
class Stop:
    """The clock may be stopped, for this category. `by`: of DECIDERS, or "appeal" where an appeal does it."""

    category: str
    by: str


@dataclass(frozen=True, slots=True)
class Powers:
    """What a regulation switches on, and how far it goes. By default nobody may do anything.

    `beside` are the timers beside which something may be agreed at all. `unreachable`: after how many attempts in vain,
    on how many days, a rater counts as unreachable; None where nothing is held against the log. `parameters`: name →
    the number of days. `logged`: the answers to a field ending in "_channel" that the log of contacts, or the rating,
    has to bear out.
    """

    extension: Extension | None = None
    stops: tuple[Stop, ...] = ()
    beside: frozenset[str] = frozenset()
    unreachable: tuple[int, int] | None = None
    parameters: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    logged: frozenset[str] = frozenset()


NOTHING = Powers()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field that an effect reads: an earlier form must have been given an answer to it, and its newest is none of
    `refused`. `when`: it is wanted only if the newest answer to that field is this one, as a rule writes it."""

    field: str
    refused: tuple[str, ...] = ()
    when: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """What an effect (camunda:topic) has to find: fields, effects before it (`after`, any of them), and, where it is
    possible only `once`, that it has not run."""

    topic: str
    fields: tuple[Wanted, ...] = ()
    after: tuple[str, ...] = ()
    once: bool = False
