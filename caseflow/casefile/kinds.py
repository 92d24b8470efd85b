"""What cases can be about: their kinds, each with what the rest of the core asks of it.

Which kinds there are is said by whoever makes an application (caseflow/install/kinds.py); here, and wherever cases are
handled, none is known by name. The subject of a case points to it, the case itself holds no more than its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from caseflow.casefile.begun import RatingReceived
from caseflow.casefile.facts import Fact
from caseflow.casefile.hand import HeldCase
from caseflow.errors import ConfigurationError


class Case(Protocol):
    """A row of the cases, as far as a kind is asked about it."""

    id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about, as its opening asks for it.

    `variables` are what its diagram begins with, of engine.values.CASE_VARIABLES; `offices` the keys of those that take
    part from the beginning, besides the responsible unit and the lead office; `reachable`: whether the rater left a
    number to call (None: there is no rater).
    """

    regulation: str
    unit_id: int
    variables: Mapping[str, object]
    rating_id: int | None = None
    offices: tuple[str, ...] = ()
    reachable: bool | None = None


def _everywhere(_regulation: Any) -> bool:
    return True


def _nothing(*_: Any) -> None:
    pass


def _of_no_rows(*_: Any) -> Any:
    raise ConfigurationError("This kind is known as its diagram is tried out, and not where cases are kept.")


def _with_a_rating(_regulation: Any, given: Mapping[str, Any]) -> tuple[Fact, ...]:
    return (RatingReceived(0, "tryout", given["level"], given["received_at"]),)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of case. `name` stands in Case.kind, `process` is the diagram under bpmn/<place>/.

    `number_format` (of the Regulation) has {year} and {number}, which is counted under `sequence` ({regulation},
    {year}). `subject` is what a case was opened about, `titles` say it in a few words, by case id. `effects` are the
    Effects (cases/effects/registry.py) that are its own, by topic, beside those of all. What needs no row is enough to
    try its diagram out, without a database; the rest is told by who keeps its cases.
    """

    name: str
    process: str
    number_format: Callable[[Any], str]
    sequence: str
    subject: Callable[[Case], Subject] = _of_no_rows
    titles: Callable[[Sequence[Case]], Mapping[int, str]] = _of_no_rows
    effects: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    offered: Callable[[Any], bool] = _everywhere        # whether this Regulation has such cases
    in_ledger: bool = True                              # whether the ledger (台账) lists them
    speaks_to_rater: bool = False                       # whether the rater may be contacted from it, and is shown
    about_appeal: bool = False                          # whether it is about an appeal, which its effects ask for
    appealable: bool = False                            # whether appeals are made against what it is about
    voidable: bool = False                              # whether it ends as voided once its rating is not adopted
    may_repeat: bool = False                            # whether it may be linked with another that says the same
    may_be_sent_back: bool = False                      # whether the responsible unit may refuse the dispatch
    may_improve: bool = False                           # whether it is noted what was changed after it
    # (Regulation, variables of its diagram) → with what its journal begins where it is tried out.
    tried_with: Callable[[Any, Mapping[str, Any]], tuple[Fact, ...]] = _with_a_rating
    # (case id, user id) → the condition on which a person may see a case that no unit of theirs takes part in.
    own: Callable[[int, int | None], Any] | None = None
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


def trying(process: str) -> Kind:
    """The kind that a try-out of this diagram (a process id without its place) is of.

    One that is no kind's is tried out as a case about a rating, with no effects of its own.
    """
    found = (kind for kind in registered() if kind.process == process)
    return next(found, None) or Kind(
        process, process, lambda regulation: regulation.number_format, "", speaks_to_rater=True)


def titles(cases: Iterable[Case]) -> dict[int, str]:
    """What each of these cases is about in a few words, "" where nobody said; every kind is asked once."""
    of_kind: dict[str, list[Case]] = {}
    for case in cases:
        of_kind.setdefault(case.kind, []).append(case)
    return {case_id: title for name, found in of_kind.items() for case_id, title in of(name).titles(found).items()}
