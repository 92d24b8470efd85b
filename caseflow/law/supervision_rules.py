"""What [supervision] of a regulation.toml says: for each operation whether it is offered, its article, and the reading
chosen where the text is silent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from caseflow.law.appeal_rules import LONGEST_CODES
from caseflow.law.strict_toml import SNAKE_CASE, Table

POST = r"[a-z][a-z0-9_]*\.(officer|supervisor)"


@dataclass(frozen=True, slots=True)
class Offered:
    """Whether something is offered. `article` and `note` also say why it is not."""

    available: bool
    article: str
    note: str


@dataclass(frozen=True, slots=True)
class Forwarding(Offered):
    """Forwarding what suggests a breach of discipline or law: who may (posts, unit.role), and the post that gets it.

    Both are empty where it is not offered."""

    by: tuple[str, ...] = ()
    to: str = ""


@dataclass(frozen=True, slots=True)
class Conduct:
    """What supervisors may record of a unit or a person, once it is verified, on any case. `by`: those of the lead
    office (lead), of the responsible unit too (unit), or of the branches of its area as well (area). `opinion` words a
    second condition with grounds of its own, "" for none. `consequences`: code → words of what follows."""

    name: str
    article: str
    note: str
    by: str
    opinion: str
    consequences: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SupervisionRules:
    """`refusal`: the responsible unit sends a wrong dispatch back, once. `discipline`: what suggests a breach of
    discipline or law goes to the office that handles it. `references`: links with what other channels have.
    `duplicates`: cases that say the same are linked, and worked on together. `conduct`: kind → what may be recorded of
    those who failed. `improvements`: of a closed case it is noted which item, guide, material or process was changed
    after it."""

    refusal: Offered
    discipline: Forwarding
    references: Offered
    duplicates: Offered
    conduct: Mapping[str, Conduct]
    improvements: Offered


def read(top: Table, units: Collection[str], branches: Collection[str]) -> SupervisionRules | None:
    """The table [supervision]; None where the file has none, and then nothing of it is offered.

    Who may forward may be at a branch; the post that receives it is at one of the `units`.
    """
    if "supervision" not in top.values:
        return None
    table = top.table("supervision")
    rules = SupervisionRules(
        refusal=_offered(table.table("refusal")), discipline=_forwarding(table.table("discipline"), units, branches),
        references=_offered(table.table("references")), duplicates=_offered(table.table("duplicates")),
        conduct=MappingProxyType({kind: _conduct(entry) for kind, entry in _entries(table).items()}),
        improvements=_offered(table.table("improvements")))
    table.end()
    return rules


def _entries(table: Table) -> dict[str, Table]:
    return table.tables("conduct") if "conduct" in table.values else {}


def _conduct(table: Table) -> Conduct:
    words = table.table("consequences")
    consequences = {code: words.text(code) for code in words.keys(SNAKE_CASE)}
    if len(",".join(consequences)) > LONGEST_CODES or not consequences:
        raise table.refuse("consequences", f"must name one or more, by codes of {LONGEST_CODES} letters in all")
    rules = Conduct(table.text("name"), table.article(), table.text("note"),
                    table.one_of("by", ("lead", "unit", "area")),
                    table.text("opinion", ""), MappingProxyType(consequences))
    table.end()
    return rules


def _forwarding(table: Table, units: Collection[str], branches: Collection[str]) -> Forwarding:
    posts = {}
    if table.values.get("available"):
        posts = {"by": table.texts("by", POST), "to": table.matching("to", POST, "discipline.supervisor")}
        for post in (*posts["by"], posts["to"]):
            key, where = ("to", units) if post == posts["to"] else ("by", {*units, *branches})
            if post.partition(".")[0] not in where:
                raise table.refuse(key, f"{post!r} is at no unit of this file")
    rules = Forwarding(table.take("available", bool), table.article(), table.text("note"), **posts)
    table.end()
    return rules


def _offered(table: Table) -> Offered:
    offered = Offered(table.take("available", bool), table.article(), table.text("note"))
    table.end()
    return offered
