"""Scenarios belong to versions: what a draft begins with, what a version keeps, what an installation leaves."""

from __future__ import annotations

import orjson
import pytest

from caseflow.install import installation
from caseflow.law import regulations
from caseflow.models import Definition, KeptScenario, ProcessDraft, db, transaction
from caseflow.processes import deployed
from caseflow.trials import scenario_file
from caseflow.workshop import deployment, drafts, verification, version_scenarios
from tests.ground import person

PROCESS = "guichi_rectification"
SOURCE = regulations.files("guichi")["rectification.bpmn"]
SHORTER = SOURCE.replace(b"working_days(2, since=received_at)", b"working_days(1, since=received_at)")
SIMPLE, COMPLEX, SPOT = "rectification_simple", "rectification_complex", "rectification_on_the_spot"
ONE_DAY = """
name = "%s"
process = "rectification"
acts = [{ do = "start", at = 2026-03-02 09:00:00 }]
expect = { due = { first_response_due = 2026-03-03 } }
"""


@pytest.fixture
def designer(installed, session):
    return person("guichi.designer")


def begun(designer, clock, source=None) -> int:
    with transaction():
        return drafts.begin(PROCESS, designer, clock(), source).id


def keeps(draft: int, designer, clock, **texts: str) -> None:
    with transaction():
        db.session.add_all(KeptScenario(draft_id=draft, key=key, text=text, kept_by_id=designer.user_id,
                                        kept_at=clock()) for key, text in texts.items())


def deploys(draft: int, designer, clock) -> Definition:
    with transaction():
        drafts.submit(draft, 1, designer, clock())
    with transaction():
        return drafts.approve(draft, 1, person("guichi.approver"), clock())


def goes_back(digest: str, clock) -> None:
    with transaction():
        deployment.rollback(PROCESS, digest, "新版本的期限有误", person("guichi.approver"), clock())


def read(row: Definition) -> dict[str, scenario_file.Scenario]:
    return {key: scenario_file.parse(text, key) for key, text in version_scenarios.of_version(row).items()}


def examined(draft: int, designer) -> verification.Examination:
    found = drafts.find(draft, designer)
    return verification.examine("guichi", PROCESS, found.source, found.id)


@pytest.fixture
def first(designer) -> str:
    return deployed.row_of(PROCESS).digest


@pytest.fixture
def second(designer, first, clock) -> str:
    """A version with a shorter limit, deployed with two scenarios replaced, one new and one left out."""
    draft = begun(designer, clock, SHORTER)
    keeps(draft, designer, clock, **{SIMPLE: ONE_DAY % "一天", COMPLEX: ONE_DAY % "也是一天",
                                     "rectification_kept_1": ONE_DAY % "新的", SPOT: ""})
    return deploys(draft, designer, clock).digest


@pytest.mark.both_databases
def test_a_draft_of_a_version_gone_back_to_has_that_versions_scenarios(designer, first, second, clock):
    goes_back(first, clock)
    found = examined(begun(designer, clock), designer)
    assert not found.blocks and all(result.passed for result in found.scenarios)
    names = {result.key: result.name for result in found.scenarios}
    assert names[SIMPLE] != "一天" and SPOT in names and "rectification_kept_1" not in names


def test_a_draft_of_the_newer_version_has_what_that_was_deployed_with(designer, second, clock):
    found = examined(begun(designer, clock), designer)
    names = {result.key: result.name for result in found.scenarios}
    assert (names[SIMPLE], names["rectification_kept_1"]) == ("一天", "新的")
    assert SPOT not in names and "rectification_explained" in names and not found.blocks


def test_a_draft_that_is_based_on_another_version_has_the_scenarios_of_that(designer, first, second, clock):
    draft = begun(designer, clock)
    goes_back(first, clock)
    assert examined(draft, designer).scenarios != ()
    with transaction():
        drafts.rebase(draft, 1, designer, clock())
    found = examined(draft, designer)
    assert "rectification_kept_1" not in {result.key for result in found.scenarios}


def test_what_is_deployed_again_by_a_draft_has_the_scenarios_of_that_draft(designer, first, second, clock):
    draft = begun(designer, clock, SOURCE)
    folder = regulations.folder() / "guichi" / "scenarios"
    keeps(draft, designer, clock, **{key: (folder / f"{key}.toml").read_text() for key in (SIMPLE, COMPLEX)},
          rectification_kept_1="")
    assert deploys(draft, designer, clock).digest == first
    names = {result.key: result.name for result in examined(begun(designer, clock), designer).scenarios}
    assert SPOT not in names and names[SIMPLE] != "一天" and "rectification_kept_1" not in names


def test_the_set_of_a_version_outlives_the_files_it_came_from(designer, first, second, clock, monkeypatch, tmp_path):
    """A newer release brings other scenarios with its own diagram."""
    kept = version_scenarios.of_version(deployed.row_of(PROCESS, first))
    monkeypatch.setattr(version_scenarios, "_shipped", lambda row: {})
    assert version_scenarios.of_version(deployed.row_of(PROCESS, first)) == kept
    assert {one.process for one in read(deployed.row_of(PROCESS, first)).values()} == {"rectification"}


@pytest.mark.both_databases
def test_a_version_of_before_has_those_of_the_line_of_drafts_it_came_from(designer, first, second, clock):
    """Until this release they stood with the drafts alone."""
    draft = begun(designer, clock, SHORTER.replace("联系并核实".encode(), "联系核实".encode()))
    keeps(draft, designer, clock, **{COMPLEX: ONE_DAY % "第三版"})
    third = deploys(draft, designer, clock).digest
    known = {digest: version_scenarios.of_version(deployed.row_of(PROCESS, digest)) for digest in (second, third)}
    with transaction():
        for row in deployed.versions(PROCESS):
            row.scenarios = None
    names = {digest: {key: one.name for key, one in read(deployed.row_of(PROCESS, digest)).items()}
             for digest in (first, second, third)}
    assert (names[second][COMPLEX], names[third][COMPLEX]) == ("也是一天", "第三版")
    assert names[third][SIMPLE] == "一天" and names[first][SIMPLE] != "一天"
    assert SPOT in names[first] and SPOT not in names[third]
    assert all(set(names[digest]) == set(known[digest]) for digest in known)


def test_an_installation_writes_down_the_sets_that_earlier_releases_left_with_the_drafts(
        designer, first, second, clock):
    known = {row.digest: read(row) for row in deployed.versions(PROCESS)}
    with transaction():
        for row in deployed.versions(PROCESS):
            row.scenarios = None
    with transaction():
        installation.install(clock())
    assert all(row.scenarios is not None for row in db.session.query(Definition))
    assert {row.digest: read(row) for row in deployed.versions(PROCESS)} == known


def test_an_installation_brings_the_scenarios_of_the_shipped_version_up_to_date(designer, first, clock):
    """Its files are those of the folder, so its scenarios are those beside them; not where a draft was deployed."""
    with transaction():
        deployed.row_of(PROCESS).scenarios = orjson.dumps({SIMPLE: ONE_DAY % "从前"}).decode()
    with transaction():
        installation.install(clock())
    assert SPOT in version_scenarios.of_version(deployed.row_of(PROCESS, first))
    draft = begun(designer, clock)
    with transaction():
        deployed.row_of(PROCESS).scenarios = orjson.dumps({SIMPLE: ONE_DAY % "一天"}).decode()
        db.session.get(ProcessDraft, draft).deployed_as = first
    with transaction():
        installation.install(clock())
    assert set(version_scenarios.of_version(deployed.row_of(PROCESS, first))) == {SIMPLE}
