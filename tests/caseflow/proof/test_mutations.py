"""A few of the edits of `make mutations`: those that break an article are refused, the others are not."""

from tests.caseflow.proof.mutations import drawn

SEED = 20260322


def test_an_edit_that_breaks_an_article_is_refused():
    verdicts = {str(mutant): mutant.verdict() for mutant in drawn("breaking", SEED)}
    assert [name for name, verdict in verdicts.items() if verdict is not None and not verdict.by] == []


def test_an_edit_that_breaks_nothing_is_accepted():
    assert [str(mutant) for mutant in drawn("harmless", SEED) if mutant.verdict().by] == []
