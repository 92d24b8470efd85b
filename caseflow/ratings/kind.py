"""What the handling of a bad rating (整改) is as a kind of case, without its rows: enough to try its diagram out."""

from __future__ import annotations

from caseflow.casefile.kinds import Kind
from caseflow.law.rating_levels import HANDLED_IN
from caseflow.law.regulation_file import Regulation


def _number_format(regulation: Regulation) -> str:
    return regulation.number_format


RECTIFICATION = Kind(
    name=HANDLED_IN, process=HANDLED_IN, number_format=_number_format, sequence="{regulation}-{year}",
    speaks_to_rater=True, appealable=True, may_repeat=True, may_be_sent_back=True, may_improve=True,
    voidable=True)
