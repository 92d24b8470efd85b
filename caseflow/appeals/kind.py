"""What the review of an appeal (申诉复核) is as a kind of case, without its rows: enough to try its diagram out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from caseflow.casefile.begun import AppealFiled
from caseflow.casefile.kinds import Kind
from caseflow.cases.effects import appeal
from caseflow.cases.effects.registry import EFFECTS
from caseflow.law.regulation_file import Regulation
from caseflow.processes.asked import REPLACING


def _number_format(regulation: Regulation) -> str:
    return (regulation.appeal and regulation.appeal.number_format) or regulation.number_format


def _offered(regulation: Regulation) -> bool:
    return regulation.appeal is not None and regulation.appeal.available


def _tried_with(regulation: Regulation, _given: Mapping[str, object]) -> tuple[AppealFiled, ...]:
    """An appeal on the first ground there is; none where the regulation has no appeals."""
    rules = regulation.appeal
    return (AppealFiled(0, (*rules.grounds, "other")[0], ""),) if rules else ()


APPEAL = Kind(
    name="appeal", process="appeal", number_format=_number_format, sequence="{regulation}-appeal-{year}",
    offered=_offered, in_ledger=False, about_appeal=True, tried_with=_tried_with, effects=MappingProxyType({
        "void_rating": replace(EFFECTS["void_rating"], apply=appeal.void, after=("uphold_appeal",)),
        REPLACING: replace(EFFECTS[REPLACING], apply=appeal.replace_rating, after=("uphold_appeal",)),
    }))
