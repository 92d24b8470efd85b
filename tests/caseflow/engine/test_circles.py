"""What lies on a circle, or between two: the ground of the gate's rule for loops and of the proof that cases end."""

from __future__ import annotations

import pytest

from caseflow.engine.circles import on_circles


@pytest.mark.parametrize(("edges", "found"), [
    ({}, ""), ({"a": "b", "b": "c", "c": ""}, ""), ({"a": "a"}, "a"),
    ({"a": "b", "b": "c", "c": "bd", "d": ""}, "bc"),
    ({"a": "b", "b": "ac", "c": "d", "d": "ce", "e": ""}, "abcd"),
    ({"a": "bc", "b": "d", "c": "d", "d": ""}, ""),
    ({"a": "z", "b": "ab", "c": ""}, "b")])
def test_what_leads_back_is_found_and_what_only_leads_there_or_away_is_not(edges, found):
    assert on_circles(edges) == set(found)


def test_a_way_between_two_circles_counts_and_numbers_are_places_too():
    assert on_circles({0: [0, 1], 1: [2], 2: [2, 3], 3: []}) == {0, 1, 2}
    assert on_circles({0: [1], 1: [0, -1]}) == {0, 1}


def test_a_long_chain_takes_no_recursion():
    assert on_circles({number: [number + 1] for number in range(20_000)}) == set()
