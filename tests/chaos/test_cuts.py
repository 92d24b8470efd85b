"""Connections to PostgreSQL cut at random, also while COMMIT is under way: what was acknowledged is stored, once."""

from __future__ import annotations

import pytest

from tests.chaos import sizes
from tests.chaos.cutting import cut_run


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_was_acknowledged_is_stored_whatever_is_cut(nursery, world, seed, figures):
    cuts, ratings = sizes.size(100, 1000), sizes.size(40, 450)
    findings, kinds = cut_run(nursery, world, seed, ratings=ratings, cuts=cuts)
    figures(cuts=kinds.total(), cases=ratings, **kinds)
    assert (findings, kinds.total()) == ([], cuts)
