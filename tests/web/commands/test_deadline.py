"""`caseflow deadline` as somebody types it."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from web.commands import main


def run(*args: str):
    return CliRunner().invoke(main, ["deadline", "--from", "2026-02-13T10:00", *args])


@pytest.mark.parametrize(("args", "moment"), [
    (["--working-days", "5"], "2026-02-27T23:59:59+08:00"),
    (["--working-days", "-2"], "2026-02-11T23:59:59+08:00"),
    (["--calendar-days", "3"], "2026-02-24T23:59:59+08:00"),
    (["--hours", "3"], "2026-02-13T13:00:00+08:00"),
    (["--end-of-day"], "2026-02-13T23:59:59+08:00"),
    (["--working-days", "5", "--from", "2026-02-12T17:00:00Z"], "2026-02-27T23:59:59+08:00")])
def test_the_first_line_is_the_due_moment_with_its_offset(args, moment):
    result = run("--regulation", "guichi", *args)
    assert (result.exit_code, result.stdout) == (0, moment + "\n")


def test_the_explanation_follows_line_by_line():
    lines = run("--regulation", "guichi", "--working-days", "5", "--explain").stdout.splitlines()
    assert lines[0] == "2026-02-27T23:59:59+08:00"
    assert [line[:10] for line in lines[1:]] == [f"2026-02-{day}" for day in range(13, 28)]
    assert "春节调休上班" in lines[2]


def test_a_year_without_notice_is_warned_of_beside_the_answer():
    result = run("--from", "2026-12-30", "--working-days", "5")
    assert result.stdout == "2027-01-07T23:59:59+08:00\n"
    assert "尚未公布" in result.stderr


@pytest.mark.parametrize("args", [
    [], ["--working-days", "5", "--hours", "2"], ["--working-days", "0"], ["--working-days", "401"],
    ["--working-days", "five"], ["--from", "tomorrow", "--end-of-day"], ["--from", "2026-02-30", "--end-of-day"],
    ["--from", "9999-12-31T23:00:00-12:00", "--end-of-day"], ["--regulation", "atlantis", "--end-of-day"]])
def test_wrong_use_ends_with_2_and_a_sentence(args):
    result = run(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr and "Error" in result.stderr


def test_a_limit_beyond_all_calendars_is_a_refusal():
    assert run("--from", "9999-12-20", "--working-days", "300").exit_code == 1
