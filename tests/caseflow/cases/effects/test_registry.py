"""What an effect is refused for, whatever the diagram says: the proof is made before, and this holds after."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from caseflow.casefile.effected import EffectApplied, RatingVoided
from caseflow.cases.effects.occasion import FiledAppeal, Occasion
from caseflow.cases.effects.registry import apply
from caseflow.engine.values import EffectCall
from caseflow.errors import StepFailed
from caseflow.install import tried_kinds
from caseflow.law import regulations


@pytest.fixture(autouse=True)
def kinds():
    tried_kinds.read()


def occasion(kind: str, topic: str) -> Occasion:
    guichi = regulations.get("guichi")
    case = SimpleNamespace(id=1, number="GC-2026-000001", kind=kind, rating_id=7, items={})
    return Occasion(case, guichi, {"responsible": 1, guichi.lead: 2}, EffectCall(1, "step", topic), "", None,
                    appeal=FiledAppeal(1, False, 1, 1))


@pytest.mark.parametrize("topic", ["void_rating", "replace_rating"])
def test_an_appeal_takes_a_rating_out_of_the_count_only_once_it_was_upheld(topic):
    with pytest.raises(StepFailed, match="comes after uphold_appeal"):
        apply(occasion("appeal", topic), frozenset({"receive_appeal"}))


def test_a_rating_is_voided_by_the_appeal_that_was_upheld_and_by_its_own_case():
    for kind, before in (("appeal", {"uphold_appeal"}), ("rectification", set())):
        voided, *_, applied = apply(occasion(kind, "void_rating"), frozenset(before))
        assert voided == RatingVoided(7) and isinstance(applied, EffectApplied)
