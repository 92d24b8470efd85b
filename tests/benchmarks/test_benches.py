"""Every benchmark, made small: it comes to its end, measures what it says, and leaves nothing behind.

How fast anything is stands in docs/benchmarks.md, never in a test.
"""

from __future__ import annotations

import json
import os

import pytest
from click.testing import CliRunner

from benchmarks import board, engine, ground, handover, importing, proof, store, timers, web, worklist
from benchmarks.measure import Goal, Report, in_turns, ratios
from caseflow.health import doctor
from caseflow.models import Case, db
from web.commands import main


@pytest.fixture
def server(database, database_url):
    """What --database would be."""
    return database_url if database == "postgresql" else ""


def test_the_engine_is_compared_over_whole_cases_and_a_long_loop():
    report = engine.bench(rounds=1, cases=2, iterations=20)
    assert report.figures.keys() >= {"ratio", "mean_state_bytes", "loop_growth"} and min(report.figures.values()) > 0


def test_the_proof_is_measured_on_the_shipped_and_on_made_diagrams():
    report = proof.bench(rounds=1, sizes=1)
    assert report.figures["slowest_shipped_ms"] > 0 and len(report.notes) == 7 + 4
    assert not any("not proven" in note for note in report.notes)


@pytest.mark.both_databases
def test_the_store_is_held_against_its_own_statements(server, database):
    report = store.bench(server, rounds=2, cases=1, workers=(2,))
    assert report.database == database
    assert report.figures["ratio_least"] <= report.figures["ratio"] <= report.figures["ratio_most"]
    assert 5 < report.figures["statements_per_task"] < 20       # reads and writes of the real operation
    assert report.figures["tasks_per_second_2_workers"] > 0


@pytest.mark.both_databases
def test_what_is_due_is_claimed_on_an_index(server):
    report = timers.bench(server, few=40, many=200, due=20, rounds=2)
    assert set(report.figures) >= {"ratio", "claims_per_second_of_200", "claims_per_second_of_40"}
    assert report.database == "postgresql" or any("ix_cases_incident_next_try_id" in line for line in report.notes)


@pytest.mark.both_databases
def test_the_worklist_shows_how_its_page_is_found(server):
    report = worklist.bench(server, few=150, many=1_100, users=20, rounds=2, each=1)
    assert any(worklist.INDEX in line for line in report.notes)
    assert {"page_ratio", "counts_ratio"} <= set(report.goals) <= set(report.figures)


def test_many_tasks_are_handed_over_in_groups_and_one_by_one():
    report = handover.bench(tasks=30, rounds=1)
    assert set(report.goals) <= set(report.figures) and report.figures["ms_a_task"] > 0


@pytest.mark.both_databases
def test_the_board_shows_how_its_list_is_found(server):
    report = board.bench(server, few=150, many=1_100, users=20, rounds=2, each=1)
    assert any(board.INDEX in line for line in report.notes)
    assert {"board_ratio", "list_ratio"} <= set(report.goals) <= set(report.figures)


def test_tasks_are_completed_over_http_by_several_clients():
    report = web.bench(cases=2, clients=2, workers=1)
    assert 0 < report.figures["share_not_operation"] < 1
    assert report.figures["operation_ms"] < report.figures["server_ms"] <= report.figures["median_ms"]


@pytest.mark.both_databases
def test_an_import_is_held_against_bare_rows_and_its_memory_watched(server):
    report = importing.bench(server, lines=300, rounds=2)
    assert set(report.figures) >= {"ratio", "lines_per_second", "memory_growth", "peak_megabytes"}


@pytest.mark.both_databases
def test_what_a_bench_leaves_in_its_database_is_whole_and_the_database_itself_is_gone(server):
    before = os.environ.get("CASEFLOW_BPMN_DIR")
    with ground.scratch(server) as app:
        cases = ground.open_cases(2)
        store.drive(cases)
        assert db.session.query(Case).filter_by(status="closed").count() == 2
        assert [c.code for c in doctor.examine(ground.TOMORROW) if c.code != "old_outbox"] == []
        url = app.config["SQLALCHEMY_DATABASE_URI"]
    assert os.environ.get("CASEFLOW_BPMN_DIR") == before
    assert url.startswith("postgresql") or not os.path.exists(url.removeprefix("sqlite:///"))


# --- what is said -------------------------------------------------------------------------------------------------


def test_the_sides_take_turns_and_the_ratio_is_of_each_round():
    turns = []
    rounds = in_turns(3, lambda: turns.append("a") or len(turns), lambda: turns.append("b") or 2)
    assert turns == ["a", "b"] * 3 and ratios(rounds) == {"ratio": 1.5, "ratio_least": 0.5, "ratio_most": 2.5}


def test_a_report_says_what_was_aimed_at_and_whether_it_was_reached():
    report = Report("x", {"ratio": Goal(least=0.4), "growth": Goal(most=1.5)}, figures={"ratio": 0.5, "growth": 1.6})
    told = "\n".join(report.lines())
    assert "goal at least 0.4: met" in told and "goal at most 1.5: MISSED" in told and not report.met
    kept = json.loads(report.as_json())
    assert kept["goals"]["growth"] == {"goal": "at most 1.5", "met": False} and kept["met"] is False


def test_the_command_prints_for_people_or_for_machines():
    words = ["bench", "import", "--lines", "100", "--rounds", "1"]
    told = CliRunner().invoke(main, words)
    assert told.output.startswith("import on sqlite") and told.exit_code in (0, 1), told.output
    kept = json.loads(CliRunner().invoke(main, [*words, "--json"]).output)
    assert (kept["bench"], kept["figures"]["lines"]) == ("import", 100)
