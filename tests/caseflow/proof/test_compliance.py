"""docs/compliance.md is in step with the rules, the diagrams and the tests."""

from caseflow.law import regulations
from tests.caseflow.proof import compliance

# The articles that speak of handling, revisiting or appealing one case
OF_CASES = {
    "hefei": {"HF-14", "HF-15"},
    "qijiang": {"QJ-6", "QJ-13", "QJ-14", "QJ-16", "QJ-18"},
    "hainan": {"HN-5", "HN-13", "HN-14", "HN-15", "HN-17"},
    "guichi": {"GC-2(一)", "GC-2(二)", "GC-2(三)"},
}


def test_the_matrix_is_in_step():
    assert compliance.FILE.read_text(encoding="utf-8") == compliance.text(), "run `make compliance`"


def test_every_article_on_handling_revisit_and_appeal_has_rules():
    for place, articles in OF_CASES.items():
        rules = [rule for rules in regulations.get(place).rules.values() for rule in rules]
        assert {rule.article for rule in rules} == articles


def test_every_reading_with_a_limit_is_a_rule():
    for place in OF_CASES:
        regulation = regulations.get(place)
        used = {rule.reading: rule.check for rules in regulation.rules.values() for rule in rules
                if rule.reading and "deadline" in rule.check}
        for key, parameter in regulation.parameters.items():
            if key.endswith("_limit") and type(parameter.value) is int:
                assert f"<= {parameter.value} working_days" in used[key], (place, key)
