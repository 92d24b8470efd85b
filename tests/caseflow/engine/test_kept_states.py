"""Running cases survive an upgrade: whatever state was once released loads and goes on."""

from __future__ import annotations

import random

import pytest

from caseflow.engine import step
from caseflow.law import regulations
from tests import kept_states
from tests.caseflow.engine.driver import Driver

SAMPLES = kept_states.samples()


def test_every_process_has_samples_of_the_first_release():
    shipped = {f"{place}_{name.removesuffix('.bpmn')}" for place in regulations.all_regulations()
               for name in regulations.files(place)}
    assert {path.stem for path in SAMPLES if path.parent.name == "v1"} == shipped


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_kept_case_loads_and_goes_on_to_its_end(sample):
    kept, process = kept_states.load(sample)
    assert process.digest == kept["digest"], "a case that is stored under this digest would find its process no more"
    assert len(kept["states"]) >= 2
    for number, found in enumerate(kept["states"]):
        case, chance = Driver(process), random.Random(number)
        case.history = []
        case._keep(step.inspect(process, found["state"].encode()))
        assert (case.open, case.timers, case.messages) == (found["open"], found["timers"], found["messages"])
        assert any(not kept_states.act(case, chance) or case.last.ended for _ in range(200)) and case.last.ended
