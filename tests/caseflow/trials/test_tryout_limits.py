"""In a try-out too a task is due when its statutory limit ends, whatever later timer still runs."""

from __future__ import annotations

import pytest

from caseflow.engine import definition as engine
from caseflow.errors import LateReasonMissing
from caseflow.law import regulations, working_days
from caseflow.trials.tried_case import Ground
from caseflow.trials.tryout import Act, play
from tests.caseflow.proof.diagrams import Diagram
from tests.conftest import MONDAY_MORNING

FIRST = {"outcome": "simple", "contact_channel": "phone", "findings": "已核实，情况属实。"}


@pytest.mark.parametrize("marked", [True, False])
def test_who_is_late_says_why_though_a_later_timer_runs(marked):
    drawn = Diagram("guichi", "rectification")
    drawn.mark("first_response_due", "statutory" if marked else "")
    drawn.add_later_timer("first_response")
    definition = engine.load({"rectification.bpmn": drawn.source()}, trusted=True, deployed=not marked)
    ground = Ground(definition, regulations.get("guichi"), working_days.national())
    begun = [Act("start", at=MONDAY_MORNING), Act("deadline"), Act("attempt", result="reached")]
    late = play(ground, [*begun, Act("complete", task="first_response", answers=FIRST)])
    assert isinstance(late.stopped.error, LateReasonMissing)
    told = play(ground, [*begun, Act("complete", task="first_response", answers=FIRST, late_reason="等待材料")])
    assert told.stopped is None and [task.element for task in told.open_tasks] == ["rectify"]
