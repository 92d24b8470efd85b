"""What beside the drawing bears on a rule: the keys of regulation.toml that touch what it says or names.

Each kind of key has a line in TOUCHES: when it touches a rule. One that touches none says so (`nothing`); a kind more
in regulation.toml needs a line here (test_touching.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from caseflow.cases import agreeable
from caseflow.engine.definition import Definition
from caseflow.law.milestones import ComplexMatters, Handled
from caseflow.law.regulation_file import Regulation
from caseflow.processes.asked import ATTEMPTS, REASON, UNREACHABLE, UPHELD
from caseflow.proof import Rule, check
from caseflow.proof.language import Check

TIMES = ("deadline", "covered", "escalates")
UNKEYED = ("rules", "apart", "unwatched", "articles", "article_areas")


@dataclass(frozen=True, slots=True)
class Named:
    """A rule with what it names: as it is read, its words, and those of them that are user tasks of the drawing."""

    rule: Rule
    found: Check
    regulation: Regulation
    process: str
    definition: Definition

    @property
    def words(self) -> set[str]:
        return {word for part in (*self.found.parts, *self.found.named.values())
                for word in self.found.words(part)} | set(self.found.named)

    @property
    def tasks(self) -> list[str]:
        return [word for word in self.words if word in self.definition.user_tasks]

    @property
    def is_timed(self) -> bool:
        return self.found.name in TIMES

    @property
    def offices(self) -> set[str]:
        """The units that do the tasks it names."""
        return {self.definition.user_tasks[task].unit for task in self.tasks}


Touch = Callable[[Named, str, Any], bool]


def _agreed(named: Named, key: str, value: Any) -> bool:
    """It moves nothing of the statute, but a date stands beside these limits: those that `cases.agreeable` lets it."""
    timers = [timer for task in named.tasks for timer in named.definition.limits.get(task, ())]
    return named.is_timed and any(not agreeable.refused(named.definition, named.regulation, timer) for timer in timers)


def _reminded(named: Named, key: str, value: Any) -> bool:
    return named.is_timed


def _waited_for(named: Named, key: str, value: Any) -> bool:
    return named.found.name == "performed_by" and any(not named.definition.limits.get(task) for task in named.tasks)


def _unreached(named: Named, key: str, value: Any) -> bool:
    return named.found.name == "tried" or bool(
        named.words & {UNREACHABLE, ATTEMPTS.field, REASON.field, "closed_unreachable"})


def _appealed(named: Named, key: str, value: Any) -> bool:
    return named.process == "appeal" or UPHELD in named.words


def _transferred(named: Named, key: str, value: Any) -> bool:
    return named.found.name == "performed_by" and "responsible" in named.offices


def _joined(named: Named, key: str, value: Any) -> bool:
    return named.process == "rectification" and named.found.name == "performed_by"


def _failed(named: Named, key: str, value: Any) -> bool:
    return bool(named.words & {"duty_failed", "opinion"})


def _by_area(named: Named, key: str, value: Any) -> bool:
    return named.found.name in ("performed_by", "different_office") and key.rpartition(".")[2] in named.offices


def _read(named: Named, key: str, value: Any) -> bool:
    parameter = key.rpartition(".")[2]
    return parameter == named.rule.reading or (named.found.name == "within" and parameter in named.words)


def _counted(named: Named, key: str, value: Any) -> bool:
    if not key.startswith(f"milestones.{named.process}.") or value.article != named.rule.article:
        return False
    tasks = {*value.tasks, *(value.on_the_spot if isinstance(value, Handled) else ()),
             *(value.entered if isinstance(value, ComplexMatters) else ())}
    return bool(tasks & set(named.tasks))


def nothing(named: Named, key: str, value: Any) -> bool:
    """What a diagram says is not touched: it concerns ratings, or what is done beside a case or after it."""
    return False


TOUCHES: Mapping[str, Touch] = {
    "appeal": _appealed, "branches": _by_area, "clock": _agreed, "default_rating": nothing, "extension": _agreed,
    "ladder": _reminded, "milestones": _counted, "parameters": _read, "supervision.conduct": _failed,
    "supervision.discipline": nothing, "supervision.duplicates": _joined, "supervision.improvements": nothing,
    "supervision.references": nothing, "supervision.refusal": _transferred, "unreachable": _unreached,
    "validity": nothing, "waiting": _waited_for,
}


def keys(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted key, what stands there) of everything in a regulation that rests on an article."""
    if is_dataclass(value):
        if path and hasattr(value, "article"):
            yield path, value
        children = {one.name: getattr(value, one.name) for one in fields(value) if path or one.name not in UNKEYED}
    else:
        children = value if isinstance(value, Mapping) else {}
    for name, child in children.items():
        yield from keys(child, f"{path}.{name}" if path else name)


def kind(key: str) -> str:
    """The line of TOUCHES for a key: supervision.conduct.refuses → supervision.conduct."""
    parts = key.split(".")
    return ".".join(parts[:2]) if parts[0] == "supervision" else parts[0]


def of(rule: Rule, regulation: Regulation, process: str, definition: Definition) -> list[str]:
    """The keys that touch what this rule says or names, each with its article where that is another, and with who
    decides where nobody does."""
    named = Named(rule, check(rule.check), regulation, process, definition)
    return [f"`[{key}]`{_beside(value, rule)}" for key, value in keys(regulation)
            if TOUCHES[kind(key)](named, key, value)]


def _beside(value: Any, rule: Rule) -> str:
    told = [*([value.article] if value.article != rule.article else []),
            *(["不提供"] if getattr(value, "by", "") == "nobody" or getattr(value, "available", True) is False else [])]
    return f"（{'，'.join(told)}）" if told else ""
