"""docs/operations.md leaves nothing out that an operator can set, read or be told."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from scheduler.side_jobs import SIDE_JOBS
from tests import source
from tests.web.operations.test_metrics import measured, scrape
from web.app import config
from web.commands import COMMANDS
from web.sentences.complaints import COMPLAINTS

__all__ = ["measured"]
PAGE = (source.ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
NOT_FOR_OPERATORS = {"CASEFLOW_CLOCK"}  # a key of the application's, not of the environment


def rows(heading: str) -> dict[str, str]:
    """Of the table below a heading: each first name in its first column → the second column."""
    part = PAGE.split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]
    lines = [line.split("|") for line in part.splitlines() if line.startswith("| `")]
    return {name: cells[2].strip() for cells in lines for name in re.findall(r"`(\w+)", cells[1])}


def test_every_setting_stands_in_the_table():
    named = {f"CASEFLOW_{item.name.upper()}" for item in fields(config.Settings)}
    read = {name for path in source.modules(*source.PACKAGES)
            for name in re.findall(r"CASEFLOW_[A-Z_]*[A-Z]", path.read_text(encoding="utf-8"))}
    assert rows("## Settings").keys() == named | read - NOT_FOR_OPERATORS


@pytest.mark.parametrize("item", [item for item in fields(config.Settings) if isinstance(item.default, int | str)],
                         ids=lambda item: item.name)
def test_the_default_of_a_setting_is_the_one_that_holds(item):
    said = rows("## Settings")[f"CASEFLOW_{item.name.upper()}"]
    if item.default == "":
        assert "`" not in said
    else:
        assert said == f"`{str(item.default).lower()}`"


def test_every_complaint_is_explained():
    assert rows("### Complaints of the doctor").keys() == {
        code for code, said in COMPLAINTS.items() if said.headline}


def test_every_metric_is_explained(measured):
    said = set(rows("### Metrics"))
    found = {re.sub(r"\[.*|_(bucket|count|sum|created)(?=\[|$)", "", name) for name in scrape(measured)}
    assert found <= said and all(name.startswith("caseflow_") for name in said)


def test_every_command_that_is_named_exists():
    named = set(re.findall(r"(?:`|\$ )caseflow ([a-z]+)", PAGE))
    assert named and named <= COMMANDS.keys()


def test_every_file_that_is_linked_is_there():
    headings = {re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-")
                for line in PAGE.splitlines() if line.startswith("#")}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= headings
    assert "docs/operations.md" in (source.ROOT / "README.md").read_text(encoding="utf-8")


def test_the_round_is_made_as_often_as_the_page_says():
    assert {name: seconds for name, _, _, seconds in SIDE_JOBS}["watch"] == 5 * 60
