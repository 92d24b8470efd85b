"""What cases can be about: their kinds, each with what the rest of the core asks of it.

Which kinds there are is said by whoever makes an application (caseflow/install/kinds.py); here, and wherever cases are
handled, none is known by name. The subject of a case points to it, the case itself holds no more than its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement

from caseflow.casefile.hand import HeldCase
from caseflow.errors import ConfigurationError
from caseflow.models import Case


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about, as its opening asks for it.

    `variables` are what its diagram begins with, of engine.values.CASE_VARIABLES; `offices` the keys of those that take
    part from the beginning, besides the responsible unit and the lead office.
    """

    regulation: str
    unit_id: int
    variables: Mapping[str, object]
    rating_id: int | None = None
    offices: tuple[str, ...] = ()


def _everywhere(_regulation: Any) -> bool:
    return True


def _nothing(*_: Any) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of case. `name` stands in Case.kind, `process` is the diagram under bpmn/<place>/.

    `number_format` (of the Regulation) has {year} and {number}, which is counted under `sequence` ({regulation},
    {year}). `subject` is what a case was opened about, `titles` say it in a few words, by case id. `effects` are the
    Effects (cases/effects/registry.py) that are its own, by topic, beside those of all.
    """

    name: str
    process: str
    number_format: Callable[[Any], str]
    sequence: str
    subject: Callable[[Case], Subject]
    titles: Callable[[Sequence[Case]], Mapping[int, str]]
    effects: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    offered: Callable[[Any], bool] = _everywhere        # whether this Regulation has such cases
    in_ledger: bool = True                              # whether the ledger (台账) lists them
    speaks_to_rater: bool = False                       # whether the rater may be contacted from it, and is shown
    appealable: bool = False                            # whether appeals are made against what it is about
    voidable: bool = False                              # whether it ends as voided once its rating is not adopted
    may_repeat: bool = False                            # whether it may be linked with another that says the same
    may_be_sent_back: bool = False                      # whether the responsible unit may refuse the dispatch
    # (case id, user id) → the condition under which a person may see a case that no unit of theirs takes part in.
    own: Callable[[int, int | None], ColumnElement[bool]] | None = None
    # What its steps mean to related cases: after a completed task (the case, the tokens of the messages it waited for
    # before, the actor, now), and after every step (the case, now). The case is saved by then.
    after_task: Callable[[HeldCase, set[int], Any, Any], None] = _nothing
    after_step: Callable[[HeldCase, Any], None] = _nothing


_registered: Mapping[str, Kind] = MappingProxyType({})


def register(*kinds: Kind) -> None:
    """Let these and no others be the kinds of cases in this process. ConfigurationError when two have one name."""
    global _registered
    named = {kind.name: kind for kind in kinds}
    if len(named) < len(kinds):
        raise ConfigurationError("Two kinds of cases have one name.")
    _registered = MappingProxyType(named)


def registered() -> tuple[Kind, ...]:
    """All kinds, in the order in which they were registered."""
    return tuple(_registered.values())


def of(name: str) -> Kind:
    """The kind of this name (Case.kind). ConfigurationError when none is registered."""
    if name not in _registered:
        raise ConfigurationError(f"No kind of case is registered as {name!r}; see caseflow/install/kinds.py.")
    return _registered[name]


def effects_of(name: str) -> Mapping[str, Any]:
    """The effects of a kind's own; none for a process that is tried out and is of no kind."""
    return _registered[name].effects if name in _registered else {}


def is_voidable(name: str) -> bool:
    """Whether a case of this kind ends as voided once its rating is not adopted."""
    return name in _registered and _registered[name].voidable


def listed() -> tuple[str, ...]:
    """The names of the kinds that the ledger lists."""
    return tuple(kind.name for kind in registered() if kind.in_ledger)


def running(process: str) -> tuple[str, ...]:
    """The names of the kinds whose diagram this is (a process id without its place)."""
    return tuple(kind.name for kind in registered() if kind.process == process)


def titles(cases: Iterable[Case]) -> dict[int, str]:
    """What each of these cases is about in a few words, "" where nobody said; every kind is asked once."""
    of_kind: dict[str, list[Case]] = {}
    for case in cases:
        of_kind.setdefault(case.kind, []).append(case)
    return {case_id: title for name, found in of_kind.items() for case_id, title in of(name).titles(found).items()}
