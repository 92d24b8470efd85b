"""Each kind of journal entry and each effect has its sentence on the screens."""

from __future__ import annotations

from caseflow.casefile.entries import KINDS
from caseflow.cases.effects.registry import EFFECTS
from web.admin import words as administration
from web.parts import journal


def test_every_kind_of_entry_has_one_sentence_and_no_sentence_is_without_its_kind():
    of_cases, of_the_system = set(journal.KINDS), {*administration.KINDS, *administration.DEFINITIONS}
    assert of_cases | of_the_system == set(KINDS)
    assert of_cases & of_the_system == set()


def test_every_effect_has_its_sentence():
    assert set(journal.EFFECTS) == set(EFFECTS)
