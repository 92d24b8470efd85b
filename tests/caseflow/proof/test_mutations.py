"""A few of the edits of `make mutations`: those that break an article are refused, the others are not."""

from tests.caseflow.proof import mutations, pairs
from tests.caseflow.proof.mutations import drawn

SEED = 20260322
ONE_IN = 4          # kinds of edits
PAIRS_OF = {"breach+breach": 800, "harmless+harmless": 400, "harmless+breach": 1200}


def test_an_edit_that_breaks_an_article_is_refused():
    verdicts = {str(mutant): mutant.verdict() for mutant in drawn("breaking", SEED, ONE_IN)}
    assert [name for name, verdict in verdicts.items() if verdict is not None and not verdict.by] == []


def test_an_edit_that_breaks_nothing_is_accepted():
    assert [str(mutant) for mutant in drawn("harmless", SEED, ONE_IN) if mutant.verdict().by] == []


def test_two_edits_are_judged_as_the_worse_of_them():
    wrong = []
    for sort, share in PAIRS_OF.items():
        for pair in filter(None, pairs.drawn(sort, share=share)):
            verdict = pair.verdict()
            if verdict is not None and bool(verdict.by) != pair.breaks:
                wrong.append(str(pair))
    assert wrong == []


def test_there_are_at_least_sixty_kinds_of_breaches_and_of_harmless_edits():
    for operators, kind in ((mutations.BREAKING, "breaking"), (mutations.HARMLESS, "harmless")):
        names = [operator.__name__ for operator in operators]
        assert len(names) == len(set(names)) >= mutations.KINDS[kind]
