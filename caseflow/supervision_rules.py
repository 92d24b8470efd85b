"""What [supervision] of a regulation.toml says: for each operation whether it is offered, its article, and the reading
chosen where the text is silent."""

from __future__ import annotations

from dataclasses import dataclass

from caseflow.strict_toml import Table


@dataclass(frozen=True, slots=True)
class Offered:
    """Whether something is offered. `article` and `note` also say why it is not."""

    available: bool
    article: str
    note: str


@dataclass(frozen=True, slots=True)
class SupervisionRules:
    """`refusal`: the responsible unit sends a wrong dispatch back, once."""

    refusal: Offered


def read(top: Table) -> SupervisionRules | None:
    """The table [supervision]; None where the file has none, and then nothing of it is offered."""
    if "supervision" not in top.values:
        return None
    table = top.table("supervision")
    rules = SupervisionRules(refusal=_offered(table.table("refusal")))
    table.end()
    return rules


def _offered(table: Table) -> Offered:
    offered = Offered(table.take("available", bool), table.article(), table.text("note"))
    table.end()
    return offered
