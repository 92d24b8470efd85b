"""Recorded cases on another definition. The record is made by random people (caseflow simulate)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from caseflow import definitions, regulations, replay
from caseflow.engine import definition as engine
from caseflow.errors import InvalidInput
from web.commands.simulate import _Run

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def _simulated(place: str, cases: int = 12, seed: int = 3) -> None:
    _, complaints = _Run(place, cases, seed).drive()
    assert not complaints


def _edited(place: str, *edits: tuple[str, str], name: str = "rectification") -> engine.Definition:
    files = dict(regulations.files(place))
    for old, new in edits:
        assert old.encode() in files[f"{name}.bpmn"]
        files[f"{name}.bpmn"] = files[f"{name}.bpmn"].replace(old.encode(), new.encode())
    return engine.load(files, trusted=True, process_id=f"{place}_{name}")


def _replay(target: engine.Definition, **more: int) -> replay.Replay:
    return replay.run(target.process_id, target, LONG_AGO, NOW, **more)


@pytest.mark.both_databases
@pytest.mark.parametrize("place", ["hefei", "qijiang", "hainan", "guichi"])
def test_cases_on_the_definition_they_ran_under_are_the_same(installed, session, place):
    _simulated(place)
    for name in ("rectification", "appeal") if place != "hefei" else ("rectification",):
        found = _replay(definitions.current(place, name))
        assert (found.other_path, found.deadlines, found.impossible) == ((), (), ())
        assert found.same == found.cases > 0 or name == "appeal"
