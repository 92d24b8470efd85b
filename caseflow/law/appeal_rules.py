"""What [appeal] of a regulation.toml says: who may contest a rating, for what, before whom, and what follows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from caseflow.law.case_numbers import number_format
from caseflow.law.rating_levels import RATING_LEVELS
from caseflow.law.strict_toml import SNAKE_CASE, Table

STAFF = "staff"             # also the role of the rated, whose task in an appeal of their own is theirs alone
PARTIES = (STAFF, "department")
GROUNDS = ("mistaken", "malicious", "untrue", "other")
POST = r"[a-z][a-z0-9_]*\.reviewer"
APPEAL_CLOCKS = ("continues", "stops")
LONGEST_CODES = 120         # characters of the codes of consequences together


@dataclass(frozen=True, slots=True)
class AppealRules:
    """What a regulation says of appeals against a rating. `article` and `note` also say why there are none.

    `parties` may file: "staff" (the rated person) or "department" (the rated unit). `working_days` is the window,
    from the receipt of the rating; None where the text sets none. `clock`: what the limits of the rectification do
    meanwhile, continues or stops. `reviewed_by` are the posts (unit.role) that review. `consequences` (code → words)
    follow a failure of duty that the review has verified, which `failure` words; there may be none.
    """

    available: bool
    article: str
    note: str
    who: str = ""
    reviewer: str = ""
    parties: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    working_days: int | None = None
    clock: str = "continues"
    reviewed_by: tuple[str, ...] = ()
    number_format: str = ""
    failure: str = ""
    consequences: Mapping[str, str] = field(default_factory=dict)


def appeal(top: Table, units: Collection[str]) -> AppealRules | None:
    """The table [appeal]; None where the file is silent."""
    if "appeal" not in top.values:
        return None
    table = top.table("appeal")
    rules = {"available": table.take("available", bool), "article": table.article(), "note": table.text("note")}
    if rules["available"]:
        rules |= _open(table, units)
    table.end()
    return AppealRules(**rules)


def _open(table: Table, units: Collection[str]) -> dict[str, Any]:
    """What has to be known where an appeal may be filed."""
    rules = {
        "who": table.text("who"), "reviewer": table.text("reviewer"),
        "parties": table.texts("parties", "|".join(PARTIES)), "grounds": table.texts("grounds", "|".join(GROUNDS)),
        "levels": table.texts("levels", "|".join(RATING_LEVELS)), "working_days": table.take("working_days", int, None),
        "clock": table.one_of("clock", APPEAL_CLOCKS), "reviewed_by": table.texts("reviewed_by", POST),
        "number_format": number_format(table), **_failure(table)}
    for post in rules["reviewed_by"]:
        if post.partition(".")[0] not in units:
            raise table.refuse("reviewed_by", f"{post!r} is at no unit of this file")
    if rules["working_days"] is not None and rules["working_days"] < 1:
        raise table.refuse("working_days", "must be at least 1; leave it out where the text sets no limit")
    return rules


def _failure(table: Table) -> dict[str, Any]:
    """What follows a verified failure of duty; nothing where the file has no [appeal.failure]."""
    if "failure" not in table.values:
        return {}
    failure = table.table("failure")
    words = failure.table("consequences")
    consequences = {code: words.text(code) for code in words.keys(SNAKE_CASE)}
    if len(",".join(consequences)) > LONGEST_CODES or not consequences:
        raise failure.refuse("consequences", f"must name one or more, by codes of {LONGEST_CODES} letters in all")
    found = {"failure": failure.text("words"), "consequences": MappingProxyType(consequences)}
    failure.end()
    return found
