"""The milestones of a process ([milestones.<process>] of a regulation.toml): which of its tasks are the first contact,
the handling and the revisit of a case, and where a complex matter is planned. The ledger (台账) and the doctor know the
steps of a diagram by these alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from caseflow.law.rating_levels import HANDLED_IN
from caseflow.law.strict_toml import SNAKE_CASE, Table


@dataclass(frozen=True, slots=True)
class Milestone:
    """Ids of user tasks; none where the text knows no such step. `article` is what the step rests on.

    `earlier` are tasks that were this in versions that are not drawn any more: their cases keep their dates.
    """

    tasks: tuple[str, ...]
    article: str
    earlier: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def ever(self) -> tuple[str, ...]:
        """Those of today and of earlier versions."""
        return (*self.tasks, *self.earlier)


@dataclass(frozen=True, slots=True)
class Handled(Milestone):
    """The tasks that end the handling. A case that needed none of them is handled with one of `on_the_spot`, once a
    revisit has begun."""

    on_the_spot: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Revisited(Milestone):
    """`result` is the field of these tasks' forms that says what the rater thinks now; "" where there are no tasks."""

    result: str


@dataclass(frozen=True, slots=True)
class ComplexMatters(Milestone):
    """The ledger of complex matters (HF-14, GC-2(二)): a case that has come to one of the tasks stands in it, and what
    was planned is done with them.

    `entered` are the tasks whose forms ask for the `plan` (a text) and, where the case sets it itself, the `limit` (a
    date); "" where the limit is that of the tasks.
    """

    entered: tuple[str, ...]
    plan: str
    limit: str


@dataclass(frozen=True, slots=True)
class Milestones:
    """Of one process. `ledger` is None where the text keeps none of complex matters."""

    first_contact: Milestone
    handled: Handled
    revisited: Revisited
    ledger: ComplexMatters | None = None

    def named(self) -> list[tuple[str, tuple[str, ...], str]]:
        """(first_contact, handled, on_the_spot, revisited, entered or ledger; its tasks; its article) of those that
        have tasks."""
        named = (("first_contact", self.first_contact.tasks, self.first_contact.article),
                 ("handled", self.handled.tasks, self.handled.article),
                 ("on_the_spot", self.handled.on_the_spot, self.handled.article),
                 ("revisited", self.revisited.tasks, self.revisited.article),
                 *((("entered", self.ledger.entered, self.ledger.article),
                    ("ledger", self.ledger.tasks, self.ledger.article)) if self.ledger else ()))
        return [entry for entry in named if entry[1]]


def milestones(top: Table) -> Mapping[str, Milestones]:
    """Process name → its milestones. The rectification has them everywhere, another process where the file says so."""
    table = top.table("milestones")
    if HANDLED_IN not in table.values:
        raise table.refuse(HANDLED_IN, "is missing; name its tasks in [milestones.rectification.first_contact], "
                                       ".handled and .revisited")
    return MappingProxyType({process: _of_process(table.table(process)) for process in table.keys(SNAKE_CASE)})


def _of_process(table: Table) -> Milestones:
    found = Milestones(_first_contact(table.table("first_contact")), _handled(table.table("handled")),
                       _revisited(table.table("revisited")),
                       _ledger(table.table("ledger")) if "ledger" in table.values else None)
    table.end()
    return found


def _first_contact(table: Table) -> Milestone:
    found = Milestone(_tasks(table), table.article(), earlier=_earlier(table))
    table.end()
    return found


def _handled(table: Table) -> Handled:
    spot = table.texts("on_the_spot", SNAKE_CASE) if "on_the_spot" in table.values else ()
    found = Handled(_tasks(table), table.article(), spot, earlier=_earlier(table))
    table.end()
    return found


def _revisited(table: Table) -> Revisited:
    tasks = _tasks(table)
    result = table.matching("result", SNAKE_CASE, "revisit_result") if tasks else ""
    found = Revisited(tasks, table.article(), result, earlier=_earlier(table))
    table.end()
    return found


def _ledger(table: Table) -> ComplexMatters:
    limit = table.matching("limit", SNAKE_CASE, "rectify_by") if "limit" in table.values else ""
    found = ComplexMatters(table.texts("tasks", SNAKE_CASE), table.article(), table.texts("entered", SNAKE_CASE),
                    table.matching("plan", SNAKE_CASE, "plan"), limit, earlier=_earlier(table))
    table.end()
    return found


def _earlier(table: Table) -> tuple[str, ...]:
    return table.texts("earlier", SNAKE_CASE) if "earlier" in table.values else ()


def _tasks(table: Table) -> tuple[str, ...]:
    return table.texts("tasks", SNAKE_CASE, empty=True)
