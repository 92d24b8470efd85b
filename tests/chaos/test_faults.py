"""Negative controls: with a fault planted, the very runs that pass must fail. Small: a few kills hit an open gap."""

from __future__ import annotations

import pytest

from caseflow.models import Case, Incident
from tests.chaos import races, rewinding
from tests.chaos.cutting import cut_run
from tests.chaos.killer import kill_run

on_postgresql = pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgres)],
                                        indirect=True)


def test_a_state_that_is_committed_without_its_timers_is_found(nursery, world, seed):
    outcome = kill_run(nursery, world, seed, bad_ratings=6, kills=8, fault="two_transactions",
                       victims=("scheduler", "worker"))
    assert outcome.kinds() & {"unfinished", "not_fired", "half"}


def test_a_message_that_leaves_before_the_commit_is_found(nursery, world, seed):
    outcome = kill_run(nursery, world, seed, bad_ratings=6, kills=12, fault="effect_before_commit",
                       victims=("scheduler", "intake"))
    assert "message" in outcome.kinds()


@on_postgresql
def test_an_error_that_is_swallowed_is_found(nursery, world, seed):
    findings, _ = cut_run(nursery, world, seed, ratings=10, cuts=20, kinds=["commit_lost"], of=["worker"],
                          fault="error_swallowed")
    assert "lost" in {finding.kind for finding in findings}


@pytest.mark.both_databases
def test_a_missing_lock_is_found(nursery, world, seed):
    assert races.complete_the_same(nursery, world, seed, 4, fault="no_lock")


def test_a_missing_form_token_is_found(nursery, world, seed):
    assert races.complete_the_same(nursery, world, seed, 2, fault="no_form_token")


@on_postgresql
def test_without_a_lock_the_version_still_refuses_and_its_absence_is_found(nursery, world, seed):
    acknowledged, stored = races.count_up(nursery, world, seed, 6, fault="no_version")
    assert acknowledged == 24 and stored < 24


@on_postgresql
def test_without_a_lock_nothing_that_was_noted_is_forgotten(nursery, world, seed):
    assert races.count_up(nursery, world, seed, 6, fault="no_lock") == (24, 24)


@pytest.mark.both_databases
def test_what_has_fired_does_not_fire_again_when_an_old_copy_of_the_case_comes_back(world, seed):
    counts = rewinding.rewind_and_try(world, seed)
    assert all(before == after for before, after in counts.values()), counts
    with world.session() as session:
        assert session.query(Case.incident).scalar() and session.query(Incident.kind).scalar() == "concurrent_update"


@on_postgresql
def test_a_missing_key_on_firings_is_found(world, seed):
    counts = rewinding.rewind_and_try(world, seed, without_keys=True)
    assert counts["timer_firings"] == (1, 2) and counts["timer_fired"] == (1, 2)
