"""`caseflow simulate` and `caseflow doctor`: what they print and how they end."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from caseflow.health import doctor
from caseflow.health.doctor import Complaint
from caseflow.models import Timer, transaction
from caseflow.ratings import rectification
from tests.journeys.kit import Journey
from web.commands import main
from web.migrations import downgrade

pytestmark = pytest.mark.machine_clock


@pytest.fixture
def caseflow(monkeypatch, tmp_path):
    """Run a command; the database is the one given, else none is named."""
    def run(*arguments: object, database: str = "") -> Result:
        monkeypatch.setenv("CASEFLOW_INSTANCE", str(tmp_path))
        monkeypatch.setenv("CASEFLOW_DATABASE_URL", database)
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return run


def simulate(caseflow, regulation="guichi", cases=3, seed=1, **more) -> Result:
    return caseflow("simulate", "--regulation", regulation, "--cases", cases, "--seed", seed, **more)


def test_one_line_says_how_it_ended(caseflow):
    ended = simulate(caseflow, "hainan", cases=4)
    assert ended.exit_code == 0, ended.output
    line, = ended.output.splitlines()
    facts = dict(word.split("=") for word in line.split()[1:])
    known = {name: facts.pop(name) for name in ("seed", "database", "cases", "open", "tasks", "timers", "appeals")}
    assert (line.split()[0], known["seed"], known["database"], known["cases"], known["open"]) == (
        "hainan", "1", "sqlite", "4", "0")
    assert sum(map(int, facts.values())) == 4 and int(known["tasks"]) >= 8


def test_the_same_seed_makes_the_same_run_and_another_seed_another(caseflow):
    first, again, other = (simulate(caseflow, seed=seed).output for seed in (7, 7, 8))
    assert first == again
    assert first.replace("seed=7", "") != other.replace("seed=8", "")


def test_simulating_again_in_the_same_database_makes_new_cases(caseflow, database_url):
    for _ in range(2):
        ended = simulate(caseflow, database=database_url)
        assert (ended.exit_code, ended.output.count("cases=3 open=0")) == (0, 1), ended.output
        assert sum(int(word.split("=")[1]) for word in ended.output.split()[8:]) == 3, ended.output


@pytest.mark.both_databases
def test_a_simulated_database_of_an_older_version_is_brought_up_to_date(caseflow, app, database_url):
    with app.app_context():
        downgrade("0008")    # the next one changes the table of people
    ended = simulate(caseflow, cases=1, database=database_url)
    assert (ended.exit_code, "cases=1 open=0" in ended.output) == (0, True), ended.output


@pytest.mark.both_databases
def test_a_database_with_real_ratings_is_left_alone(caseflow, installed, app, clock, database_url):
    case = Journey(app, clock, "guichi").bad_review()
    before = case.kinds()
    refused = simulate(caseflow, database=database_url)
    assert (refused.exit_code, "not simulated" in refused.output) == (2, True), refused.output
    assert case.kinds() == before


@pytest.mark.both_databases
def test_an_empty_database_that_is_named_is_used(caseflow, database_url, database):
    ended = simulate(caseflow, cases=2, database=database_url)
    assert (ended.exit_code, f"database={database}" in ended.output) == (0, True), ended.output
    healthy = caseflow("doctor", database=database_url)
    assert (healthy.exit_code, healthy.output) == (0, "healthy: every check holds\n")


def test_what_is_made_in_a_named_database_is_whole_with_its_files(caseflow, database_url):
    ended = simulate(caseflow, cases=14, database=database_url)
    assert ended.exit_code == 0 and "appeals=0" not in ended.output, "without appeals there are no files to lose"
    healthy = caseflow("doctor", database=database_url)
    assert (healthy.exit_code, healthy.output) == (0, "healthy: every check holds\n")


def test_an_invariant_that_does_not_hold_ends_with_1_and_says_which(caseflow, monkeypatch):
    monkeypatch.setattr(doctor, "examine", lambda now: [Complaint("stuck_case", "GC-1")])
    ended = simulate(caseflow, cases=1)
    assert ended.exit_code == 1 and "stuck_case\tGC-1\t未结案件既无待办、" in ended.stderr
    assert "cases=1 open=0" in ended.stdout


def test_cases_that_were_not_opened_do_not_count_as_ended(caseflow, monkeypatch):
    monkeypatch.setattr(rectification, "open_case", lambda *_: 1 / 0)
    ended = simulate(caseflow, cases=2)
    assert ended.exit_code == 1 and "not_opened\t\t0 of 2 cases were opened" in ended.stderr


@pytest.mark.parametrize("arguments", [
    ("--regulation", "atlantis"), (), ("--regulation", "guichi", "--cases", "0"),
    ("--regulation", "guichi", "--seed", "x")])
def test_wrong_use_ends_with_2(caseflow, arguments):
    assert caseflow("simulate", *arguments).exit_code == 2


# --- doctor -------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_the_doctor_finds_nothing_in_a_healthy_database(caseflow, installed, app, clock, database_url):
    told = caseflow("doctor", database=database_url)
    assert (told.exit_code, told.output) == (0, "healthy: every check holds\n")


def test_the_doctor_prints_a_line_for_each_finding_and_ends_with_1(caseflow, installed, app, clock, database_url):
    case = Journey(app, clock, "guichi").bad_review()
    case.time_passes(minutes=1)              # its messages have left
    with app.app_context(), transaction() as session:
        session.query(Timer).one().token = 999
    told = caseflow("doctor", database=database_url)
    assert told.exit_code == 1
    lines = [line.split("\t") for line in told.output.splitlines()]
    assert [line[:2] for line in lines] == [
        ["missing_timer", "GC-2026-000001"], ["orphan_timer", "GC-2026-000001"]]
    assert all(len(line) == 3 and line[2] for line in lines)


def test_the_doctor_says_when_there_is_nothing_to_examine(caseflow, tmp_path):
    told = caseflow("doctor", database=f"sqlite:///{tmp_path}/empty.db")
    assert (told.exit_code, "caseflow init" in told.output, "Traceback" in told.output) == (2, True, False)


@pytest.mark.parametrize("command", [("doctor",), ("simulate", "--regulation", "guichi")])
def test_a_wrong_setting_is_told_in_a_line(caseflow, command):
    told = caseflow(*command, database="nonsense")
    assert (told.exit_code, told.output.startswith("Error: ")) == (2, True), told.output
