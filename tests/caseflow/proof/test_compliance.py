"""docs/compliance.md is in step with the rules, the diagrams, the code and the tests, and no row of it is empty."""

from __future__ import annotations

import pytest

from caseflow.install import tried_kinds
from caseflow.law import regulations
from caseflow.law.watched import AREAS, WATCHED, watches
from tests.caseflow.proof import compliance

PLACES = ("hefei", "qijiang", "hainan", "guichi")
# The articles that speak of handling, revisiting or appealing one case
OF_CASES = {
    "hefei": {"HF-14", "HF-15"},
    "qijiang": {"QJ-6", "QJ-13", "QJ-14", "QJ-16", "QJ-18"},
    "hainan": {"HN-5", "HN-13", "HN-14", "HN-15", "HN-17"},
    "guichi": {"GC-2(一)", "GC-2(二)", "GC-2(三)"},
}


def test_the_matrix_is_in_step():
    assert compliance.FILE.read_text(encoding="utf-8") == compliance.text(), "run `make compliance`"


@pytest.mark.parametrize("place", PLACES)
def test_every_article_on_handling_revisit_and_appeal_has_rules(place):
    regulation = regulations.get(place)
    rules = [rule for rules in regulation.rules.values() for rule in rules]
    assert {rule.article for rule in rules} == OF_CASES[place]
    assert {code for code, areas in regulation.article_areas.items() if watches(areas)} == OF_CASES[place]


@pytest.mark.parametrize("place", PLACES)
def test_no_row_about_handling_revisit_and_appeal_is_empty_in_any_column(place):
    tried_kinds.read()
    for article in OF_CASES[place]:
        found = list(compliance.rows(regulations.get(place), article))
        assert found, article
        for row in found:
            cells = dict(zip(compliance.COLUMNS, row, strict=True))
            assert all(cells.values()), cells
            assert [name for name, cell in cells.items() if cell == compliance.NOTHING] in ([], ["权力和读法"]), cells


@pytest.mark.parametrize("place", PLACES)
def test_every_sentence_stands_in_the_matrix_with_its_rule_or_its_reason(place):
    regulation, page = regulations.get(place), compliance.FILE.read_text(encoding="utf-8")
    for rule in (rule for rules in regulation.rules.values() for rule in rules):
        assert f"| {rule.sentence} | `" in page and f"| `{rule.check}` |" in page
    for mark in regulation.unwatched:
        assert f"| {mark.sentence} | {mark.reason} |" in page


def test_every_area_has_a_word():
    assert compliance.AREAS.keys() == set(AREAS) > set(WATCHED)


def test_every_reading_with_a_limit_is_a_rule():
    for place in OF_CASES:
        regulation = regulations.get(place)
        used = {rule.reading: rule.check for rules in regulation.rules.values() for rule in rules
                if rule.reading and "deadline" in rule.check}
        for key, parameter in regulation.parameters.items():
            if key.endswith("_limit") and type(parameter.value) is int:
                assert f"<= {parameter.value} working_days" in used[key], (place, key)
