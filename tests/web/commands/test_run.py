"""`caseflow run`, `init` and `user`: what they prepare, and what they refuse."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine

from caseflow.errors import ConfigurationError
from caseflow.health import figures
from caseflow.people import accounts
from tests.web.ground import SECRET, person, shell, sign_in
from web.app.database import require_durable
from web.commands import main
from web.migrations import downgrade

pytestmark = pytest.mark.machine_clock
ROOT = Path(__file__).parents[3]
PATIENCE = 120  # seconds


def call(folder, *words, **variables):
    environ = {"CASEFLOW_INSTANCE": str(folder), **{f"CASEFLOW_{k.upper()}": v for k, v in variables.items()}}
    return CliRunner().invoke(main, words, env=environ)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3"])
def test_the_demo_is_not_served_to_others(tmp_path, host):
    answer = call(tmp_path, "run", "--host", host, demo="1")
    assert answer.exit_code == 2 and "demo mode" in answer.output
    assert not (tmp_path / "caseflow.db").exists()


def test_nothing_is_served_without_a_secret(tmp_path):
    answer = call(tmp_path, "run")
    assert answer.exit_code == 2 and "CASEFLOW_SECRET_KEY" in answer.output


def test_init_needs_no_secret_and_repeats_harmlessly(tmp_path):
    for _ in range(2):
        answer = call(tmp_path, "init")
        assert answer.exit_code == 0, answer.output


def test_demo_people_are_not_put_beside_real_ones(database_url, clock, tmp_path):
    with shell(database_url, clock, tmp_path).app_context():
        person()
    answer = call(tmp_path, "init", "--demo", database_url=database_url)
    assert answer.exit_code == 1 and "real accounts" in answer.output


def test_nothing_is_simulated_beside_real_people(database_url, clock, tmp_path):
    with shell(database_url, clock, tmp_path).app_context():
        person()
    answer = call(tmp_path, "simulate", "--regulation", "guichi", "--cases", "1", database_url=database_url)
    assert answer.exit_code == 2 and "not simulated" in answer.output


def test_tables_of_another_version_are_not_served(tmp_path, database_url, clock):
    app = shell(database_url, clock, tmp_path)
    with app.app_context():
        downgrade("0001")
    answer = call(tmp_path, "run", database_url=database_url, secret_key=SECRET)
    assert answer.exit_code == 2 and "caseflow init" in answer.output


COMMANDS = [
    ["journal", "verify"], ["doctor"], ["calendar", "show", "2026"], ["ratings", "open-missing"],
    ["ratings", "key", "add", "hall"], ["ratings", "key", "revoke", "hall"], ["user", "deactivate", "nobody"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_database_without_tables_is_said_in_one_line(tmp_path, words):
    answer = call(tmp_path, *words)
    assert answer.exit_code == 2 and "caseflow init" in answer.output and len(answer.output.splitlines()) == 1


@pytest.mark.parametrize("url", ["sqlite:////no/such/folder/x.db", f"sqlite:///{__file__}"])
def test_a_database_that_cannot_be_opened_is_said_in_one_line(tmp_path, url):
    answer = call(tmp_path, "journal", "verify", database_url=url)
    assert answer.exit_code == 2 and len(answer.output.splitlines()) == 1


def test_init_makes_the_folder_of_the_installation(tmp_path):
    assert call(tmp_path / "new" / "place", "init").exit_code == 0
    assert (tmp_path / "new" / "place" / "caseflow.db").exists()


@contextmanager
def serving(folder, *words, **settings):
    """`caseflow run`, and its output so far: the line with the address."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CASEFLOW_")}
    environ = {**kept, "CASEFLOW_INSTANCE": str(folder), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1",
               "PYTHONIOENCODING": "utf-8", **{f"CASEFLOW_{name.upper()}": value for name, value in settings.items()}}
    command = [sys.executable, "-c", "from web.commands import main; main()", "run", "--port", "0", *words]
    process = subprocess.Popen(command, env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        process.address = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline()).group(0)
        yield process
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


@pytest.fixture
def served(tmp_path):
    """`caseflow run` of an empty demo."""
    with serving(tmp_path, demo="1") as process:
        yield process


def ended(process):
    """The rest of its output. The pipe closes when the last process that holds it has ended."""
    return process.communicate(timeout=PATIENCE)[0]


def test_run_serves_an_empty_demo_and_ends_with_its_scheduler(served):
    with urllib.request.urlopen(served.address + "login", timeout=PATIENCE) as answer:
        assert "guichi.bureau.officer" in answer.read().decode()
    served.send_signal(signal.SIGTERM)
    assert ended(served) == "" and served.returncode == 0


def test_no_scheduler_is_left_behind_when_run_is_killed(served):
    served.kill()
    assert ended(served) == ""


