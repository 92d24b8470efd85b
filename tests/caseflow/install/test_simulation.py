"""A simulation: its cases end, the same for a seed, and it says when they do not."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import select

from caseflow.casefile import areas
from caseflow.cases.effects import registry
from caseflow.errors import RegulationNotFound
from caseflow.health import doctor
from caseflow.health.doctor import Complaint
from caseflow.install import random_people, simulation
from caseflow.law import regulations
from caseflow.models import Case, CaseUnit, Rating, Unit, disconnect, transaction
from caseflow.ratings import intake, rectification
from tests.conftest import build_app, migrate
from tests.ground import newcomer

APPLY = registry.apply
BRANCHES = {"platform_city": "4601", "bureau_haikou": "4601", "platform_sanya": "4602", "bureau_sanya": "4602"}


@pytest.mark.parametrize("regulation", ["hefei", "qijiang", "hainan", "guichi"])
def test_the_cases_of_every_regulation_come_to_their_ends(session, regulation):
    ended = simulation.run(regulation, wanted=8, seed=1)
    assert (ended.open, ended.complaints, sum(ended.outcomes.values())) == (0, (), 8)
    assert ended.tasks >= 16 and (ended.appeals == 0) == (regulation == "hefei")
    assert list(ended.outcomes) == sorted(ended.outcomes)


@pytest.mark.both_databases
def test_two_cities_side_by_side_end_and_no_branch_sees_the_cases_of_another(session):
    ended = simulation.run("hainan", wanted=24, seed=5)
    assert (ended.open, ended.complaints) == (0, ())
    seen = {"4601": set(), "4602": set(), "46": set()}
    for case in session.scalars(select(Case)).unique():
        parts = {unit.key for unit in session.scalars(select(Unit).join(CaseUnit, CaseUnit.unit_id == Unit.id).where(
            CaseUnit.case_id == case.id))}
        seen[areas.area(case.unit.level, case.unit.area_code)[:4]] |= parts & BRANCHES.keys()
    assert {city: {BRANCHES[key] for key in parts} for city, parts in seen.items()} == {
        "4601": {"4601"}, "4602": {"4602"}, "46": set()}


def test_the_same_seed_makes_the_same_run_and_another_seed_another(clock, tmp_path):
    def run(name: str, seed: int) -> simulation.Simulated:
        url, folder = f"sqlite:///{tmp_path}/{name}.db", tmp_path / name
        migrate(url, folder)
        with build_app(url, clock, folder).app_context():
            ended = simulation.run("guichi", wanted=3, seed=seed)
            disconnect()
        return ended

    first, again, other = run("first", 7), run("again", 7), run("other", 8)
    assert first == again != other


@pytest.mark.both_databases
def test_simulating_again_makes_new_cases_and_counts_them_alone(session):
    for seed in (1, 2):
        ended = simulation.run("guichi", wanted=3, seed=seed)
        assert (ended.open, ended.complaints, sum(ended.outcomes.values())) == (0, (), 3)
    assert session.query(Rating).count() == 6 and not simulation.is_real()


def test_what_came_from_elsewhere_is_real(installed, session, clock):
    place = regulations.get("guichi")
    line, = random_people.ratings(Random(1), place.areas, [place.responsible_units[0].code], range(1), clock())
    for source, real in ((simulation.SOURCE, False), ("file:a.ndjson", True)):
        with transaction():
            verdict, = intake.receive([line.replace("SIM-", f"{source}-").encode()], source, clock())
        assert verdict.case and simulation.is_real() == real


def test_whoever_works_here_is_real(installed, session):
    assert not simulation.is_real()
    newcomer("anna")
    assert simulation.is_real()


def test_cases_that_were_not_opened_do_not_count_as_ended(session, monkeypatch):
    monkeypatch.setattr(rectification, "open_case", lambda *_: 1 / 0)
    monkeypatch.setattr(doctor, "examine", lambda now: [])
    ended = simulation.run("guichi", wanted=2, seed=1)
    assert ended.complaints == (Complaint("not_opened", "", facts={"opened": 0, "wanted": 2}),)
    assert (ended.open, ended.tasks, ended.outcomes) == (0, 0, {})


def test_cases_that_are_given_up_are_told(session, monkeypatch):
    monkeypatch.setattr(simulation, "STEPS", 1)
    ended = simulation.run("guichi", wanted=2, seed=1)
    assert ended.open and Complaint("not_ended", "", facts={"open": ended.open}) in ended.complaints


def test_a_regulation_that_is_not_there_is_refused(session):
    with pytest.raises(RegulationNotFound):
        simulation.run("atlantis", wanted=1, seed=1)


def test_every_case_that_ended_is_held_against_the_law(session, monkeypatch):
    monkeypatch.setattr(doctor, "examine", lambda now: [])
    monkeypatch.setattr(registry, "apply", lambda occasion, applied: (
        () if occasion.call.topic == "open_file" else APPLY(occasion, applied)))
    ended = simulation.run("guichi", wanted=3, seed=1)
    broken = {(one.facts.get("article"), one.facts["reason"]) for one in ended.complaints}
    assert ("GC-2(一)", "not_at_start") in broken and (None, "effect_not_run") in broken
    assert len({one.case for one in ended.complaints}) == 3
