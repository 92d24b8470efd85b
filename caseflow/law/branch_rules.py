"""What [branches] of a regulation.toml says: the offices that a lane names by rule and not by name, as "the branch of
the responsible unit's area". Which there are stands in a table that administrators keep (people/branches.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from caseflow.law.strict_toml import SNAKE_CASE, Table


@dataclass(frozen=True, slots=True)
class BranchRules:
    """One such office: its name on screens, and the kinds of branch (code → words) that can be it.

    `otherwise` is the unit of the regulation that does it where neither the area nor one above it has a branch: the
    office that the branches are branches of.
    """

    name: str
    kinds: Mapping[str, str]
    otherwise: str
    article: str
    note: str


def branches(top: Table, units: Mapping[str, object]) -> Mapping[str, BranchRules]:
    """The tables [branches.<key>]; none where the file has none. A lane names one as it names a unit: key.role."""
    if "branches" not in top.values:
        return MappingProxyType({})
    found = {key: _branch(table, units) for key, table in top.tables("branches").items()}
    for key in found.keys() & {"responsible", *units}:
        raise top.refuse(f"branches.{key}", "this key is taken")
    kinds = [kind for rules in found.values() for kind in rules.kinds]
    if len(set(kinds)) < len(kinds):
        raise top.refuse("branches", "a kind of branch stands in two of them")
    return MappingProxyType(found)


def _branch(table: Table, units: Mapping[str, object]) -> BranchRules:
    words = table.table("kinds")
    kinds = MappingProxyType({kind: words.text(kind) for kind in words.keys(SNAKE_CASE)})
    if not kinds:
        raise table.refuse("kinds", "must name one or more kinds of branch")
    rules = BranchRules(table.text("name"), kinds, table.text("otherwise"), table.article(), table.text("note"))
    if rules.otherwise not in units:
        raise table.refuse("otherwise", f"{rules.otherwise!r} is not among units: {', '.join(units)}")
    table.end()
    return rules