def test_the_web_alone_brings_no_other_process(database_url, tmp_path):
    with serving(tmp_path, "--web-only", database_url=database_url, secret_key=SECRET) as process:
        of_the_thread = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        if of_the_thread.exists():
            assert of_the_thread.read_text() == ""
        process.send_signal(signal.SIGTERM)
        assert ended(process) == "" and process.returncode == 0


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_on_postgresql_run_brings_a_worker_and_leaves_none_behind(app, session, clock, database_url, tmp_path):
    with serving(tmp_path, database_url=database_url, secret_key=SECRET) as process:
        while figures.read(clock()).workers != 1:
            assert process.poll() is None
            session.rollback()
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert ended(process) == "" and process.returncode == 0
    session.rollback()
    assert figures.read(clock()).workers == 0


@pytest.mark.postgres
def test_a_postgresql_that_may_forget_is_refused(postgres):
    with postgres.copy_of("migrated") as url:
        engine = create_engine(url, connect_args={"options": "-c synchronous_commit=off"})
        with pytest.raises(ConfigurationError, match="synchronous_commit=off"):
            require_durable(engine)
        engine.dispose()
        safe = create_engine(url)
        require_durable(safe)
        safe.dispose()


@pytest.fixture
def installed(tmp_path):
    assert call(tmp_path, "init").exit_code == 0
    return tmp_path


POST = ("--regulation", "guichi", "--unit", "bureau", "--role")
GOOD = "Tree-House-77-Lake\n"


def user(folder, *words, typed=GOOD):
    return CliRunner().invoke(main, ["user", *words], env={"CASEFLOW_INSTANCE": str(folder)}, input=typed)


def test_an_account_is_added_and_may_sign_in(installed, clock):
    assert user(installed, "add", "li.lei", "李雷", *POST, "officer").exit_code == 0
    app = shell(f"sqlite:///{installed}/caseflow.db", clock, installed)
    assert sign_in(app.test_client(), "li.lei", GOOD.strip()).status_code == 302


@pytest.mark.parametrize("password", [
    "short-A1", "alllowercaseletters", "Li.Lei-2026-Office", "Password-2026-x", "Aa1-Aa1-Aa1-Aa1"])
def test_a_password_that_is_easy_to_guess_is_refused(installed, password):
    answer = user(installed, "add", "li.lei", "李雷", *POST, "officer", typed=password + "\n")
    assert answer.exit_code == 1


def test_nobody_holds_administration_or_audit_beside_another_role(installed):
    assert user(installed, "add", "li.lei", "李雷", *POST, "officer").exit_code == 0
    for role in ("admin", "auditor"):
        assert user(installed, "role", "li.lei", *POST, role).exit_code == 1
    assert user(installed, "role", "li.lei", *POST, "supervisor").exit_code == 0
    assert user(installed, "role", "li.lei", *POST, "supervisor", "--remove").exit_code == 0


def test_an_account_is_stopped_and_let_in_again(installed, clock):
    user(installed, "add", "li.lei", "李雷", *POST, "officer")
    app = shell(f"sqlite:///{installed}/caseflow.db", clock, installed)
    for words, active in ((["deactivate", "li.lei"], False), (["deactivate", "li.lei", "--again"], True)):
        assert user(installed, *words).exit_code == 0
        with app.app_context():
            assert accounts.find("li.lei").active is active


def test_an_unknown_unit_or_regulation_is_answered_with_those_there_are(installed):
    for regulation, unit, hint in (("guichi", "nowhere", "bureau"), ("mars", "bureau", "hefei")):
        post = ("--regulation", regulation, "--unit", unit, "--role", "officer")
        answer = user(installed, "add", "li.lei", "李雷", *post)
        assert answer.exit_code == 1 and hint in answer.output


def test_an_unknown_account_is_said_in_one_line(installed):
    answer = user(installed, "deactivate", "nobody")
    assert answer.exit_code == 1 and len(answer.output.strip().splitlines()) == 1


def test_an_office_is_added_and_listed_and_somebody_works_there(installed):
    made = call(installed, "unit", "add", "NEW-1", "新设窗口", "--regulation", "guichi", "--parent", "bureau")
    assert made.exit_code == 0, made.output
    listed = call(installed, "unit", "list", "--regulation", "guichi").output
    assert "guichi\tNEW-1\t新设窗口\t" in listed
    assert user(installed, "add", "li.lei", "李雷", "--regulation", "guichi", "--unit", "NEW-1", "--role",
                "officer").exit_code == 0
    assert "li.lei\t李雷\tguichi/NEW-1 officer" in call(installed, "user", "list", "--regulation", "guichi").output
    assert "li.lei" not in call(installed, "user", "list", "--regulation", "hefei").output
    again = call(installed, "unit", "add", "NEW-1", "又一个", "--regulation", "guichi", "--parent", "bureau")
    assert again.exit_code == 1 and "in use" in again.output
