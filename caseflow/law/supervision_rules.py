"""What [supervision] of a regulation.toml says: for each operation whether it is offered, its article, and the reading
chosen where the text is silent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from caseflow.law.strict_toml import Table

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
class SupervisionRules:
    """`refusal`: the responsible unit sends a wrong dispatch back, once. `discipline`: what suggests a breach of
    discipline or law goes to the office that handles it. `references`: links with what other channels have.
    `duplicates`: cases that say the same are linked, and worked on together."""

    refusal: Offered
    discipline: Forwarding
    references: Offered
    duplicates: Offered


def read(top: Table, units: Collection[str], branches: Collection[str]) -> SupervisionRules | None:
    """The table [supervision]; None where the file has none, and then nothing of it is offered.

    Who may forward may be at a branch; the post that receives it is at one of the `units`.
    """
    if "supervision" not in top.values:
        return None
    table = top.table("supervision")
    rules = SupervisionRules(
        refusal=_offered(table.table("refusal")), discipline=_forwarding(table.table("discipline"), units, branches),
        references=_offered(table.table("references")), duplicates=_offered(table.table("duplicates")))
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
